# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import json
import random
import unittest
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from trytond.modules.avec_group.allocation import (
    AllocationError, Claim, ShareOutMember, allocate, equal_parts, floor_price,
    share_out)

CASES = {
    c['id']: c for c in json.loads(
        Path(__file__).with_name('cases').joinpath(
            'share_outs.json').read_text())['cases']}

quanta = st.sampled_from(
    [Decimal(q) for q in ['0.01', '0.05', '0.5', '1', '5', '100']])
pools = st.decimals(-10**9, 10**9, places=2)
shares = st.integers(0, 10**4)


@st.composite
def claims(draw, some=True):
    weights = draw(st.lists(shares, min_size=1, max_size=40))
    if some:
        assume(any(weights))
    ranks = draw(st.permutations(range(1, len(weights) + 1)))
    return [Claim(r, Decimal(w)) for r, w in zip(ranks, weights)]


@st.composite
def members(draw):
    members_ = []
    share_value = draw(st.integers(1, 500))
    numbers = draw(st.lists(
            st.integers(1, 60), min_size=1, max_size=40, unique=True))
    for number in numbers:
        bought = draw(st.integers(1, 300))
        members_.append(ShareOutMember(
                rank=number,
                shares=bought,
                savings=Decimal(bought * share_value),
                deductions=Decimal(draw(st.integers(0, 10**5))),
                social=draw(st.booleans())))
    return members_


def exact_share(pool, claim, claims):
    total = sum(c.weight for c in claims)
    return Fraction(pool) * Fraction(claim.weight) / Fraction(total)


class PropertiesOfAnAllocationTestCase(unittest.TestCase):

    @given(pools, claims(), quanta, st.booleans())
    def test_parts_and_what_is_left_sum_to_the_pool(
            self, pool, claims, quantum, keep_remainder):
        result = allocate(pool, claims, quantum, keep_remainder)
        self.assertEqual(sum(result.parts) + result.left, pool)

    @given(pools, claims(), quanta, st.booleans())
    def test_each_part_can_be_paid_in_coins(
            self, pool, claims, quantum, keep_remainder):
        result = allocate(pool, claims, quantum, keep_remainder)
        for part in result.parts:
            self.assertEqual(part % quantum, 0)

    @given(pools, claims(), quanta, st.booleans())
    def test_no_part_is_a_quantum_or_more_off_its_exact_share(
            self, pool, claims, quantum, keep_remainder):
        result = allocate(pool, claims, quantum, keep_remainder)
        for claim, part in zip(claims, result.parts):
            difference = Fraction(part) - exact_share(pool, claim, claims)
            self.assertLess(abs(difference), quantum)

    @given(pools, claims(), quanta)
    def test_what_is_left_is_smaller_than_a_quantum(
            self, pool, claims, quantum):
        left = allocate(pool, claims, quantum).left
        self.assertGreaterEqual(left, 0)
        self.assertLess(left, quantum)

    @given(pools, claims(), quanta)
    def test_kept_remainder_never_overpays_a_member(
            self, pool, claims, quantum):
        result = allocate(pool, claims, quantum, keep_remainder=True)
        self.assertGreaterEqual(result.left, 0)
        for claim, part in zip(claims, result.parts):
            self.assertLessEqual(part, exact_share(pool, claim, claims))

    @given(pools, claims(), quanta, st.booleans(), st.randoms())
    def test_the_order_of_the_input_is_irrelevant(
            self, pool, claims, quantum, keep_remainder, rand):
        shuffled = random.Random(rand.random()).sample(claims, len(claims))
        before = allocate(pool, claims, quantum, keep_remainder)
        after = allocate(pool, shuffled, quantum, keep_remainder)
        self.assertEqual(
            dict(zip((c.rank for c in claims), before.parts)),
            dict(zip((c.rank for c in shuffled), after.parts)))
        self.assertEqual(before.left, after.left)

    @given(pools, claims(), quanta, st.booleans())
    def test_who_has_no_share_gets_nothing(
            self, pool, claims, quantum, keep_remainder):
        result = allocate(pool, claims, quantum, keep_remainder)
        for claim, part in zip(claims, result.parts):
            if not claim.weight:
                self.assertEqual(part, 0)

    @given(pools, claims(), quanta, st.booleans())
    def test_more_shares_never_get_less(
            self, pool, claims, quantum, keep_remainder):
        assume(pool >= 0)
        result = allocate(pool, claims, quantum, keep_remainder)
        by_weight = sorted(zip((c.weight for c in claims), result.parts))
        for (small, less), (large, more) in zip(by_weight, by_weight[1:]):
            if small < large:
                self.assertLessEqual(less, more)

    @given(pools,
        st.lists(st.integers(1, 99), min_size=1, max_size=40, unique=True),
        quanta, st.booleans())
    def test_equal_parts_differ_by_at_most_a_quantum(
            self, pool, ranks, quantum, keep_remainder):
        result = equal_parts(pool, ranks, quantum, keep_remainder)
        self.assertLessEqual(max(result.parts) - min(result.parts), quantum)
        self.assertEqual(sum(result.parts) + result.left, pool)

    @given(pools, st.integers(1, 10**5), quanta)
    def test_a_floor_price_pays_less_than_a_quantum_short_by_share(
            self, pool, total, quantum):
        result = floor_price(pool, total, quantum)
        self.assertEqual(result.price % quantum, 0)
        self.assertEqual(result.paid + result.left, pool)
        self.assertGreaterEqual(result.left, 0)
        self.assertLess(result.left, quantum * total)


