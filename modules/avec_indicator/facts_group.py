# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts about groups, their members and their savings"
from sql import Cast, Null, Window
from sql.aggregate import Count, Max, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import RowNumber

from trytond.modules.avec_group.group import PHASES
from trytond.modules.avec_group.ledger import configured_accounts
from trytond.pool import Pool

from .cells import years_before
from .formula import Formula, by_then, flag, number, on_day, within

__all__ = ['FORMULAS', 'ONE', 'has_sex', 'is_woman']

YOUTH = 35
ONE = number(1)


def _none():
    return Cast(Null, 'INTEGER')


def groups_formed(scope):
    group = Pool().get('avec.group').__table__()
    return group.select(
        group.id.as_('record'), _none().as_('person'),
        group.id.as_('group'), ONE.as_('numerator'),
        ONE.as_('denominator'),
        where=within(group.formation_date, scope))


def _active(scope):
    """Return the tables of the members on the day and the condition

    Returns (membership, party, their join, where)."""
    pool = Pool()
    membership = pool.get('avec.membership').__table__()
    party = pool.get('party.party').__table__()
    return (membership, party,
        membership.join(party, condition=membership.party == party.id),
        on_day(membership, scope.date))


def _members(scope, numerator=None, condition=None):
    """Return the persons who are members

    numerator: what counts of a party, condition: which parties count."""
    membership, party, tables, where = _active(scope)
    if condition:
        where &= condition(party)
    return tables.select(
        party.id.as_('record'), party.id.as_('person'),
        membership.group.as_('group'),
        (number(flag(numerator(party))) if numerator else ONE
            ).as_('numerator'),
        ONE.as_('denominator'),
        where=where)


def is_woman(party):
    return party.avec_gender == 'female'


def has_sex(party):
    return party.avec_gender != Null


def _is_young(scope):
    born = years_before(scope.date, YOUTH)
    return lambda party: (
        (party.birth_date != Null) & (party.birth_date > born))


def members(scope):
    return _members(scope)


def women(scope):
    return _members(scope, is_woman, has_sex)


def youth(scope):
    return _members(
        scope, _is_young(scope), lambda party: party.birth_date != Null)


def young_members(scope):
    return _members(scope, condition=_is_young(scope))


def indirect(scope):
    """The other people reached through each direct beneficiary

    By the factor of the programme for each person, or by the household, which
    counts once: its people but those who are direct beneficiaries."""
    pool = Pool()
    Party = pool.get('party.party')
    group = pool.get('avec.group').__table__()
    programme = pool.get('avec.programme').__table__()
    membership, party, tables, where = _active(scope)
    household = Party.household_key(party)
    others = _household_others(scope)
    by_factor = Coalesce(programme.indirect_method, 'households') == 'factor'
    return (tables
        .join(group, condition=membership.group == group.id)
        .join(programme, 'LEFT', condition=group.programme == programme.id)
        .join(others, condition=others.household == household)
        .select(
            party.id.as_('record'), party.id.as_('person'),
            membership.group.as_('group'),
            # Households and persons must not be taken for each other
            Case((by_factor, party.id * 2), else_=household * 2 + 1
                ).as_('unit'),
            Case(
                (by_factor, number(Coalesce(programme.household_factor, 0))),
                else_=number(others.others)).as_('numerator'),
            ONE.as_('denominator'),
            where=where))


def _household_others(scope):
    "Return the query of the people of households who are not members"
    pool = Pool()
    Party = pool.get('party.party')
    group = pool.get('avec.group').__table__()
    membership, party, tables, where = _active(scope)
    household = Party.household_key(party)
    return (tables
        .join(group, condition=membership.group == group.id)
        .select(
            household.as_('household'),
            _above_zero(
                Coalesce(Max(party.household_size), 0)
                - Count(party.id, distinct=True)).as_('others'),
            where=where & (group.company == scope.company),
            group_by=household))


def _above_zero(number):
    return Case((number > 0, number), else_=0)


