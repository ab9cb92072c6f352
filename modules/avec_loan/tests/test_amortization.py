# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import json
import unittest
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_loan.amortization import (
    METHODS, AmortizationError, Grace, Loan, cut, reschedule, schedule)
from trytond.modules.avec_loan.due_dates import DAY_COUNTS, Calendar
from trytond.modules.avec_loan.rounding import Rounding

CASES = json.loads(
    Path(__file__).with_name('cases').joinpath('loans.json').read_text())

START = dt.date(2024, 1, 31)
PERIODS = {'semester': 'half_year', 'half year': 'half_year'}
DAY_COUNT_NAMES = {
    'actual/365': 'actual_365',
    'actual/360': 'actual_360',
    'actual/actual': 'actual_actual',
    '30/360': 'thirty_360',
    }
RATES = {
    'annual %': ('0.01', 'year'),
    'per month %': ('0.01', 'month'),
    'per period (fraction)': ('1', 'period'),
    }
# OpenCBS moves due dates off the weekend and the holidays of its tests
CALENDARS = {
    'TalasZh/opencbs': Calendar(
        closed_weekdays=frozenset({5, 6}),
        holidays=frozenset(
            dt.date(y, m, d)
            for y in (2006, 2010) for m, d in [(1, 1), (12, 25)])),
    }
WEEKS = Calendar(meetings=tuple(
        START + dt.timedelta(days=7 * i) for i in range(1, 80)))


def loan_of(case):
    "Read the inputs of a case as terms of a loan"
    unit, rate_period = RATES[case['rate_basis'].partition(',')[0]]
    start = case['start_date']
    return Loan(
        principal=Decimal(case['principal']),
        term=case['periods'],
        start=dt.date.fromisoformat(start) if start else START,
        rate=Decimal(case['rate']) * Decimal(unit),
        rate_period=rate_period,
        period=PERIODS.get(case['frequency'], case['frequency']),
        method=case['method'],
        amortization=case['amortization'],
        day_count=DAY_COUNT_NAMES.get(case['day_count'], 'periodic'),
        rounding=Rounding(
            Decimal(1).scaleb(-case['rounding_digits']),
            mode='half_even' if 'half even' in case['notes'] else 'half_up'),
        grace=Grace(
            principal=case['grace_principal_periods'],
            free=case['grace_interest_free_periods']),
        calendar=CALENDARS.get(case['source'].split()[0], Calendar()))


def amounts(rows):
    return [(r.principal, r.charge) for r in rows]


def decimals(pairs):
    return [tuple(map(Decimal, p)) for p in pairs]


class CasesOfOtherSystemsTestCase(unittest.TestCase):
    maxDiff = None

    def test_every_row_holds_without_tolerance(self):
        for case in CASES['cases']:
            rows = schedule(loan_of(case))
            self.assertEqual(len(rows), case['periods'])
            for expected in case['expected_rows']:
                with self.subTest(case=case['id'], row=expected['n']):
                    self._check(case, expected, rows[expected['n'] - 1])

    def _check(self, case, expected, row):
        for key, amount in [
                ('principal', row.principal),
                ('interest', row.charge),
                ('balance', row.closing)]:
            if expected[key] is None:
                continue
            # Shown to the cent, even if computed with more digits
            if case['rounding_digits'] > 2:
                amount = amount.quantize(
                    Decimal('0.01'), rounding=ROUND_HALF_UP)
            self.assertEqual(amount, Decimal(expected[key]), key)
        if expected['due']:
            self.assertEqual(row.due_date.isoformat(), expected['due'])


