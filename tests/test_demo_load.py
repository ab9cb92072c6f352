# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A part of the demonstration loaded by the code that loads the whole"
import io
import unittest
from collections import Counter

from demo.calendar import LAST_WEEK
from demo.loader import DemoError, Loader
from demo.plan import make_plan
from demo.users import USERS
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

# Together they cancel, amend, leave, open, wait and share out, and their
# members repay, are late, do not repay and borrow for longer
RANKS = {2, 4, 5, 12}
MEETINGS = 7


def load(module, **selected):
    "Load the selected part of the plan in a new database"
    drop_db()
    activate_module([module], lang='fr')
    loader = Loader(DB_NAME, make_plan(**selected), io.StringIO())
    loader.load()
    return loader


class LoadTest(unittest.TestCase):
    "Four groups with seven meetings in each cycle"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(drop_db)
        cls.loader = load('avec_loan', ranks=RANKS, meetings=MEETINGS)
        cls.plans = cls.loader.plans

    def test_no_week_is_done_twice(self):
        "The locks are known before the work that needs them"
        self.assertNotIn('_week', self.loader.repeated)

    @with_transaction()
    def test_every_state_can_be_seen(self):
        "There is a sheet, a cycle and a share-out in each state"
        pool = Pool()
        for model, states in [
                ('avec.meeting', {'draft', 'posted', 'cancelled'}),
                ('avec.cycle', {'running', 'sharing', 'closed'}),
                ('avec.share_out', {'draft', 'paid'}),
                ('avec.opening', {'posted'}),
                ('avec.membership.exit', {'posted'}),
                ('avec.loan', {
                        'request', 'approved', 'disbursed', 'repaid',
                        'written_off', 'rejected', 'cancelled'}),
                ('avec.loan.write_off', {'posted'}),
                ('avec.loan.rescheduling', {'posted'}),
                ]:
            records = pool.get(model).search([])
            with self.subTest(model=model):
                self.assertEqual({r.state for r in records}, states)

    @with_transaction()
    def test_loans_of_every_delay_can_be_seen(self):
        "In the week in which the story ends"
        pool = Pool()
        Loan = pool.get('avec.loan')
        with Transaction().set_context(avec_date=LAST_WEEK):
            arrears = Counter(
                l.arrears for l in Loan.search([('state', '=', 'disbursed')]))
        self.assertEqual(
            arrears.keys(),
            {'current', '1_30', '31_60', '61_90', 'over_90'})
        self.assertGreater(
            arrears['current'], sum(arrears.values()) / 2)

    @with_transaction()
    def test_one_decides_on_what_another_asked(self):
        Loan = Pool().get('avec.loan')
        for loan in Loan.search([('state', '!=', 'request')]):
            decided = loan.rejected_by or loan.approved_by
            with self.subTest(loan=loan.rec_name):
                self.assertTrue(decided or loan.state == 'cancelled')
                self.assertNotEqual(loan.requested_by, decided)

    @with_transaction()
    def test_loans_are_repaid_before_the_share_out(self):
        "But for what is taken from it"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Line = pool.get('avec.share_out.line')
        for cycle in Cycle.search([('state', '=', 'closed')]):
            self.assertEqual(cycle.loans_outstanding, 0)
        netted = Line.search([('deductions', '>', 0)])
        self.assertEqual({l.share_out.state for l in netted}, {'draft'})

    @with_transaction()
    def test_loan_written_off_is_partly_recovered(self):
        pool = Pool()
        Repayment = pool.get('avec.meeting.repayment')
        write_off, = pool.get('avec.loan.write_off').search([])
        repayment, = Repayment.search([
                ('loan', '=', write_off.loan.id),
                ('meeting.date', '>', write_off.date),
                ])
        self.assertTrue(0 < repayment.amount < write_off.amount)

    @with_transaction()
    def test_rules_were_amended(self):
        Amendment = Pool().get('avec.cycle.amendment')
        amendment, = Amendment.search([])
        change, = amendment.changes
        before, = [p for p in self.plans if p.amended is not None]
        contribution = before.cycles[-1].rules.social_fund_contribution
        self.assertEqual(
            amendment.cycle.social_fund_contribution, contribution + 1)

    @with_transaction()
    def test_ledger_is_balanced(self):
        "Debit equals credit for each group"
        Line = Pool().get('account.move.line')
        for book in self.loader.books:
            lines = Line.search([('move.avec_group', '=', book.group)])
            self.assertTrue(lines)
            self.assertEqual(sum(l.debit - l.credit for l in lines), 0)

    @with_transaction()
    def test_users_belong_to_the_office(self):
        User = Pool().get('res.user')
        for planned in USERS:
            user, = User.search([('login', '=', planned.login)])
            self.assertEqual(user.company.id, self.loader.office.company)
            self.assertEqual(user.employee.party.name, planned.name)

    @with_transaction()
    def test_field_officer_follows_groups(self):
        pool = Pool()
        Group = pool.get('avec.group')
        User = pool.get('res.user')
        user, = User.search([('login', '=', 'animateur')])
        groups = Group.search([('field_officer', '=', user.employee.id)])
        self.assertEqual(len(groups), 3)

    def test_wrong_figures_stop_the_loading(self):
        "A household too large is told"
        loader = self.loader

        @with_transaction(context={'company': loader.office.company})
        def enlarge():
            Membership = Pool().get('avec.membership')
            party = Membership(loader.books[0].memberships[0]).party
            party.household_size += 1
            party.save()
            loader._check()
        with self.assertRaisesRegex(DemoError, 'households'):
            enlarge()


class GroupsOnlyTest(unittest.TestCase):
    "The demonstration of the groups alone"

    def test_loading_without_loans(self):
        self.addCleanup(drop_db)
        loader = load('avec_group', ranks={2}, meetings=2)
        self.assertEqual(len(loader.books), 1)


class TwiceTest(unittest.TestCase):
    "Two loadings give the same records"

    def test_two_runs_are_equal(self):
        self.addCleanup(drop_db)
        first, second = [self._loaded() for _ in range(2)]
        self.assertTrue(all(first.values()))
        self.assertEqual(first, second)

    def _loaded(self):
        load('avec_loan', ranks={4}, meetings=4)
        return self._records()

    @staticmethod
    @with_transaction()
    def _records():
        "Return what is told of the loans and of the ledger"
        pool = Pool()
        return {
            name: [
                [getattr(r, n) for n in names]
                for r in pool.get(name).search([], order=[('id', 'ASC')])]
            for name, names in [
                ('avec.loan', [
                        'rec_name', 'state', 'principal', 'purpose',
                        'request_date', 'disbursement_date']),
                ('avec.loan.instalment', [
                        'rec_name', 'due_date', 'principal', 'charge']),
                ('account.move.line', [
                        'rec_name', 'date', 'debit', 'credit',
                        'maturity_date']),
                ]}
