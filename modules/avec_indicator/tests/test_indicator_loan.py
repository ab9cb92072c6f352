# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import OfficeTestCase, office
from trytond.modules.avec_loan.tests.office import (
    FIRST_MEETING, create_loan, create_product, disburse, lending_group, meet)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .tools import trace

CODES = ['LON-1', 'LON-2', 'LON-3', 'LON-4', 'LON-5']


class LoanIndicatorTestCase(OfficeTestCase):
    """Two loans of 45 over three months, paid out on 19 January

    Aicha pays 15 of hers on 23 February, Omar nothing of his."""
    module = 'avec_indicator'
    extras = ['avec_loan']

    def lend(self):
        pool = Pool()
        Party = pool.get('party.party')
        product = create_product(rate=Decimal(0))
        group, cycle = lending_group(product, ["Aicha", "Omar"])
        aicha, omar = group.memberships
        for membership, gender in [(aicha, 'female'), (omar, 'male')]:
            membership.party.avec_gender = gender
            Party.save([membership.party])
        loans = disburse([
                create_loan(m, cycle, product, principal=45)
                for m in [aicha, omar]])
        meet(cycle, FIRST_MEETING + dt.timedelta(weeks=6),
            repay={loans[0]: 15})
        return loans

    def values(self, company, **context):
        Value = Pool().get('avec.indicator.value')
        with Transaction().set_context(company=company.id, **context):
            return {
                v.indicator.code: v for v in Value.search([
                        ('indicator.code', 'in', CODES)])}

    def figures(self, company, date, **context):
        values = self.values(company, avec_date=date, **context)
        return [values[c].value for c in CODES]

    @with_transaction()
    def test_as_at_a_day(self):
        with office() as company:
            _, omar = self.lend()
            self.assertEqual(
                self.figures(company, dt.date(2026, 1, 18)),
                [0, 0, 0, None, None])
            self.assertEqual(
                self.figures(company, dt.date(2026, 1, 19)),
                [90, 2, 90, 0, Decimal('0.5')])
            self.assertEqual(
                self.figures(company, dt.date(2026, 2, 23)),
                [90, 2, 75, 0, Decimal('0.5')])
            # Omar did not pay what was due
            due = omar.instalments[0].due_date
            self.assertEqual(
                self.figures(company, due + dt.timedelta(days=30)),
                [90, 2, 75, 0, Decimal('0.5')])
            self.assertEqual(
                self.figures(company, due + dt.timedelta(days=31)),
                [90, 2, 75, Decimal('0.6'), Decimal('0.5')])

    @with_transaction()
    def test_of_a_period(self):
        with office() as company:
            self.lend()
            self.assertEqual(
                self.figures(
                    company, dt.date(2026, 2, 28),
                    avec_start_date=dt.date(2026, 2, 1)),
                [0, 0, 75, 0, None])

    @with_transaction()
    def test_trace(self):
        with office() as company:
            _, omar = self.lend()
            values = self.values(
                company,
                avec_date=omar.instalments[0].due_date
                + dt.timedelta(days=31))
            self.assertEqual(list(values), CODES)
            for value in values.values():
                with self.subTest(value=value.rec_name), \
                        Transaction().set_context(value._context):
                    self.assertEqual(trace(value), value.value)
