# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Check that the records add up to the figures of the programme"
from collections import Counter, defaultdict
from decimal import Decimal

from trytond.pool import Pool

from .part import Part
from .people import HOUSEHOLD_FACTOR

__all__ = ['Figures']


def _figures(groups):
    "Return what the records say about the groups"
    Membership = Pool().get('avec.membership')
    members = Membership.search([
            ('group', 'in', [g.id for g in groups]),
            ('end_date', '=', None),
            ])
    parties = {m.party for m in members}
    return {
        'groups': len(groups),
        'members': len(parties),
        'households': sum(p.household_size - 1 for p in parties),
        }


class Figures(Part):
    "The figures that a programme officer would report, from the records"

    def check(self, books):
        yield from self._check_programme(books)
        yield from self._check_boxes(books)
        yield from self._check_cycles(books)
        yield from self._check_ledger()
        yield from self._check_seals()

    def _check_programme(self, books):
        Group = Pool().get('avec.group')
        groups = Group.search([('programme', '=', self.office.programme)])
        for code in [None, *self.office.subdivisions]:
            expected = self._expected([
                    b.plan for b in books
                    if code in {None, b.plan.province.code}])
            found = _figures([
                    g for g in groups
                    if code in {None, g.subdivision.code}])
            if found != expected:
                yield f"{code or 'programme'}: {found}, not {expected}"

    @staticmethod
    def _expected(plans):
        members = sum(1 for p in plans for m in p.members if not m.leaving)
        return {
            'groups': len(plans),
            'members': members,
            'households': members * HOUSEHOLD_FACTOR,
            }

    def _check_boxes(self, books):
        "The last sheet posted counted what the ledger holds"
        Meeting = Pool().get('avec.meeting')
        last = {}
        for meeting in Meeting.search([
                    ('state', '=', 'posted'),
                    ('cycle.state', '=', 'running'),
                    ], order=[('date', 'ASC')]):
            last[meeting.cycle] = meeting
        after = self._after(last)
        for cycle, meeting in last.items():
            for fund in ['loan_fund', 'social_fund']:
                counted = getattr(meeting, f'{fund}_counted')
                if fund == 'loan_fund':
                    counted -= after[cycle]
                if counted != getattr(cycle, f'{fund}_cash'):
                    yield f"{cycle.rec_name}: {fund} was counted {counted}"

    @staticmethod
    def _after(last):
        "Return what was paid to those who left after the sheets"
        Exit = Pool().get('avec.membership.exit')
        paid = defaultdict(Decimal)
        for exit_ in Exit.search([('state', '=', 'posted')]):
            meeting = last.get(exit_.cycle)
            if meeting and exit_.date >= meeting.date:
                paid[exit_.cycle] += exit_.payable
        return paid

    def _check_cycles(self, books):
        "A closed cycle holds nothing any more and each group has two"
        Cycle = Pool().get('avec.cycle')
        ids = [c for b in books for c in b.cycles]
        cycles = Cycle.browse(ids)
        for cycle in cycles:
            if cycle.state == 'closed':
                yield from self._check_closed(cycle)
        states = Counter(
            c.state if c.state == 'closed' else 'open' for c in cycles)
        if states != {'closed': len(books), 'open': len(books)}:
            yield f"cycles: {states}"

    @staticmethod
    def _check_closed(cycle):
        for name in [
                'savings', 'loan_fund_cash', 'social_fund_cash', 'surplus']:
            if amount := getattr(cycle, name):
                yield f"{cycle.rec_name}: {name} is {amount}"

    @staticmethod
    def _check_ledger():
        Move = Pool().get('account.move')
        if count := Move.search_count([('state', '!=', 'posted')]):
            yield f"{count} moves are not posted"

    @staticmethod
    def _check_seals():
        pool = Pool()
        Group = pool.get('avec.group')
        Seal = pool.get('avec.seal')
        checks = Seal.verify(Group.search([]))
        for check in checks.values():
            yield from (b.message for b in check.breaks)
        if not any(c.checked for c in checks.values()):
            yield "nothing is sealed"
