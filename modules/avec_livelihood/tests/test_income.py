# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The arithmetic of activities"
import datetime as dt
import unittest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trytond.modules.avec_livelihood.income import (
    MONTHS, Month, add_months, change, first_day, monthly_profit)

CENT = Decimal('0.01')
amounts = st.decimals(0, 100000, places=2)
dates = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@st.composite
def months(draw):
    "Draw the records of different months in any order"
    start = draw(dates)
    gaps = draw(st.lists(st.integers(1, 4), max_size=30))
    result = []
    month = first_day(start)
    for gap in gaps:
        month = add_months(month, gap)
        result.append(Month(
                month, draw(amounts), draw(amounts), draw(amounts)))
    return draw(st.permutations(result))


class MonthlyProfitTest(unittest.TestCase):
    "Profit a month"

    def test_nothing_recorded(self):
        self.assertIsNone(monthly_profit([], CENT))

    def test_own_consumption_is_income(self):
        month = Month(
            dt.date(2025, 1, 1), Decimal(100), Decimal(70), Decimal(20))
        self.assertEqual(month.profit, Decimal(50))

    def test_half_is_rounded_away_from_zero(self):
        "As the database rounds, by which the indicators are computed"
        for amounts, expected in [
                (['0.01', '0.00'], '0.01'), (['0.03', '0.02'], '0.03'),
                (['-0.01', '0.00'], '-0.01')]:
            records = [
                Month(dt.date(2025, i, 1), Decimal(a))
                for i, a in enumerate(amounts, 1)]
            self.assertEqual(monthly_profit(records, CENT), Decimal(expected))
        self.assertEqual(
            change(Decimal('0.0005'), Decimal(10)), Decimal('0.0001'))

    @settings(max_examples=50)
    @given(months())
    def test_only_the_last_year_counts(self, records):
        ordered = sorted(records, key=lambda m: m.month)
        self.assertEqual(
            monthly_profit(records, CENT),
            monthly_profit(ordered[-MONTHS:], CENT))

    @settings(max_examples=50)
    @given(months())
    def test_mean_is_between_the_worst_and_the_best(self, records):
        mean = monthly_profit(records, CENT)
        if records:
            last = sorted(records, key=lambda m: m.month)[-MONTHS:]
            profits = [m.profit for m in last]
            self.assertTrue(min(profits) <= mean <= max(profits))
            self.assertLessEqual(
                abs(mean * len(last) - sum(profits)), CENT * len(last) / 2)

    @settings(max_examples=50)
    @given(amounts, st.sampled_from([CENT, Decimal(1), Decimal(5)]))
    def test_rounded_to_the_smallest_amount(self, amount, rounding):
        record = Month(dt.date(2025, 1, 1), amount)
        self.assertEqual(monthly_profit([record], rounding) % rounding, 0)


class ChangeTest(unittest.TestCase):
    "What an activity adds to the income of before"

    def test_one_figure_is_missing(self):
        for monthly, baseline in [
                (None, Decimal(1)), (Decimal(1), None), (Decimal(1), 0)]:
            self.assertIsNone(change(monthly, baseline))

    @settings(max_examples=50)
    @given(st.decimals(-1000, 1000, places=2),
        st.decimals(1, 10000, places=2))
    def test_share_of_the_income_before(self, monthly, baseline):
        self.assertLessEqual(
            abs(change(monthly, baseline) * baseline - monthly),
            baseline * Decimal('0.00005'))


class MonthsTest(unittest.TestCase):
    "Counting in months"

    def test_shorter_month(self):
        for date, count, expected in [
                (dt.date(2025, 1, 31), 1, dt.date(2025, 2, 28)),
                (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
                (dt.date(2025, 11, 30), 3, dt.date(2026, 2, 28)),
                (dt.date(2025, 12, 15), 12, dt.date(2026, 12, 15)),
                (dt.date(2025, 3, 31), -1, dt.date(2025, 2, 28))]:
            self.assertEqual(add_months(date, count), expected)

    @settings(max_examples=50)
    @given(dates, st.integers(-60, 60))
    def test_there_and_back(self, date, count):
        first = first_day(date)
        self.assertEqual(add_months(add_months(first, count), -count), first)
        moved = add_months(date, count)
        self.assertEqual(
            (moved.year - date.year) * 12 + moved.month - date.month, count)
