# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Charts in French, for which databases have to be made

Those of France and of the savings groups."""
from trytond.modules.account.tests import create_chart
from trytond.modules.avec_group.tests.office import OfficeTestCase
from trytond.modules.avec_group.tests.test_account import SETTINGS
from trytond.modules.avec_office.tests.office import (
    post_and_share_out, proposal, states)
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, drop_db, with_transaction)


class GroupChartTest(TestCase):

    @classmethod
    def setUpClass(cls):
        drop_db()
        cls.addClassCleanup(drop_db)
        super().setUpClass()
        activate_module('avec_group', lang='fr')

    @with_transaction()
    def test_the_french_chart_has_the_same_codes(self):
        Configuration = Pool().get('account.configuration')
        company = create_company()
        with set_company(company):
            create_chart(
                company, chart='avec_group.account_template_root_fr')
            accounts = Configuration(1).get_avec_accounts(SETTINGS, company)
            self.assertEqual(
                {n: a.code for n, a in accounts.items()}, SETTINGS)
            self.assertEqual(
                accounts['avec_savings'].name, "Épargne des membres")


class FrenchChartTest(OfficeTestCase):
    "What the groups need is made below the accounts of the chart"
    module = 'avec_office'
    extras = ['account_fr', 'avec_livelihood', 'avec_loan', 'avec_training']

    @classmethod
    def prepare(cls):
        "Nothing is there yet"

    @with_transaction()
    def test_office_on_the_french_chart(self):
        "Accounts of another nature are made below those of the chart"
        pool = Pool()
        Account = pool.get('account.account')
        Office = pool.get('avec.office')
        values = proposal("Office of France", 'FR', 'account_fr.root')
        company, _ = Office.set_up(values)
        savings, = Account.search([
                ('company', '=', company.id),
                ('code', '=', '1656'),
                ])
        self.assertEqual(savings.parent.code, '165')
        self.assertEqual(savings.type, savings.parent.type)
        self.assertTrue(savings.party_required)
        _, posted, left = post_and_share_out(company)
        self.assertEqual(posted, {
                '5316': 61, '5317': 3, '1656': -60, '1682': -3, '7581': -1})
        self.assertEqual(left, {
                '5316': 1, '5317': 3, '1682': -3, '7581': -1})
        _, items = Office.set_up(values, company)
        self.assertEqual(states(items).keys(), {'there'})
