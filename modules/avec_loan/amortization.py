# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Compute the schedule of a loan.

A schedule is a list of phases one after the other: a phase repays a part of
the principal, or nothing during a grace.  Once the principal of each row is
known, the service charge follows: a part of the principal of the loan (flat)
or of what was left of it before the row (declining).

Amounts are Decimals in one currency, rates are fractions (0.02 is 2 %) and
every amount of a schedule is a multiple of a quantum, such as the smallest
coin.  In between, numbers are exact fractions: an amount is rounded once, when
it becomes due.

The equal instalment is the loan divided by the present value of one unit paid
at each due date.  Periods may be of any length:

    instalment = principal / sum(1 / ((1 + f1) * ... * (1 + fk)), k = 1 ... n)

where fk is the rate for period k.  With equal periods this is the usual
annuity, principal * f / (1 - (1 + f) ** -n); with a rate of zero, principal /
n.
"""
import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Optional

from .due_dates import (
    DAY_COUNTS, PERIODS_PER_YEAR, Calendar, due_dates, year_fraction)
from .rounding import MODES, REMAINDERS, Rounding, divide

__all__ = [
    'AmortizationError', 'Grace', 'Loan', 'Rounding', 'Row', 'cut',
    'reschedule', 'schedule']

ZERO = Decimal(0)


class AmortizationError(ValueError):
    pass


@dataclass(frozen=True)
class Grace:
    """The number of first periods that are eased

    principal: no principal is due, the rest of the term repays it.
    interest: the charge runs but is collected later: by the first row after
    the grace (Fineract), or in equal parts by all rows after it (spread), or
    by the last row.
    free: there is no charge.
    """
    principal: int = 0
    interest: int = 0
    free: int = 0
    collect: str = 'first'


@dataclass(frozen=True)
class Loan:
    """The terms of a loan

    principal: the amount disbursed on the date start.
    term: the number of rows, one for each period.
    rate: the charge on one unit of principal for a rate_period, which is a
    key of PERIODS_PER_YEAR, or period for the period of the loan itself.
    period: a key of PERIODS_PER_YEAR, or meeting.
    day_count: a key of DAY_COUNTS, or periodic for periods of equal length,
    whatever their dates.
    first_due, calendar: see due_dates.
    meeting_interval: the period between meetings; needed for the periodic
    charge of a loan repaid at each meeting.
    capitalise: what a declining loan has charged but not yet collected bears
    the charge too, so a bullet compounds (CapSens loan-creator) instead of
    bearing a simple charge.  It is not added to the principal.
    """
    principal: Decimal
    term: int
    start: datetime.date
    rate: Decimal = ZERO
    rate_period: str = 'year'
    period: str = 'month'
    method: str = 'declining'
    amortization: str = 'equal_instalments'
    day_count: str = 'periodic'
    rounding: Rounding = Rounding()
    grace: Grace = Grace()
    capitalise: bool = False
    first_due: Optional[datetime.date] = None
    calendar: Calendar = Calendar()
    meeting_interval: Optional[str] = None


@dataclass(frozen=True)
class Row:
    "An instalment; opening and closing are the principal owed around it"
    number: int
    due_date: datetime.date
    opening: Decimal
    principal: Decimal
    charge: Decimal

    @property
    def closing(self):
        return self.opening - self.principal

    @property
    def instalment(self):
        return self.principal + self.charge


def schedule(loan):
    """Return a Row for each period of the loan

    The principals sum to the principal of the loan.  Each amount is a multiple
    of the quantum if the principal of the loan is one; otherwise the row that
    takes the remainder takes the odd part too.

    Raise AmortizationError for terms that make no sense and DueDateError if
    the dates cannot be set.
    """
    _check(loan)
    dates = due_dates(
        loan.start, loan.period, loan.term, loan.first_due, loan.calendar)
    rates = _rates(loan, dates)
    principals = _flatten(loan, _phases(loan), rates)
    openings = list(accumulate(
            principals, lambda left, paid: left - paid,
            initial=loan.principal))
    charges = CHARGES[loan.method](loan, openings, rates)
    return tuple(map(
            Row, range(1, loan.term + 1),
            dates, openings, principals, charges))


def cut(row, principal, charge):
    """Return the row cut down to the principal and the charge paid of it

    Raise AmortizationError if more than due was paid."""
    if not (0 <= principal <= row.principal and 0 <= charge <= row.charge):
        raise AmortizationError("more is paid than the row has")
    return replace(row, principal=principal, charge=charge)


def reschedule(kept, loan, arrears=ZERO):
    """Return the rows kept followed by a new schedule of what is left

    kept are the first rows of the former schedule, as they were or cut.  The
    loan has the terms of the new rows (term, rate, start ...) but the whole
    principal.  The arrears are the charge already due and not paid: they are
    collected with the first new row and bear no charge.

    Raise AmortizationError if the rows kept have repaid the loan, or more.
    """
    left = loan.principal - sum((r.principal for r in kept), ZERO)
    if left <= 0:
        raise AmortizationError("nothing is left to repay")
    first, *others = schedule(replace(loan, principal=left))
    tail = replace(first, charge=first.charge + arrears), *others
    count = len(kept)
    return (*kept, *(replace(r, number=count + r.number) for r in tail))


def _check(loan):
    method = loan.method, loan.amortization
    for name, value, known in [
            ('method', method, METHODS),
            ('rate period', loan.rate_period, {'period', *PERIODS_PER_YEAR}),
            ('day count', loan.day_count, {'periodic', *DAY_COUNTS}),
            ('remainder', loan.rounding.remainder, REMAINDERS),
            ('rounding', loan.rounding.mode, MODES),
            ('rounded', loan.rounding.rounded, {'instalment', 'principal'}),
            ('collect', loan.grace.collect, COLLECTS),
            ]:
        if value not in known:
            raise AmortizationError(f"{value} is not a {name}")
    grace = loan.grace
    for message, wrong in [
            ("the principal is negative", loan.principal < 0),
            ("the term is not positive", loan.term < 1),
            ("the rate is negative", loan.rate < 0),
            ("the quantum is not positive", loan.rounding.quantum <= 0),
            ("a grace is negative",
                min(grace.principal, grace.interest, grace.free) < 0),
            ("the grace has no row after it",
                max(grace.principal, grace.interest) >= loan.term),
            ("a flat charge is never capitalised",
                loan.capitalise and loan.method == 'flat'),
            ]:
        if wrong:
            raise AmortizationError(message)


# Periods

def _rates(loan, dates):
    "The rate for each period, as exact fractions"
    if loan.day_count == 'periodic':
        rates = [_periodic_rate(loan)] * loan.term
    else:
        yearly = _yearly_rate(loan)
        rates = [
            yearly * year_fraction(start, end, loan.day_count)
            for start, end in zip((loan.start, *dates), dates)]
    free = min(loan.grace.free, loan.term)
    return [Fraction(0)] * free + rates[free:]


def _periodic_rate(loan):
    if not loan.rate or loan.rate_period == 'period':
        return Fraction(loan.rate)
    return _yearly_rate(loan) / _per_year(loan)


def _yearly_rate(loan):
    if not loan.rate:
        return Fraction(0)
    if loan.rate_period == 'period':
        return Fraction(loan.rate) * _per_year(loan)
    return Fraction(loan.rate) * PERIODS_PER_YEAR[loan.rate_period]


def _per_year(loan):
    period = loan.period
    if period == 'meeting':
        period = loan.meeting_interval
    if period not in PERIODS_PER_YEAR:
        raise AmortizationError("the interval between meetings is not known")
    return PERIODS_PER_YEAR[period]


# Principal: phases return the amounts of their rows

@dataclass(frozen=True)
class _Phase:
    "So many rows that repay what is owed, or pause"
    rows: int
    repay: Callable


@dataclass(frozen=True)
class _Method:
    "at_end: the last row repays; held: it collects the charges too"
    repay: Callable
    at_end: bool = False
    held: bool = False


def _phases(loan):
    method = METHODS[loan.method, loan.amortization]
    pause = loan.term - 1 if method.at_end else loan.grace.principal
    return [_Phase(pause, _pause), _Phase(loan.term - pause, method.repay)]


def _flatten(loan, phases, rates):
    principals = []
    for phase in phases:
        done = len(principals)
        principals += phase.repay(
            loan.principal - sum(principals, ZERO),
            rates[done:done + phase.rows], loan.rounding)
    return principals


def _pause(owed, rates, rounding):
    return [ZERO] * len(rates)


def _level(owed, rates, rounding):
    return divide(owed, [1] * len(rates), rounding)


def _annuity(owed, rates, rounding):
    values = _present_values(rates)
    if rounding.remainder == 'spread':
        return _repay(
            owed, rates, rounding,
            lambda i, owed: _instalment(owed, values[i], rounding))
    instalment = _instalment(owed, values[0], rounding)
    before = []
    if rounding.remainder == 'first' and len(rates) > 1:
        # what the other instalments can repay, whatever the first one is
        after = min(rounding.round(Fraction(instalment) * values[1]), owed)
        before = [owed - after]
    principals = before + _repay(
        owed - sum(before), rates[len(before):], rounding,
        lambda i, owed: instalment)
    if owed and not principals[-1]:
        return _annuity(owed, rates, replace(rounding, remainder='spread'))
    return principals


def _present_values(rates):
    "What a unit paid by each row from this one on is worth before it"
    value = Fraction(0)
    values = []
    for rate in reversed(rates):
        value = (1 + value) / (1 + rate)
        values.append(value)
    return values[::-1]


def _instalment(owed, value, rounding):
    exact = Fraction(owed) / value
    return exact if rounding.rounded == 'principal' else rounding.round(exact)


def _interest(owed, rate, rounding):
    exact = Fraction(owed) * rate
    return exact if rounding.rounded == 'principal' else rounding.round(exact)


def _repay(owed, rates, rounding, instalment):
    "The principal in each instalment, which may depend on what is owed"
    principals = []
    for i, rate in enumerate(rates[:-1]):
        principal = rounding.round(
            Fraction(instalment(i, owed))
            - Fraction(_interest(owed, rate, rounding)))
        principals.append(min(max(principal, ZERO), owed))
        owed -= principals[-1]
    return [*principals, owed]


# Charges

def _flat(loan, openings, rates):
    "The total is rounded, then divided as principal is"
    due = _collect(loan, [loan.principal] * loan.term, rates)
    return divide(loan.rounding.round(sum(due)), due, loan.rounding)


def _declining(loan, openings, rates):
    rounding = loan.rounding
    charges, lost = [], Fraction(0)
    for due in _collect(loan, openings, rates):
        charge = rounding.round(due)
        if rounding.carry:
            lost += due - Fraction(charge)
            move = int(lost / Fraction(rounding.quantum)) * rounding.quantum
            charge, lost = charge + move, lost - Fraction(move)
        charges.append(charge)
    return charges


def _collect(loan, owed, rates):
    "The exact charge due with each row, what was held back included"
    method = METHODS[loan.method, loan.amortization]
    first = loan.term - 1 if method.held else loan.grace.interest
    held, due = Fraction(0), []
    for i, (amount, rate) in enumerate(zip(owed, rates)):
        base = Fraction(amount) + (held if loan.capitalise else 0)
        held += base * rate
        if i < first:
            due.append(Fraction(0))
            continue
        current = base * rate
        share = COLLECTS[loan.grace.collect](loan.term - i)
        due.append(current + (held - current) * share)
        held -= due[-1]
    return due


# Tables

METHODS = {
    ('declining', 'equal_instalments'): _Method(_annuity),
    ('declining', 'equal_principal'): _Method(_level),
    ('declining', 'interest_only'): _Method(_level, at_end=True),
    ('declining', 'bullet'): _Method(_level, at_end=True, held=True),
    ('flat', 'equal_instalments'): _Method(_level),
    ('flat', 'equal_principal'): _Method(_level),
    ('flat', 'interest_only'): _Method(_level, at_end=True),
    ('flat', 'bullet'): _Method(_level, at_end=True, held=True),
    }
CHARGES = {
    'flat': _flat,
    'declining': _declining,
    }
# The share of what was held back that a row collects, by the rows left
COLLECTS = {
    'first': lambda left: 1,
    'spread': lambda left: Fraction(1, left),
    'last': lambda left: int(left == 1),
    }
