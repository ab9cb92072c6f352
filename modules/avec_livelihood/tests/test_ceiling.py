# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The turnover against the ceilings"
import datetime as dt
import unittest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trytond.modules.avec_livelihood.ceiling import (
    ABOVE, BELOW, NEAR, Ceiling, in_force, level, quarter_start, share)

amounts = st.decimals(1, 1000000, places=2)
warnings = st.decimals('0.01', 1, places=2)
ceilings = st.lists(
    st.builds(
        Ceiling,
        st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)), amounts,
        own=st.booleans()),
    max_size=8)


class InForceTest(unittest.TestCase):
    "Which ceiling holds"

    def test_nothing_before_the_law(self):
        law = Ceiling(dt.date(2015, 1, 1), Decimal(200000))
        self.assertIsNone(in_force([law], 2014))
        self.assertEqual(in_force([law], 2015), law)

    def test_the_office_comes_before_the_law(self):
        law = Ceiling(dt.date(2015, 1, 1), Decimal(200000))
        own = Ceiling(dt.date(2015, 1, 1), Decimal(100000), own=True)
        self.assertEqual(in_force([own, law], 2020), own)

    @settings(max_examples=50)
    @given(ceilings, st.integers(2014, 2031))
    def test_latest_of_those_begun(self, ceilings, year):
        found = in_force(ceilings, year)
        begun = [c for c in ceilings if c.start_date.year <= year]
        if begun:
            self.assertEqual(
                found.start_date, max(c.start_date for c in begun))
        else:
            self.assertIsNone(found)


class LevelTest(unittest.TestCase):
    "Where the turnover stands"

    def test_limits(self):
        ceiling, warning = Decimal(200000), Decimal('0.80')
        for turnover, expected in [
                (0, BELOW), (159999, BELOW), (160000, NEAR), (200000, NEAR),
                (200001, ABOVE)]:
            self.assertEqual(
                level(Decimal(turnover), ceiling, warning), expected)

    def test_no_ceiling(self):
        self.assertIsNone(level(Decimal(1), None, Decimal(1)))
        self.assertIsNone(share(Decimal(1), None))

    @settings(max_examples=50)
    @given(amounts, amounts, amounts, warnings)
    def test_more_turnover_is_never_a_lower_level(
            self, turnover, more, ceiling, warning):
        order = [BELOW, NEAR, ABOVE]
        self.assertLessEqual(
            order.index(level(turnover, ceiling, warning)),
            order.index(level(turnover + more, ceiling, warning)))

    @settings(max_examples=50)
    @given(amounts, amounts)
    def test_share_is_above_one_with_the_ceiling(self, turnover, ceiling):
        if level(turnover, ceiling, Decimal(1)) == ABOVE:
            self.assertGreaterEqual(share(turnover, ceiling), 1)
        else:
            self.assertLessEqual(share(turnover, ceiling), 1)


class QuarterTest(unittest.TestCase):
    "The first day of a quarter"

    def test_quarters(self):
        self.assertEqual(
            [quarter_start(2025, q).month for q in range(1, 5)],
            [1, 4, 7, 10])
