# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import unittest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ..periods import MONTHS, last_closed
from ..reach import reached

amounts = st.decimals(-10 ** 6, 10 ** 6, places=2)


class ReachTestCase(unittest.TestCase):

    def test_towards_more(self):
        self.assertEqual(reached(Decimal(44), Decimal(50)), Decimal('0.88'))

    def test_from_a_baseline(self):
        self.assertEqual(
            reached(Decimal(30), Decimal(50), Decimal(10)), Decimal('0.5'))

    def test_towards_less(self):
        self.assertEqual(
            reached(Decimal('0.08'), Decimal('0.05'), direction='down'),
            Decimal('0.625'))
        self.assertEqual(
            reached(Decimal(0), Decimal('0.05'), direction='down'), 1)
        self.assertEqual(
            reached(
                Decimal('0.08'), Decimal('0.05'), Decimal('0.20'), 'down'),
            Decimal('0.8'))

    def test_no_figure_no_target_no_way(self):
        self.assertIsNone(reached(None, Decimal(1)))
        self.assertIsNone(reached(Decimal(1), None))
        self.assertIsNone(reached(Decimal(1), Decimal(0)))
        self.assertIsNone(reached(Decimal(1), Decimal(5), Decimal(5)))

    @settings(max_examples=50)
    @given(amounts, amounts, st.sampled_from(['up', 'down']))
    def test_baseline_is_the_start_and_target_the_end(
            self, baseline, target, direction):
        if baseline != target:
            self.assertEqual(
                reached(baseline, target, baseline, direction), 0)
            self.assertEqual(reached(target, target, baseline, direction), 1)


class PeriodsTestCase(unittest.TestCase):

    def test_quarter(self):
        self.assertEqual(
            last_closed('quarter', dt.date(2026, 7, 1)),
            (dt.date(2026, 4, 1), dt.date(2026, 6, 30)))
        self.assertEqual(
            last_closed('quarter', dt.date(2026, 2, 28)),
            (dt.date(2025, 10, 1), dt.date(2025, 12, 31)))

    def test_year(self):
        self.assertEqual(
            last_closed('year', dt.date(2026, 12, 31)),
            (dt.date(2025, 1, 1), dt.date(2025, 12, 31)))

    @settings(max_examples=50)
    @given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
        st.sampled_from(sorted(MONTHS)))
    def test_last_period_before_the_day(self, date, interval):
        start, end = last_closed(interval, date)
        self.assertLess(end, date)
        following = end + dt.timedelta(days=1)
        self.assertEqual(
            last_closed(interval, following), (start, end))
        self.assertLess(
            (date - following).days, 31 * MONTHS[interval])
        self.assertEqual((start.day, following.day), (1, 1))
