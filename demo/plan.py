# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The groups of the programme and what happens to them

The plan depends on the seed only (standard library only)."""
import datetime as dt
import random
from dataclasses import dataclass, replace
from typing import Optional

from . import names
from .calendar import (
    LAST_POSTED, LAST_WEEK, add_months, every_fortnight, every_month, monday)
from .people import Namer, Person, people, spread
from .places import PROVINCES, Province
from .rules import Rules, rules

__all__ = [
    'COUNTS', 'CyclePlan', 'GroupPlan', 'Leaving', 'Member', 'make_plan']

SEED = 2026
# The groups and the members of the programme and of its first province
COUNTS = {
    None: (
        sum(p.groups for p in PROVINCES), sum(p.members for p in PROVINCES)),
    **{p.code: (p.groups, p.members) for p in PROVINCES},
    }
# The size that a group must have to work well
SIZE = (15, 30)
# Which groups, by their rank, have which story
LEAVERS = {
    1: (0, 6, 'left'), 4: (1, 3, 'died'), 8: (0, 8, 'left'),
    14: (1, 7, 'excluded'), 17: (0, 5, 'left'), 22: (1, 5, 'died'),
    27: (0, 4, 'left'), 33: (1, 6, 'left')}
CORRECTED = {2: 8, 9: 4, 19: 9, 30: 5}
AMENDED = {5: 6, 16: 4, 28: 5}
WAITING = {
    **dict.fromkeys([0, 5, 11, 18, 24, 31, 40], 'draft'),
    **dict.fromkeys([3, 7, 13, 20, 26, 35], 'held')}
SHARING = {12: 'draft', 21: 'posted'}


@dataclass(frozen=True)
class Leaving:
    "The exit after a meeting (cycle and meeting count from 0)"
    cycle: int
    meeting: int
    reason: str


@dataclass(frozen=True)
class Member:
    person: Person
    since: dt.date
    # The shares the member buys most often
    habit: int
    leaving: Optional[Leaving] = None


@dataclass(frozen=True)
class CyclePlan:
    number: int
    start_date: dt.date
    end_date: dt.date
    rules: Rules
    meetings: tuple[dt.date, ...]
    # Without a date the cycle runs on
    share_out_date: Optional[dt.date] = None
    # What becomes of the share-out: draft, posted or paid
    share_out: Optional[str] = None


@dataclass(frozen=True)
class GroupPlan:
    rank: int
    name: str
    province: Province
    village: str
    field_officer: int
    formation_date: dt.date
    phases: tuple[tuple[str, dt.date], ...]
    members: tuple[Member, ...]
    cycles: tuple[CyclePlan, ...]
    # When the books begin, for a group that has savings by then
    opening_date: Optional[dt.date] = None
    # The meeting of the last cycle cancelled and entered again
    corrected: Optional[int] = None
    # The meeting of the last cycle after which its rules change
    amended: Optional[int] = None
    # What becomes of the sheet after the last posted one: draft or held
    waiting: Optional[str] = None

    def random(self, *key):
        "Return a source of figures for one event, whatever came before"
        return random.Random(f'{SEED} {self.rank} {key}')


def make_plan(seed=SEED, ranks=None, meetings=None):
    """Return the groups of the plan

    ranks: only these groups, meetings: only the last ones of each cycle."""
    rng = random.Random(seed)
    namer = Namer(rng)
    plans = []
    for province in PROVINCES:
        sizes = spread(rng, province.groups, province.members, *SIZE)
        for size in sizes:
            plans.append(_group(rng, namer, len(plans), province, size))
    if ranks is not None:
        plans = [p for p in plans if p.rank in ranks]
    return [_shortened(p, meetings) for p in plans]


def _shortened(plan, meetings):
    if meetings is None:
        return plan

    def turn(number, cycle):
        # The same story in fewer meetings
        gone = len(plan.cycles[cycle].meetings) - meetings
        return None if number is None else max(number - gone, 0)
    return replace(
        plan,
        cycles=tuple(
            replace(c, meetings=c.meetings[-meetings:]) for c in plan.cycles),
        members=tuple(
            replace(m, leaving=m.leaving and replace(
                    m.leaving,
                    meeting=turn(m.leaving.meeting, m.leaving.cycle)))
            for m in plan.members),
        corrected=turn(plan.corrected, -1),
        amended=turn(plan.amended, -1))


def _group(rng, namer, rank, province, size):
    age = ['old', 'middle', 'young'][rank % 3]
    formed = _formation_date(rng, age)
    cycles = _cycles(rng, rank, age, formed)
    village = rng.choice(province.villages)
    return GroupPlan(
        rank=rank,
        name=' / '.join(names.GROUPS[rank]),
        province=province,
        village=' / '.join(village),
        field_officer=_field_officer(rank),
        formation_date=formed,
        phases=_phases(rank, age, formed),
        members=_members(rng, namer, rank, size, formed, cycles),
        cycles=cycles,
        opening_date=(
            cycles[0].meetings[0] - dt.timedelta(days=2)
            if rank % 6 == 0 else None),
        corrected=CORRECTED.get(rank),
        amended=AMENDED.get(rank),
        waiting=WAITING.get(rank))


def _field_officer(rank):
    "Return the rank of the agent who follows the group"
    return next(
        i for i, last in enumerate([5, 11, 20, 31, 43]) if rank <= last)


def _formation_date(rng, age):
    first, days = {
        'old': (dt.date(2019, 10, 1), 760),
        'middle': (dt.date(2022, 2, 1), 640),
        'young': (dt.date(2025, 3, 3), 60),
        }[age]
    return first + dt.timedelta(days=rng.randrange(days))


def _phases(rank, age, formed):
    phases = [
        ('preparatory', 0), ('intensive', 1), ('development', 5),
        ('maturity', 13), ('graduated', 26)]
    if age == 'young' or (age == 'middle' and rank % 4):
        phases.pop()
    if age == 'young' and rank % 4:
        phases.pop()
    return tuple((p, add_months(formed, m)) for p, m in phases)


def _cycles(rng, rank, age, formed):
    interval = 'fortnightly' if age == 'young' else 'monthly'
    first = rules(rng, interval)
    number = 1 if age == 'young' else 2025 - formed.year
    days = _fortnightly(rank) if age == 'young' else _monthly(rng, rank)
    start = days[0][0]
    if rank % 6 == 0:
        start = dt.date(2024, 12, 9)
    share_outs = [
        (days[0][-1] + dt.timedelta(weeks=1), 'paid'),
        (monday(LAST_WEEK) + dt.timedelta(days=rank % 4), SHARING[rank])
        if rank in SHARING else (None, None)]
    return tuple(
        CyclePlan(
            number=number + i,
            start_date=s,
            end_date=e,
            rules=r,
            meetings=tuple(d),
            share_out_date=share_out[0],
            share_out=share_out[1])
        for i, (s, e, r, d, share_out) in enumerate(zip(
                [start, days[1][0]],
                [dt.date(2025, 12, 31),
                    add_months(days[1][0], 12) - dt.timedelta(days=1)],
                [first, first.renewed(rng)],
                days, share_outs)))


def _last_day(rank):
    return LAST_WEEK + dt.timedelta(days=5) if rank in WAITING else LAST_POSTED


def _fortnightly(rank):
    weekday = dt.timedelta(days=rank % 5)
    # A group whose last sheet waits meets in the other weeks
    shift = dt.timedelta(weeks=1 if rank in WAITING else 0)
    return [
        every_fortnight(
            dt.date(2025, 6, 30) + shift + weekday, dt.date(2025, 12, 13)),
        every_fortnight(
            dt.date(2026, 1, 12) + shift + weekday, _last_day(rank))]


def _monthly(rng, rank):
    # The fourth week of November 2026 is that of the sheets that wait
    week = 4 if rank in WAITING else rng.choice([2, 3])
    return [
        every_month(
            dt.date(2025, 1, 6), dt.date(2025, 12, 20), week, rank % 5),
        every_month(
            dt.date(2026, 1, 6), _last_day(rank), week, rank % 5)]


def _members(rng, namer, rank, size, formed, cycles):
    members = []
    for i, person in enumerate(people(rng, namer, size, formed)):
        since = formed
        # Some joined when the rules were voted anew
        if i >= size - 2 and size > 17 and rank % 4 == 1:
            since = cycles[-1].start_date
        members.append(Member(person, since, _habit(rng)))
    if rank in LEAVERS:
        person, = people(rng, namer, 1, formed)
        leaver = Member(
            person, formed, _habit(rng), Leaving(*LEAVERS[rank]))
        members.insert(rng.randrange(8, 12), leaver)
    return tuple(members)


def _habit(rng):
    return rng.choices([1, 2, 3, 4, 5], [34, 32, 18, 9, 7])[0]
