# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""When instalments are due and how long their periods last.

Due dates are counted from one day, never from one another: the day is kept
through short months, so 31 January is followed by 28 February and 31 March.

A day count is the place of a date on a line whose unit is the year, and a
period is the difference of two places: periods that follow each other always
sum to the whole.
"""
import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    'Calendar', 'DAY_COUNTS', 'DueDateError', 'PERIODS_PER_YEAR', 'add_period',
    'due_dates', 'year_fraction']

# What a year holds of each period when periods count as equal
PERIODS_PER_YEAR = {
    'week': 52,
    'fortnight': 26,
    'month': 12,
    'quarter': 4,
    'half_year': 2,
    'year': 1,
    }
_DAYS = {'week': 7, 'fortnight': 14}
_DAY = datetime.timedelta(days=1)


class DueDateError(ValueError):
    pass


@dataclass(frozen=True)
class Calendar:
    """The days on which an instalment can fall

    With meetings, only on one of these dates.  Otherwise on any date except
    the weekdays (Monday is 0) and the holidays on which nobody is there.
    """
    meetings: tuple[datetime.date, ...] = ()
    closed_weekdays: frozenset[int] = frozenset()
    holidays: frozenset[datetime.date] = frozenset()

    def days(self, start) -> Iterator[datetime.date]:
        "The days of the calendar from start on, start included"
        if self.meetings:
            yield from (d for d in sorted(set(self.meetings)) if d >= start)
        elif len(self.closed_weekdays) < 7:
            while True:
                if (start.weekday() not in self.closed_weekdays
                        and start not in self.holidays):
                    yield start
                start += _DAY

    def next(self, date):
        "The date, or else the next day of the calendar"
        for day in self.days(date):
            return day
        raise DueDateError(f"the calendar has no day from {date}")


def add_period(date, period, count=1):
    """Return the date count periods later

    Raise DueDateError for a period that has no fixed length."""
    if period in _DAYS:
        return date + datetime.timedelta(days=_DAYS[period] * count)
    if period not in PERIODS_PER_YEAR:
        raise DueDateError(f"{period} has no fixed length")
    months = date.month - 1 + count * 12 // PERIODS_PER_YEAR[period]
    year, month = date.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, min(date.day, last))


def due_dates(start, period, term, first=None, days=Calendar()):
    """Return the dates of term instalments, one after the other

    Without a first date, the first instalment is due one period after the
    start, or at the first meeting after the start.
    The period is a key of PERIODS_PER_YEAR, or meeting for every meeting of
    the calendar.  A date that is not in the calendar moves to its next day and
    leaves the later ones where they are; no two fall together.

    Raise DueDateError if the first date is not after the start or if the
    calendar ends before the term.
    """
    if first and first <= start:
        raise DueDateError(f"{first} is not after {start}")
    if period == 'meeting':
        if not days.meetings:
            raise DueDateError("there is no meeting")
        nominal = [first or start + _DAY] * term
    elif first:
        nominal = [add_period(first, period, i) for i in range(term)]
    else:
        nominal = [add_period(start, period, i + 1) for i in range(term)]
    result = []
    earliest = start + _DAY
    for date in nominal:
        result.append(days.next(max(date, earliest)))
        earliest = result[-1] + _DAY
    return tuple(result)


def _actual(days):
    return lambda date: Fraction(date.toordinal(), days)


def _actual_actual(date):
    "Days of each calendar year over the days of that year (ISDA)"
    days = 366 if calendar.isleap(date.year) else 365
    return date.year + Fraction(date.timetuple().tm_yday - 1, days)


def _thirty_360(date):
    "Months of 30 days, the 31st being a 30th (30E/360, Eurobond)"
    return Fraction(
        date.year * 360 + (date.month - 1) * 30 + min(date.day, 30), 360)


DAY_COUNTS = {
    'actual_365': _actual(365),
    'actual_360': _actual(360),
    'actual_actual': _actual_actual,
    'thirty_360': _thirty_360,
    }


def year_fraction(start, end, day_count):
    "Return the time from start to end in years"
    place = DAY_COUNTS[day_count]
    return place(end) - place(start)
