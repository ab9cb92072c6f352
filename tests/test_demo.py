# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The plan of the demonstration adds up to the figures of the programme"
import datetime as dt
import random
import unittest
from dataclasses import replace
from decimal import Decimal

from demo import LOGINS, lending
from demo.calendar import LAST_POSTED, LAST_WEEK, every_month, weeks
from demo.people import spread
from demo.plan import COUNTS, make_plan
from demo.rules import rules
from demo.sheets import operations, rows
from demo.users import USERS


def members(plans, province=None):
    "Return the people who are members in the end"
    return [
        m.person for p in plans for m in p.members
        if not m.leaving and province in {None, p.province.code}]


class PlanTest(unittest.TestCase):
    "What is planned before anything is loaded"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = make_plan()

    def test_figures_of_the_programme(self):
        "44 groups, 12 of them in Béni Mellal, 887 members of whom 209"
        for province, groups, people in [
                (None, 44, 887), ('MA-BEM', 12, 209)]:
            with self.subTest(province=province):
                self.assertEqual(COUNTS[province], (groups, people))
                self.assertEqual(
                    sum(province in {None, p.province.code}
                        for p in self.plans),
                    groups)
                persons = members(self.plans, province)
                self.assertEqual(len(persons), people)
                # The household factor, from the households themselves
                self.assertEqual(
                    sum(p.household_size - 1 for p in persons), people * 4)

    def test_two_plans_are_the_same(self):
        "The same seed invents the same programme, another seed does not"
        self.assertEqual(make_plan(), self.plans)
        self.assertNotEqual(make_plan(seed=1), self.plans)

    def test_every_person_has_a_name_of_her_own(self):
        names = [m.person.name for p in self.plans for m in p.members]
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(all(' / ' in n for n in names))

    def test_groups_have_names_of_their_own(self):
        self.assertEqual(len({p.name for p in self.plans}), 44)

    def test_people_are_of_age(self):
        "Nobody joined as a child and most members are women"
        for plan in self.plans:
            for member in plan.members:
                age = (plan.formation_date - member.person.birth_date).days
                self.assertGreaterEqual(age / 365.25, 17.9)
        persons = members(self.plans)
        women = [p for p in persons if p.gender == 'female']
        self.assertTrue(0.7 < len(women) / len(persons) < 0.85)
        limit = dt.date(2026, 1, 1) - dt.timedelta(days=71 * 366)
        self.assertGreater(min(p.birth_date for p in persons), limit)

    def test_groups_have_the_size_of_a_group(self):
        for plan in self.plans:
            with self.subTest(group=plan.name):
                self.assertTrue(15 <= len(plan.members) <= 30)

    def test_cycles_follow_each_other(self):
        "A cycle is shared out before the next one starts"
        for plan in self.plans:
            first, last = plan.cycles
            with self.subTest(group=plan.name):
                self.assertLess(first.meetings[-1], first.share_out_date)
                self.assertLess(first.share_out_date, last.start_date)
                self.assertEqual(last.number, first.number + 1)
                for cycle in plan.cycles:
                    self.assertLessEqual(cycle.start_date, cycle.meetings[0])
                    self.assertLessEqual(cycle.meetings[-1], cycle.end_date)

    def test_only_waiting_groups_met_lately(self):
        "The sheets after the last posted week are those that wait"
        for plan in self.plans:
            late = [d for d in plan.cycles[-1].meetings if d > LAST_POSTED]
            with self.subTest(group=plan.name):
                self.assertEqual(len(late), 1 if plan.waiting else 0)

    def test_story_fits_in_fewer_meetings(self):
        for plan in make_plan(ranks={1, 2, 4, 5}, meetings=2):
            self.assertEqual([len(c.meetings) for c in plan.cycles], [2, 2])
            for member in plan.members:
                if member.leaving:
                    self.assertLess(member.leaving.meeting, 2)


