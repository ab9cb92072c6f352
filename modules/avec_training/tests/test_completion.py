# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import unittest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trytond.modules.avec_training.completion import (
    duration, overlap, percent, required_topics)

shares = st.decimals('0.0001', '1', places=4)
times = st.times(max_value=dt.time(23, 59)).map(
    lambda t: t.replace(second=0, microsecond=0))
spells = st.tuples(times, times).filter(lambda s: s[0] < s[1])


class CompletionTestCase(unittest.TestCase):
    "The calculations behind the training"

    def test_required_topics(self):
        "The share is rounded up to whole topics"
        for share, count, required in [
                ('0.8', 6, 5), ('0.8', 5, 4), ('1', 7, 7), ('0.01', 3, 1),
                ('0.55', 20, 11), ('0.5', 0, 0)]:
            with self.subTest(share=share, count=count):
                self.assertEqual(
                    required_topics(Decimal(share), count), required)

    @given(share=shares, count=st.integers(0, 200))
    @settings(max_examples=50)
    def test_required_topics_reach_the_share(self, share, count):
        "They reach the share, and one topic less would not"
        required = required_topics(share, count)
        self.assertGreaterEqual(required, share * count)
        self.assertLess(required - 1, share * count)
        self.assertLessEqual(required, count)

    def test_duration(self):
        for start, end, hours in [
                (dt.time(9), dt.time(12), '3'),
                (dt.time(9, 15), dt.time(10), '0.75'),
                (dt.time(9), dt.time(9, 20), '0.33')]:
            with self.subTest(start=start, end=end):
                self.assertEqual(duration(start, end), Decimal(hours))

    def test_one_after_the_other_does_not_overlap(self):
        nine, ten, noon = dt.time(9), dt.time(10), dt.time(12)
        self.assertFalse(overlap((nine, ten), (ten, noon)))
        self.assertTrue(overlap((nine, noon), (ten, noon)))

    @given(first=spells, second=spells)
    @settings(max_examples=50)
    def test_overlap_shares_a_minute(self, first, second):
        "Both share at least one minute, whoever is asked first"
        def minutes(spell):
            start, end = [60 * t.hour + t.minute for t in spell]
            return set(range(start, end))
        self.assertEqual(
            overlap(first, second), bool(minutes(first) & minutes(second)))
        self.assertEqual(overlap(first, second), overlap(second, first))

    @given(
        most=st.decimals('0.01', '100', places=2),
        part=st.decimals('0', '1', places=2))
    @settings(max_examples=50)
    def test_percent_is_a_fraction(self, most, part):
        score = (most * part).quantize(Decimal('0.01'))
        self.assertTrue(0 <= percent(min(score, most), most) <= 1)

    def test_percent_of_nothing(self):
        "Who was not assessed has no percentage, and not zero"
        self.assertIsNone(percent(None, Decimal(20)))
        self.assertIsNone(percent(Decimal(1), None))
        self.assertEqual(percent(Decimal(0), Decimal(20)), 0)
