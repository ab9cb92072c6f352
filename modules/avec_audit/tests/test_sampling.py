# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import hashlib
import random
import unittest
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_audit.sampling import (
    digest, draw, population_digest, sample_size)

SEEDS = st.text(max_size=20)
KEYS = st.sets(st.integers(1, 5000), min_size=1, max_size=60).map(
    lambda ids: [f'avec.meeting,{i}' for i in sorted(ids)])


class DrawTest(unittest.TestCase):
    "A sample is drawn again from its seed"

    @given(SEEDS, KEYS, st.integers(0, 80))
    def test_the_order_of_the_population_is_irrelevant(self, seed, keys, size):
        shuffled = keys[:]
        random.Random(size).shuffle(shuffled)
        self.assertEqual(draw(seed, keys, size), draw(seed, shuffled, size))

    @given(SEEDS, KEYS, st.integers(0, 80))
    def test_the_size_is_exact_and_nothing_is_drawn_twice(
            self, seed, keys, size):
        drawn = draw(seed, keys, size)
        self.assertEqual(len(drawn), min(size, len(keys)))
        self.assertLessEqual({d.key for d in drawn}, set(keys))
        self.assertEqual(len({d.key for d in drawn}), len(drawn))
        self.assertEqual(
            [d.rank for d in drawn], list(range(1, len(drawn) + 1)))

    @given(SEEDS, KEYS, st.integers(0, 80))
    def test_a_larger_sample_has_the_smaller_one(self, seed, keys, size):
        self.assertEqual(
            draw(seed, keys, size + 1)[:size], draw(seed, keys, size)[:size])

    @given(SEEDS, KEYS, st.integers(1, 80))
    def test_what_is_added_only_takes_the_place_of_others(
            self, seed, keys, size):
        before = {d.key for d in draw(seed, keys, size)}
        after = {d.key for d in draw(seed, [*keys, 'avec.meeting,0'], size)}
        self.assertLessEqual(after - before, {'avec.meeting,0'})

    def test_the_digest_is_that_of_the_shell(self):
        # printf '%s' '2026-11|avec.meeting,57' | sha256sum
        self.assertEqual(
            digest('2026-11', 'avec.meeting,57'),
            hashlib.sha256(b'2026-11|avec.meeting,57').hexdigest())
        self.assertEqual(
            digest('', ''),
            'cbe5cfdf7c2118a9c3d78ef1d684f3afa089201352886449a06a6511cfef74a7')

    def test_every_element_can_be_drawn_and_about_as_often(self):
        "5 of 50 under 2,000 seeds: 200 times each, give or take"
        keys = [f'avec.meeting,{i}' for i in range(50)]
        counts = Counter(
            d.key for seed in range(2000) for d in draw(seed, keys, 5))
        self.assertEqual(set(counts), set(keys))
        # Five standard deviations of a binomial of 2,000 and one tenth
        for count in counts.values():
            self.assertAlmostEqual(count, 200, delta=67)
        # The squares of the differences follow a chi-squared law
        chi_squared = sum((c - 200) ** 2 / 200 for c in counts.values())
        self.assertLess(chi_squared, 95)


class PopulationTest(unittest.TestCase):

    def test_the_digest_tells_populations_apart(self):
        keys = ['avec.loan,1', 'avec.loan,2']
        self.assertEqual(
            population_digest(keys), population_digest(reversed(keys)))
        self.assertNotEqual(
            population_digest(keys), population_digest(keys[:1]))
        self.assertEqual(
            population_digest(['a']), hashlib.sha256(b'a\n').hexdigest())

    @given(st.integers(0, 10000), st.decimals(
            Decimal('0.01'), Decimal(100), places=2))
    def test_a_percentage_is_drawn_at_least(self, population, percentage):
        size = sample_size(population, percentage)
        self.assertGreaterEqual(100 * size, population * percentage)
        if size:
            self.assertLess(100 * (size - 1), population * percentage)
        self.assertLessEqual(size, population)
