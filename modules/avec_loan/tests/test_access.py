# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_group.tests import test_access
from trytond.modules.avec_group.tests.office import (
    acting_as, count_boxes, create_group, create_sheet, create_user, office,
    run_cycle)
from trytond.modules.avec_loan.exceptions import (
    LoanApprovalError, LoanFrozenError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from . import office as loans

ALL, NONE, READ = test_access.ALL, test_access.NONE, test_access.READ
MATRIX = {
    **test_access.MATRIX,
    'avec.loan': [ALL, ALL, READ, READ, READ],
    'avec.loan.guarantor': [ALL, ALL, READ, READ, READ],
    'avec.loan.instalment': [ALL, ALL, READ, READ, READ],
    'avec.loan.product': [READ, READ, READ, READ, ALL],
    'avec.cycle-avec.loan.product': [ALL, ALL, ALL, READ, READ],
    'avec.meeting.disbursement': [ALL, ALL, READ, READ, READ],
    'avec.meeting.repayment': [ALL, ALL, READ, READ, READ],
    'avec.loan.rescheduling': [READ, ALL, READ, READ, READ],
    'avec.loan.rescheduling.row': [READ, ALL, READ, READ, READ],
    'avec.loan.write_off': [READ, ALL, READ, READ, READ],
    'avec.opening.loan': [READ, ALL, READ, READ, READ],
    'avec.loan.portfolio.group': [READ] * 5,
    'avec.loan.portfolio.subdivision': [NONE, READ, READ, READ, READ],
    'avec.loan.portfolio.field_officer': [NONE, READ, READ, READ, READ],
    }
BUTTONS = {
    **test_access.BUTTONS,
    ('avec.loan', 'approve'): {'finance'},
    ('avec.loan', 'reject'): {'finance'},
    ('avec.loan', 'cancel'): {'field_officer', 'finance'},
    ('avec.loan', 'reschedule'): {'finance'},
    ('avec.loan', 'write_off'): {'finance'},
    ('avec.loan.rescheduling', 'post'): {'finance'},
    ('avec.loan.rescheduling', 'cancel'): {'finance'},
    ('avec.loan.write_off', 'post'): {'finance'},
    ('avec.loan.write_off', 'cancel'): {'finance'},
    }
OF_GROUP = test_access.OF_GROUP + [
    'avec.loan', 'avec.loan.guarantor', 'avec.loan.instalment',
    'avec.meeting.disbursement', 'avec.meeting.repayment',
    'avec.loan.rescheduling', 'avec.loan.rescheduling.row',
    'avec.loan.write_off', 'avec.opening.loan']


class LoanAccessTestCase(test_access.AccessTestCase):
    "The roles lend and follow loans as the design says"
    module = 'avec_loan'
    matrix = MATRIX
    buttons = BUTTONS
    of_group = OF_GROUP
    live_through = staticmethod(loans.live_through)
    shared = 106

    @with_transaction()
    def test_field_officer_requests(self):
        "A field officer requests for the groups followed only"
        Loan = Pool().get('avec.loan')
        with office() as company:
            user = create_user('field_officer', company)
            product = loans.create_product()
            for officer in [user.employee, None]:
                group = create_group(
                    f"Group {officer}", ["Aicha", "Fatima"],
                    field_officer=officer)
                cycle = run_cycle(group, loan_products=[product])
                values = loans.values(group.memberships[0], cycle, product)
                with acting_as(user):
                    if officer:
                        loan, = Loan.create([values])
                        self.assertEqual(loan.requested_by, user.employee)
                        with self.assertRaises(AccessButtonError):
                            Loan.approve([loan])
                    else:
                        with self.assertRaises(AccessError):
                            Loan.create([values])

    @with_transaction()
    def test_nobody_changes_what_is_lent(self):
        "Not even every role together changes a loan by hand"
        pool = Pool()
        Instalment = pool.get('avec.loan.instalment')
        Loan = pool.get('avec.loan')
        Repayment = pool.get('avec.meeting.repayment')
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            cycle, loan = loans.lend(group)
            loans.repay(cycle, loan)
            user = loans.create_almighty(company)
            repayment, = Repayment.search([('loan', '=', loan.id)])
            for refused in [
                    lambda: Loan.write([loan], {'principal': Decimal(1)}),
                    lambda: Loan.write([loan], {'state': 'repaid'}),
                    lambda: Loan.write([loan], {'guarantors': [
                                ('add', [group.memberships[1].id])]}),
                    lambda: Loan.delete([loan]),
                    lambda: Instalment.write(
                        loan.instalments[:1], {'due_date': dt.date.max}),
                    lambda: Instalment.delete(loan.instalments[:1]),
                    lambda: Instalment.copy(loan.instalments[:1]),
                    lambda: Repayment.write(
                        [repayment], {'amount': Decimal(1)}),
                    lambda: Repayment.write(
                        [repayment], {'principal': Decimal(1)}),
                    lambda: Repayment.delete([repayment]),
                    lambda: Loan.create([{
                                **loans.values(
                                    group.memberships[1], cycle,
                                    loan.product),
                                'state': 'disbursed'}])]:
                with acting_as(user), self.assertRaises(AccessError):
                    refused()
            with acting_as(user):
                Loan.write([Loan(loan.id)], {'note': "Paid by her son"})
            self.assertEqual(Loan(loan.id).outstanding, 40)

    @with_transaction()
    def test_another_approves(self):
        "Where the office says so, who requests does not approve"
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        Loan = pool.get('avec.loan')
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            product = loans.create_product()
            cycle = run_cycle(group, loan_products=[product])
            meeting = create_sheet(cycle, shares=5)
            meeting.hold([meeting])
            meeting.post([meeting])
            configuration = Configuration(1)
            configuration.loan_four_eyes = True
            configuration.save()
            users = [
                create_user('finance', company, login=f'finance{i}')
                for i in range(2)]
            with acting_as(users[0]):
                loan, = Loan.create([
                        loans.values(group.memberships[0], cycle, product)])
                with self.assertRaises(LoanApprovalError):
                    Loan.approve([loan])
            with acting_as(users[1]):
                Loan.approve(Loan.browse([loan]))
            loan = Loan(loan.id)
            self.assertEqual(loan.state, 'approved')
            self.assertEqual(loan.approved_by, users[1].employee)

    @with_transaction()
    def test_portfolio_of_field_officer(self):
        "A field officer reads the portfolio of the groups followed"
        Portfolio = Pool().get('avec.loan.portfolio.group')
        with office() as company:
            user = create_user('field_officer', company)
            followed = create_group(
                "Followed", ["Aicha", "Fatima"],
                field_officer=user.employee)
            other = create_group("Other", ["Aicha", "Fatima"])
            for group in [followed, other]:
                loans.lend(group)
            with Transaction().set_context(company=company.id):
                self.assertEqual(len(Portfolio.search([])), 2)
            with acting_as(user):
                rows = Portfolio.search([])
                self.assertEqual([r.group for r in rows], [followed])

    @with_transaction()
    def test_frozen_error(self):
        "The error names the loan"
        Loan = Pool().get('avec.loan')
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima"])
            _, loan = loans.lend(group)
            with acting_as(loans.create_almighty(company)), \
                    self.assertRaisesRegex(LoanFrozenError, loan.number):
                Loan.write([loan], {'term': 9})
            count_boxes(create_sheet(loan.cycle, dt.date(2026, 2, 2)))


# Loaded in its own module
del test_access
