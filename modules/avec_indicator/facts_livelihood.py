# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts about activities, cooperatives and work"
from dateutil.relativedelta import relativedelta
from sql import Cast, Null, Window
from sql.aggregate import Avg
from sql.conditionals import Coalesce
from sql.functions import Round, RowNumber

from trytond.modules.avec_livelihood import figures, income
from trytond.pool import Pool

from .facts_group import ONE
from .formula import Formula, by_then, flag, number, within

__all__ = ['FORMULAS']

RUNNING_AFTER = relativedelta(months=12)
KEPT_MONTHS = 6


def _activities(scope):
    "Return (activity, owner, membership, state on the day, their tables)"
    pool = Pool()
    activity = pool.get('avec.activity').__table__()
    owner = pool.get('avec.activity.owner').__table__()
    membership = pool.get('avec.membership').__table__()
    created = figures.activities(scope.company, scope.date)
    tables = (created
        .join(activity, condition=created.activity == activity.id)
        .join(owner, condition=owner.activity == activity.id)
        .join(membership, condition=owner.membership == membership.id))
    return activity, owner, membership, created, tables


def activities_created(scope):
    "The activities with each of their owners, so that they can be cut by sex"
    activity, _, membership, created, tables = _activities(scope)
    return tables.select(
        activity.id.as_('record'), membership.party.as_('person'),
        activity.group.as_('group'),
        activity.subdivision.as_('subdivision'),
        activity.sector.as_('detail'),
        ONE.as_('numerator'), ONE.as_('denominator'),
        where=within(activity.start_date, scope))


def activity_owners(scope):
    activity, owner, membership, created, tables = _activities(scope)
    return tables.select(
        membership.party.as_('record'), membership.party.as_('person'),
        membership.group.as_('group'),
        activity.subdivision.as_('subdivision'),
        activity.sector.as_('detail'),
        ONE.as_('numerator'), ONE.as_('denominator'),
        where=(created.state != 'stopped')
        & ((owner.start_date == Null) | (owner.start_date <= scope.date))
        & ((owner.end_date == Null) | (owner.end_date > scope.date)))


def activities_running(scope):
    activity, _, membership, created, tables = _activities(scope)
    return tables.select(
        activity.id.as_('record'), membership.party.as_('person'),
        activity.group.as_('group'),
        activity.subdivision.as_('subdivision'),
        activity.sector.as_('detail'),
        number(flag(created.state == 'running')).as_('numerator'),
        ONE.as_('denominator'),
        where=activity.start_date <= scope.date - RUNNING_AFTER)


def income_change(scope):
    """The monthly profit as a part of the income before

    The last twelve months recorded, as the activity itself shows it."""
    pool = Pool()
    Company = pool.get('company.company')
    # Without company there is nothing to round
    digits = 0
    if scope.company >= 0:
        digits = Company(scope.company).currency.digits
    record = pool.get('avec.activity.record').__table__()
    ranked = record.select(
        record.activity.as_('activity'),
        (number(Coalesce(record.sales, 0))
            + number(Coalesce(record.own_consumption, 0))
            - number(Coalesce(record.costs, 0))).as_('profit'),
        RowNumber(window=Window(
                [record.activity], order_by=[record.month.desc])
            ).as_('rank'),
        where=record.month <= scope.date)
    monthly = ranked.select(
        ranked.activity.as_('activity'),
        Round(number(Avg(ranked.profit)), digits).as_('profit'),
        where=ranked.rank <= income.MONTHS,
        group_by=ranked.activity)
    created = figures.activities(scope.company, scope.date)
    activity = pool.get('avec.activity').__table__()
    baseline = number(activity.baseline_income)
    return (created
        .join(activity, condition=created.activity == activity.id)
        .join(monthly, condition=monthly.activity == activity.id)
        .select(
            activity.id.as_('record'), Cast(Null, 'INTEGER').as_('person'),
            activity.group.as_('group'),
            activity.subdivision.as_('subdivision'),
            activity.sector.as_('detail'),
            Round(number(monthly.profit * 1.0 / baseline), 4
                ).as_('numerator'),
            ONE.as_('denominator'),
            where=(baseline > 0)
            & ((activity.baseline_date == Null)
                | (activity.baseline_date <= scope.date))))


