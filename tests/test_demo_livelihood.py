# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The livelihoods of the demonstration are those that the programme claims"
import io
import unittest
from collections import Counter

from demo import trades
from demo.calendar import LAST_WEEK
from demo.loader import DemoError, Loader
from demo.plan import make_plan
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

# With a cooperative and one that is being prepared, and auto-entrepreneurs
RANKS = {2, 3, 18, 21}


class PlanTest(unittest.TestCase):
    "What is planned before anything is loaded"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = make_plan()
        cls.ventures = [
            (p, v) for p in cls.plans for v in trades.ventures(p)]

    def count(self, ranks, province=None):
        return sum(
            1 for p in self.plans
            if p.rank in ranks and province in {None, p.province.code})

    def test_figures_of_the_programme(self):
        "243 activities, 7 cooperatives and 2 auto-entrepreneurs"
        registered = set(trades.COOPERATIVES) - trades.PREPARING
        for province, activities, cooperatives in [
                (None, 243, 7), ('MA-BEM', 59, 5)]:
            with self.subTest(province=province):
                self.assertEqual(
                    sum(1 for p, v in self.ventures
                        if v.state != 'idea'
                        and province in {None, p.province.code}),
                    activities)
                self.assertEqual(
                    self.count(registered, province), cooperatives)
        states = {s: [
                r for r, t in trades.SELF_EMPLOYED.items() if t == s]
            for s in ['registered', 'in_progress']}
        self.assertEqual(self.count(states['registered']), 2)
        self.assertEqual(self.count(states['registered'], 'MA-BEM'), 0)
        self.assertEqual(self.count(states['in_progress']), 1)
        self.assertEqual(self.count(states['in_progress'], 'MA-BEM'), 1)

    def test_two_plans_are_the_same(self):
        self.assertEqual(
            [v for p in make_plan() for v in trades.ventures(p)],
            [v for _, v in self.ventures])

    def test_owners_are_members_who_did_not_leave(self):
        for plan, venture in self.ventures:
            with self.subTest(group=plan.name, venture=venture):
                self.assertEqual(
                    len(set(venture.owners)), len(venture.owners))
                for owner in venture.owners:
                    member = plan.members[owner]
                    self.assertIsNone(member.leaving)
                    if venture.start:
                        self.assertLess(member.since, venture.start)

    def test_months_are_those_of_the_activity(self):
        for plan, venture in self.ventures:
            months = [m for m, *_ in venture.months]
            with self.subTest(group=plan.name, venture=venture):
                self.assertEqual(months, sorted(set(months)))
                self.assertTrue(all(m.day == 1 for m in months))
                if months:
                    self.assertGreaterEqual(
                        months[0], venture.start.replace(day=1))
                    self.assertLessEqual(
                        months[-1], venture.stop or trades.LAST_MONTH)

    def test_every_state_is_there(self):
        states = Counter(v.state for _, v in self.ventures)
        self.assertEqual(
            states.keys(), {'idea', 'started', 'running', 'stopped'})
        self.assertGreater(states['running'], 200)


class LoadTest(unittest.TestCase):
    "Four groups that borrowed, and what their members live of"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(drop_db)
        drop_db()
        activate_module(['avec_loan', 'avec_livelihood'], lang='fr')
        cls.loader = Loader(
            DB_NAME, make_plan(ranks=RANKS, meetings=8), io.StringIO())
        cls.loader.load()

    @with_transaction()
    def test_every_state_can_be_seen(self):
        pool = Pool()
        for model, states in [
                ('avec.activity', {'idea', 'started', 'running', 'stopped'}),
                ('avec.cooperative', {'preparing', 'registered'}),
                ('avec.cooperative.payment', {'posted'}),
                ('avec.self_employment', {'in_progress', 'registered'}),
                ]:
            with self.subTest(model=model):
                self.assertEqual(
                    {r.state for r in pool.get(model).search([])} - {
                        'started', 'stopped'},
                    states - {'started', 'stopped'})

    @with_transaction()
    def test_some_activities_are_financed_by_loans(self):
        Funding = Pool().get('avec.activity.funding')
        fundings = Funding.search([('kind', '=', 'loan')])
        self.assertTrue(fundings)
        for funding in fundings:
            self.assertIn(
                funding.loan.membership,
                [o.membership for o in funding.activity.owners])
            self.assertLessEqual(funding.amount, funding.loan.principal)

    @with_transaction()
    def test_registered_cooperative_took_every_step(self):
        Cooperative = Pool().get('avec.cooperative')
        cooperative, = Cooperative.search([('state', '=', 'registered')])
        self.assertGreaterEqual(cooperative.member_count, 5)
        self.assertEqual({s.state for s in cooperative.steps}, {'done'})
        self.assertGreaterEqual(cooperative.subscribed, 1000)
        self.assertGreaterEqual(
            cooperative.paid * 4, cooperative.subscribed)

    @with_transaction()
    def test_one_nears_the_ceiling(self):
        SelfEmployment = Pool().get('avec.self_employment')
        with Transaction().set_context(avec_date=LAST_WEEK):
            record, = SelfEmployment.search([('state', '=', 'registered')])
            self.assertEqual(record.ceiling_level, 'near')

    def test_wrong_figures_stop_the_loading(self):
        "An activity that goes back to an idea is missed"
        loader = self.loader

        @with_transaction(context={'company': loader.office.company})
        def withdraw():
            Activity = Pool().get('avec.activity')
            activity = Activity.search([('state', '=', 'running')])[0]
            Activity.write([activity], {'state': 'idea'})
            loader._check()
        with self.assertRaisesRegex(DemoError, 'activities'):
            withdraw()
