# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"An office is set up from settings, once and again"
import datetime as dt
import json
from decimal import Decimal

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, acting_as, create_group, create_user)
from trytond.modules.avec_office.exceptions import (
    OfficeSettingsError, OfficeSetupError)
from trytond.modules.avec_office.tests.office import (
    EXTRAS, post_and_share_out, proposal, states, user)
from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

CHART = 'avec_group.account_template_root_en'
NAME = "Office of Morocco"
COUNTED = [
    'res.user', 'company.company', 'company.employee', 'party.party',
    'party.address', 'currency.currency', 'country.country',
    'account.account', 'account.fiscalyear', 'account.period',
    'account.journal', 'ir.sequence', 'ir.sequence.strict',
    'avec.configuration.value', 'account.configuration.avec',
    'avec.loan.product', 'avec.training.axis',
    'avec.cooperative.step.template', 'avec.self_employment.ceiling']


def counts():
    pool = Pool()
    return {
        m: pool.get(m).search([], count=True) for m in COUNTED}


def get_office():
    "Return the office of Morocco"
    Company = Pool().get('company.company')
    company, = Company.search([('party.name', '=', NAME)])
    return company


def settings(**sections):
    return proposal(
        NAME, 'MA', CHART,
        users=[user('samira', 'finance'), user('karim', 'admin')], **sections)