def cooperatives_created(scope):
    "The cooperatives with each of their founding groups"
    pool = Pool()
    founding = pool.get('avec.cooperative-avec.group').__table__()
    registered = figures.cooperatives(scope.company, scope.date)
    return (registered
        .join(founding, 'LEFT',
            condition=founding.cooperative == registered.cooperative)
        .select(
            registered.cooperative.as_('record'),
            Cast(Null, 'INTEGER').as_('person'),
            founding.group.as_('group'),
            registered.subdivision.as_('subdivision'),
            registered.sector.as_('detail'),
            ONE.as_('numerator'), ONE.as_('denominator'),
            where=within(registered.registration_date, scope)))


def _of_person(table, record, where, numerator=ONE):
    "Return the facts of what one person does, a member of a group or not"
    membership = Pool().get('avec.membership').__table__()
    return (table
        .join(membership, 'LEFT',
            condition=table.membership == membership.id)
        .select(
            record.as_('record'), table.party.as_('person'),
            membership.group.as_('group'),
            table.subdivision.as_('subdivision'),
            table.sector.as_('detail'),
            numerator.as_('numerator'), ONE.as_('denominator'),
            where=where))


def self_employed(scope):
    table = Pool().get('avec.self_employment').__table__()
    return _of_person(
        table, table.id, (table.company == scope.company)
        & (table.state != 'in_progress')
        & within(table.registration_date, scope))


def self_employed_in_progress(scope):
    rows = figures.self_employments(scope.company, scope.date)
    return _of_person(
        rows, rows.self_employment, rows.state == 'in_progress')


def jobs_found(scope):
    table = Pool().get('avec.employment').__table__()
    return _of_person(
        table, table.id, (table.company == scope.company)
        & within(table.start_date, scope))


def jobs_kept(scope):
    pool = Pool()
    follow_up = pool.get('avec.employment.follow_up').__table__()
    table = pool.get('avec.employment').__table__()
    kept = follow_up.select(
        follow_up.employment,
        where=(follow_up.months == KEPT_MONTHS)
        & (follow_up.in_post == 'yes')
        & by_then(follow_up.done_date, scope.date))
    asked = follow_up.select(
        follow_up.employment,
        where=(follow_up.months == KEPT_MONTHS)
        & follow_up.in_post.in_(['yes', 'no'])
        & by_then(follow_up.done_date, scope.date))
    return _of_person(
        table, table.id, (table.company == scope.company)
        & table.id.in_(asked),
        number(flag(table.id.in_(kept))))


_SECTOR = {'detail': 'avec.sector'}

FORMULAS = {
    'activities_created': Formula(
        'avec.activity', activities_created, period=True, **_SECTOR),
    'activity_owners': Formula(
        'party.party', activity_owners, unit='persons', **_SECTOR),
    'activities_running': Formula(
        'avec.activity', activities_running, 'ratio', unit='percent',
        once=True, **_SECTOR),
    'income_change_median': Formula(
        'avec.activity', income_change, 'median', unit='percent', **_SECTOR),
    'income_change_mean': Formula(
        'avec.activity', income_change, 'mean', unit='percent', **_SECTOR),
    'cooperatives_created': Formula(
        'avec.cooperative', cooperatives_created, period=True, **_SECTOR),
    'self_employed': Formula(
        'avec.self_employment', self_employed, period=True, **_SECTOR),
    'self_employed_in_progress': Formula(
        'avec.self_employment', self_employed_in_progress, direction='up',
        **_SECTOR),
    'jobs_found': Formula(
        'avec.employment', jobs_found, period=True, **_SECTOR),
    'jobs_kept': Formula(
        'avec.employment', jobs_kept, 'ratio', unit='percent', **_SECTOR),
    }
