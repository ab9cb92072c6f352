# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How much of what was planned is reached (standard library only)"
from decimal import Decimal

__all__ = ['reached']

_QUANTUM = Decimal('0.0001')


def reached(value, target, baseline=None, direction='up'):
    """Return the part of the way to the target that is done, 1 for all of it

    With a baseline: (value - baseline) / (target - baseline), whatever the
    direction.  Without, value / target where more is better, target / value
    where less is.  None if the value or the target is not known or there is
    no way to go; where less is better, a value of zero has reached it."""
    if value is None or target is None:
        return None
    if baseline is not None:
        way = target - baseline
        return _ratio(value - baseline, way)
    if direction == 'down':
        if value <= target:
            return Decimal(1)
        return _ratio(target, value)
    return _ratio(value, target)


def _ratio(part, whole):
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(_QUANTUM)
