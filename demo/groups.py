# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The groups, their members and their committees"
from dataclasses import dataclass, field
from itertools import groupby

from trytond.pool import Pool

from .part import Part
from .plan import GroupPlan

__all__ = ['Book', 'Committees', 'chunks', 'load_groups']

COMMITTEE = [
    'chair', 'secretary', 'treasurer', 'money_counter', 'money_counter',
    'key_holder', 'key_holder', 'key_holder']


@dataclass
class Book:
    "A group of the plan with the ids of its records"
    plan: GroupPlan
    group: int
    # In the order of the members and of the cycles of the plan
    memberships: list = field(default_factory=list)
    cycles: list = field(default_factory=list)
    # What was lent to the members
    loans: list = field(default_factory=list)

    def __post_init__(self):
        # A cycle has no id before it starts
        self.cycles = [None] * len(self.plan.cycles)

    def active(self, date):
        "Return the ranks of the members on the day in the plan"
        return [
            i for i, m in enumerate(self.plan.members)
            if m.since <= date and not self._left(m, date)]

    def _left(self, member, date):
        if not member.leaving:
            return False
        cycle = self.plan.cycles[member.leaving.cycle]
        return date > cycle.meetings[member.leaving.meeting]


def chunks(records, size=100):
    "Give parts of the list, as saving long lists costs more than linearly"
    for i in range(0, len(records), size):
        yield records[i:i + size]


def load_groups(office, plans, advance):
    "Make the groups of the plans and return their books"
    pool = Pool()
    Group = pool.get('avec.group')
    Party = pool.get('party.party')
    Phase = pool.get('avec.group.phase')
    parties = [Party(name=f"AVEC {p.name}") for p in plans]
    Party.save(parties)
    groups = [
        Group(
            party=party, company=office.company,
            programme=office.programme,
            subdivision=office.subdivisions[plan.province.code],
            locality=plan.village,
            field_officer=office.field_officers[plan.field_officer],
            formation_date=plan.formation_date,
            phases=[Phase(phase=p, start_date=d) for p, d in plan.phases])
        for plan, party in zip(plans, parties)]
    Group.save(groups)
    books = [Book(p, g.id) for p, g in zip(plans, groups)]
    for book in books:
        _load_members(book)
        advance()
    return books


def _load_members(book):
    pool = Pool()
    Membership = pool.get('avec.membership')
    Party = pool.get('party.party')
    parties = [
        Party(
            name=p.name, avec_gender=p.gender, birth_date=p.birth_date,
            household_size=p.household_size,
            avec_consent_date=p.consent_date)
        for p in (m.person for m in book.plan.members)]
    Party.save(parties)
    memberships = [
        Membership(group=book.group, party=p, start_date=m.since)
        for m, p in zip(book.plan.members, parties)]
    Membership.save(memberships)
    book.memberships = [m.id for m in memberships]


class Committees(Part):
    "Members elected for each cycle"

    def prepare(self, books):
        Officer = Pool().get('avec.group.officer')
        officers = []
        for book in books:
            for cycle in book.plan.cycles:
                officers.extend(self._elect(book, cycle))
        for _, part in groupby(officers, key=lambda o: o.start_date):
            Officer.save(list(part))

    def _elect(self, book, cycle):
        Officer = Pool().get('avec.group.officer')
        rng = book.plan.random('committee', cycle.number)
        ranks = [
            i for i in book.active(cycle.start_date)
            if not book.plan.members[i].leaving]
        return [
            Officer(
                group=book.group, membership=book.memberships[i], role=role,
                start_date=cycle.start_date, end_date=cycle.share_out_date)
            for i, role in zip(rng.sample(ranks, len(COMMITTEE)), COMMITTEE)]
