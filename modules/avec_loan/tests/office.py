# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Loans of a group for the unit tests, see the office of avec_group"
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    count_boxes, create_group, run_cycle)
from trytond.pool import Pool

__all__ = [
    'FIRST_MEETING', 'create_loan', 'create_product', 'disburse', 'hold',
    'lending_group', 'meet']

FIRST_MEETING = dt.date(2026, 1, 12)


def create_product(**values):
    Product = Pool().get('avec.loan.product')
    product = Product(
        name="Small Loan", rate=Decimal('0.02'), max_term=12,
        savings_multiple=Decimal(10))
    for name, value in values.items():
        setattr(product, name, value)
    product.save()
    return product


def lending_group(
        product, members=("Aicha", "Fatima", "Hind"), name="Tissage",
        field_officer=None, **rules):
    "Create a group that has saved in a cycle that offers the product"
    group = create_group(name, members, field_officer=field_officer)
    cycle = run_cycle(
        group, loan_products=[product], **{'min_shares': 0, **rules})
    meet(cycle, FIRST_MEETING, shares=5)
    return group, cycle


def create_loan(membership, cycle, product, principal=90, term=3):
    Loan = Pool().get('avec.loan')
    loan = Loan(
        membership=membership, cycle=cycle, product=product,
        principal=Decimal(principal), term=term, request_date=FIRST_MEETING)
    loan.save()
    return loan


def hold(cycle, date, shares=0, lend=(), repay=None):
    """Hold a meeting, where each member buys so many shares.

    lend: the loans paid out, repay: what is paid of loans, {loan: amount}.
    """
    pool = Pool()
    Disbursement = pool.get('avec.meeting.disbursement')
    Meeting = pool.get('avec.meeting')
    Repayment = pool.get('avec.meeting.repayment')
    meeting = Meeting(cycle=cycle, date=date)
    meeting.on_change_date()
    for line in meeting.lines:
        line.shares = shares
    meeting.lines = meeting.lines
    repay = repay or {}
    meeting.repayments = [
        Repayment(loan=l, amount=Decimal(a)) for l, a in repay.items()]
    meeting.disbursements = [Disbursement(loan=l) for l in lend]
    meeting.save()
    count_boxes(Meeting(meeting.id))
    Meeting.hold([meeting])
    return meeting


def meet(cycle, date, shares=0, lend=(), repay=None):
    "Hold a meeting as by hold and post its sheet"
    Meeting = Pool().get('avec.meeting')
    meeting = hold(cycle, date, shares, lend, repay)
    Meeting.post([meeting])
    return Meeting(meeting.id)


def disburse(loans, date=FIRST_MEETING + dt.timedelta(weeks=1), shares=0):
    "Approve the loans and pay them out"
    Loan = Pool().get('avec.loan')
    Loan.approve(loans)
    meet(loans[0].cycle, date, shares, lend=loans)
    return Loan.browse(loans)