class OfficeTest(OfficeTestCase):
    "The office of Morocco on the chart of the groups"
    module = 'avec_office'
    extras = EXTRAS

    @classmethod
    def prepare(cls):
        Office = Pool().get('avec.office')
        Office.set_up(settings())

    @with_transaction()
    def test_repeating_makes_nothing(self):
        Office = Pool().get('avec.office')
        before = counts()
        for values in [settings(), Office.get_settings(get_office())]:
            _, items = Office.set_up(values, get_office())
            self.assertEqual(states(items).keys(), {'there'})
        self.assertEqual(counts(), before)

    @with_transaction()
    def test_one_more_user_is_all_that_is_made(self):
        "With a password that is told once and opens the door"
        pool = Pool()
        Office = pool.get('avec.office')
        User = pool.get('res.user')
        before = counts()
        values = settings()
        values['users'].append(user('naima', 'programme'))
        _, items = Office.set_up(values, get_office())
        made, = [i for i in items if i.state != 'there']
        self.assertIn('naima', made.name)
        changed = {
            m: n - before[m] for m, n in counts().items() if n != before[m]}
        self.assertEqual(
            changed,
            {'res.user': 1, 'company.employee': 1, 'party.party': 1})
        naima, = User.search([('login', '=', 'naima')])
        self.assertEqual(
            User.get_login('naima', {'password': made.told}), naima.id)
        self.assertEqual(naima.companies, (get_office(),))
        self.assertEqual(
            [g.name for g in naima.groups], ["AVEC Programme"])

    @with_transaction()
    def test_who_is_there_keeps_the_role(self):
        pool = Pool()
        Office = pool.get('avec.office')
        User = pool.get('res.user')
        Office.set_up(
            {'users': [user('samira', 'admin')]}, get_office())
        samira, = User.search([('login', '=', 'samira')])
        self.assertEqual([g.name for g in samira.groups], ["AVEC Finance"])

    @with_transaction()
    def test_plan_tells_what_is_then_done(self):
        Office = Pool().get('avec.office')
        values = settings(groups={'min_members': 10, 'max_members': 25})
        before = counts()
        planned = Office.plan(values, get_office())
        self.assertEqual(counts(), before)
        _, made = Office.set_up(values, get_office())
        self.assertEqual(
            [(i.name, i.state) for i in planned],
            [(i.name, i.state) for i in made])
        self.assertEqual(states(made)['different'], 1)
        self.assertEqual(
            states(Office.plan(values, get_office())).keys(), {'there'})

    @with_transaction()
    def test_meeting_is_posted_and_shared_out(self):
        "On the chart of the groups, by the rules that are proposed"
        cycle, posted, left = post_and_share_out(get_office())
        self.assertEqual(cycle.share_value, 5 * 2)
        self.assertEqual(
            {f.kind for f in cycle.fines},
            {'late', 'absent', 'noise', 'passbook'})
        self.assertEqual(posted, {
                '5161': 61, '5162': 3, '4463': -60, '4488': -3, '7581': -1})
        self.assertEqual(left, {
                '5161': 1, '5162': 3, '4488': -3, '7581': -1})

    @with_transaction()
    def test_rules_of_the_last_cycle_come_before_those_of_the_office(self):
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        with set_company(get_office()):
            group = create_group("Group", ["Fatima"])
            last = Cycle(
                group=group, start_date=dt.date(2026, 1, 12),
                end_date=dt.date(2026, 6, 30), share_value=Decimal(25),
                max_shares=3)
            last.save()
            with Transaction().set_context(_skip_warnings=True):
                Cycle.run([last])
            cycle = Cycle(**Cycle.default_get(
                    ['share_value', 'max_shares'], with_rec_name=False))
            self.assertEqual(cycle.share_value, 10)
            cycle.group = group
            cycle.on_change_group()
            self.assertEqual((cycle.share_value, cycle.max_shares), (25, 3))

    @with_transaction()
    def test_settings_go_to_an_empty_office(self):
        "And come out of it as they went in"
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('avec.configuration')
        FourEyes = pool.get('avec.four_eyes.start')
        Office = pool.get('avec.office')
        Party = pool.get('party.party')
        Product = pool.get('avec.loan.product')
        Threshold = pool.get('avec.indicator.threshold')
        office = get_office()
        with set_company(office):
            product, _ = Product.search([('company', '=', office.id)])
            product.late_penalty = Decimal('2.50')
            product.save()
            Threshold.save(Threshold.propose(office))
            Configuration(1).set_multivalue('retention_years', 7)
            FourEyes(
                company=office, meeting_post=True, loan_approve=True).apply()
        text = Office.dump(office)
        self.assertNotIn('samira', text)
        self.assertNotIn(NAME, text)
        party = Party(name="Empty Office")
        party.save()
        other = Company(party=party, currency=office.currency)
        other.save()
        Office.set_up(Office.load(text), other)
        self.assertEqual(Office.dump(other), text)
        self.assertEqual(
            states(Office.plan(Office.load(text), other)).keys(), {'there'})
        self.assertEqual(
            [n for n, asked in FourEyes.read_steps(other).items() if asked],
            ['meeting_post', 'loan_approve'])
        self.assertEqual(
            Configuration(1).get_multivalue(
                'retention_years', company=other.id), 7)
        self.assertEqual(len(Threshold.limits(other.id)), 6)

    @with_transaction()
    def test_steps_that_take_two_persons(self):
        "What changes is told, a step that is not known is refused"
        pool = Pool()
        FourEyes = pool.get('avec.four_eyes.start')
        Office = pool.get('avec.office')
        office = get_office()
        values = {'four_eyes': {'steps': ['share_out_pay']}}
        item, = Office.plan(values, office)
        self.assertEqual(item.state, 'different')
        self.assertEqual(item.text, "Four Eyes (Pay Share-outs: No → Yes)")
        Office.set_up(values, office)
        self.assertEqual(
            [n for n, asked in FourEyes.read_steps(office).items() if asked],
            ['share_out_pay'])
        Office.set_up({'four_eyes': {}}, office)
        self.assertFalse(any(FourEyes.read_steps(office).values()))
        with self.assertRaisesRegex(UserError, 'four_eyes, lottery'):
            Office.set_up({'four_eyes': {'steps': ['lottery']}}, office)

    @with_transaction()
    def test_steps_of_morocco_stay_in_morocco(self):
        "An office elsewhere has its own, Morocco those it had"
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Office = pool.get('avec.office')
        Step = pool.get('avec.cooperative.step.template')
        Subdivision = pool.get('country.subdivision')
        office = get_office()
        country = office.party.addresses[0].country
        with set_company(office):
            before = len(Office.get_settings(office)['cooperative_steps'])
        values = proposal("Office of Togo", 'TG', CHART)
        togo, _ = Office.set_up(values)
        place = Subdivision(
            country=country, name="Azilal", code='MA-AZI', type='province')
        place.save()
        for company, subdivision, count in [
                (office, place, before), (togo, None, 5)]:
            cooperative = Cooperative(
                company=company, subdivision=subdivision)
            steps = [
                s for s in Step.search([]) if s.is_for(cooperative)]
            with self.subTest(company=company.rec_name):
                self.assertEqual(len(steps), count)
                self.assertEqual(
                    len(Office.get_settings(company)['cooperative_steps']),
                    count)

    @with_transaction()
    def test_refused_settings(self):
        "The entry and the rule are named"
        Office = Pool().get('avec.office')
        office = get_office()
        Office.set_up(proposal(
                "Office of Togo", 'TG', CHART,
                users=[user('komi', 'finance')]))
        account = {'setting': 'avec_savings', 'code': '4463'}
        for values, message in [
                ({'groups': {'min_members': -1}}, 'groups, min_members'),
                ({'accounts': [{**account, 'setting': 'other'}]}, 'other'),
                ({'accounts': [{**account, 'code': '9999'}]}, '9999'),
                ({'accounts': [{**account, 'code': '44631', 'name': "S",
                                'parent': '4', 'like': '1'}]}, '44631'),
                # Cash is no savings
                ({'accounts': [{**account, 'code': '5161'}]}, '5161'),
                ({'chart': {
                            'template': 'account.account_template_root_en'}},
                    NAME),
                ({'chart': {'template': 'nothing.root'}}, 'nothing.root'),
                ({'company': {'currency': 'XOF'}}, 'XOF'),
                ({'fiscal_years': [{
                            'name': "2026 bis", 'months': 1,
                            'start_date': dt.date(2026, 7, 1),
                            'end_date': dt.date(2027, 6, 30)}]}, '2026 bis'),
                ({'sequences': [{'setting': 'other', 'name': "O"}]},
                    'other'),
                ({'languages': {'codes': ['xx']}}, 'xx'),
                ({'users': [user('komi', 'admin')]}, 'komi'),
                ]:
            with self.subTest(values=values), \
                    self.assertRaisesRegex(UserError, message) as context:
                Office.set_up(values, office)
            self.assertIn(
                type(context.exception),
                [OfficeSettingsError, OfficeSetupError])

    @with_transaction()
    def test_decimals_are_kept_once_there_are_moves(self):
        pool = Pool()
        Office = pool.get('avec.office')
        office = get_office()
        values = {'currency': settings()['currency']}
        values['currency'].update(digits=0, rounding=Decimal(1))
        post_and_share_out(office)
        with self.assertRaisesRegex(OfficeSetupError, 'MAD'):
            Office.set_up(values, office)

    @with_transaction()
    def test_administration_makes_no_users(self):
        "Roles are given by who may create users, or one would take them all"
        pool = Pool()
        Office = pool.get('avec.office')
        Setup = pool.get('avec.office.setup', type='wizard')
        office = get_office()
        admin = create_user('admin', office)
        finance = create_user('finance', office)
        with acting_as(admin):
            Setup.create()
            Office.set_up(
                {'groups': {'min_members': 12, 'max_members': 25}}, office)
            with self.assertRaises(AccessError):
                Office.set_up(
                    {'users': [user('mine', 'finance')]}, office)
        for name in ['setup', 'export', 'import']:
            Wizard = pool.get(f'avec.office.{name}', type='wizard')
            with acting_as(finance), self.assertRaises(AccessError):
                Wizard.create()

    @with_transaction()
    def test_wizard_sets_up_the_company_of_the_user_only(self):
        pool = Pool()
        Office = pool.get('avec.office')
        Setup = pool.get('avec.office.setup', type='wizard')
        other, _ = Office.set_up(proposal("Office of Togo", 'TG', CHART))
        admin = create_user('admin', get_office())
        with acting_as(admin):
            session, _, _ = Setup.create()
            view = Setup.execute(session, {}, 'start')['view']
            start = {
                n: v for n, v in view['defaults'].items() if '.' not in n}
            self.assertEqual(start['company'], get_office().id)
            with self.assertRaises(OfficeSetupError):
                Setup.execute(
                    session, {'start': {**start, 'company': other.id}},
                    'books')

    @with_transaction()
    def test_file_is_written_by_the_wizard(self):
        pool = Pool()
        Export = pool.get('avec.office.export', type='wizard')
        with set_company(get_office()):
            session, _, _ = Export.create()
            values = Export.execute(session, {}, 'result')['view']['defaults']
        self.assertEqual(
            json.loads(values['file'])['company']['country'], 'MA')
        self.assertRegex(values['filename'], r'^office-ma-.*\.json$')