class ConventionsOfOtherSystemsTestCase(unittest.TestCase):
    "Rows of public tests of systems whose convention is not the default"

    def _loan(self, principal, term, rate, rounding, **values):
        return Loan(
            Decimal(principal), term, START, Decimal(rate), 'period',
            rounding=rounding, **values)

    def test_opencbs_first_instalment_takes_the_remainder(self):
        rows = schedule(self._loan(
                1000, 6, '0.03', Rounding(Decimal(1), 'first')))
        self.assertEqual(amounts(rows), decimals([
                    (153, 30), (160, 25), (164, 21), (169, 16), (174, 11),
                    (180, 5)]))

    def test_opencbs_instalments_are_computed_anew(self):
        rounding = Rounding(Decimal(1), 'spread')
        rows = schedule(self._loan(1000, 6, '0.03', rounding))
        self.assertEqual(amounts(rows), decimals([
                    (155, 30), (160, 25), (163, 21), (169, 16), (173, 11),
                    (180, 5)]))
        rows = schedule(self._loan(800, 6, '0.03', rounding))
        self.assertEqual(amounts(rows), decimals([
                    (124, 24), (128, 20), (131, 16), (134, 13), (140, 8),
                    (143, 4)]))

    def test_opencbs_flat_parts_are_computed_anew(self):
        rows = schedule(self._loan(
                1000, 6, '0.0033', Rounding(Decimal(1), 'spread'),
                method='flat'))
        self.assertEqual(amounts(rows), decimals([
                    (167, 3), (167, 3), (167, 4), (166, 3), (167, 4),
                    (166, 3)]))

    def test_opencbs_flat_without_interest_during_the_grace(self):
        rows = schedule(self._loan(
                1000, 6, '0.0033', Rounding(Decimal(1), 'spread'),
                method='flat', grace=Grace(principal=1, free=1)))
        self.assertEqual(amounts(rows), decimals([
                    (0, 0), (200, 3), (200, 4), (200, 3), (200, 4),
                    (200, 3)]))

    def test_opencbs_equal_principal_half_even(self):
        rows = schedule(self._loan(
                1000, 6, '0.03', Rounding(Decimal(1), 'spread', 'half_even'),
                amortization='equal_principal'))
        self.assertEqual(amounts(rows), decimals([
                    (167, 30), (167, 25), (166, 20), (167, 15), (166, 10),
                    (167, 5)]))

    def test_capsens_carries_the_rounding_of_interest(self):
        rows = schedule(self._loan(
                55000, 12, '0.025', Rounding(carry=True),
                amortization='equal_principal', grace=Grace(principal=4)))
        self.assertEqual([str(r.charge) for r in rows[4:]], [
                '1375.00', '1203.13', '1031.25', '859.37', '687.50',
                '515.63', '343.75', '171.87'])

    def test_capsens_rounds_principal_instead_of_the_instalment(self):
        rows = schedule(Loan(
                Decimal(55000), 36, START, Decimal('0.1'),
                rounding=Rounding(rounded='principal', carry=True)))
        self.assertEqual(amounts(rows)[:6] + amounts(rows)[-2:], decimals([
                    ('1316.36', '458.33'), ('1327.33', '447.36'),
                    ('1338.39', '436.30'), ('1349.55', '425.15'),
                    ('1360.79', '413.91'), ('1372.13', '402.56'),
                    ('1745.48', '29.21'), ('1760.07', '14.67')]))

    def test_capsens_bullet_compounds(self):
        rows = schedule(self._loan(
                55000, 3, '0.1', Rounding(), amortization='bullet',
                capitalise=True))
        self.assertEqual(
            amounts(rows), decimals([(0, 0), (0, 0), (55000, 18205)]))


