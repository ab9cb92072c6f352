# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a curriculum requires, hours and scores (standard library only)

Hours and scores are Decimals, the share of the topics is a fraction."""
import datetime as dt
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

__all__ = ['duration', 'overlap', 'percent', 'required_topics']

_SECONDS = Decimal(3600)
_HOURS = Decimal('0.01')
_FRACTION = Decimal('0.0001')


def required_topics(share, count):
    """Return how many of the topics must be attended

    It is the share of their count, and the whole of the last one that is
    needed in part: 80 % of 6 topics are 5."""
    return int((share * count).to_integral_value(ROUND_CEILING))


def duration(start, end):
    "Return the hours from a time to a later time of the same day"
    day = dt.date.min
    seconds = (
        dt.datetime.combine(day, end)
        - dt.datetime.combine(day, start)).total_seconds()
    return (Decimal(int(seconds)) / _SECONDS).quantize(
        _HOURS, ROUND_HALF_EVEN)


def overlap(first, second):
    """Return if two spells of the same day share time

    Each is (start, end).  One that starts when the other ends follows it."""
    return first[0] < second[1] and second[0] < first[1]


def percent(score, most):
    "Return the score as a fraction of the most that can be reached"
    if score is None or not most:
        return None
    return (score / most).quantize(_FRACTION, ROUND_HALF_EVEN)
