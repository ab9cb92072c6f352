# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import unittest
from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trytond.modules.avec_indicator import ratio
from trytond.modules.avec_indicator.ratio import RATIOS, Figures

D = Decimal
# A group of 20 women and 5 men, half a year after its cycle began
GROUP = Figures(
    followed_groups=D(1), followed_members=D(25), field_officers=D(1),
    members=D(25), women=D(20), start_members=D(24), left=D(3),
    present=D(81), expected=D(100), present_cycle=D(500),
    expected_cycle=D(625),
    savings=D(10000), loan_fund_cash=D(3000), bank=D(500), debts=D(1000),
    social_fund=D(750), surplus=D(500),
    annual_profit=D(1000), annual_savings=D(10000), annual_assets=D(11500),
    loans=D(10), loans_outstanding=D(8000), borrowers=D(9),
    at_risk_0=D(2000), at_risk_30=D(800), at_risk_90=D(200),
    loans_disbursed=D(40), disbursed=D(24000),
    loans_written_off=D(1), written_off=D(300))
VALUES = {
    'attendance_rate': '0.81',
    'attendance_rate_cycle': '0.8',
    'retention_rate': '0.8929',
    'dropout_rate': '0.1071',
    'membership_growth': '0.0417',
    'women_rate': '0.8',
    'savings_per_member': '400',
    'return_on_savings': '0.05',
    'return_on_savings_annualised': '0.1',
    'return_on_assets_annualised': '0.0870',
    'share_price_growth': '0.05',
    'social_fund_per_member': '30',
    'members_with_loan': '0.36',
    'average_outstanding_loan': '800',
    'loan_fund_utilisation': '0.7273',
    'portfolio_at_risk_0': '0.25',
    'portfolio_at_risk_30': '0.1',
    'portfolio_at_risk_90': '0.025',
    'write_off_rate': '0.0125',
    'write_off_rate_number': '0.025',
    'groups_per_field_officer': '1',
    'members_per_field_officer': '25',
    }
# The ratios whose numerator is a part of the denominator
PARTS = [
    'attendance_rate', 'attendance_rate_cycle', 'retention_rate',
    'dropout_rate', 'women_rate', 'members_with_loan',
    'loan_fund_utilisation', 'portfolio_at_risk_0', 'portfolio_at_risk_30',
    'portfolio_at_risk_90']

counts = st.integers(0, 500).map(D)
amounts = st.decimals(0, 10 ** 6, places=2)


@st.composite
def groups(draw):
    "Draw the figures that a group can have"
    members, left = draw(counts), draw(counts)
    expected = draw(counts)
    expected_cycle = expected + draw(counts)
    present = draw(st.integers(0, int(expected)).map(D))
    savings, cash, bank = draw(amounts), draw(amounts), draw(amounts)
    debts, outstanding = draw(amounts), draw(amounts)
    at_risk = sorted(
        (outstanding * draw(st.integers(0, 100)) / 100 for _ in range(3)),
        reverse=True)
    figures = Figures(
        followed_groups=D(1), followed_members=members, field_officers=D(1),
        members=members, women=draw(st.integers(0, int(members)).map(D)),
        start_members=draw(counts), left=left,
        present=present, expected=expected,
        present_cycle=present + draw(st.integers(
                0, int(expected_cycle - expected)).map(D)),
        expected_cycle=expected_cycle,
        savings=savings, loan_fund_cash=cash, bank=bank, debts=debts,
        social_fund=draw(amounts),
        loans=draw(counts), loans_outstanding=outstanding,
        borrowers=draw(st.integers(0, int(members)).map(D)),
        at_risk_0=at_risk[0], at_risk_30=at_risk[1], at_risk_90=at_risk[2],
        loans_disbursed=draw(counts), disbursed=draw(amounts),
        loans_written_off=draw(counts), written_off=draw(amounts))
    profit = ratio.net_profit(figures)
    days = draw(st.integers(0, 400))
    return replace(
        figures, surplus=profit,
        annual_profit=ratio.annual_profit(profit, days),
        annual_savings=savings if days else D(0),
        annual_assets=ratio.assets(figures) if days else D(0))


