# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import create_group
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import AuditTestCase, tamper

LATER = dt.date(2026, 1, 19)


class BalanceTestCase(AuditTestCase):
    "The boxes are counted against the ledger"

    def balance(self, date=dt.date(2026, 12, 31), group=None):
        Balance = Pool().get('avec.audit.balance')
        with Transaction().set_context(avec_date=date):
            row, = Balance.search([
                    ('group', '=', (group or self.group).id)])
            # Read in the context of the date
            return row, {n: getattr(row, n) for n in Balance._fields}

    @with_transaction()
    def test_boxes_that_agree(self):
        "Three members buy a share of 10 and give 2"
        with self.world():
            row, figures = self.balance()
            self.assertEqual(row.id, self.group.id)
            self.assertEqual(figures['meeting'], self.meeting)
            self.assertEqual(figures['cycle'], self.cycle)
            self.assertEqual(figures['count_date'], self.meeting.date)
            for name, amount in [
                    ('loan_fund_expected', 30), ('loan_fund_counted', 30),
                    ('loan_fund_difference', 0), ('social_fund_expected', 6),
                    ('social_fund_counted', 6),
                    ('social_fund_difference', 0), ('loan_fund_cash', 30),
                    ('social_fund_cash', 6), ('savings', 30),
                    ('social_fund', 6), ('share_out_payable', 0),
                    ('debit', 36), ('credit', 36), ('balance', 0),
                    ('moves_after', 0)]:
                with self.subTest(figure=name):
                    self.assertEqual(figures[name], Decimal(amount))
            self.assertFalse(figures['differs'])

    @with_transaction()
    def test_balances_as_at_a_date(self):
        with self.world():
            self.meet(LATER, shares=2)
            _, before = self.balance(self.meeting.date)
            self.assertEqual(before['savings'], Decimal(30))
            self.assertEqual(before['count_date'], self.meeting.date)
            _, after = self.balance(LATER)
            self.assertEqual(after['savings'], Decimal(90))
            self.assertEqual(after['loan_fund_counted'], Decimal(90))
            self.assertFalse(after['differs'])

    @with_transaction()
    def test_group_that_never_met(self):
        "Nothing was counted, so nothing differs"
        with self.world():
            group = create_group("New", ["Mina"])
            _, figures = self.balance(group=group)
            self.assertIsNone(figures['meeting'])
            self.assertIsNone(figures['loan_fund_expected'])
            self.assertIsNone(figures['loan_fund_difference'])
            self.assertEqual(figures['loan_fund_cash'], Decimal(0))
            self.assertEqual(figures['moves_after'], 0)
            self.assertFalse(figures['differs'])

    @with_transaction()
    def test_money_that_moved_after_the_count(self):
        "The member who leaves is paid from the box after it was counted"
        Exit = Pool().get('avec.membership.exit')
        with self.world():
            exit_ = Exit(
                membership=self.group.memberships[0], date=self.meeting.date)
            exit_.save()
            Exit.post([exit_])
            _, figures = self.balance()
            self.assertEqual(figures['moves_after'], 1)
            self.assertEqual(figures['loan_fund_expected'], Decimal(30))
            self.assertEqual(figures['loan_fund_cash'], Decimal(20))
            self.assertFalse(figures['differs'])

    @with_transaction()
    def test_cancelled_meeting_is_not_the_last(self):
        Meeting = Pool().get('avec.meeting')
        with self.world():
            second = self.meet(LATER)
            Meeting.cancel([second])
            _, figures = self.balance()
            self.assertEqual(figures['meeting'], self.meeting)
            self.assertEqual(figures['loan_fund_cash'], Decimal(30))
            self.assertEqual(figures['moves_after'], 2)
            self.assertFalse(figures['differs'])

    @with_transaction()
    def test_count_changed_behind_the_ledger(self):
        Balance = Pool().get('avec.audit.balance')
        with self.world():
            tamper(self.meeting, loan_fund_counted=Decimal(25))
            _, figures = self.balance()
            self.assertEqual(figures['loan_fund_difference'], Decimal(-5))
            self.assertEqual(figures['social_fund_difference'], Decimal(0))
            self.assertTrue(figures['differs'])
            self.assertEqual(len(Balance.search([
                            ('differs', '=', True)])), 1)

    @with_transaction()
    def test_move_line_changed_in_the_database(self):
        with self.world():
            line = next(
                l for l in self.meeting.move.lines if l.debit == 6)
            tamper(line, debit=Decimal('5.50'))
            _, figures = self.balance()
            self.assertEqual(figures['balance'], Decimal('-0.5'))
            self.assertTrue(figures['differs'])

    @with_transaction()
    def test_search_and_order(self):
        Balance = Pool().get('avec.audit.balance')
        with self.world():
            empty = create_group("New", ["Mina"])
            self.assertEqual(
                [b.group for b in Balance.search([], order=[
                            ('savings', 'ASC')])],
                [empty, self.group])
            self.assertEqual(
                [b.group for b in Balance.search([('meeting', '=', None)])],
                [empty])
            self.assertEqual(
                Balance.search([('group.party.name', '=', "New")])[0].group,
                empty)


class LoanBalanceTestCase(AuditTestCase):
    "With loans, what members owe stands beside"
    extras = ['avec_loan']

    @with_transaction()
    def test_loans_outstanding(self):
        pool = Pool()
        Balance = pool.get('avec.audit.balance')
        from trytond.modules.avec_loan.tests.office import (
            create_loan, create_product, disburse, lending_group)
        with self.world():
            product = create_product()
            group, cycle = lending_group(product, name="Lenders")
            loan = create_loan(group.memberships[0], cycle, product)
            disburse([loan])
            row, = Balance.search([('group', '=', group.id)])
            self.assertEqual(row.loans_outstanding, Decimal(90))
            self.assertEqual(row.loan_fund_cash, Decimal(60))
            self.assertEqual(row.balance, Decimal(0))
            self.assertFalse(row.differs)
