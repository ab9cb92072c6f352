# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The plan, the payments and the ledger always agree"
import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal
from unittest.mock import patch

from trytond.modules.avec_group.tests.office import OfficeTestCase, office
from trytond.modules.avec_loan import debts
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import (
    FIRST_MEETING, create_loan, create_product, disburse, lending_group, meet)


class LedgerTestCase(OfficeTestCase):
    module = 'avec_loan'

    def lines(self, loan):
        "Return the receivable lines of the loan"
        Line = Pool().get('account.move.line')
        return Line.search([
                ('avec_instalment.loan', '=', loan.id),
                ('account.type.receivable', '=', True),
                ('move.state', '=', 'posted'),
                ])

    def check(self, loan):
        "Check the ledger of the loan against its plan"
        Loan = Pool().get('avec.loan')
        loan = Loan(loan.id)
        debt = debts.read([loan])[loan.id]
        paid = sum(s.paid.principal for s in debt.standings)
        self.assertEqual(paid + loan.outstanding, loan.principal)
        owed = defaultdict(Decimal)
        for line in self.lines(loan):
            owed[line.avec_instalment.id, line.maturity_date] += (
                line.debit - line.credit)
        for standing in debt.standings:
            instalment = standing.instalment
            self.assertEqual(
                owed[instalment.id, instalment.due_date],
                instalment.principal - standing.paid.principal)
        open_ = defaultdict(Decimal)
        for line in self.lines(loan):
            if not line.reconciliation:
                open_[line.maturity_date] += line.debit - line.credit
        self.assertEqual(
            {d: a for d, a in open_.items() if a},
            debts.outstanding([loan])[loan.id])
        return loan

    def repay_at_random(self, seed, **product):
        draw = random.Random(seed)
        product = create_product(**product)
        group, cycle = lending_group(product)
        loan, = disburse([create_loan(
                    group.memberships[0], cycle, product,
                    term=draw.randint(1, 6))])
        self.check(loan)
        date = FIRST_MEETING + dt.timedelta(weeks=1)
        posted = []
        while loan.state == 'disbursed':
            date += dt.timedelta(weeks=draw.randint(1, 6))
            if date > cycle.end_date or len(posted) > 8:
                break
            most = debts.read([loan])[loan.id].settlement(date).total
            if len(posted) == 8:
                amount = most
            else:
                amount = min(
                    most, Decimal(draw.randint(0, int(most * 100))) / 100)
            posted.append(meet(cycle, date, repay={loan: amount}))
            loan = self.check(loan)
            if draw.random() < .3:
                self.cancel(posted.pop())
                loan = self.check(loan)
        if loan.state == 'repaid':
            self.assertTrue(all(l.reconciliation for l in self.lines(loan)))
            self.assertEqual(loan.outstanding, 0)
        while posted:
            self.cancel(posted.pop())
            loan = self.check(loan)
        self.assertEqual(loan.state, 'disbursed')
        self.assertEqual(loan.outstanding, loan.principal)

    def cancel(self, meeting):
        Meeting = Pool().get('avec.meeting')
        Meeting.cancel([meeting])

    @with_transaction()
    def test_any_payments_of_equal_principal(self):
        with office():
            self.repay_at_random(1)

    @with_transaction()
    def test_any_payments_of_equal_instalments(self):
        with office():
            self.repay_at_random(
                2, amortization='equal_instalments',
                late_penalty=Decimal('2.50'))

    @with_transaction()
    def test_any_payments_of_flat_loan(self):
        with office():
            self.repay_at_random(
                3, method='flat', amortization='equal_instalments',
                late_penalty=Decimal(3), penalty_grace_days=10,
                repayment_order='principal_charge_penalty')

    @with_transaction()
    def test_any_payments_of_bullet_loan(self):
        with office():
            self.repay_at_random(
                4, amortization='bullet', early_repayment='whole',
                late_penalty=Decimal(3),
                repayment_order='charge_principal_penalty')

    @with_transaction()
    def test_figures_cost_queries_that_do_not_grow(self):
        "What is read of one loan costs as many queries as of three"
        pool = Pool()
        Loan = pool.get('avec.loan')
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            loans = disburse([
                    create_loan(m, cycle, product, principal=30)
                    for m in group.memberships])
            self.assertEqual(
                {l.outstanding for l in Loan.browse(loans)}, {30})
            counts = [self.count(l) for l in [loans[:1], loans]]
            self.assertEqual(*counts)

    def count(self, loans):
        "Return how many queries the arrears of the loans cost"
        queries = []
        fetch = debts.fetch

        def counted(*args):
            queries.append(args)
            return fetch(*args)
        with patch.object(debts, 'fetch', counted):
            Loan = Pool().get('avec.loan')
            Loan.get_arrears(loans, ['outstanding', 'days_overdue'])
            Loan.get_due(loans, ['due', 'settlement'])
        return len(queries)