class LendingTest(unittest.TestCase):
    "Who wishes a loan, and how it is repaid"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = make_plan()
        cls.wishes = {p: lending.wishes(p) for p in cls.plans}

    def test_two_plans_are_the_same(self):
        self.assertEqual(
            {p.rank: lending.wishes(p) for p in make_plan()},
            {p.rank: w for p, w in self.wishes.items()})

    def test_every_group_lends_in_both_cycles(self):
        for plan, wishes in self.wishes.items():
            with self.subTest(group=plan.name):
                lent = {w.cycle for w in wishes if w.fate == 'lent'}
                self.assertEqual(lent, {0, 1})

    def test_loans_end_before_the_share_out(self):
        "But for those that the share-out or the next cycle takes"
        for plan, wishes in self.wishes.items():
            for wish in wishes:
                cycle = plan.cycles[wish.cycle]
                if not cycle.share_out_date or wish.ending:
                    continue
                with self.subTest(group=plan.name, wish=wish):
                    days = (cycle.share_out_date - wish.date).days
                    self.assertLessEqual(wish.term * 28, days)

    def test_loans_are_of_the_cycle(self):
        "A member who is there asks for a product that is offered"
        for plan, wishes in self.wishes.items():
            for wish in wishes:
                member = plan.members[wish.member]
                product = lending.PRODUCTS[wish.product]
                with self.subTest(group=plan.name, wish=wish):
                    self.assertIn(
                        wish.product, lending.offered(plan, wish.cycle))
                    self.assertLessEqual(
                        member.since, plan.cycles[wish.cycle].start_date)
                    self.assertNotEqual(wish.guarantor, wish.member)
                    self.assertIsNone(plan.members[wish.guarantor].leaving)
                    self.assertTrue(1 <= wish.term <= product['max_term'])

    def test_every_story_is_told(self):
        wishes = sum(self.wishes.values(), [])
        self.assertEqual({w.product for w in wishes}, set(lending.PRODUCTS))
        self.assertEqual(
            {w.ending for w in wishes}, {
                None, 'netted', 'carried', 'rescheduled', 'written_off'})
        self.assertEqual(
            {w.fate for w in wishes}, {
                'lent', 'rejected', 'cancelled', 'request', 'approved'})
        self.assertTrue(any(w.recovery_date for w in wishes))
        silent = {
            (LAST_WEEK - w.silent_from).days for w in wishes
            if w.silent_from and not w.ending}
        self.assertEqual(silent, {30, 60, 90, 120})

    def test_principal_is_in_notes(self):
        "Within three times the savings and what the box can spare"
        wish = lending.Wish(
            0, LAST_WEEK, 0, 1, 'small', 3, Decimal('0.5'), "Laine")
        for savings, cash, principal in [
                (500, 5000, 750), (520, 5000, 750), (500, 700, 400),
                (10, 5000, 0), (500, 0, 0)]:
            with self.subTest(savings=savings, cash=cash):
                self.assertEqual(
                    lending.principal(wish, Decimal(savings), Decimal(cash)),
                    principal)

    def test_payments(self):
        "Each habit, at the meetings around the first due date"
        first = dt.date(2026, 3, 10)
        dues = [
            (first, Decimal(105)), (dt.date(2026, 4, 10), Decimal(105)),
            (dt.date(2026, 5, 10), Decimal(105))]
        wish = lending.Wish(
            0, dt.date(2026, 2, 10), 0, 1, 'small', 3, Decimal(1), "Laine")
        for habit, silent_from, day, paid in [
                ('punctual', None, dt.date(2026, 3, 1), 0),
                ('punctual', None, dt.date(2026, 3, 7), 105),
                ('punctual', None, dt.date(2026, 4, 12), 210),
                ('punctual', first, dt.date(2026, 4, 12), 0),
                ('partly', None, dt.date(2026, 3, 7), 52),
                ('late', None, dt.date(2026, 3, 7), 0),
                ('late', None, dt.date(2026, 4, 12), 210),
                ('early', None, dt.date(2026, 3, 7), 105),
                ('early', None, dt.date(2026, 4, 12), 300),
                ]:
            with self.subTest(habit=habit, day=day):
                self.assertEqual(
                    lending.payment(
                        replace(wish, habit=habit, silent_from=silent_from),
                        dues, Decimal(300), day),
                    paid)


class PiecesTest(unittest.TestCase):
    "The calculations behind the plan"

    def test_figures_are_spread_to_their_total(self):
        rng = random.Random(1)
        for count, total in [(1, 4), (12, 209), (44, 887)]:
            figures = spread(rng, count, total, 4, 40)
            self.assertEqual((len(figures), sum(figures)), (count, total))
            self.assertTrue(all(4 <= f <= 40 for f in figures))

    def test_impossible_total_is_refused(self):
        with self.assertRaises(ValueError):
            spread(random.Random(1), 2, 9, 1, 4)

    def test_month_has_its_second_tuesday(self):
        self.assertEqual(
            every_month(
                dt.date(2026, 8, 1), dt.date(2026, 10, 31), 2, 1),
            [dt.date(2026, 8, 11), dt.date(2026, 9, 8),
                dt.date(2026, 10, 13)])

    def test_weeks_start_on_monday(self):
        self.assertEqual({w.weekday() for w in weeks()}, {0})

    def test_sheet_keeps_the_constitution(self):
        for seed in range(50):
            rng = random.Random(seed)
            voted = rules(rng, 'monthly')
            sheet = rows(rng, [1, 2, 3, 4, 5] * 4, voted)
            present = [
                r for r in sheet if r.attendance in {'present', 'late'}]
            self.assertGreaterEqual(len(present), voted.quorum * len(sheet))
            for row in sheet:
                if row in present or row.represented:
                    self.assertTrue(1 <= row.shares <= 5)
                    self.assertTrue(row.social_fund or row.note)
                else:
                    self.assertFalse(row.shares or row.social_fund)

    def test_boxes_never_go_below_zero(self):
        for seed in range(200):
            boxes = {
                'loan_fund': Decimal(120), 'social_fund': Decimal(210)}
            for operation in operations(
                    random.Random(seed), 20, False, **boxes):
                sign = 1 if operation.kind == 'income' else -1
                boxes[operation.fund] += sign * abs(operation.amount)
            self.assertGreaterEqual(min(boxes.values()), 0)


class LoginsTest(unittest.TestCase):
    "The users to try the software with"

    def test_each_role_has_a_user(self):
        self.assertEqual(
            {g for u in USERS for g in u.groups}, {
                f'avec_group.group_{r}' for r in [
                    'field_officer', 'finance', 'programme', 'auditor',
                    'admin']})

    def test_passwords_would_pass_usual_rules(self):
        for role, login, password in LOGINS:
            self.assertGreaterEqual(len(password), 12)
            self.assertNotIn(password, {role, login})