class LoansOfAGroupTestCase(unittest.TestCase):

    def setUp(self):
        self.loan = Loan(
            Decimal(1000), 4, START, Decimal('0.05'), 'month',
            rounding=Rounding(Decimal(5)))

    def charges(self, **values):
        rows = schedule(replace(self.loan, **values))
        return [int(r.charge) for r in rows]

    def principals(self, **values):
        rows = schedule(replace(self.loan, **values))
        return [int(r.principal) for r in rows]

    def test_one_instalment(self):
        for method, amortization in METHODS:
            with self.subTest(method=method, amortization=amortization):
                row, = schedule(replace(
                        self.loan, term=1, method=method,
                        amortization=amortization))
                self.assertEqual(
                    (row.opening, row.principal, row.charge, row.closing),
                    (1000, 1000, 50, 0))

    def test_a_bullet_bears_a_simple_charge(self):
        self.assertEqual(
            self.charges(amortization='bullet'), [0, 0, 0, 200])
        self.assertEqual(
            self.charges(amortization='bullet', method='flat'),
            [0, 0, 0, 200])

    def test_grace_on_interest_is_collected_later(self):
        values = {'amortization': 'interest_only'}
        for collect, expected in [
                ('first', [0, 0, 150, 50]),
                ('spread', [0, 0, 100, 100]),
                ('last', [0, 0, 50, 150])]:
            with self.subTest(collect=collect):
                grace = Grace(interest=2, collect=collect)
                self.assertEqual(
                    self.charges(grace=grace, **values), expected)
                self.assertEqual(
                    self.charges(grace=grace, method='flat', **values),
                    expected)

    def test_interest_free_periods_are_never_charged(self):
        self.assertEqual(
            self.charges(grace=Grace(free=2), method='flat'), [0, 0, 50, 50])

    def test_the_rest_of_the_term_repays_after_a_grace(self):
        self.assertEqual(
            self.principals(
                grace=Grace(principal=2), amortization='equal_principal'),
            [0, 0, 500, 500])

    def test_an_interest_free_period_keeps_instalments_equal(self):
        rows = schedule(replace(
                self.loan, rounding=Rounding(), grace=Grace(free=1)))
        first, *others, last = [r.instalment for r in rows]
        self.assertEqual({first}, set(others))
        self.assertAlmostEqual(first, last, delta=Decimal('0.04'))
        self.assertEqual(rows[0].charge, 0)

    def test_the_remainder_of_equal_principal_has_a_place(self):
        for place, expected in [
                ('last', [335, 335, 330]), ('first', [330, 335, 335]),
                ('spread', [335, 335, 330])]:
            with self.subTest(place=place):
                self.assertEqual(
                    self.principals(
                        term=3, amortization='equal_principal',
                        rounding=Rounding(Decimal(5), place)),
                    expected)

    def test_a_flat_charge_sums_to_its_rounded_total(self):
        rows = schedule(replace(
                self.loan, principal=Decimal(100), term=3, method='flat',
                rate=Decimal('0.1'), rate_period='year',
                rounding=Rounding()))
        self.assertEqual(
            [str(r.charge) for r in rows], ['0.83', '0.83', '0.84'])

    def test_rounding_never_ends_a_loan_early(self):
        for amortization in ['equal_instalments', 'equal_principal']:
            for place in ['last', 'first', 'spread']:
                with self.subTest(amortization=amortization, place=place):
                    principals = self.principals(
                        term=52, rate=Decimal(0), period='week',
                        amortization=amortization,
                        rounding=Rounding(Decimal(5), place))
                    self.assertEqual(set(principals), {15, 20})

    def test_the_odd_part_of_the_principal_goes_with_the_remainder(self):
        for place, odd in [('last', -1), ('first', 0), ('spread', -1)]:
            principals = self.principals(
                principal=Decimal(1001), rounding=Rounding(Decimal(5), place))
            self.assertEqual(principals[odd] % 5, 1)
            self.assertEqual(sum(principals), 1001)

    def test_a_tie_is_rounded_up_even_for_a_rate_without_end(self):
        # 0.1 / 12 has no exact decimal, 0.1 / 12 * 0.6 is exactly 0.005
        row, = schedule(Loan(Decimal('0.60'), 1, START, Decimal('0.1')))
        self.assertEqual(row.charge, Decimal('0.01'))

    def test_terms_in_meetings(self):
        rows = schedule(replace(
                self.loan, period='meeting', calendar=WEEKS,
                meeting_interval='week', amortization='equal_principal',
                rounding=Rounding()))
        self.assertEqual(
            [r.due_date for r in rows], list(WEEKS.meetings[:4]))
        # 1000 * 0.05 * 12 / 52
        self.assertEqual(rows[0].charge, Decimal('11.54'))

    def test_terms_in_meetings_charged_by_the_day(self):
        rows = schedule(replace(
                self.loan, period='meeting', calendar=WEEKS,
                day_count='actual_360', rounding=Rounding()))
        # 1000 * 0.05 * 12 * 7 / 360
        self.assertEqual(rows[0].charge, Decimal('11.67'))

    def test_a_rate_for_each_meeting(self):
        self.assertEqual(
            self.charges(
                period='meeting', rate_period='period', calendar=WEEKS,
                method='flat'),
            [50, 50, 50, 50])

    def test_a_rate_of_zero_needs_no_interval(self):
        self.assertEqual(
            self.charges(period='meeting', rate=Decimal(0), calendar=WEEKS),
            [0, 0, 0, 0])

    def test_terms_without_sense_are_refused(self):
        for values in [
                {'principal': Decimal(-1)},
                {'term': 0},
                {'rate': Decimal(-1)},
                {'method': 'other'},
                {'amortization': 'other'},
                {'rate_period': 'meeting'},
                {'day_count': 'other'},
                {'rounding': Rounding(Decimal(0))},
                {'rounding': Rounding(remainder='middle')},
                {'rounding': Rounding(mode='other')},
                {'rounding': Rounding(rounded='other')},
                {'grace': Grace(principal=-1)},
                {'grace': Grace(principal=4)},
                {'grace': Grace(interest=4)},
                {'grace': Grace(collect='other')},
                {'method': 'flat', 'capitalise': True},
                {'period': 'meeting', 'calendar': WEEKS},
                ]:
            with self.subTest(**values):
                with self.assertRaises(AmortizationError):
                    schedule(replace(self.loan, **values))


