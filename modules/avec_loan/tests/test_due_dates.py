# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import json
import unittest
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_loan.due_dates import (
    DAY_COUNTS, PERIODS_PER_YEAR, Calendar, DueDateError, add_period,
    due_dates, year_fraction)

CASES = json.loads(
    Path(__file__).with_name('cases').joinpath(
        'loans.json').read_text())['due_dates']

dates = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def date(text):
    return dt.date.fromisoformat(text)


def iso(dates):
    return [d.isoformat() for d in dates]


class DueDatesTestCase(unittest.TestCase):

    def test_dates_of_other_systems(self):
        for case in CASES:
            with self.subTest(case=case['id']):
                first = date(case['first_due'])
                result = due_dates(
                    first - dt.timedelta(days=31), case['frequency'],
                    len(case['expected']), first)
                self.assertEqual(iso(result), case['expected'])

    def test_the_day_is_kept_through_short_months(self):
        self.assertEqual(
            iso(due_dates(date('2023-01-31'), 'month', 3)),
            ['2023-02-28', '2023-03-31', '2023-04-30'])
        self.assertEqual(
            iso(due_dates(date('2023-08-31'), 'half_year', 3)),
            ['2024-02-29', '2024-08-31', '2025-02-28'])
        self.assertEqual(
            iso(due_dates(date('2024-02-29'), 'year', 4)),
            ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'])

    def test_periods_in_days(self):
        self.assertEqual(
            iso(due_dates(date('2024-02-20'), 'week', 2)),
            ['2024-02-27', '2024-03-05'])
        self.assertEqual(
            iso(due_dates(date('2024-02-20'), 'fortnight', 2)),
            ['2024-03-05', '2024-03-19'])

    def test_every_meeting_after_the_start(self):
        days = Calendar(meetings=tuple(map(date, [
                        '2024-01-22', '2024-01-08', '2024-01-15',
                        '2024-02-12'])))
        self.assertEqual(
            iso(due_dates(date('2024-01-08'), 'meeting', 3, days=days)),
            ['2024-01-15', '2024-01-22', '2024-02-12'])
        self.assertEqual(
            iso(due_dates(
                    date('2024-01-08'), 'meeting', 2, date('2024-01-20'),
                    days)),
            ['2024-01-22', '2024-02-12'])

    def test_months_move_to_the_next_meeting_without_drifting(self):
        days = Calendar(meetings=tuple(
                date('2024-01-03') + dt.timedelta(days=7 * i)
                for i in range(30)))
        self.assertEqual(
            iso(due_dates(date('2024-01-31'), 'month', 3, days=days)),
            ['2024-03-06', '2024-04-03', '2024-05-01'])

    def test_two_instalments_never_fall_on_one_meeting(self):
        days = Calendar(meetings=tuple(
                map(date, ['2024-01-29', '2024-02-26', '2024-03-25'])))
        self.assertEqual(
            iso(due_dates(date('2024-01-29'), 'week', 2, days=days)),
            ['2024-02-26', '2024-03-25'])

    def test_closed_days_move_forward(self):
        days = Calendar(
            closed_weekdays=frozenset({5, 6}),
            holidays=frozenset({date('2006-12-25')}))
        self.assertEqual(
            iso(due_dates(date('2006-11-25'), 'month', 2, days=days)),
            ['2006-12-26', '2007-01-25'])

    def test_dates_that_cannot_be_set_are_refused(self):
        start = date('2024-01-31')
        for period, first, days in [
                ('month', start, Calendar()),
                ('other', None, Calendar()),
                ('meeting', None, Calendar()),
                ('meeting', None, Calendar(meetings=(start,))),
                ('month', None, Calendar(meetings=(start,))),
                ('month', None,
                    Calendar(closed_weekdays=frozenset(range(7)))),
                ]:
            with self.subTest(period=period, first=first, days=days):
                with self.assertRaises(DueDateError):
                    due_dates(start, period, 2, first, days)

    @given(dates, st.sampled_from(sorted(PERIODS_PER_YEAR)),
        st.integers(1, 120))
    def test_dates_follow_each_other(self, start, period, term):
        result = due_dates(start, period, term)
        self.assertEqual(len(result), term)
        self.assertEqual(sorted({start, *result}), [start, *result])

    @given(dates, st.sampled_from(['month', 'quarter', 'half_year', 'year']),
        st.integers(1, 120))
    def test_the_day_is_the_one_of_the_start_or_ends_the_month(
            self, start, period, count):
        result = add_period(start, period, count)
        if result.day != start.day:
            self.assertLess(result.day, start.day)
            self.assertEqual((result + dt.timedelta(days=1)).day, 1)


class DayCountsTestCase(unittest.TestCase):

    def test_days_over_the_days_of_a_year(self):
        start, end = date('2023-12-01'), date('2024-02-01')
        for day_count, expected in [
                ('actual_365', Fraction(62, 365)),
                ('actual_360', Fraction(62, 360)),
                ('actual_actual', Fraction(31, 365) + Fraction(31, 366)),
                ('thirty_360', Fraction(60, 360)),
                ]:
            with self.subTest(day_count=day_count):
                self.assertEqual(
                    year_fraction(start, end, day_count), expected)

    def test_the_31st_is_a_30th(self):
        for start, end, days in [
                ('2024-01-31', '2024-03-31', 60),
                ('2024-01-30', '2024-03-31', 60),
                ('2024-01-31', '2024-02-29', 29),
                ('2024-01-15', '2025-01-15', 360)]:
            with self.subTest(start=start, end=end):
                self.assertEqual(
                    year_fraction(date(start), date(end), 'thirty_360'),
                    Fraction(days, 360))

    @given(st.lists(dates, min_size=3, max_size=3),
        st.sampled_from(sorted(DAY_COUNTS)))
    def test_periods_sum_to_the_whole(self, days, day_count):
        start, middle, end = sorted(days)
        self.assertEqual(
            year_fraction(start, middle, day_count)
            + year_fraction(middle, end, day_count),
            year_fraction(start, end, day_count))
        self.assertGreaterEqual(year_fraction(start, end, day_count), 0)
