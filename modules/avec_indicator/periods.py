# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The periods that are reported (standard library only)"
import datetime as dt

__all__ = ['MONTHS', 'last_closed']

# The length of each period; all divide the year
MONTHS = {'month': 1, 'quarter': 3, 'half_year': 6, 'year': 12}


def last_closed(interval, date):
    """Return the first and the last day of the last period before the date

    Periods follow the civil year: a quarter begins in January, April, July or
    October."""
    months = MONTHS[interval]
    first = _first(date.year, (date.month - 1) // months * months)
    end = first - dt.timedelta(days=1)
    return _first(end.year, (end.month - 1) // months * months), end


def _first(year, months):
    return dt.date(year, months + 1, 1)