@st.composite
def loans(draw):
    method, amortization = draw(st.sampled_from(sorted(METHODS)))
    term = draw(st.integers(1, 60))
    quantum = Decimal(draw(st.sampled_from(['0.01', '0.5', '1', '5', '100'])))
    graces = st.integers(0, min(term - 1, 6))
    period = draw(st.sampled_from(
            ['week', 'fortnight', 'month', 'quarter', 'half_year', 'year',
                'meeting']))
    return Loan(
        principal=draw(st.integers(0, 10**6)) * quantum,
        term=term,
        start=START,
        rate=draw(st.decimals(0, 1, places=4)),
        rate_period=draw(st.sampled_from(['month', 'year', 'period'])),
        period=period,
        method=method,
        amortization=amortization,
        day_count=draw(st.sampled_from(['periodic', *DAY_COUNTS])),
        rounding=Rounding(
            quantum=quantum,
            remainder=draw(st.sampled_from(['last', 'first', 'spread'])),
            mode=draw(st.sampled_from(['half_up', 'half_even'])),
            rounded=draw(st.sampled_from(['instalment', 'principal'])),
            carry=draw(st.booleans())),
        grace=Grace(
            draw(graces), draw(graces), draw(graces),
            draw(st.sampled_from(['first', 'spread', 'last']))),
        capitalise=method == 'declining' and draw(st.booleans()),
        calendar=WEEKS if period == 'meeting' else Calendar(),
        meeting_interval='week')