class PropertiesOfAShareOutTestCase(unittest.TestCase):

    @given(members(), st.integers(-10**6, 10**6),
        st.decimals(0, 10**5, places=2), quanta, st.booleans(), st.booleans())
    def test_nothing_is_lost_nor_created(
            self, members, surplus, social_fund, quantum, keep, shared):
        pool = sum(m.savings for m in members) + surplus
        assume(pool >= 0)
        assume(not shared or any(m.social for m in members))
        result = share_out(
            members, surplus, social_fund, quantum, keep, shared)
        self.assertEqual(
            sum(l.savings + l.surplus for l in result.lines)
            + result.leftover, pool)
        self.assertEqual(
            sum(l.social_fund for l in result.lines)
            + result.social_fund_left, social_fund)
        for member, line in zip(members, result.lines):
            self.assertEqual(line.repaid + line.payable, line.gross)
            self.assertEqual(line.repaid + line.unpaid, member.deductions)
            self.assertGreaterEqual(line.payable, 0)
            self.assertGreaterEqual(line.unpaid, 0)


class WorkedShareOutsTestCase(unittest.TestCase):

    def test_a_member_gets_a_tenth_of_the_pool_for_a_tenth_of_the_shares(self):
        case = CASES['pool-by-shares']
        others = case['total_shares'] - case['member_shares']
        result = allocate(Decimal(case['pool']), [
                Claim(1, Decimal(case['member_shares'])),
                Claim(2, Decimal(others))],
            Decimal('0.01'))
        self.assertEqual(result.parts[0], Decimal(case['expected']))

    def test_savings_are_given_back_with_their_part_of_the_profit(self):
        case = CASES['refund-plus-profit']
        value, expected = Decimal(case['share_value']), case['expected']
        member, others = case['member_shares'], (
            case['total_shares'] - case['member_shares'])
        result = share_out([
                ShareOutMember(1, member, member * value),
                ShareOutMember(2, others, others * value)],
            Decimal(case['profit']), Decimal(0), Decimal('0.01'))
        line = result.lines[0]
        self.assertEqual(line.savings, Decimal(expected['savings']))
        self.assertEqual(line.surplus, Decimal(expected['surplus']))
        self.assertEqual(line.payable, Decimal(expected['payable']))

    def test_a_share_bought_for_500_is_worth_603(self):
        case = CASES['tanzania']
        expected = case['expected']
        savings = Decimal(case['savings'])
        self.assertEqual(
            savings / Decimal(case['share_value']), expected['shares'])
        result = share_out(
            [ShareOutMember(1, expected['shares'], savings)],
            Decimal(expected['surplus']), Decimal(0), Decimal(1))
        self.assertEqual(result.share_price, Decimal(case['share_price']))
        self.assertEqual(
            sum(l.payable for l in result.lines), Decimal(expected['paid']))

    def test_what_a_borrower_owes_is_taken_from_the_payout(self):
        case = CASES['set-off']
        members = [
            ShareOutMember(
                rank, int(m['savings']), Decimal(m['savings']),
                Decimal(m['owes']))
            for rank, m in enumerate(case['members'], 1)]
        surplus = Decimal(case['pool']) - sum(m.savings for m in members)
        result = share_out(
            members, surplus, Decimal(case['social_fund']), Decimal(1),
            social_shared=True)
        self.assertEqual(
            [l.payable for l in result.lines],
            [Decimal(p) for p in case['expected_payable']])
        self.assertEqual([l.unpaid for l in result.lines], [0, 0])
        self.assertEqual(result.social_fund_left, 0)

    def test_five_members_by_largest_remainder(self):
        case = CASES['largest-remainder']
        result = allocate(
            Decimal(case['pool']),
            [Claim(r, Decimal(s)) for r, s in enumerate(case['shares'], 1)],
            Decimal(case['cash_rounding']))
        self.assertEqual(
            list(result.parts),
            list(map(Decimal, case['expected_largest_remainder'])))
        self.assertEqual(result.left, 0)

    def test_five_members_by_price_rounded_down_to_the_centime(self):
        case = CASES['largest-remainder']
        result = floor_price(
            Decimal(case['pool']), sum(case['shares']), Decimal('0.01'))
        self.assertEqual(result.price, Decimal(case['expected_floor_price']))
        self.assertEqual(result.paid, Decimal(case['expected_floor_paid']))
        self.assertEqual(result.left, Decimal(case['expected_floor_left']))

    def test_an_odd_coin_goes_to_the_first_of_two_equal_members(self):
        result = allocate(
            Decimal(1001), [Claim(2, Decimal(7)), Claim(1, Decimal(7))],
            Decimal(1))
        self.assertEqual(result.parts, (500, 501))

    def test_a_kept_coin_stays_in_the_box(self):
        result = equal_parts(
            Decimal(1001), [1, 2], Decimal(1), keep_remainder=True)
        self.assertEqual(result.parts, (500, 500))
        self.assertEqual(result.left, 1)

    def test_a_loss_is_borne_by_shares(self):
        result = share_out([
                ShareOutMember(1, 30, Decimal(300)),
                ShareOutMember(2, 10, Decimal(100))],
            Decimal(-100), Decimal(50), Decimal(1))
        self.assertEqual([l.surplus for l in result.lines], [-75, -25])
        self.assertEqual([l.payable for l in result.lines], [225, 75])
        self.assertEqual(result.social_fund_left, 50)

    def test_a_member_who_owes_too_much_stays_listed_with_the_debt(self):
        result = share_out(
            [ShareOutMember(1, 10, Decimal(100), deductions=Decimal(130))],
            Decimal(20), Decimal(0), Decimal(1))
        line, = result.lines
        self.assertEqual(line.payable, 0)
        self.assertEqual(line.repaid, 120)
        self.assertEqual(line.unpaid, 10)

    def test_a_zero_pool_gives_nothing_even_without_shares(self):
        result = allocate(
            Decimal(0), [Claim(1, Decimal(0))], Decimal(1))
        self.assertEqual(result.parts, (0,))
        self.assertEqual(share_out(
                [], Decimal(0), Decimal(0), Decimal(1)).share_price, None)


