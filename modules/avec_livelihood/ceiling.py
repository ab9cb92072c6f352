# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The turnover of an auto-entrepreneur against the ceilings of the law

A ceiling holds for the whole of the year in which it begins."""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

__all__ = [
    'ABOVE', 'BELOW', 'Ceiling', 'NEAR', 'in_force', 'level', 'quarter_start',
    'share']

BELOW, NEAR, ABOVE = 'below', 'near', 'above'


@dataclass(frozen=True)
class Ceiling:
    "What may be sold in a year, to all clients and to a single one"
    start_date: dt.date
    amount: Decimal
    client_amount: Optional[Decimal] = None
    # An office may have another one than the law
    own: bool = False


def in_force(ceilings, year):
    "Return the ceiling of the year or None"
    last = dt.date(year, 12, 31)
    return max(
        (c for c in ceilings if c.start_date <= last),
        key=lambda c: (c.start_date, c.own), default=None)


def quarter_start(year, quarter):
    return dt.date(year, 3 * quarter - 2, 1)


def share(turnover, amount):
    "Return the turnover as a part of the ceiling, None without ceiling"
    if not amount:
        return None
    return (turnover / amount).quantize(Decimal('0.0001'))


def level(turnover, amount, warning):
    """Return where the turnover stands

    warning: the part of the ceiling from which it nears it."""
    if amount is None:
        return None
    if turnover > amount:
        return ABOVE
    if turnover >= amount * warning:
        return NEAR
    return BELOW
