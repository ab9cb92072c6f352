# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Loans in the office of the unit tests"
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    count_boxes, create_sheet, create_user, run_cycle)
from trytond.pool import Pool

__all__ = [
    'create_almighty', 'create_product', 'lend', 'live_through', 'repay',
    'values']

REQUEST = dt.date(2026, 1, 12)


def create_product(**fields):
    Product = Pool().get('avec.loan.product')
    product = Product(
        name="Small Loan", rate=Decimal('0.02'), rounding=Decimal('0.01'))
    for name, value in fields.items():
        setattr(product, name, value)
    product.save()
    return product


def create_almighty(company):
    "Create a user who has every role"
    pool = Pool()
    Group = pool.get('res.group')
    user = create_user('finance', company, login='almighty')
    user.groups = Group.search([])
    user.save()
    return user


def values(membership, cycle, product, principal=60, term=3):
    "Return the values of a request as the client sends them"
    return {
        'membership': membership.id,
        'cycle': cycle.id,
        'product': product.id,
        'principal': Decimal(principal),
        'term': term,
        'request_date': REQUEST,
        }


def _meet(meeting):
    Meeting = meeting.__class__
    count_boxes(Meeting(meeting.id))
    Meeting.hold([meeting])
    Meeting.post([meeting])


def lend(group, **fields):
    "Return a new cycle of the group and its loan, paid out"
    pool = Pool()
    Disbursement = pool.get('avec.meeting.disbursement')
    Loan = pool.get('avec.loan')
    product = create_product(**fields)
    cycle = run_cycle(group, loan_products=[product])
    _meet(create_sheet(cycle, shares=5))
    members = group.active_memberships(REQUEST)
    loan, = Loan.create([{
                **values(members[0], cycle, product),
                'guarantors': [('add', [members[1].id])],
                }])
    Loan.approve([loan])
    meeting = create_sheet(cycle, dt.date(2026, 1, 19))
    Disbursement(meeting=meeting, loan=loan).save()
    _meet(meeting)
    return cycle, Loan(loan.id)


def repay(cycle, loan, date=dt.date(2026, 2, 23)):
    "Repay what is due of the loan"
    meeting = create_sheet(cycle, date)
    _meet(meeting)


def live_through(group):
    "Give the group a record of each document"
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Exit = pool.get('avec.membership.exit')
    Fine = pool.get('avec.cycle.fine')
    Officer = pool.get('avec.group.officer')
    Opening = pool.get('avec.opening')
    OpeningLoan = pool.get('avec.opening.loan')
    Operation = pool.get('avec.meeting.operation')
    Rescheduling = pool.get('avec.loan.rescheduling')
    ShareOut = pool.get('avec.share_out')
    WriteOff = pool.get('avec.loan.write_off')

    group.phase = 'intensive'
    group.save()
    members = group.memberships
    Officer(membership=members[0], role='chair').save()
    Fine(
        cycle=(cycle := _lend_more(group)), kind='late',
        amount=Decimal(1)).save()
    opening = Opening(cycle=cycle, date=REQUEST)
    opening.on_change_cycle()
    opening.save()
    OpeningLoan(
        opening=opening, membership=members[0],
        product=cycle.loan_products[0], principal=Decimal(5)).save()
    meeting = create_sheet(cycle, dt.date(2026, 2, 23))
    Operation(
        meeting=meeting, kind='income', fund='loan_fund',
        amount=Decimal(5), description="Gift").save()
    _meet(meeting)
    loan, = cycle.loans
    rescheduling = Rescheduling(loan=loan, date=meeting.date, term=2)
    rescheduling.save()
    Rescheduling.post([rescheduling])
    write_off = WriteOff(loan=loan, date=meeting.date)
    write_off.save()
    WriteOff.post([write_off])
    exit_ = Exit(membership=members[-1], date=meeting.date)
    exit_.save()
    Exit.post([exit_])
    Cycle.share([cycle])
    share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
    share_out.save()
    ShareOut.compute([share_out])
    ShareOut.post([share_out])
    return cycle


def _lend_more(group):
    cycle, _ = lend(group)
    return cycle
