# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the scenarios of loans have in common"
from decimal import Decimal

from proteus import Model

__all__ = ['create_cycle', 'meet', 'plan', 'request']


def create_cycle(group, start, end, products, **rules):
    "Create the running cycle of a group that offers the products"
    Cycle = Model.get('avec.cycle')
    Product = Model.get('avec.loan.product')
    cycle = Cycle(group=group, start_date=start, end_date=end)
    cycle.share_value = Decimal(10)
    cycle.social_fund_contribution = Decimal(2)
    cycle.cash_rounding = Decimal(1)
    for name, value in rules.items():
        setattr(cycle, name, value)
    for product in products:
        cycle.loan_products.append(Product(product.id))
    cycle.click('run')
    return cycle


def request(membership, product, principal, term, date, approve=True):
    "Request a loan and approve it"
    Loan = Model.get('avec.loan')
    loan = Loan(membership=membership, request_date=date)
    loan.product = product
    loan.principal = Decimal(principal)
    loan.term = term
    loan.save()
    if approve:
        loan.click('approve')
    return loan


def meet(cycle, date, shares=None, lend=(), paid=None, post=True):
    """Type the sheet of a meeting, count the boxes, hold and post it.

    shares: how many each member buys, in the order of their numbers, 1 by
        default.
    lend: the loans paid out.
    paid: {loan: amount}; what is due is paid by default.
    """
    Meeting = Model.get('avec.meeting')
    meeting = Meeting(cycle=cycle)
    meeting.date = date
    for line, bought in zip(meeting.lines, shares or []):
        line.shares = bought
    for loan, amount in (paid or {}).items():
        repayments = [r for r in meeting.repayments if r.loan == loan]
        if not repayments:
            repayments = [meeting.repayments.new(loan=loan)]
        repayments[0].amount = Decimal(amount)
    for loan in lend:
        meeting.disbursements.new(loan=loan)
    meeting.loan_fund_counted = meeting.loan_fund_expected
    meeting.social_fund_counted = meeting.social_fund_expected
    meeting.click('hold')
    if post:
        meeting.click('post')
    for loan in [*lend, *(paid or {})]:
        loan.reload()
    return meeting


def plan(loan):
    "Print the plan of a loan"
    loan.reload()
    for row in loan.instalments:
        print(
            row.number, row.due_date, f'{row.principal:.2f}',
            f'{row.charge:.2f}', f'{row.paid:.2f}', row.state)
