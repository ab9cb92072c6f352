# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Round amounts of money to a quantum and divide them in parts.

Nothing is lost: parts always sum to what they divide, and what equal parts
leave has a stated place.
"""
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

__all__ = ['MODES', 'REMAINDERS', 'Rounding', 'divide']

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rounding:
    """How amounts become multiples of the quantum

    remainder is the place of what equal parts leave: last or first is the row
    that takes it, the others being equal; spread computes each row anew from
    what is left and the rows left, so rows differ by about a quantum (OpenCBS
    names these end, begin and approximate).  Where equal parts would repay
    the loan before its last row, the remainder is spread as well.
    With equal instalments of a declining loan and first, the first row is set
    so that the others can be equal; what the rounding of their charges still
    leaves, some quanta at most, stays in the last row.

    mode is half_up or half_even (Fineract and OpenCBS round so).

    rounded is the amount that equal instalments round: the instalment, the
    principal being the rest of it after the charge, or the principal, so that
    the instalment varies by a quantum (CapSens loan-creator).

    carry adds a quantum to the charge of a declining loan, or takes it off, as
    soon as the rounding of the charges before has lost or won that much
    (CapSens loan-creator).
    """
    quantum: Decimal = Decimal('0.01')
    remainder: str = 'last'
    mode: str = 'half_up'
    rounded: str = 'instalment'
    carry: bool = False

    def units(self, amount):
        "The number of quanta nearest to the amount"
        return MODES[self.mode](Fraction(amount) / Fraction(self.quantum))

    def round(self, amount):
        return self.units(amount) * self.quantum


def divide(total, weights, rounding):
    """Divide the total in proportion to the weights, one part for each

    Each part is a multiple of the quantum if the total is one, and never
    negative; a weight of zero has no part.
    """
    rows = [i for i, weight in enumerate(weights) if weight]
    result = [ZERO] * len(weights)
    if rows:
        parts = REMAINDERS[rounding.remainder](
            total, [Fraction(weights[i]) for i in rows], rounding)
        for i, part in zip(rows, parts):
            result[i] = part
    return result


def _last(total, weights, rounding):
    unit = Fraction(total) / sum(weights)
    parts = [rounding.round(unit * w) for w in weights[:-1]]
    rest = total - sum(parts, ZERO)
    if total and rest <= 0:
        return _spread(total, weights, rounding)
    return [*parts, rest]


def _first(total, weights, rounding):
    return _last(total, weights[::-1], rounding)[::-1]


def _spread(total, weights, rounding):
    parts, left = [], sum(weights)
    for weight in weights[:-1]:
        part = min(rounding.round(Fraction(total) * weight / left), total)
        parts.append(part)
        total, left = total - part, left - weight
    return [*parts, total]


REMAINDERS = {
    'last': _last,
    'first': _first,
    'spread': _spread,
    }
MODES = {
    'half_up': lambda number: math.floor(number + Fraction(1, 2)),
    'half_even': round,
    }
