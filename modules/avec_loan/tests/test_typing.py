# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the server does while a sheet is typed"
import datetime as dt
from copy import deepcopy
from decimal import Decimal

from trytond.modules.avec_group.tests.office import OfficeTestCase, office
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

from .office import (
    FIRST_MEETING, create_loan, create_product, disburse, lending_group)
from .test_report import Counter

FUNDS = [
    f'{f}_{n}' for f in ['loan_fund', 'social_fund']
    for n in ['expected', 'difference']]


class TypingTestCase(OfficeTestCase):
    "Each amount typed is answered at once"
    module = 'avec_loan'

    @with_transaction()
    def test_queries_do_not_grow(self):
        "An amount costs as many queries on a long sheet as on a short one"
        with office():
            sheets = [
                self.sheet(members, loans)
                for members, loans in [(2, 1), (12, 6)]]
            # The first time also reads the rights of the user
            self.count(*sheets[0])
            short, long = [self.count(*s) for s in sheets]
        self.assertEqual(short, long)
        self.assertLessEqual(sum(short), 15)

    def sheet(self, members, loans):
        "Return the values of a sheet as the client sends them"
        Meeting = Pool().get('avec.meeting')
        group, cycle = lending_group(
            product := create_product(), name=f"{members} Members",
            members=[f"Member {i}" for i in range(members)])
        disburse([
                create_loan(m, cycle, product, principal=30)
                for m in group.memberships[:loans]])
        meeting = Meeting(
            cycle=cycle, date=FIRST_MEETING + dt.timedelta(weeks=6))
        meeting.on_change_date()
        self.assertEqual(len(meeting.repayments), loans)
        header = {
            'id': -1, 'cycle': cycle.id, 'date': meeting.date,
            'state': 'draft',
            }
        return header, {
            'lines': [{
                    'membership': l.membership.id, 'attendance': 'present',
                    'shares': 1, 'social_fund': Decimal(0),
                    'fine': Decimal(0)} for l in meeting.lines],
            'repayments': [
                {'loan': r.loan.id, 'amount': r.amount}
                for r in meeting.repayments],
            'disbursements': [], 'operations': [],
            'loan_fund_opening': Decimal(100), 'loan_fund_counted': None,
            'social_fund_opening': Decimal(0), 'social_fund_counted': None,
            }

    def count(self, header, values):
        "Return how many queries a repayment costs, and the boxes after it"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        Repayment = pool.get('avec.meeting.repayment')

        def repay():
            repayment = Repayment(**values['repayments'][0], meeting=header)
            repayment.on_change(['amount'])
            self.assertEqual(
                repayment.principal + repayment.charge, repayment.amount)

        def add_up():
            # The lines get their meeting
            sheet = Meeting(**header, **deepcopy(values))
            sheet.on_change_with(FUNDS)
            self.assertGreater(sheet.loan_fund_expected, 100)

        return [self.count_queries(f) for f in [repay, add_up]]

    def count_queries(self, function):
        "Return how many queries the function costs when nothing is read yet"
        transaction = Transaction()
        connection, queries = transaction.connection, []
        transaction.cache.clear()
        try:
            transaction.connection = Counter(connection, queries)
            with check_access():
                function()
        finally:
            transaction.connection = connection
        return len(queries)
