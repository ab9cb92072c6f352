# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"An office on the chart of France, which takes long to create"
from trytond.modules.avec_group.tests.office import OfficeTestCase
from trytond.modules.avec_office.tests.office import (
    post_and_share_out, proposal, states)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction


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
