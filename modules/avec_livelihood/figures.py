# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the livelihoods count for, as at the end of a day

Each function gives a query of one row by activity, cooperative or person, with
the province and, where there is one, the group, so that other modules count
and group them as they need.  People are counted by their party: a person with
two activities is one person in any count of different parties.

What is stopped, dissolved or ended stays counted as created, with its state on
the day."""
from sql import Literal, Null
from sql.conditionals import Case

from trytond.pool import Pool

from . import income

__all__ = [
    'activities', 'activity_people', 'cooperative_people', 'cooperatives',
    'employments', 'income_changes', 'self_employments']


def _by_then(column, date):
    return (column != Null) & (column <= date)


def activities(company_id, date):
    """Return the query of the activities created by the day

    Its columns are activity, group, sector, sub_sector, subdivision, kind and
    state: started, running or stopped.
    """
    pool = Pool()
    activity = pool.get('avec.activity').__table__()
    group = pool.get('avec.group').__table__()
    return (activity
        .join(group, condition=activity.group == group.id)
        .select(
            activity.id.as_('activity'),
            activity.group.as_('group'),
            activity.sector.as_('sector'),
            activity.sub_sector.as_('sub_sector'),
            activity.subdivision.as_('subdivision'),
            activity.kind.as_('kind'),
            Case(
                (_by_then(activity.stop_date, date)
                    & (activity.state == 'stopped'), 'stopped'),
                (_by_then(activity.running_date, date), 'running'),
                else_='started').as_('state'),
            where=(group.company == company_id)
            & (activity.state != 'idea')
            & _by_then(activity.start_date, date)))


def activity_people(company_id, date):
    """Return the query of who owned the activities on the day

    Its columns are activity, state, subdivision, group (that of the owner),
    membership and party.  An owner of an activity that stopped is one still.
    """
    pool = Pool()
    owner = pool.get('avec.activity.owner').__table__()
    membership = pool.get('avec.membership').__table__()
    created = activities(company_id, date)
    return (created
        .join(owner, condition=owner.activity == created.activity)
        .join(membership, condition=owner.membership == membership.id)
        .select(
            created.activity.as_('activity'),
            created.state.as_('state'),
            created.subdivision.as_('subdivision'),
            membership.group.as_('group'),
            membership.id.as_('membership'),
            membership.party.as_('party'),
            where=((owner.start_date == Null) | (owner.start_date <= date))
            & ((owner.end_date == Null) | (owner.end_date > date))))


def income_changes(company_id, date):
    """Return the income before and the monthly profit of activities

    {activity: (income before, monthly profit, change)} with None for what is
    not known: only those with both figures have a change, and a median needs
    them one by one.
    """
    Activity = Pool().get('avec.activity')
    created = Activity.search([
            ('id', 'in', _ids(company_id, date)),
            ])
    recorded = Activity.recorded(created, date)
    result = {}
    for activity in created:
        before = activity.baseline_income
        if activity.baseline_date and activity.baseline_date > date:
            before = None
        monthly = income.monthly_profit(
            recorded[activity.id], activity.currency.rounding)
        result[activity] = (
            before, monthly, income.change(monthly, before))
    return result


def _ids(company_id, date):
    "Return the query of the ids of the activities created by the day"
    created = activities(company_id, date)
    return created.select(created.activity)


def cooperatives(company_id, date):
    """Return the query of the cooperatives registered by the day

    Its columns are cooperative, sector, subdivision, registration_date and
    state: registered or dissolved.  What is being prepared is no cooperative.
    """
    table = Pool().get('avec.cooperative').__table__()
    return table.select(
        table.id.as_('cooperative'),
        table.sector.as_('sector'),
        table.subdivision.as_('subdivision'),
        table.registration_date.as_('registration_date'),
        Case(
            (_by_then(table.dissolution_date, date)
                & (table.state == 'dissolved'), 'dissolved'),
            else_='registered').as_('state'),
        where=(table.company == company_id)
        & (table.state != 'preparing')
        & _by_then(table.registration_date, date))


def cooperative_people(company_id, date):
    """Return the query of the members of those cooperatives on the day

    Its columns are cooperative, state, subdivision, membership, which may be
    empty, party and founder.
    """
    member = Pool().get('avec.cooperative.member').__table__()
    registered = cooperatives(company_id, date)
    return (registered
        .join(member, condition=member.cooperative == registered.cooperative)
        .select(
            registered.cooperative.as_('cooperative'),
            registered.state.as_('state'),
            registered.subdivision.as_('subdivision'),
            member.membership.as_('membership'),
            member.party.as_('party'),
            member.founder.as_('founder'),
            where=(member.start_date <= date)
            & ((member.end_date == Null) | (member.end_date > date))))


def self_employments(company_id, date):
    """Return the query of the auto-entrepreneurs and of who applied

    Its columns are self_employment, sector, subdivision, membership, party
    and state: in_progress, registered or ended.
    """
    table = Pool().get('avec.self_employment').__table__()
    return table.select(
        table.id.as_('self_employment'),
        table.sector.as_('sector'),
        table.subdivision.as_('subdivision'),
        table.membership.as_('membership'),
        table.party.as_('party'),
        Case(
            (_by_then(table.end_date, date)
                & (table.state == 'ended'), 'ended'),
            (_by_then(table.registration_date, date)
                & (table.state != 'in_progress'), 'registered'),
            else_='in_progress').as_('state'),
        where=(table.company == company_id)
        & (table.application_date <= date))


def employments(company_id, date, months=None):
    """Return the query of the jobs found by the day

    months: only those in which the person was found still in post after so
    many months.  Its columns are employment, sector, subdivision, membership,
    party and in_post, 1 or 0 on the day.
    """
    pool = Pool()
    table = pool.get('avec.employment').__table__()
    follow_up = pool.get('avec.employment.follow_up').__table__()
    where = (table.company == company_id) & (table.start_date <= date)
    if months is not None:
        where &= table.id.in_(follow_up.select(
                follow_up.employment,
                where=(follow_up.months == months)
                & (follow_up.in_post == 'yes')
                & (follow_up.done_date <= date)))
    return table.select(
        table.id.as_('employment'),
        table.sector.as_('sector'),
        table.subdivision.as_('subdivision'),
        table.membership.as_('membership'),
        table.party.as_('party'),
        Case(
            (_by_then(table.end_date, date), Literal(0)),
            else_=Literal(1)).as_('in_post'),
        where=where)