class PropertiesOfAScheduleTestCase(unittest.TestCase):

    @given(loans())
    def test_rows_are_as_many_as_the_term(self, loan):
        rows = schedule(loan)
        self.assertEqual(
            [r.number for r in rows], list(range(1, loan.term + 1)))

    @given(loans())
    def test_principal_sums_to_the_loan(self, loan):
        self.assertEqual(
            sum(r.principal for r in schedule(loan)), loan.principal)

    @given(loans())
    def test_the_balance_ends_at_zero_and_never_rises(self, loan):
        owed = loan.principal
        for row in schedule(loan):
            self.assertEqual(row.opening, owed)
            self.assertLessEqual(row.closing, row.opening)
            owed = row.closing
        self.assertEqual(owed, 0)

    @given(loans())
    def test_every_amount_can_be_paid_in_coins(self, loan):
        for row in schedule(loan):
            self.assertEqual(row.principal % loan.rounding.quantum, 0)
            self.assertEqual(row.charge % loan.rounding.quantum, 0)

    @given(loans())
    def test_no_part_of_an_instalment_is_negative(self, loan):
        for row in schedule(loan):
            self.assertGreaterEqual(row.principal, 0)
            self.assertGreaterEqual(row.charge, 0)

    @given(loans())
    def test_due_dates_follow_each_other(self, loan):
        dates = [loan.start, *(r.due_date for r in schedule(loan))]
        self.assertEqual(dates, sorted(set(dates)))

    @given(loans())
    def test_a_rate_of_zero_has_no_charge(self, loan):
        rows = schedule(replace(loan, rate=Decimal(0)))
        self.assertEqual({r.charge for r in rows}, {0})

    @given(loans())
    def test_nothing_is_charged_or_repaid_during_the_graces(self, loan):
        rows = schedule(loan)
        for row in rows[:loan.grace.principal]:
            self.assertEqual(row.principal, 0)
        for row in rows[:max(loan.grace.interest, loan.grace.free)]:
            self.assertEqual(row.charge, 0)

    @given(loans())
    def test_the_same_terms_give_the_same_schedule(self, loan):
        self.assertEqual(schedule(loan), schedule(loan))

    @given(st.integers(1000, 10**6), st.integers(1, 36),
        st.decimals(0, 1, places=3))
    def test_equal_instalments_differ_only_in_the_last(
            self, principal, term, rate):
        rows = schedule(Loan(
                Decimal(principal), term, START, rate, 'year'))
        self.assertLessEqual(len({r.instalment for r in rows[:-1]}), 1)

    @given(loans(), st.data())
    def test_a_new_schedule_repays_what_is_left(self, loan, data):
        loan = replace(loan, principal=loan.principal + loan.rounding.quantum)
        rows = schedule(loan)
        count = data.draw(st.integers(0, loan.term - 1))
        kept = rows[:count]
        left = loan.principal - sum(r.principal for r in kept)
        if not left:
            with self.assertRaises(AmortizationError):
                reschedule(kept, loan)
            return
        result = reschedule(kept, loan, arrears=loan.rounding.quantum)
        self.assertEqual(result[:count], kept)
        self.assertEqual(sum(r.principal for r in result), loan.principal)
        self.assertEqual(result[-1].closing, 0)
        self.assertEqual(
            [r.number for r in result], list(range(1, len(result) + 1)))


class RescheduleTestCase(unittest.TestCase):

    def setUp(self):
        self.loan = Loan(
            Decimal(900), 3, START, Decimal('0.02'), 'month',
            amortization='equal_principal')

    def test_a_row_paid_in_part_is_cut_and_the_rest_is_spread(self):
        first, second, _ = schedule(self.loan)
        kept = first, cut(second, Decimal(100), Decimal(2))
        rows = reschedule(
            kept, replace(self.loan, term=5, start=dt.date(2024, 3, 31)),
            arrears=second.charge - Decimal(2))
        self.assertEqual(amounts(rows), decimals([
                    (300, 18), (100, 2),
                    (100, 20), (100, 8), (100, 6), (100, 4), (100, 2)]))
        self.assertEqual(rows[2].due_date, dt.date(2024, 4, 30))
        self.assertEqual(rows[2].number, 3)

    def test_a_row_is_never_cut_to_more_than_it_has(self):
        row = schedule(self.loan)[0]
        for principal, charge in [(301, 0), (-1, 0), (0, 19), (0, -1)]:
            with self.subTest(principal=principal, charge=charge):
                with self.assertRaises(AmortizationError):
                    cut(row, Decimal(principal), Decimal(charge))

    def test_a_loan_repaid_cannot_be_rescheduled(self):
        with self.assertRaises(AmortizationError):
            reschedule(schedule(self.loan), self.loan)
