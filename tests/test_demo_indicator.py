# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The indicators of the demonstration"
import io
import unittest

from demo import trades
from demo.indicators import REPORTED
from demo.livelihoods import Livelihoods
from demo.loader import Loader
from demo.plan import COUNTS, make_plan
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)

# Two groups, one of the first province
RANKS = {3, 14}


class PlanTest(unittest.TestCase):

    def test_plan_adds_up_to_what_was_reported(self):
        for code, reported in REPORTED.items():
            groups, members = COUNTS[code]
            self.assertEqual(
                (groups, members), (
                    reported['groups_formed'],
                    reported['direct_beneficiaries']))
        figures = Livelihoods._expected(make_plan())
        self.assertEqual([
                figures[n] for n in [
                    'activities', 'cooperatives', 'registered']], [
                REPORTED[None][n] for n in [
                    'activities_created', 'cooperatives_created',
                    'self_employed']])
        self.assertEqual(sum(trades.counts().values()), 243)


class IndicatorsTest(unittest.TestCase):
    "A part loaded by the code that loads the whole"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(drop_db)
        drop_db()
        activate_module(['avec_indicator', 'avec_training'], lang='fr')
        cls.loader = Loader(
            DB_NAME, make_plan(ranks=RANKS, meetings=2), io.StringIO())
        # The loading checks the figures
        cls.loader.load()

    @with_transaction()
    def test_report_prints_the_figures(self):
        Report = Pool().get('avec.indicator.report')
        report, = Report.search([])
        if not report.snapshot:
            self.skipTest("the period of the report has not ended yet")
        figures = {
            l.indicator.key: l.value for l in report.snapshot.lines
            if not l.cut}
        members = sum(
            1 for p in self.loader.plans for m in p.members if not m.leaving)
        self.assertEqual(
            [figures[n] for n in [
                    'groups_formed', 'direct_beneficiaries',
                    'indirect_beneficiaries', 'members_skilled']],
            [len(RANKS), members, members * 4, members])

    @with_transaction()
    def test_targets(self):
        Target = Pool().get('avec.indicator.target')
        self.assertIn(
            'groups_formed', {t.indicator.key for t in Target.search([])})
