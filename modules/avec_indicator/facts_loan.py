# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts about loans"
import datetime as dt

from trytond.modules.avec_loan.debts import DISBURSED
from trytond.modules.avec_loan.portfolio import late_loans
from trytond.pool import Pool

from .facts_group import ONE, has_sex, is_woman
from .formula import Formula, flag, number, within

__all__ = ['FORMULAS']

# An instalment so many days late puts its loan at risk
LATE = 30


def _disbursed(scope, record, numerator, condition=None):
    """Return the loans paid out in the period

    A payment that was cancelled leaves its loan approved again."""
    pool = Pool()
    loan = pool.get('avec.loan').__table__()
    membership = pool.get('avec.membership').__table__()
    party = pool.get('party.party').__table__()
    where = loan.state.in_(DISBURSED) & within(loan.disbursement_date, scope)
    if condition:
        where &= condition(party)
    return (loan
        .join(membership, condition=loan.membership == membership.id)
        .join(party, condition=membership.party == party.id)
        .select(
            record(loan, party).as_('record'), party.id.as_('person'),
            membership.group.as_('group'),
            numerator(loan, party).as_('numerator'),
            ONE.as_('denominator'),
            where=where))


def loans_disbursed(scope):
    return _disbursed(
        scope, lambda loan, party: loan.id,
        lambda loan, party: number(loan.principal))


def loan_count(scope):
    return _disbursed(
        scope, lambda loan, party: loan.id, lambda loan, party: ONE)


def women_borrowers(scope):
    return _disbursed(
        scope, lambda loan, party: party.id,
        lambda loan, party: number(flag(is_woman(party))), has_sex)


def _outstanding(scope, numerator):
    "Return the loans that stand in the ledger on the day"
    pool = Pool()
    loan = pool.get('avec.loan').__table__()
    membership = pool.get('avec.membership').__table__()
    late = late_loans(scope.company, scope.date)
    risky = late.since < scope.date - dt.timedelta(days=LATE)
    return (late
        .join(loan, condition=late.loan == loan.id)
        .join(membership, condition=loan.membership == membership.id)
        .select(
            loan.id.as_('record'), membership.party.as_('person'),
            membership.group.as_('group'),
            numerator(late, risky).as_('numerator'),
            number(late.outstanding).as_('denominator')))


def loans_outstanding(scope):
    return _outstanding(scope, lambda late, risky: number(late.outstanding))


def portfolio_at_risk(scope):
    return _outstanding(
        scope, lambda late, risky: number(
            late.outstanding * flag(risky)))


FORMULAS = {
    'loans_disbursed': Formula(
        'avec.loan', loans_disbursed, 'sum', unit='money', period=True),
    'loan_count': Formula('avec.loan', loan_count, period=True),
    'loans_outstanding': Formula(
        'avec.loan', loans_outstanding, 'sum', unit='money'),
    'portfolio_at_risk': Formula(
        'avec.loan', portfolio_at_risk, 'ratio', unit='percent',
        direction='down'),
    'women_borrowers': Formula(
        'party.party', women_borrowers, 'ratio', unit='percent', once=True,
        period=True),
    }
