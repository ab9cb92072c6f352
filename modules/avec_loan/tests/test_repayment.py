# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import unittest
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_loan.repayment import (
    ORDER, Amounts, Due, PenaltyRule, RepaymentError, bucket, days_overdue,
    late_penalties, overdue, repay, settlement, split, total)
from trytond.modules.avec_loan.rounding import Rounding

TODAY = dt.date(2024, 6, 1)

orders = st.sampled_from(sorted(permutations(ORDER)))
money = st.decimals(0, 10**5, places=2)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def amounts(*values):
    return Amounts(*map(Decimal, values))


def due(days_late, *values, paid=(0, 0, 0)):
    return Due(
        TODAY - dt.timedelta(days=days_late), amounts(*values),
        amounts(*paid))


@st.composite
def instalments(draw):
    result = []
    for _ in range(draw(st.integers(0, 8))):
        paid = [draw(money) for _ in ORDER]
        result.append(Due(
                draw(dates), Amounts(*(p + draw(money) for p in paid)),
                Amounts(*paid)))
    return result


class SplitTestCase(unittest.TestCase):

    def test_the_oldest_instalment_is_paid_first(self):
        result = split(
            Decimal(150), [due(0, 0, 10, 100), due(30, 5, 10, 100)])
        self.assertEqual(
            result.splits, (amounts(0, 10, 25), amounts(5, 10, 100)))
        self.assertEqual(result.excess, 0)

    def test_the_order_of_the_parts_can_be_set(self):
        for order, expected in [
                (('penalty', 'charge', 'principal'), (5, 10, 0)),
                (('principal', 'charge', 'penalty'), (0, 0, 15)),
                (('charge', 'principal', 'penalty'), (0, 10, 5))]:
            with self.subTest(order=order):
                result = split(Decimal(15), [due(1, 5, 10, 100)], order)
                self.assertEqual(result.splits, (amounts(*expected),))

    def test_what_was_paid_is_not_paid_again(self):
        result = split(
            Decimal(500), [due(1, 5, 10, 100, paid=(5, 10, 20))])
        self.assertEqual(result.splits, (amounts(0, 0, 80),))
        self.assertEqual(result.excess, 420)

    def test_a_payment_without_instalment_is_all_excess(self):
        self.assertEqual(split(Decimal(7), []).excess, 7)

    def test_what_makes_no_sense_is_refused(self):
        for payment, dues, order in [
                (-1, [], ORDER),
                (1, [], ('charge', 'principal')),
                (1, [], ('charge', 'charge', 'principal')),
                (1, [due(1, 0, 1, 1, paid=(0, 2, 0))], ORDER)]:
            with self.subTest(payment=payment, dues=dues, order=order):
                with self.assertRaises(RepaymentError):
                    split(Decimal(payment), dues, order)

    @given(money, instalments(), orders)
    def test_nothing_of_a_payment_is_lost(self, payment, dues, order):
        result = split(payment, dues, order)
        self.assertEqual(
            sum(s.total for s in result.splits), payment - result.excess)

    @given(money, instalments(), orders)
    def test_never_more_than_due(self, payment, dues, order):
        result = split(payment, dues, order)
        self.assertGreaterEqual(result.excess, 0)
        for instalment, paid in zip(dues, result.splits, strict=True):
            for part in ORDER:
                amount = getattr(paid, part)
                self.assertGreaterEqual(amount, 0)
                self.assertLessEqual(
                    amount, getattr(instalment.unpaid, part))

    @given(money, instalments(), orders)
    def test_nothing_is_paid_before_its_turn(self, payment, dues, order):
        result = split(payment, dues, order)
        turns = sorted(
            zip(dues, result.splits), key=lambda pair: pair[0].due_date)
        left = [
            (getattr(d.unpaid, part) - getattr(s, part), getattr(s, part))
            for d, s in turns for part in order]
        stopped = False
        for unpaid, paid in left:
            self.assertFalse(stopped and paid)
            stopped = stopped or bool(unpaid)
        self.assertFalse(stopped and result.excess)

    @given(money, money, instalments(), orders)
    def test_two_payments_pay_as_much_as_one(
            self, first, second, dues, order):
        once = split(first + second, dues, order)
        before = split(first, dues, order)
        after = split(second, [
                replace(d, paid=Amounts(**{
                            part: getattr(d.paid, part) + getattr(s, part)
                            for part in ORDER}))
                for d, s in zip(dues, before.splits)], order)
        self.assertEqual(
            [s.total for s in once.splits],
            [a.total + b.total
                for a, b in zip(before.splits, after.splits)])


