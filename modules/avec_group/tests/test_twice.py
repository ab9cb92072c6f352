# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.avec_group.exceptions import (
    ExitError, OpeningError, ShareOutError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import (
    OfficeTestCase, create_group, create_sheet, office, run_cycle)


class TwiceTestCase(OfficeTestCase):
    "Two documents that settle the same thing are not posted in one click"

    @contextmanager
    def group(self):
        "A group of two whose cycle runs"
        with office():
            self.cycle = run_cycle(create_group("Tissage", ["Aicha", "Hind"]))
            yield self.cycle.group

    def save_money(self):
        "Post a meeting at which each buys five shares of ten"
        Meeting = Pool().get('avec.meeting')
        meeting = create_sheet(self.cycle, shares=5)
        Meeting.hold([meeting])
        Meeting.post([meeting])

    @with_transaction()
    def test_exit(self):
        "A member who leaves twice is paid once"
        Exit = Pool().get('avec.membership.exit')
        with self.group() as group:
            self.save_money()
            membership = group.memberships[0]
            exits = [
                Exit(membership=membership, date=dt.date(2026, 1, 20 + i))
                for i in range(2)]
            Exit.save(exits)
            with self.assertRaises(ExitError):
                Exit.post(exits)
            self.assertEqual(self.cycle.loan_fund_cash, 100)

    @with_transaction()
    def test_share_out(self):
        "A cycle is shared out once"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        ShareOut = pool.get('avec.share_out')
        with self.group():
            self.save_money()
            Cycle.share([self.cycle])
            share_outs = [
                ShareOut(cycle=self.cycle, date=dt.date(2026, 11, 30))
                for _ in range(2)]
            ShareOut.save(share_outs)
            ShareOut.compute(share_outs)
            with self.assertRaises(ShareOutError):
                ShareOut.post(share_outs)
            self.assertEqual(self.cycle.savings, 100)

    @with_transaction()
    def test_opening(self):
        "A cycle opens once"
        Opening = Pool().get('avec.opening')
        with self.group():
            openings = [
                Opening(
                    cycle=self.cycle, date=dt.date(2026, 1, 12),
                    social_fund_cash=Decimal(7), social_fund=Decimal(7))
                for _ in range(2)]
            Opening.save(openings)
            with self.assertRaises(OpeningError):
                Opening.post(openings)
            self.assertEqual(self.cycle.social_fund_cash, 0)
