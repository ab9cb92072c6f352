# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What members owe is taken from what they get, and the box is emptied"
import unittest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_group.allocation import ShareOutMember, share_out
from trytond.modules.avec_loan.netting import Borrower, net
from trytond.modules.avec_loan.repayment import Amounts

ZERO = Decimal(0)
COIN = Decimal(1)
PRICE = Decimal(10)


def pay(owed, amount):
    "Pay the penalty, then the charge, then the principal"
    penalty = min(amount, owed.penalty)
    charge = min(amount - penalty, owed.charge)
    principal = min(amount - penalty - charge, owed.principal)
    return Amounts(penalty, charge, principal)


def borrower(principal=0, charge=0, penalty=0):
    owed = Amounts(Decimal(penalty), Decimal(charge), Decimal(principal))
    return Borrower(owed, lambda amount: pay(owed, amount))


class Case:
    "A group with shares, loans and a box"

    def __init__(self, shares, borrowers, cash, keep_remainder=False):
        self.members = [
            ShareOutMember(i, s, s * PRICE) for i, s in enumerate(shares, 1)]
        self.borrowers = borrowers
        self.cash = Decimal(cash)
        lent = sum(b.owed.principal for b in borrowers)
        saved = sum(m.savings for m in self.members)
        self.surplus = self.cash + lent - saved
        self.result = net(
            self.members, borrowers, lambda members, added: share_out(
                members, self.surplus + added, ZERO, COIN,
                keep_remainder=keep_remainder))
        self.lines = self.result.lines

    @property
    def paid(self):
        return sum(l.payable for l in self.lines)

    @property
    def left(self):
        "The principal that stays owed"
        return sum(
            b.owed.principal - b.pay_from(l.gross).principal
            for b, l in zip(self.borrowers, self.lines))


@st.composite
def cases(draw):
    count = draw(st.integers(1, 12))
    shares = draw(st.lists(
            st.integers(1, 60), min_size=count, max_size=count))
    amounts = st.integers(0, 400).map(Decimal)
    borrowers = [
        borrower(*draw(st.tuples(amounts, st.integers(0, 40), st.integers(
                        0, 5)))) if draw(st.booleans()) else Borrower()
        for _ in range(count)]
    cash = draw(st.integers(0, 3000))
    return shares, borrowers, cash


class NettingTest(unittest.TestCase):

    def test_without_loans(self):
        "Nothing changes for a group without loans"
        case = Case([5, 3, 2], [Borrower()] * 3, 110)
        self.assertEqual(
            [l.payable for l in case.lines], [55, 33, 22])

    def test_loan_covered(self):
        "The principal comes back and the charge is shared by all"
        case = Case(
            [5, 5], [borrower(principal=40, charge=4), Borrower()], 60)
        self.assertEqual([l.gross for l in case.lines], [52, 52])
        self.assertEqual([l.payable for l in case.lines], [8, 52])
        self.assertEqual(case.left, 0)

    def test_loan_above_what_the_member_gets(self):
        "What stays owed is left out of what is shared"
        case = Case(
            [5, 5], [borrower(principal=80), Borrower()], 20)
        # 100 less the 59 that stay owed are 41, whose odd coin goes to the
        # first member
        self.assertEqual([l.gross for l in case.lines], [21, 20])
        self.assertEqual([l.payable for l in case.lines], [0, 20])
        self.assertEqual(case.left, 59)

    def test_empty_box(self):
        "Nobody is paid from an empty box"
        case = Case(
            [5, 5], [Borrower(), borrower(principal=100)], 0)
        self.assertEqual([l.payable for l in case.lines], [0, 0])
        self.assertEqual(case.left, 100)

    @given(cases())
    def test_the_box_is_emptied(self, case):
        "What is paid is what the box holds"
        case = Case(*case)
        self.assertLessEqual(case.paid, case.cash)
        # Rounding a part that is owed in full or not moves a coin a member
        self.assertLess(case.cash - case.paid, len(case.lines))
        if not case.left:
            self.assertEqual(case.paid, case.cash)

    @given(cases())
    def test_the_remainder_stays_in_the_box(self, case):
        "With a leftover, what is paid and the leftover are what it holds"
        case = Case(*case, keep_remainder=True)
        rest = case.cash - case.paid - case.result.leftover
        self.assertGreaterEqual(rest, 0)
        self.assertLess(rest, len(case.lines))

    @given(cases())
    def test_nobody_pays_more_than_owed(self, case):
        "and nobody who still owes is paid"
        case = Case(*case)
        for owed, line in zip(case.borrowers, case.lines):
            self.assertLessEqual(line.repaid, owed.owed.total)
            self.assertGreaterEqual(line.payable, 0)
            if line.unpaid:
                self.assertEqual(line.payable, 0)

    @given(cases(), st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, case, random):
        "The parts are the same in whatever order the members come"
        shares, borrowers, cash = case
        first = Case(shares, borrowers, cash)
        members = list(zip(first.members, borrowers))
        random.shuffle(members)
        second = net(
            [m for m, _ in members], [b for _, b in members],
            lambda members, added: share_out(
                members, first.surplus + added, ZERO, COIN))
        self.assertEqual(
            sorted((l.rank, l.payable) for l in second.lines),
            sorted((l.rank, l.payable) for l in first.lines))
