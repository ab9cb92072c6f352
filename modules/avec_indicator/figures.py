# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The figures of groups as at a date, as one query.

Each function returns a query with one row for each group, in the column group,
so that the figures of an office are read at once whatever the number of its
groups.
"""
from dataclasses import fields as figure_names

from sql import Cast, Column, Literal, Null, Union, Window
from sql.aggregate import Count, Max, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Function, Round, RowNumber
from sql.operators import Not

from trytond import backend
from trytond.model import fields
from trytond.modules.avec_group.ledger import (
    EQUITY_ACCOUNTS, configured_accounts)
from trytond.pool import Pool

from .ratio import DAYS_A_YEAR, Figures, assets, net_profit

# DreamSave's window of the attendance
LAST_MEETINGS = 4
# SQLite adds with floats
_PRECISION = 4
_PRESENT = ['present', 'late']
# What is told of a group once, with the type in the database
_ATTRIBUTES = {
    'company': 'INTEGER',
    'programme': 'INTEGER',
    'subdivision': 'INTEGER',
    'field_officer': 'INTEGER',
    'phase': 'VARCHAR',
    'cycle': 'INTEGER',
    'start_date': 'DATE',
    'days': 'INTEGER',
    }


class _JulianDay(Function):
    __slots__ = ()
    _function = 'JULIANDAY'


def days_since(column, date):
    "Return the expression of the days from the column to the date"
    if backend.name == 'sqlite':
        return Cast(_JulianDay(Literal(date)) - _JulianDay(column), 'INTEGER')
    return Cast(Literal(date), 'DATE') - column


def decimal(expression):
    "Return the expression as a number that divides with decimals"
    type_ = 'REAL' if backend.name == 'sqlite' else 'NUMERIC'
    return Cast(expression, type_)


def count_if(condition):
    return Sum(Case((condition, 1), else_=0))


def _sum(expression):
    return Round(decimal(Sum(expression)), _PRECISION)


def current_cycles(company_id, date):
    """Return the query of the last cycle that had begun, of each group.

    Its columns are group, cycle, start_date and days, those elapsed.
    """
    pool = Pool()
    cycle = pool.get('avec.cycle').__table__()
    group = pool.get('avec.group').__table__()
    ranked = (cycle
        .join(group, condition=cycle.group == group.id)
        .select(
            cycle.group.as_('group'), cycle.id.as_('cycle'),
            cycle.start_date.as_('start_date'),
            RowNumber(window=Window(
                    [cycle.group], order_by=[cycle.number.desc])
                ).as_('rank'),
            where=(group.company == company_id)
            & (cycle.start_date <= date) & (cycle.state != 'draft')))
    return ranked.select(
        ranked.group.as_('group'), ranked.cycle.as_('cycle'),
        ranked.start_date.as_('start_date'),
        days_since(ranked.start_date, date).as_('days'),
        where=ranked.rank == 1)


def current_phases(date):
    "Return the query of the phase of each group that has one by the date"
    phase = Pool().get('avec.group.phase').__table__()
    ranked = phase.select(
        phase.group.as_('group'), phase.phase.as_('phase'),
        RowNumber(window=Window(
                [phase.group],
                order_by=[phase.start_date.desc, phase.id.desc])
            ).as_('rank'),
        where=phase.start_date <= date)
    return ranked.select(
        ranked.group.as_('group'), ranked.phase.as_('phase'),
        where=ranked.rank == 1)


def is_active(membership, date):
    "Return the condition that the member belongs to the group on the day"
    return ((membership.start_date <= date)
        & ((membership.end_date == Null) | (membership.end_date > date)))


def member_figures(company_id, date):
    "Who belongs to the groups"
    pool = Pool()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    party = pool.get('party.party').__table__()
    return (membership
        .join(group, condition=membership.group == group.id)
        .join(party, condition=membership.party == party.id)
        .select(
            membership.group.as_('group'),
            Count(membership.id).as_('members'),
            count_if(party.avec_gender == 'female').as_('women'),
            where=(group.company == company_id) & is_active(membership, date),
            group_by=[membership.group]))


def turnover_figures(company_id, date):
    "Who was there when the cycle began, and who left since"
    # Apart from the members, or SQLite looks for the cycle of each
    membership = Pool().get('avec.membership').__table__()
    cycle = current_cycles(company_id, date)
    return (cycle
        .join(membership, condition=membership.group == cycle.group)
        .select(
            cycle.group.as_('group'),
            count_if(is_active(membership, cycle.start_date)
                ).as_('start_members'),
            count_if((membership.end_date > cycle.start_date)
                & (membership.end_date <= date)).as_('left'),
            where=membership.start_date <= date,
            group_by=[cycle.group]))


def attendance_figures(company_id, date):
    # A sheet is posted with a line for each active member and no other
    pool = Pool()
    line = pool.get('avec.meeting.line').__table__()
    meeting = pool.get('avec.meeting').__table__()
    cycle = current_cycles(company_id, date)
    ranked = (meeting
        .join(cycle, condition=meeting.cycle == cycle.cycle)
        .select(
            meeting.id.as_('meeting'), cycle.group.as_('group'),
            RowNumber(window=Window(
                    [meeting.cycle],
                    order_by=[meeting.date.desc, meeting.id.desc])
                ).as_('rank'),
            where=(meeting.state == 'posted') & (meeting.date <= date)))
    present = line.attendance.in_(_PRESENT)
    last = ranked.rank <= LAST_MEETINGS
    return (line
        .join(ranked, condition=line.meeting == ranked.meeting)
        .select(
            ranked.group.as_('group'),
            count_if(present & last).as_('present'),
            count_if(last).as_('expected'),
            count_if(present & (ranked.rank == 1)).as_('attending'),
            count_if(present).as_('present_cycle'),
            Count(line.id).as_('expected_cycle'),
            group_by=[ranked.group]))


def ledger_figures(company_id, date):
    pool = Pool()
    Company = pool.get('company.company')
    Configuration = pool.get('account.configuration')
    account = pool.get('account.account').__table__()
    line = pool.get('account.move.line').__table__()
    move = pool.get('account.move').__table__()
    type_ = pool.get('account.account.type').__table__()
    cycle = current_cycles(company_id, date)

    balances = Configuration.avec_balance_accounts()
    ids = {n: [] for n in [*balances.values(), *EQUITY_ACCOUNTS]}
    for id_, name in configured_accounts(
            [Company(company_id)], list(ids)).items():
        ids[name].append(id_)

    def on(*names):
        "Return the condition that the line is on an account of the names"
        accounts = [
            i for n in names for i in ids.get(balances.get(n, n), [])]
        return fields.SQL_OPERATORS['in'](line.account, accounts or [-1])

    def balance(condition, sign=1):
        amount = line.debit - line.credit if sign > 0 else (
            line.credit - line.debit)
        return _sum(Case((condition, amount), else_=0))

    social_assets = Configuration.avec_social_fund_assets()
    on_sheet = type_.statement == 'balance'
    owned = Coalesce(type_.assets, False)
    social = on('social_fund', *social_assets)
    equity = on(*EQUITY_ACCOUNTS)
    other = on_sheet & owned & Not(on(
            'loan_fund_cash', 'loans_outstanding', 'social_fund',
            *social_assets))
    loans = []
    if 'loans_outstanding' in balances:
        loans.append(
            balance(on('loans_outstanding')).as_('loans_outstanding'))
    return (line
        .join(move, condition=line.move == move.id)
        .join(cycle, condition=move.avec_cycle == cycle.cycle)
        .join(account, condition=line.account == account.id)
        .join(type_, condition=account.type == type_.id)
        .select(
            cycle.group.as_('group'),
            balance(on('savings'), -1).as_('savings'),
            balance(on('loan_fund_cash')).as_('loan_fund_cash'),
            balance(other).as_('bank'),
            balance(on_sheet & Not(owned) & Not(
                    on('savings', 'social_fund', *EQUITY_ACCOUNTS)), -1
                ).as_('debts'),
            balance(on('social_fund'), -1).as_('social_fund'),
            # What the social fund owns beyond what it holds is its own result
            balance((type_.statement == 'income') | equity | social, -1
                ).as_('surplus'),
            balance(on('social_fund_cash')).as_('social_fund_cash'),
            balance(other & (move.date <= cycle.start_date)
                ).as_('bank_at_start'),
            *loans,
            where=(move.state == 'posted') & (move.date <= date),
            group_by=[cycle.group]))


def groups_of(company_id, date):
    "The groups of the company that were formed by the date"
    group = Pool().get('avec.group').__table__()
    return group.select(
        group.id.as_('group'), group.company.as_('company'),
        group.programme.as_('programme'),
        group.subdivision.as_('subdivision'),
        group.field_officer.as_('field_officer'),
        where=(group.company == company_id)
        & ((group.formation_date == Null) | (group.formation_date <= date)))


def _stack(queries):
    """Return the query of the rows of the queries with all their columns.

    Summed by group they cost one pass whatever the planner of the database
    believes of them, where joins were loops in loops.
    """
    there = [{c.output_name for c in q.columns} for q in queries]
    names = dict.fromkeys(n for t in there for n in sorted(t))
    stacked = Union(*(
            q.select(*(
                    Column(q, n).as_(n) if n in t
                    else Cast(Null, _ATTRIBUTES.get(n, 'NUMERIC')).as_(n)
                    for n in names))
            for q, t in zip(queries, there)), all_=True)
    return stacked, [n for n in names if n not in {*_ATTRIBUTES, 'group'}]


def group_figures(company_id, date):
    """Return the query of the figures of the groups of the company.

    Its columns are group, company, programme, subdivision, field_officer,
    phase, cycle, start_date, those of Figures but the field officers, and
    what only the list of the groups shows.
    The groups formed later, and those dissolved by then, are left out.
    """
    Group = Pool().get('avec.group')
    stacked, names = _stack([
            groups_of(company_id, date), current_cycles(company_id, date),
            current_phases(date), *Group.avec_figures(company_id, date)])
    rows = stacked.select(
        stacked.group.as_('group'),
        *(Max(Column(stacked, n)).as_(n) for n in _ATTRIBUTES),
        *(Coalesce(Sum(Column(stacked, n)), 0).as_(n) for n in names),
        group_by=[stacked.group])
    figures = Figures(**{
            f.name: Column(rows, f.name) if f.name in names else Literal(0)
            for f in figure_names(Figures)})
    phase = Coalesce(rows.phase, 'preparatory')
    followed = rows.field_officer != Null
    begun = Coalesce(rows.days, 0) > 0
    computed = {
        'followed_groups': Case((followed, 1), else_=0),
        'followed_members': Case((followed, figures.members), else_=0),
        'annual_profit': Case(
            (begun, decimal(net_profit(figures)) * DAYS_A_YEAR / rows.days),
            else_=0),
        'annual_savings': Case((begun, figures.savings), else_=0),
        'annual_assets': Case((begun, assets(figures)), else_=0),
        }
    return rows.select(
        rows.group.as_('group'),
        *(Column(rows, n).as_(n) for n in _ATTRIBUTES
            if n not in {'days', 'phase'}),
        phase.as_('phase'),
        *(Column(rows, n).as_(n) for n in names),
        *(e.as_(n) for n, e in computed.items()),
        where=(rows.company == company_id) & (phase != 'dissolved'))
