# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.office import (
    ROLES, START, acting_as, count_boxes, create_group, create_sheet,
    create_user, office, run_cycle)
from trytond.modules.avec_group.tests.test_report import (
    WRITING_MODE, create_language, render, text_of)
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

FIRST, SECOND, THIRD = (
    dt.date(2026, 1, 12), dt.date(2026, 2, 16), dt.date(2026, 3, 16))
TODAY = dt.date(2026, 3, 20)
LOAN_REPORTS = ['avec.loan.contract', 'avec.loan.statement']


def create_product(**values):
    Product = Pool().get('avec.loan.product')
    product = Product(
        name="Small Loan", rate=Decimal('0.02'), late_penalty=Decimal(1))
    for name, value in values.items():
        setattr(product, name, value)
    product.save()
    return product


def create_lending_cycle(product, name="Atlas"):
    "A group that lends, with its treasurer and its first meeting posted"
    pool = Pool()
    Meeting = pool.get('avec.meeting')
    Officer = pool.get('avec.group.officer')
    group = create_group(name, ["Aicha", "Fatima", "Hind"])
    Officer(
        membership=group.memberships[2], role='treasurer',
        start_date=START).save()
    cycle = run_cycle(group, loan_products=[product])
    sheet = create_sheet(cycle, FIRST, shares=5)
    Meeting.hold([sheet])
    Meeting.post([sheet])
    return cycle


def request(membership, product, principal, term=3, approve=True, **values):
    Loan = Pool().get('avec.loan')
    loan = Loan(
        membership=membership, product=product, principal=Decimal(principal),
        term=term, request_date=FIRST, **values)
    loan.on_change_membership()
    loan.product = product
    loan.save()
    if approve:
        Loan.approve([loan])
    return loan


def meet(cycle, date, lend=(), paid=None, post=True):
    "Post a sheet that pays the loans out, and on which members repay"
    pool = Pool()
    Disbursement = pool.get('avec.meeting.disbursement')
    Meeting = pool.get('avec.meeting')
    sheet = create_sheet(cycle, date)
    sheet.disbursements = [Disbursement(loan=l) for l in lend]
    for repayment in sheet.repayments:
        if paid and repayment.loan in paid:
            repayment.amount = Decimal(paid[repayment.loan])
    sheet.repayments = sheet.repayments
    sheet.save()
    sheet = Meeting(sheet.id)
    count_boxes(sheet)
    if post:
        Meeting.hold([sheet])
        Meeting.post([sheet])
    return sheet


@contextmanager
def story():
    """A loan of 90 to Aicha that is late, and one of 60 to Fatima approved

    Aicha pays the first of three instalments, and 10 of the second.
    """
    Date = Pool().get('ir.date')
    with (office() as company,
            patch.object(Date, 'today', return_value=TODAY)):
        product = create_product()
        cycle = create_lending_cycle(product)
        aicha, fatima, hind = cycle.group.memberships
        loan = request(
            aicha, product, 90, guarantors=[fatima, hind],
            purpose="A sheep")
        lent = meet(cycle, dt.date(2026, 1, 19), lend=[loan])
        meet(cycle, dt.date(2026, 2, 23))
        repaid = meet(
            cycle, dt.date(2026, 3, 23), paid={loan: '10'}, post=False)
        yield {
            'company': company,
            'avec.loan': loan,
            'avec.membership': aicha,
            'avec.meeting': repaid,
            'avec.cycle': cycle,
            'lent': lent,
            'approved': request(fatima, product, 60),
            }


class LoanReportTestCase(TestCase):
    "Test the papers of loans"

    @classmethod
    def setUpClass(cls):
        activate_module('avec_loan')

    @with_transaction()
    def test_all(self):
        with story() as records:
            for name in [
                    'avec.meeting', 'avec.loan', 'avec.cycle', 'avec.membership']:
                for r in {
                        'avec.loan': LOAN_REPORTS,
                        'avec.meeting': ['avec.meeting.sheet', 'avec.meeting.blank_sheet'],
                        'avec.cycle': ['avec.cycle.statement', 'avec.meeting.blank_sheet'],
                        'avec.membership': ['avec.membership.passbook']}[name]:
                    print(r)
                    print(text_of(render(r, [records[name]])))
