# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The office of Côte d'Ivoire beside that of Morocco"
import io
import unittest

from demo import LOGINS
from demo.ivory import IvoryLoader, can_load
from demo.ivory_plan import IVORY_COUNTS, borrowings, make_ivory_plan
from demo.loader import DemoError
from demo.users import IVORY_USERS, USERS
from trytond.modules.avec_group.tests.office import (
    acting_as, create_group, create_user)
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction


class IvoryPlanTest(unittest.TestCase):
    "What is planned before anything is loaded"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = make_ivory_plan()

    def test_two_plans_are_the_same(self):
        self.assertEqual(make_ivory_plan(), self.plans)
        self.assertEqual(
            [borrowings(p) for p in make_ivory_plan()],
            [borrowings(p) for p in self.plans])

    def test_handful_of_groups(self):
        self.assertEqual(IVORY_COUNTS, (5, 85))
        self.assertEqual(len(self.plans), 5)
        self.assertEqual(sum(len(p.members) for p in self.plans), 85)
        for plan in self.plans:
            self.assertTrue(15 <= len(plan.members) <= 20)
            self.assertEqual(len(plan.cycles[-1].meetings), 10)

    def test_every_person_has_a_name_of_her_own(self):
        names = [m.person.name for p in self.plans for m in p.members]
        self.assertEqual(len(set(names)), len(names))

    def test_rules_are_in_whole_francs(self):
        for plan in self.plans:
            for cycle in plan.cycles:
                for amount in [
                        cycle.rules.share_value, cycle.rules.cash_rounding,
                        *(a for _, a in cycle.rules.fines)]:
                    self.assertEqual(amount % 1, 0)

    def test_each_role_has_a_login(self):
        self.assertEqual(
            [u.groups for u in IVORY_USERS], [u.groups for u in USERS])
        logins = [login for _, login, _ in LOGINS]
        self.assertEqual(len(set(logins)), 10)


class IvoryLoadTest(unittest.TestCase):
    "The group that has shared a cycle out"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module(
            ['account_syscohada', 'avec_loan', 'avec_office'], lang='fr')
        cls.loader = IvoryLoader(
            DB_NAME, make_ivory_plan(groups=1), io.StringIO())
        cls.loader.load()

    def test_office_can_be_loaded(self):
        self.assertTrue(can_load(DB_NAME))

    def test_no_week_is_done_twice(self):
        "The locks are known before the work that needs them"
        self.assertNotIn('_week', self.loader.repeated)

    @with_transaction()
    def test_story(self):
        "One cycle is shared out, another runs, loans are repaid and open"
        pool = Pool()
        for model, states in [
                ('avec.cycle', {'closed', 'running'}),
                ('avec.meeting', {'posted'}),
                ('avec.share_out', {'paid'}),
                ('avec.loan', {'disbursed', 'repaid'}),
                ]:
            with self.subTest(model=model):
                self.assertEqual(
                    {r.state for r in pool.get(model).search([])}, states)

    @with_transaction()
    def test_books_are_on_the_chart_of_ohada(self):
        pool = Pool()
        Line = pool.get('account.move.line')
        lines = Line.search([('account.code', '=', '1656')])
        self.assertTrue(lines)
        self.assertTrue(all(l.party for l in lines))
        self.assertEqual(
            sum(l.debit - l.credit for l in Line.search([])), 0)
        franc = lines[0].account.company.currency
        self.assertEqual((franc.code, franc.digits), ('XOF', 0))

    @with_transaction()
    def test_offices_see_nothing_of_each_other(self):
        pool = Pool()
        Group = pool.get('avec.group')
        Line = pool.get('account.move.line')
        User = pool.get('res.user')
        awa, = User.search([('login', '=', 'finance.ci')])
        company = create_company("Bureau Maroc")
        with set_company(company):
            samira = create_user('finance', company)
            create_group("Al Amal", ["Fatima"])
        with acting_as(samira):
            self.assertEqual(
                [g.company for g in Group.search([])], [company])
            self.assertEqual(Line.search([], count=True), 0)
        with acting_as(awa):
            groups = Group.search([])
            self.assertEqual(len(groups), 1)
            self.assertEqual(
                {g.company.id for g in groups}, {self.loader.office.company})

    def test_part_of_a_franc_is_found(self):
        "What does not add up stops the loading"
        loader = self.loader

        @with_transaction(context={'company': loader.office.company})
        def divide():
            Line = Pool().get('account.move.line')
            table = Line.__table__()
            Transaction().connection.cursor().execute(*table.update(
                    [table.debit], [table.debit + 0.5],
                    where=table.debit > 0))
            loader._check()
        with self.assertRaisesRegex(DemoError, 'part of a franc'):
            divide()
