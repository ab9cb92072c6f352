# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import unittest
from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from trytond.modules.avec_group.allocation import ShareOutMember, share_out
from trytond.modules.avec_loan.netting import Borrower, net
from trytond.modules.avec_loan.repayment import ORDER, Amounts, total

ZERO = Decimal(0)
orders = st.sampled_from([
        ORDER, ('charge', 'principal', 'penalty'),
        ('principal', 'charge', 'penalty')])
quanta = st.sampled_from([Decimal(1), Decimal('0.05'), Decimal('0.01')])
money = st.decimals(0, 300, places=2)


def pay(owed, order, amount):
    paid = {}
    for part in order:
        paid[part] = min(amount, getattr(owed, part))
        amount -= paid[part]
    return Amounts(**paid)


def borrower(*owed, order=ORDER):
    owed = Amounts(*map(Decimal, owed))
    return Borrower(owed, partial(pay, owed, order))


def member(rank, shares, value=10):
    return ShareOutMember(rank, shares, savings=Decimal(shares * value))


def share(cash, members, borrowers, quantum=Decimal(1), keep=False):
    """Share what the box holds and what is owed.

    The principal not repaid is left out of the surplus by the caller, as all
    of it is counted in when everybody can pay.
    """
    principal = total(b.owed for b in borrowers).principal
    savings = sum(m.savings for m in members)
    surplus = Decimal(cash) + principal - savings

    def allocate(claims, added):
        return share_out(
            claims, surplus + added, ZERO, quantum, keep_remainder=keep)
    return net(members, borrowers, allocate)


@st.composite
def groups(draw):
    count = draw(st.integers(1, 6))
    members = [member(i, draw(st.integers(0, 30))) for i in range(count)]
    if not any(m.shares for m in members):
        members[0] = member(0, 1)
    order = draw(orders)
    borrowers = [
        borrower(*(draw(money) for _ in ORDER), order=order)
        if draw(st.booleans()) else Borrower() for _ in members]
    return members, borrowers


class NettingTestCase(unittest.TestCase):

    def test_without_debt_all_the_cash_is_shared(self):
        result = share(
            33, [member(1, 1), member(2, 2)], [Borrower(), Borrower()])
        self.assertEqual([l.payable for l in result.lines], [11, 22])

    def test_a_debt_that_is_covered_is_repaid(self):
        result = share(
            40, [member(1, 5), member(2, 5)],
            [borrower(2, 4, 30), Borrower()])
        # 40 of cash, 30 lent and 6 of income make 76
        self.assertEqual([l.gross for l in result.lines], [38, 38])
        self.assertEqual([l.repaid for l in result.lines], [36, 0])
        self.assertEqual([l.payable for l in result.lines], [2, 38])

    def test_who_owes_more_than_the_part_leaves_the_cash_to_the_others(self):
        result = share(
            60, [member(1, 1), member(2, 10), member(3, 10)],
            [borrower(0, 6, 150), Borrower(), Borrower()])
        self.assertEqual([l.gross for l in result.lines], [3, 30, 30])
        self.assertEqual([l.payable for l in result.lines], [0, 30, 30])
        self.assertEqual(result.lines[0].unpaid, 153)

    def test_two_who_owe_too_much(self):
        result = share(
            10, [member(1, 1), member(2, 1), member(3, 1)],
            [borrower(0, 0, 100), borrower(0, 0, 200), Borrower()])
        self.assertEqual([l.payable for l in result.lines], [0, 0, 10])

    def test_an_empty_box_pays_nobody(self):
        result = share(
            0, [member(1, 5), member(2, 5)],
            [borrower(0, 0, 100), Borrower()])
        self.assertEqual([l.payable for l in result.lines], [0, 0])

    @settings(deadline=None, max_examples=200)
    @given(groups(), st.integers(0, 3000), quanta, st.booleans())
    def test_the_box_pays_what_it_holds(self, group, cash, quantum, keep):
        "But for less than a coin, or a coin by member if a debt is left"
        members, borrowers = group
        result = share(cash, members, borrowers, quantum, keep)
        left = cash - sum(l.payable for l in result.lines)
        self.assertGreaterEqual(left, 0)
        several = keep or any(l.unpaid for l in result.lines)
        self.assertLess(left, quantum * (len(members) if several else 1))

    @settings(deadline=None, max_examples=200)
    @given(groups(), st.integers(0, 3000), quanta, st.booleans())
    def test_all_is_accounted_for(self, group, cash, quantum, keep):
        members, borrowers = group
        result = share(cash, members, borrowers, quantum, keep)
        for line, borrower_ in zip(result.lines, borrowers, strict=True):
            self.assertGreaterEqual(line.payable, 0)
            self.assertGreaterEqual(line.repaid, 0)
            self.assertLessEqual(line.repaid, borrower_.owed.total)
            self.assertEqual(
                line.repaid + line.unpaid, borrower_.owed.total)
            self.assertFalse(line.unpaid and line.payable)
        self.assertEqual(
            sum(l.payable for l in result.lines) + result.leftover, cash)

    @settings(deadline=None, max_examples=100)
    @given(
        groups(), st.integers(0, 3000), quanta, st.booleans(),
        st.randoms(use_true_random=False))
    def test_the_order_of_the_members_does_not_matter(
            self, group, cash, quantum, keep, random):
        members, borrowers = group
        pairs = list(zip(members, borrowers))
        random.shuffle(pairs)

        def lines(pairs):
            result = share(cash, *map(list, zip(*pairs)), quantum, keep)
            return {l.rank: l for l in result.lines}
        self.assertEqual(lines(pairs), lines(list(zip(members, borrowers))))

    @settings(deadline=None, max_examples=100)
    @given(groups(), st.integers(0, 3000), quanta)
    def test_who_owes_nothing_loses_only_what_is_not_repaid(
            self, group, cash, quantum):
        "A debt that is repaid in full is shared in full"
        members, borrowers = group
        result = share(cash, members, borrowers, quantum)
        if not any(l.unpaid for l in result.lines):
            pool = cash + sum(b.owed.total for b in borrowers)
            self.assertLess(
                pool - sum(l.gross for l in result.lines), quantum)
