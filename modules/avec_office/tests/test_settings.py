# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A file of settings keeps the rules or is refused with the entry"
import datetime as dt
import json
import unittest
from decimal import Decimal

from trytond.modules.avec_office import charts, countries
from trytond.modules.avec_office.settings import (
    FORMAT, MAX_ENTRIES, MAX_SIZE, VERSION, Field, Section, SettingsFault,
    check, dump, load)

SECTIONS = {
    'rules': Section({
            'value': Field('decimal', required=True, least=0, above=True),
            'interval': Field('text', choices=('weekly', 'monthly')),
            'shares': Field('integer', least=1, most=5),
            'since': Field('date'),
            'kept': Field('boolean'),
            'codes': Field('texts'),
            }),
    'products': Section({
            'name': Field('names', required=True),
            'rate': Field('decimal', least=0),
            }, keys=('name',)),
    'users': Section(
        {'login': Field('text', required=True)}, keys=('login',),
        private=True),
    }
RULES = {
    'value': '10.50', 'interval': 'weekly', 'shares': 5,
    'since': '2026-01-31', 'kept': True, 'codes': ['en', 'fr']}


def document(**sections):
    return json.dumps({'format': FORMAT, 'version': VERSION, **sections})


class SettingsTest(unittest.TestCase):
    "What a file may hold"

    def test_values_have_their_types(self):
        settings = load(document(rules=RULES), SECTIONS)
        self.assertEqual(settings['rules'], {
                'value': Decimal('10.5'), 'interval': 'weekly', 'shares': 5,
                'since': dt.date(2026, 1, 31), 'kept': True,
                'codes': ['en', 'fr']})

    def test_what_was_written_is_read(self):
        "And written again it is the same text"
        settings = load(
            document(rules=RULES, products=[
                    {'name': {'fr': "Prêt", 'ar': "قرض"}, 'rate': '0.0500'},
                    ]),
            SECTIONS)
        text = dump(settings, SECTIONS)
        self.assertIn("قرض", text)
        self.assertIn('"0.05"', text)
        self.assertEqual(load(text, SECTIONS), settings)
        self.assertEqual(dump(load(text, SECTIONS), SECTIONS), text)

    def test_figures_are_no_binary_fractions(self):
        settings = load(document(rules={'value': 0.1}), SECTIONS)
        self.assertEqual(settings['rules']['value'], Decimal('0.1'))

    def test_booleans_of_a_database_are_written_as_such(self):
        text = dump({'rules': {'value': Decimal(1), 'kept': 0}}, SECTIONS)
        self.assertIs(json.loads(text)['rules']['kept'], False)

    def test_persons_do_not_go_to_a_file(self):
        text = dump({'users': [{'login': 'samira'}]}, SECTIONS)
        self.assertNotIn('samira', text)

    def test_faults(self):
        "Each is told with its entry"
        for text, rule, entry in [
                ('{', 'json', ''),
                ('[]', 'format', ''),
                ('{"format": "other"}', 'format', ''),
                (json.dumps({'format': FORMAT, 'version': 9}), 'version', ''),
                (' ' * (MAX_SIZE + 1), 'size', ''),
                (document(users=[]), 'private', 'users'),
                (document(other={}), 'unknown', 'other'),
                (document(rules=[]), 'entry', 'rules'),
                (document(products={}), 'list', 'products'),
                (document(products=[{}] * (MAX_ENTRIES + 1)), 'many',
                    'products'),
                (document(products=[{'rate': 1}]), 'required',
                    'products 1, name'),
                (document(products=[{'name': "Loan"}]), 'names',
                    'products 1, name'),
                (document(products=[
                            {'name': {'en': "A"}}, {'name': {'en': "A"}}]),
                    'twice', 'products 2'),
                ]:
            with self.subTest(rule=rule):
                self.assertFault(load, text, rule, entry)

    def test_faults_of_values(self):
        for name, value, rule in [
                ('value', None, 'required'), ('value', 'ten', 'decimal'),
                ('value', 'NaN', 'decimal'), ('value', True, 'decimal'),
                ('value', '1e99', 'decimal'), ('value', 0, 'above'),
                ('value', -1, 'above'), ('interval', 'daily', 'choice'),
                ('interval', 3, 'text'), ('interval', 'a\x00', 'text'),
                ('shares', 0, 'least'), ('shares', 6, 'most'),
                ('shares', '5', 'integer'), ('shares', True, 'integer'),
                ('since', '31/01/2026', 'date'), ('since', 3, 'date'),
                ('kept', 'yes', 'boolean'), ('codes', 'en', 'list'),
                ('other', 1, 'unknown')]:
            with self.subTest(name=name, value=value):
                self.assertFault(
                    lambda v, s: check({'rules': v}, s),
                    {**RULES, name: value}, rule, f'rules, {name}')

    def assertFault(self, function, value, rule, entry):
        with self.assertRaises(SettingsFault) as context:
            function(value, SECTIONS)
        self.assertEqual(context.exception.rule, rule)
        self.assertEqual(context.exception.entry, entry)


class ChartsTest(unittest.TestCase):
    "The proposals for each chart"

    def test_each_setting_has_an_account_in_each_chart(self):
        known = None
        for chart in charts.CHARTS:
            with self.subTest(chart=chart.template):
                proposals = charts.proposals(chart)
                settings = [p.setting for p in proposals]
                self.assertEqual(len(set(settings)), len(settings))
                self.assertIn(known, [None, set(settings)])
                known = set(settings)

    def test_no_account_serves_two_settings(self):
        for chart in charts.CHARTS:
            codes = [p.code for p in charts.proposals(chart)]
            with self.subTest(chart=chart.template):
                self.assertEqual(len(set(codes)), len(codes))

    def test_what_is_made_can_be_made(self):
        for chart in charts.CHARTS:
            for proposal in charts.proposals(chart):
                with self.subTest(proposal=proposal):
                    made = [proposal.name, proposal.parent, proposal.like]
                    self.assertIn(made.count(None), [0, 3])


class CountriesTest(unittest.TestCase):

    def test_each_country_has_a_known_currency(self):
        for code, country in countries.COUNTRIES.items():
            with self.subTest(country=code):
                self.assertIn(country.currency, countries.CURRENCIES)
                self.assertEqual(country.names.keys(), {'en', 'fr', 'ar'})

    def test_franc_has_no_decimals(self):
        self.assertEqual(countries.CURRENCIES['XOF']['rounding'], 1)
        self.assertEqual(
            countries.CURRENCIES['MAD']['rounding'], Decimal('0.01'))

    def test_steps_are_those_of_the_country(self):
        self.assertTrue(countries.cooperative_steps('CI'))
        self.assertFalse(countries.cooperative_steps('FR'))