class LateTestCase(unittest.TestCase):

    def test_an_instalment_is_late_from_the_day_after(self):
        self.assertEqual(days_overdue([due(0, 0, 0, 1)], TODAY), 0)
        self.assertEqual(days_overdue([due(1, 0, 0, 1)], TODAY), 1)

    def test_days_count_from_the_oldest_unpaid(self):
        dues = [
            due(90, 0, 5, 10, paid=(0, 5, 10)), due(40, 0, 5, 10),
            due(10, 0, 5, 10), due(-20, 0, 5, 10)]
        self.assertEqual(days_overdue(dues, TODAY), 40)
        self.assertEqual(overdue(dues, TODAY), amounts(0, 10, 20))

    def test_an_unpaid_penalty_alone_is_not_late(self):
        self.assertEqual(
            days_overdue([due(40, 3, 5, 10, paid=(0, 5, 10))], TODAY), 0)

    def test_buckets(self):
        for days, expected in [
                (0, 'current'), (1, '1_30'), (30, '1_30'), (31, '31_60'),
                (60, '31_60'), (61, '61_90'), (90, '61_90'),
                (91, 'over_90'), (1000, 'over_90')]:
            with self.subTest(days=days):
                self.assertEqual(bucket(days), expected)

    def test_a_fixed_penalty_for_each_late_instalment(self):
        rule = PenaltyRule(amount=Decimal(2))
        self.assertEqual(
            late_penalties(
                [due(40, 0, 5, 10), due(10, 0, 5, 10), due(0, 0, 5, 10)],
                TODAY, rule),
            (2, 2, 0))

    def test_a_rate_on_principal_and_charge_but_not_on_penalty(self):
        rule = PenaltyRule(
            rate=Decimal('0.1'), rounding=Rounding(Decimal('0.5')))
        self.assertEqual(
            late_penalties([
                    due(1, 0, 20, 80, paid=(0, 20, 30)),
                    due(1, 1, 20, 80, paid=(0, 20, 30)),
                    due(1, 100, 0, 0)], TODAY, rule),
            (5, 4, 0))

    def test_days_of_grace(self):
        rule = PenaltyRule(amount=Decimal(2), grace_days=7)
        self.assertEqual(
            late_penalties(
                [due(7, 0, 0, 10), due(8, 0, 0, 10)], TODAY, rule),
            (0, 2))

    @given(instalments(), dates, money, st.decimals(0, 1, places=2))
    def test_no_penalty_upon_penalty(self, dues, date, amount, rate):
        rule = PenaltyRule(amount, rate)
        penalties = late_penalties(dues, date, rule)
        charged = [
            replace(d, due=replace(d.due, penalty=d.due.penalty + p))
            for d, p in zip(dues, penalties, strict=True)]
        self.assertFalse(any(late_penalties(charged, date, rule)))


def planned(starts_in, *values, paid=(0, 0, 0)):
    "An instalment whose month starts in so many days"
    return Due(
        TODAY + dt.timedelta(days=starts_in + 30), amounts(*values),
        amounts(*paid), TODAY + dt.timedelta(days=starts_in))


class SettlementTestCase(unittest.TestCase):
    dues = [
        planned(-30, 2, 10, 100, paid=(2, 10, 40)),
        planned(-1, 0, 8, 100), planned(0, 0, 6, 100),
        planned(30, 0, 4, 100)]

    def test_the_charge_of_the_periods_begun_is_owed(self):
        "A period begins on the day after the last due date"
        self.assertEqual(
            settlement(self.dues, TODAY),
            (amounts(0, 0, 60), amounts(0, 8, 100), amounts(0, 0, 100),
                amounts(0, 0, 100)))

    def test_the_whole_charge_is_owed_where_the_product_says_so(self):
        self.assertEqual(
            total(settlement(self.dues, TODAY, whole=True)),
            amounts(0, 18, 360))

    def test_a_penalty_is_owed_whatever_has_begun(self):
        self.assertEqual(
            settlement([planned(5, 3, 4, 10)], TODAY),
            (amounts(3, 0, 10),))

    def test_what_settles_the_loan_ends_it(self):
        result = repay(Decimal(368), self.dues, TODAY)
        self.assertEqual(result.splits, settlement(self.dues, TODAY))
        self.assertEqual(result.excess, 0)

    def test_more_is_too_much(self):
        self.assertEqual(repay(Decimal(375), self.dues, TODAY).excess, 7)

    def test_less_is_split_as_any_payment(self):
        payment = Decimal(367)
        self.assertEqual(
            repay(payment, self.dues, TODAY), split(payment, self.dues))

    def test_nothing_is_owed_without_instalment(self):
        self.assertEqual(total([]), amounts(0, 0, 0))
        self.assertEqual(settlement([], TODAY), ())
        self.assertEqual(repay(Decimal(5), [], TODAY).excess, 5)

    def test_what_makes_no_sense_is_refused(self):
        with self.assertRaises(RepaymentError):
            repay(Decimal(-1), self.dues, TODAY)
        with self.assertRaises(RepaymentError):
            repay(Decimal(1), self.dues, TODAY, ('charge', 'principal'))

    @given(money, instalments(), dates, orders, st.booleans())
    def test_nothing_of_a_payment_is_lost(
            self, payment, dues, date, order, whole):
        result = repay(payment, dues, date, order, whole)
        self.assertEqual(
            total(result.splits).total + result.excess, payment)

    @given(money, instalments(), dates, orders, st.booleans())
    def test_never_more_than_owed(self, payment, dues, date, order, whole):
        result = repay(payment, dues, date, order, whole)
        owed = total(settlement(dues, date, whole)).total
        self.assertEqual(result.excess, max(payment - owed, 0))
        for instalment, paid in zip(dues, result.splits, strict=True):
            for part in ORDER:
                self.assertLessEqual(
                    getattr(paid, part), getattr(instalment.unpaid, part))

    @given(st.lists(st.tuples(money, money, money)))
    def test_a_total_is_the_sum_of_its_parts(self, values):
        self.assertEqual(
            total(Amounts(*v) for v in values),
            Amounts(*(sum(v[i] for v in values) for i in range(3))))
