# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from proteus import Model
from trytond.exceptions import UserError

__all__ = [
    'create_product', 'meet', 'open_sheet', 'plan', 'post_sheet', 'refusal',
    'request_loan', 'run_cycle']


def create_product(name, **values):
    "Create a loan product that charges 2 % a month on the balance"
    Product = Model.get('avec.loan.product')
    product = Product(name=name, rate=Decimal('0.02'))
    for field, value in values.items():
        setattr(product, field, value)
    product.save()
    return product


def run_cycle(group, start_date, end_date, products, **rules):
    "Run a cycle of the group with shares of ten that offers the products"
    Cycle = Model.get('avec.cycle')
    Product = Model.get('avec.loan.product')
    cycle = Cycle(group=group)
    cycle.start_date = start_date
    cycle.end_date = end_date
    cycle.share_value = Decimal(10)
    cycle.cash_rounding = Decimal(1)
    for product in [p for p in cycle.loan_products if p not in products]:
        cycle.loan_products.remove(product)
    there = set(cycle.loan_products)
    cycle.loan_products.extend(
        Product(p.id) for p in products if p not in there)
    for name, value in rules.items():
        setattr(cycle, name, value)
    cycle.click('run')
    return cycle


def request_loan(
        membership, principal, term, date, guarantors=(), **values):
    "Save the request of a loan, which is not yet approved"
    Loan = Model.get('avec.loan')
    Membership = Model.get('avec.membership')
    loan = Loan(membership=membership)
    loan.guarantors.extend(Membership(g.id) for g in guarantors)
    for name, value in values.items():
        setattr(loan, name, value)
    loan.principal = Decimal(principal)
    loan.term = term
    loan.request_date = date
    loan.save()
    return loan


def open_sheet(cycle, date, shares=(), lend=(), repay=None):
    """Type the sheet of a meeting.

    shares: what each member buys, in their order, lend: the loans paid out,
    repay: what is paid of loans, {loan: amount}, which otherwise is what is
    due.
    """
    Loan = Model.get('avec.loan')
    Meeting = Model.get('avec.meeting')
    sheet = Meeting(cycle=cycle)
    sheet.date = date
    for line, bought in zip(sheet.lines, shares):
        line.shares = bought
    proposed = {r.loan: r for r in sheet.repayments}
    for loan, amount in (repay or {}).items():
        repayment = proposed.get(loan)
        if not repayment:
            repayment = sheet.repayments.new(loan=Loan(loan.id))
        repayment.amount = Decimal(amount)
    for loan in lend:
        sheet.disbursements.new(loan=Loan(loan.id))
    return sheet


def post_sheet(sheet):
    "Count the boxes as expected and post the sheet"
    sheet.loan_fund_counted = sheet.loan_fund_expected
    sheet.social_fund_counted = sheet.social_fund_expected
    sheet.click('hold')
    sheet.click('post')
    return sheet


def meet(cycle, date, shares=(), lend=(), repay=None):
    "Hold a meeting, from its sheet to the ledger"
    sheet = post_sheet(open_sheet(cycle, date, shares, lend, repay))
    for loan in [*lend, *(repay or {})]:
        loan.reload()
    return sheet


def plan(loan):
    "Return (due date, principal, charge) of each instalment"
    return [
        (str(i.due_date), i.principal, i.charge) for i in loan.instalments]


def refusal(click):
    "Print why the click is refused"
    try:
        click()
    except UserError as error:
        for message in [error.message, error.description]:
            if message:
                print(message)
