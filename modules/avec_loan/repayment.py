# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Split payments between what is due, and measure what is late.

Amounts are Decimals in one currency and never negative.  An instalment is what
is due on a date and what was paid of it so far; it is late from the day after.
"""
import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Optional

from .rounding import Rounding

__all__ = [
    'BUCKETS', 'Amounts', 'Due', 'ORDER', 'PenaltyRule', 'Repayment',
    'RepaymentError', 'bucket', 'days_overdue', 'late_penalties', 'overdue',
    'repay', 'settlement', 'split', 'total']

ZERO = Decimal(0)
ORDER = ('penalty', 'charge', 'principal')
# The most days of a bucket and its key
BUCKETS = (
    (0, 'current'),
    (30, '1_30'),
    (60, '31_60'),
    (90, '61_90'),
    (None, 'over_90'),
    )


class RepaymentError(ValueError):
    pass


@dataclass(frozen=True)
class Amounts:
    "The parts of a debt or of a payment"
    penalty: Decimal = ZERO
    charge: Decimal = ZERO
    principal: Decimal = ZERO

    @property
    def total(self):
        return self.penalty + self.charge + self.principal


@dataclass(frozen=True)
class Due:
    """An instalment: what is due on the date, and what was paid of it

    The due and the paid include the penalties charged so far.  The period of
    the instalment begins on the start, long ago without one."""
    due_date: datetime.date
    due: Amounts
    paid: Amounts = Amounts()
    start: Optional[datetime.date] = None

    @property
    def unpaid(self):
        return Amounts(**{
                part: getattr(self.due, part) - getattr(self.paid, part)
                for part in ORDER})


@dataclass(frozen=True)
class Repayment:
    """How a payment is split

    splits: the Amounts paid of each instalment, in the order of the
    instalments.  The totals of the splits and the excess are the payment.
    """
    splits: tuple[Amounts, ...]
    excess: Decimal


@dataclass(frozen=True)
class PenaltyRule:
    """The penalty for a late instalment, once for each

    amount: fixed.
    rate: a fraction of the principal and charge that are late, never of a
    penalty.
    grace_days: days after the due date without penalty.
    """
    amount: Decimal = ZERO
    rate: Decimal = ZERO
    grace_days: int = 0
    rounding: Rounding = Rounding()


def split(payment, instalments, order=ORDER):
    """Split the payment, the oldest instalment first

    An instalment is paid in full before the next one gets anything; order is
    the order of its parts.  Instalments due on the same date are paid in the
    order given.  No part is ever paid more than is due: what is left over is
    the excess.

    Raise RepaymentError for a negative payment, an instalment already paid
    more than due, or an order that is not one of the three parts.
    """
    _check(payment, instalments, order)
    splits = [Amounts()] * len(instalments)
    for i in _oldest_first(instalments):
        unpaid = instalments[i].unpaid
        for part in order:
            amount = min(payment, getattr(unpaid, part))
            splits[i] = replace(splits[i], **{part: amount})
            payment -= amount
    return Repayment(tuple(splits), payment)


def total(amounts):
    "Return the sum of the Amounts, part by part"
    amounts = list(amounts)
    return Amounts(**{
            part: sum((getattr(a, part) for a in amounts), ZERO)
            for part in ORDER})


def settlement(instalments, date, whole=False):
    """Return the Amounts that settle each instalment on the date

    All the principal and the penalties are owed, but of the charge only that
    of the periods that have begun, unless the whole of it is.
    """
    return tuple(
        i.unpaid if whole or _has_begun(i, date)
        else replace(i.unpaid, charge=ZERO)
        for i in instalments)


def _has_begun(instalment, date):
    return instalment.start is None or instalment.start < date


def repay(
        payment, instalments, date, order=ORDER, whole=False, ending=False):
    """Split the payment, and end the loan if it is enough to settle it

    A payment that does not settle the loan is split as by split, so that it
    pays in advance what it is more than due; but if the loan is ending, what
    is not owed by the settlement is not paid either.  The excess is what is
    more than the settlement; see settlement for the whole.

    Raise RepaymentError as split.
    """
    _check(payment, instalments, order)
    settled = settlement(instalments, date, whole)
    if ending or payment >= total(settled).total:
        instalments = [
            replace(i, due=total([i.paid, owed]))
            for i, owed in zip(instalments, settled)]
    return split(payment, instalments, order)


def _check(payment, instalments, order):
    if payment < 0:
        raise RepaymentError("the payment is negative")
    if sorted(order) != sorted(ORDER):
        raise RepaymentError(f"{order} is not an order of {ORDER}")
    for instalment in instalments:
        unpaid = instalment.unpaid
        if min(getattr(unpaid, part) for part in ORDER) < 0:
            raise RepaymentError(
                f"the instalment of {instalment.due_date} "
                "is paid more than due")


def _oldest_first(instalments):
    return sorted(
        range(len(instalments)), key=lambda i: instalments[i].due_date)


def late_penalties(instalments, date, rule):
    """Return the penalty to add to each instalment on the date

    It is the penalty of the rule less the penalties charged already, so a
    second call with these added gives nothing.  An instalment whose principal
    and charge are paid gets no new penalty.
    """
    return tuple(_late_penalty(i, date, rule) for i in instalments)


def _late_penalty(instalment, date, rule):
    late = instalment.unpaid.principal + instalment.unpaid.charge
    days = (date - instalment.due_date).days
    if late <= 0 or days <= rule.grace_days:
        return ZERO
    penalty = rule.rounding.round(rule.amount + late * rule.rate)
    return max(penalty - instalment.due.penalty, ZERO)


def overdue(instalments, date):
    "Return the Amounts late on the date"
    return total(i.unpaid for i in instalments if i.due_date < date)


def days_overdue(instalments, date):
    """Return the days since the oldest late instalment was due, else 0

    A penalty alone does not make an instalment late."""
    late = [
        i.due_date for i in instalments
        if i.due_date < date and i.unpaid.principal + i.unpaid.charge > 0]
    return (date - min(late)).days if late else 0


def bucket(days):
    "Return the key in BUCKETS of a number of days overdue"
    for most, key in BUCKETS:
        if most is None or days <= most:
            return key
