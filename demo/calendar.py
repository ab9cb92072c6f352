# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The days on which groups do things (standard library only)"
import datetime as dt

__all__ = [
    'FIRST_WEEK', 'LAST_POSTED', 'LAST_WEEK', 'add_months', 'every_fortnight',
    'every_month', 'monday', 'weeks']

# The dates are fixed, so that the data are the same whatever day it is
FIRST_WEEK = dt.date(2024, 12, 30)
LAST_WEEK = dt.date(2026, 11, 23)
# The sheets of later meetings are waiting
LAST_POSTED = dt.date(2026, 11, 21)


def monday(day):
    "Return the first day of the week"
    return day - dt.timedelta(days=day.weekday())


def weeks():
    "Give the first day of each week of the story"
    day = FIRST_WEEK
    while day <= LAST_WEEK:
        yield day
        day += dt.timedelta(weeks=1)


def add_months(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(
        year=day.year + years, month=month + 1, day=min(day.day, 28))


def every_month(first, last, week, weekday):
    "Return the same weekday of the same week of each month"
    days = []
    month = first.replace(day=1)
    while month <= last:
        day = month + dt.timedelta(
            days=(weekday - month.weekday()) % 7, weeks=week - 1)
        if first <= day <= last:
            days.append(day)
        month = add_months(month, 1)
    return days


def every_fortnight(first, last):
    "Return the day of every other week"
    return [
        first + dt.timedelta(weeks=2 * i)
        for i in range((last - first).days // 14 + 1)]