class RatioTestCase(unittest.TestCase):
    "The ratios are the formulas that they state"

    def test_worked_group(self):
        "The ratios of a group worked out by hand"
        self.assertEqual(list(VALUES), list(RATIOS))
        for key, value in VALUES.items():
            with self.subTest(ratio=key):
                self.assertEqual(
                    round(ratio.value(key, GROUP), 4), D(value))
        self.assertEqual(ratio.net_profit(GROUP), D(500))

    def test_nothing_divides(self):
        "A group of which nothing is known has no ratio, rather than 0"
        self.assertEqual(
            ratio.compute(Figures()), dict.fromkeys(RATIOS))

    def test_annual_profit(self):
        "26 weeks make half a year, and before the first day there is none"
        self.assertEqual(ratio.annual_profit(D(500), 182), D(1000))
        self.assertEqual(ratio.annual_profit(D(500), 0), D(0))
        self.assertEqual(ratio.annual_profit(D(500), -7), D(0))

    def test_sum_is_not_mean(self):
        "A large group weighs more than a small one"
        small = Figures(members=D(1), left=D(1))
        large = Figures(members=D(97), left=D(1))
        self.assertEqual(
            ratio.value('retention_rate', ratio.total([small, large])),
            D('0.98'))

    def test_units(self):
        "Each ratio names its unit and which way is good news"
        for key, r in RATIOS.items():
            with self.subTest(ratio=key):
                self.assertIn(
                    r.unit, {ratio.RATE, ratio.AMOUNT, ratio.NUMBER})
                self.assertIn(r.better, {ratio.HIGH, ratio.LOW})
                self.assertEqual(r.key, key)
                for word in ['Unit: ', 'Zero denominator: ', 'Source: ']:
                    self.assertIn(word, r.function.__doc__)

    def test_no_figure_is_idle(self):
        "Each figure changes a ratio"
        for field in fields(Figures):
            changed = replace(
                GROUP, **{field.name: getattr(GROUP, field.name) + 1})
            with self.subTest(figure=field.name):
                self.assertNotEqual(
                    ratio.compute(changed), ratio.compute(GROUP))

    @settings(max_examples=50, deadline=None)
    @given(groups())
    def test_parts(self, figures):
        "What is a part of the whole lies between nothing and all"
        for key in PARTS:
            value = ratio.value(key, figures)
            if value is not None:
                self.assertTrue(0 <= value <= 1, key)

    @settings(max_examples=50, deadline=None)
    @given(groups())
    def test_complements(self, figures):
        "Who stays and who leaves are all, and the ledger agrees with the box"
        retention = ratio.value('retention_rate', figures)
        if retention is not None:
            self.assertAlmostEqual(
                retention + ratio.value('dropout_rate', figures), 1, 20)
        self.assertEqual(
            ratio.value('share_price_growth', figures),
            ratio.value('return_on_savings', figures))

    @settings(max_examples=50, deadline=None)
    @given(groups())
    def test_later_is_less(self, figures):
        "The longer a loan must be late, the less is at risk"
        values = [
            ratio.value(f'portfolio_at_risk_{n}', figures)
            for n in [0, 30, 90]]
        if None not in values:
            self.assertEqual(values, sorted(values, reverse=True))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(groups(), min_size=1, max_size=6))
    def test_sum_of_groups(self, many):
        "The ratio of many groups lies between the least and the greatest"
        whole = ratio.total(many)
        for key, r in RATIOS.items():
            terms = [r.terms(f) for f in many]
            if not all(denominator > 0 for _, denominator in terms):
                continue
            values = [D(n) / d for n, d in terms]
            margin = D('1e-9') * (1 + max(map(abs, values)))
            value = ratio.value(key, whole)
            self.assertTrue(
                min(values) - margin <= value <= max(values) + margin, key)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(groups(), min_size=2, max_size=6))
    def test_any_order(self, many):
        "The groups can be summed in any order and by any parts"
        whole = ratio.compute(ratio.total(many))
        for other in [
                ratio.total(reversed(many)),
                ratio.total([ratio.total(many[:1]), ratio.total(many[1:])])]:
            for key, value in ratio.compute(other).items():
                self.assertAlmostEqual(value, whole[key], 15)
