# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an activity brings to a household

Profit is what is sold and what the household eats or uses of it, less the
costs.  The figures of a month are those of the last year that was recorded,
so that a poor season weighs as much as a good one."""
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = [
    'MONTHS', 'Month', 'add_months', 'change', 'first_day', 'monthly_profit']

# The seasons of a year
MONTHS = 12


@dataclass(frozen=True)
class Month:
    "What was recorded of a month"
    month: dt.date
    sales: Decimal = Decimal(0)
    costs: Decimal = Decimal(0)
    own_consumption: Decimal = Decimal(0)
    paid_jobs: int = 0

    @property
    def profit(self):
        return self.sales + self.own_consumption - self.costs


def first_day(date):
    return date.replace(day=1)


def add_months(date, months):
    "Return the same day months later, or the last day of a shorter month"
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(date.day, last))


def monthly_profit(months, rounding):
    """Return the mean profit of the last twelve months recorded

    None if nothing was recorded.  rounding: the smallest amount; a half is
    rounded away from zero, as the database does for the indicators."""
    last = sorted(months, key=lambda m: m.month)[-MONTHS:]
    if not last:
        return None
    total = sum((m.profit for m in last), Decimal(0))
    return (total / len(last) / rounding).to_integral_value(
        ROUND_HALF_UP) * rounding


def change(monthly, baseline):
    """Return what the activity adds to the income of before, 1 for the double

    None if one of both is not known or there was no income before."""
    if monthly is None or not baseline:
        return None
    return (monthly / baseline).quantize(
        Decimal('0.0001'), rounding=ROUND_HALF_UP)
