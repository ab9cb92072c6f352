# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Groups, sheets and their money"
import datetime as dt
from decimal import Decimal

from trytond.pool import Pool

__all__ = [
    'FIRST_MEETING', 'MEMBERS', 'YEAR', 'count_transactions', 'create',
    'hold', 'naive', 'post', 'save', 'sheet', 'week']

MEMBERS = 25
YEAR = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
FIRST_MEETING = dt.date(2026, 1, 5)
SHARE_VALUE = Decimal(10)
CONTRIBUTION = Decimal(2)
FINE = Decimal(1)


def week(number):
    "Return the day of the meeting, the first of the cycle is 0"
    return FIRST_MEETING + dt.timedelta(weeks=number)


def create(count, members=MEMBERS, name="Group", **rules):
    "Create groups of members with a running cycle, return the cycles' ids"
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Group = pool.get('avec.group')
    Membership = pool.get('avec.membership')
    Party = pool.get('party.party')
    cycles = []
    for i in range(count):
        parties = [Party(name=f'{name} {i}')]
        parties += [Party(name=f'{name} {i} {j}') for j in range(members)]
        Party.save(parties)
        group = Group(party=parties[0], formation_date=YEAR[0])
        group.save()
        Membership.save([
                Membership(group=group, party=p, start_date=YEAR[0])
                for p in parties[1:]])
        cycles.append(Cycle(
                group=group, start_date=FIRST_MEETING, end_date=YEAR[1],
                share_value=SHARE_VALUE, cash_rounding=Decimal(1),
                social_fund_contribution=CONTRIBUTION, **rules))
    Cycle.save(cycles)
    Cycle.run(cycles)
    return [c.id for c in cycles]


def sheet(cycle_id, day):
    """Return the values of a sheet as the client sends them.

    Every member is there, buys one to five shares and contributes; one of
    eight pays a fine."""
    Cycle = Pool().get('avec.cycle')
    cycle = Cycle(cycle_id)
    lines = [{
            'membership': m.id,
            'attendance': 'present',
            'represented': False,
            'shares': 1 + i % 5,
            'social_fund': CONTRIBUTION,
            'fine': FINE if not i % 8 else Decimal(0),
            } for i, m in enumerate(cycle.group.active_memberships(day))]
    return {
        'cycle': cycle.id,
        'date': day,
        'lines': [('create', lines)],
        'loan_fund_counted': cycle.loan_fund_cash + sum(
            l['shares'] * SHARE_VALUE + l['fine'] for l in lines),
        'social_fund_counted': cycle.social_fund_cash + sum(
            l['social_fund'] for l in lines),
        }


def save(*values):
    "Save sheets and return their ids"
    Meeting = Pool().get('avec.meeting')
    return [m.id for m in Meeting.create(values)]


def hold(*ids):
    Meeting = Pool().get('avec.meeting')
    Meeting.hold(Meeting.browse(ids))


def post(*ids):
    Meeting = Pool().get('avec.meeting')
    Meeting.post(Meeting.browse(ids))


def naive(meeting_id):
    """Return a move of two lines for each transaction of a sheet, unsaved.

    A transaction is what a member hands over at once: for shares, as a
    contribution, as a fine."""
    pool = Pool()
    Meeting = pool.get('avec.meeting')
    meeting = Meeting(meeting_id)
    moves = []
    for line in meeting.lines:
        entries = line.entries(meeting)
        # A debit, its credit, the next debit
        for pair in zip(entries[::2], entries[1::2]):
            moves.append(meeting._new_move([
                        meeting._get_move_line(n, a, party=p)
                        for n, p, a in pair]))
    return moves


def count_transactions(cycle_id):
    "Return how many transactions the last sheet of the cycle has"
    Meeting = Pool().get('avec.meeting')
    meeting, = Meeting.search(
        [('cycle', '=', cycle_id)], order=[('date', 'DESC')], limit=1)
    return len(naive(meeting.id))