class RefusedAllocationsTestCase(unittest.TestCase):

    def test_a_pool_without_any_share(self):
        with self.assertRaises(AllocationError):
            allocate(Decimal(10), [Claim(1, Decimal(0))], Decimal(1))
        with self.assertRaises(AllocationError):
            floor_price(Decimal(10), 0, Decimal(1))

    def test_a_quantum_which_is_not_positive(self):
        with self.assertRaises(AllocationError):
            allocate(Decimal(10), [Claim(1, Decimal(1))], Decimal(0))

    def test_a_negative_weight(self):
        with self.assertRaises(AllocationError):
            allocate(Decimal(10), [Claim(1, Decimal(-1))], Decimal(1))

    def test_a_rank_used_twice(self):
        with self.assertRaises(AllocationError):
            equal_parts(Decimal(10), [1, 1], Decimal(1))

    def test_a_loss_greater_than_the_savings(self):
        with self.assertRaises(AllocationError):
            share_out(
                [ShareOutMember(1, 1, Decimal(10))],
                Decimal(-11), Decimal(0), Decimal(1))

    def test_a_negative_social_fund(self):
        with self.assertRaises(AllocationError):
            share_out(
                [ShareOutMember(1, 1, Decimal(10))],
                Decimal(0), Decimal(-1), Decimal(1))
