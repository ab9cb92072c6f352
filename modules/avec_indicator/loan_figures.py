# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The figures of groups on the loans of their loan fund, see figures.

What the social fund lends is for emergencies and left out of the ratios.
"""
import datetime as dt

from sql import Literal
from sql.aggregate import Count, Max, Sum
from sql.conditionals import Case
from sql.functions import Round

from trytond.model import fields
from trytond.modules.avec_group.ledger import configured_accounts, fetch
from trytond.modules.avec_loan.debts import DISBURSED
from trytond.modules.avec_loan.portfolio import late_loans
from trytond.pool import Pool

from .figures import current_cycles, decimal, is_active

_PRECISION = 4
_FUND = 'loan_fund'


def open_figures(company_id, date):
    "The loans outstanding and what of them is at risk"
    pool = Pool()
    loan = pool.get('avec.loan').__table__()
    membership = pool.get('avec.membership').__table__()
    product = pool.get('avec.loan.product').__table__()
    late = late_loans(company_id, date)

    def at_risk(days):
        condition = late.since < date - dt.timedelta(days=days)
        return Round(decimal(Sum(
                    Case((condition, late.outstanding), else_=0))),
            _PRECISION)

    borrower = Case((is_active(membership, date), membership.id))
    return (late
        .join(loan, condition=late.loan == loan.id)
        .join(product, condition=loan.product == product.id)
        .join(membership, condition=loan.membership == membership.id)
        .select(
            membership.group.as_('group'),
            Count(loan.id).as_('loans'),
            Count(borrower, distinct=True).as_('borrowers'),
            at_risk(0).as_('at_risk_0'),
            at_risk(30).as_('at_risk_30'),
            at_risk(90).as_('at_risk_90'),
            where=product.fund == _FUND,
            group_by=[membership.group]))


def disbursed_figures(company_id, date):
    "The loans paid out in the cycle"
    pool = Pool()
    loan = pool.get('avec.loan').__table__()
    product = pool.get('avec.loan.product').__table__()
    cycle = current_cycles(company_id, date)
    return (loan
        .join(product, condition=loan.product == product.id)
        .join(cycle, condition=loan.cycle == cycle.cycle)
        .select(
            cycle.group.as_('group'),
            Count(loan.id).as_('loans_disbursed'),
            Round(decimal(Sum(loan.principal)), _PRECISION).as_('disbursed'),
            where=(product.fund == _FUND) & loan.state.in_(DISBURSED)
            & (loan.disbursement_date >= cycle.start_date)
            & (loan.disbursement_date <= date),
            group_by=[cycle.group]))


def written_off_figures(company_id, date):
    "The loans lost in the cycle, by whatever document wrote them off"
    pool = Pool()
    Company = pool.get('company.company')
    instalment = pool.get('avec.loan.instalment').__table__()
    line = pool.get('account.move.line').__table__()
    loan = pool.get('avec.loan').__table__()
    move = pool.get('account.move').__table__()
    product = pool.get('avec.loan.product').__table__()
    cycle = current_cycles(company_id, date)
    accounts = configured_accounts([Company(company_id)], ['avec_loan_loss'])
    lost = Round(decimal(Sum(line.debit - line.credit)), _PRECISION)
    # Told by cycle first, as few lines are losses
    losses = (line
        .join(move, condition=line.move == move.id)
        .join(instalment, condition=line.avec_instalment == instalment.id)
        .join(loan, condition=instalment.loan == loan.id)
        .join(product, condition=loan.product == product.id)
        .select(
            move.avec_cycle.as_('cycle'), loan.id.as_('loan'),
            lost.as_('lost'),
            where=(move.state == 'posted') & (move.date <= date)
            & (product.fund == _FUND)
            & fields.SQL_OPERATORS['in'](
                line.account, list(accounts) or [None]),
            group_by=[move.avec_cycle, loan.id],
            having=lost > Literal(0)))
    return (losses
        .join(cycle, condition=losses.cycle == cycle.cycle)
        .select(
            cycle.group.as_('group'),
            Count(losses.loan).as_('loans_written_off'),
            Sum(losses.lost).as_('written_off'),
            group_by=[cycle.group]))


def charge_rates(cycles):
    "Return the highest charge a month of what the cycles lend, {id: rate}"
    pool = Pool()
    offer = pool.get('avec.cycle-avec.loan.product').__table__()
    product = pool.get('avec.loan.product').__table__()
    rate = Case(
        (product.rate_period == 'year', decimal(product.rate) / 12),
        else_=decimal(product.rate))
    query = (offer
        .join(product, condition=offer.product == product.id)
        .select(
            offer.cycle.as_('cycle'),
            Round(Max(rate), _PRECISION).as_('rate'),
            where=(product.fund == _FUND)
            & fields.SQL_OPERATORS['in'](
                offer.cycle, [c.id for c in cycles] or [-1]),
            group_by=[offer.cycle]))
    return dict(fetch(query, [None, 'NUMERIC']))