def women_officers(scope):
    pool = Pool()
    officer = pool.get('avec.group.officer').__table__()
    membership, party, tables, where = _active(scope)
    return (tables
        .join(officer, condition=officer.membership == membership.id)
        .select(
            party.id.as_('record'), party.id.as_('person'),
            membership.group.as_('group'),
            number(flag(is_woman(party))).as_('numerator'),
            ONE.as_('denominator'),
            # Who holds a key does not sit on the committee
            where=where & has_sex(party) & (officer.role != 'key_holder')
            & (officer.start_date <= scope.date)
            & ((officer.end_date == Null)
                | (officer.end_date >= scope.date))))


def groups_in_phase(scope):
    pool = Pool()
    group = pool.get('avec.group').__table__()
    phase = pool.get('avec.group.phase').__table__()
    ranked = phase.select(
        phase.group.as_('group'), phase.phase.as_('phase'),
        RowNumber(window=Window([phase.group], order_by=[
                    phase.start_date.desc, phase.id.desc])).as_('rank'),
        where=phase.start_date <= scope.date)
    return (group
        .join(ranked, 'LEFT', condition=(ranked.group == group.id)
            & (ranked.rank == 1))
        .select(
            group.id.as_('record'), _none().as_('person'),
            group.id.as_('group'),
            number(flag(
                    Coalesce(ranked.phase, 'preparatory') == scope.argument)
                ).as_('numerator'),
            ONE.as_('denominator'),
            where=by_then(group.formation_date, scope.date)))


def savings_mobilised(scope):
    pool = Pool()
    cycle = pool.get('avec.cycle').__table__()
    line = pool.get('avec.meeting.line').__table__()
    meeting = pool.get('avec.meeting').__table__()
    membership = pool.get('avec.membership').__table__()
    return (line
        .join(meeting, condition=line.meeting == meeting.id)
        .join(cycle, condition=meeting.cycle == cycle.id)
        .join(membership, condition=line.membership == membership.id)
        .select(
            line.id.as_('record'), membership.party.as_('person'),
            membership.group.as_('group'),
            (line.shares * number(cycle.share_value)).as_('numerator'),
            ONE.as_('denominator'),
            where=(meeting.state == 'posted') & within(meeting.date, scope)
            & (line.shares > 0)))


def savings_held(scope):
    pool = Pool()
    Company = pool.get('company.company')
    line = pool.get('account.move.line').__table__()
    membership = pool.get('avec.membership').__table__()
    move = pool.get('account.move').__table__()
    accounts = configured_accounts(
        [Company(scope.company)], ['avec_savings'])
    balance = Sum(number(line.credit) - number(line.debit))
    # The same person may have left the group and come back
    during = (move.date >= membership.start_date) & (
        (membership.end_date == Null) | (move.date <= membership.end_date))
    return (membership
        .join(line, condition=line.party == membership.party)
        .join(move, condition=(line.move == move.id)
            & (move.avec_group == membership.group) & during)
        .select(
            membership.id.as_('record'), membership.party.as_('person'),
            membership.group.as_('group'), balance.as_('numerator'),
            ONE.as_('denominator'),
            where=line.account.in_(list(accounts) or [None])
            & (move.state == 'posted') & (move.date <= scope.date),
            group_by=[membership.id, membership.party, membership.group],
            having=balance != 0))


FORMULAS = {
    'groups_formed': Formula('avec.group', groups_formed, period=True),
    'direct_beneficiaries': Formula('party.party', members, unit='persons'),
    'indirect_beneficiaries': Formula(
        'party.party', indirect, 'sum', unit='persons', once=True),
    'women_members': Formula(
        'party.party', women, 'ratio', unit='percent', once=True),
    'women_officers': Formula(
        'party.party', women_officers, 'ratio', unit='percent', once=True),
    'young_members': Formula('party.party', young_members, unit='persons'),
    'youth_share': Formula(
        'party.party', youth, 'ratio', unit='percent', once=True),
    'savings_mobilised': Formula(
        'avec.meeting.line', savings_mobilised, 'sum', unit='money',
        period=True),
    'savings_held': Formula(
        'avec.membership', savings_held, 'sum', unit='money'),
    'groups_in_phase': Formula(
        'avec.group', groups_in_phase, 'ratio', unit='percent',
        arguments=lambda: PHASES),
    }
