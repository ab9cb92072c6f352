# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A part of the demonstration loaded by the code that loads the whole"
import io
import unittest

from demo.loader import DemoError, Loader
from demo.plan import make_plan
from demo.users import USERS
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)

# Together they cancel, amend, leave, open, wait and share out
RANKS = {2, 4, 5, 12}


class LoadTest(unittest.TestCase):
    "Four groups with two meetings in each cycle"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module(['avec_group'], lang='fr')
        cls.plans = make_plan(ranks=RANKS, meetings=2)
        cls.loader = Loader(DB_NAME, cls.plans, io.StringIO())
        cls.loader.load()

    @with_transaction()
    def test_every_state_can_be_seen(self):
        "There is a sheet, a cycle and a share-out in each state"
        pool = Pool()
        for model, states in [
                ('avec.meeting', {'draft', 'posted', 'cancelled'}),
                ('avec.cycle', {'running', 'sharing', 'closed'}),
                ('avec.share_out', {'draft', 'paid'}),
                ('avec.opening', {'posted'}),
                ('avec.membership.exit', {'posted'}),
                ]:
            records = pool.get(model).search([])
            with self.subTest(model=model):
                self.assertEqual({r.state for r in records}, states)

    @with_transaction()
    def test_rules_were_amended(self):
        Amendment = Pool().get('avec.cycle.amendment')
        amendment, = Amendment.search([])
        change, = amendment.changes
        before, = [p for p in self.plans if p.amended is not None]
        contribution = before.cycles[-1].rules.social_fund_contribution
        self.assertEqual(
            amendment.cycle.social_fund_contribution, contribution + 1)

    @with_transaction()
    def test_ledger_is_balanced(self):
        "Debit equals credit for each group"
        Line = Pool().get('account.move.line')
        for book in self.loader.books:
            lines = Line.search([('move.avec_group', '=', book.group)])
            self.assertTrue(lines)
            self.assertEqual(sum(l.debit - l.credit for l in lines), 0)

    @with_transaction()
    def test_users_belong_to_the_office(self):
        User = Pool().get('res.user')
        for planned in USERS:
            user, = User.search([('login', '=', planned.login)])
            self.assertEqual(user.company.id, self.loader.office.company)
            self.assertEqual(user.employee.party.name, planned.name)

    @with_transaction()
    def test_field_officer_follows_groups(self):
        pool = Pool()
        Group = pool.get('avec.group')
        User = pool.get('res.user')
        user, = User.search([('login', '=', 'animateur')])
        groups = Group.search([('field_officer', '=', user.employee.id)])
        self.assertEqual(len(groups), 3)

    def test_wrong_figures_stop_the_loading(self):
        "A household too large is told"
        loader = self.loader

        @with_transaction(context={'company': loader.office.company})
        def enlarge():
            Membership = Pool().get('avec.membership')
            party = Membership(loader.books[0].memberships[0]).party
            party.household_size += 1
            party.save()
            loader._check()
        with self.assertRaisesRegex(DemoError, 'households'):
            enlarge()
