# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The cells in which facts are added up

A cell is what the cuts make of the office: a province, the women of a group.
Each function gives a query; none costs more with more groups."""
from dateutil.relativedelta import relativedelta
from sql import Cast, Null, Union, Window
from sql.aggregate import Avg, Count, Max, Sum
from sql.conditionals import Case, Coalesce, NullIf
from sql.functions import Round, RowNumber

from trytond.modules.avec_group.followed import READABLE
from trytond.pool import Pool
from trytond.transaction import Transaction

from .formula import number

__all__ = [
    'AGE_BANDS', 'AREAS', 'DIMENSIONS', 'SEXES', 'facts_of', 'readable_groups',
    'values']

AREAS = ['programme', 'subdivision', 'group', 'field_officer']
PERSONAL = ['sex', 'age_band']
DIMENSIONS = [*AREAS, *PERSONAL, 'detail']
SEXES = {1: 'female', 2: 'male', 3: 'unknown'}
# The first age of each band
_AGES = {1: 0, 2: 18, 3: 25, 4: 35, 5: 50, 6: 65}
AGE_BANDS = {
    1: 'under_18', 2: '18_24', 3: '25_34', 4: '35_49', 5: '50_64',
    6: '65_over', 7: 'unknown'}
_FIGURES = ['numerator', 'denominator']


def years_before(date, years):
    "Return the last birthday of who has reached the age on the date"
    return date - relativedelta(years=years)


def readable_groups(company):
    """Return the query of the groups that the user may read

    None where nothing but the company restricts them."""
    transaction = Transaction()
    if not (transaction.check_access or transaction.context.get(READABLE)):
        return None
    Group = Pool().get('avec.group')
    return Group.search([('company', '=', company)], query=True, order=[])


def _sex(party):
    return Case(
        (party.avec_gender == 'female', 1),
        (party.avec_gender == 'male', 2),
        else_=3)


def _age_band(party, date):
    # From the oldest, the first that applies
    return Case(
        (party.birth_date == Null, 7),
        *((party.birth_date <= years_before(date, age), band)
            for band, age in sorted(_AGES.items(), reverse=True)),
        else_=7)


def _columns(query):
    return {c.output_name for c in query.columns}


def _keys(cut, facts, group, party, date):
    "Return the expression of each dimension that the cut or a filter needs"
    names = _columns(facts)
    keys = {
        'programme': lambda: group.programme,
        'subdivision': lambda: (
            Coalesce(facts.subdivision, group.subdivision)
            if 'subdivision' in names else group.subdivision),
        'group': lambda: facts.group,
        'field_officer': lambda: group.field_officer,
        'sex': lambda: _sex(party),
        'age_band': lambda: _age_band(party, date),
        'detail': lambda: (
            facts.detail if 'detail' in names else Cast(Null, 'INTEGER')),
        }
    return {n: keys[n]() for n in cut}


def _scoped(formula, scope, cut, filters):
    """Return the query of the facts with the key of each cut

    filters: {dimension: list of its keys}."""
    pool = Pool()
    group = pool.get('avec.group').__table__()
    party = pool.get('party.party').__table__()
    facts = formula.facts(scope)
    names = _columns(facts)
    tables = facts.join(group, 'LEFT', condition=facts.group == group.id)
    if set(PERSONAL) & {*cut, *filters}:
        tables = tables.join(
            party, 'LEFT', condition=facts.person == party.id)
    keys = _keys({*cut, *filters}, facts, group, party, scope.date)
    where = (group.company == scope.company) | (facts.group == Null)
    if (readable := readable_groups(scope.company)) is not None:
        Model = pool.get(formula.model)
        where = facts.group.in_(readable) | (
            (facts.group == Null)
            & facts.record.in_(Model.search([], query=True, order=[])))
    for name, values in filters.items():
        where &= keys[name].in_(list(values) or [None])
    unit = facts.unit if 'unit' in names else facts.record
    columns = [
        *(keys[n].as_(n) for n in cut),
        facts.record.as_('record'), facts.person.as_('person'),
        unit.as_('unit'),
        facts.numerator.as_('numerator'),
        facts.denominator.as_('denominator')]
    rows = tables.select(*columns, where=where)
    if cut and set(cut) <= set(AREAS):
        rows = Union(
            rows, _empty(scope, cut, filters, readable), all_=True)
    return rows


def _empty(scope, cut, filters, readable):
    "Return the query that gives each place a cell, even if nothing is there"
    group = Pool().get('avec.group').__table__()
    keys = {
        'programme': group.programme, 'subdivision': group.subdivision,
        'group': group.id, 'field_officer': group.field_officer}
    where = (group.company == scope.company) & (
        (group.formation_date == Null)
        | (group.formation_date <= scope.date))
    if readable is not None:
        where &= group.id.in_(readable)
    for name, values in filters.items():
        if name in keys:
            where &= keys[name].in_(list(values) or [None])
    return group.select(
        *(keys[n].as_(n) for n in cut),
        Cast(Null, 'INTEGER').as_('record'),
        Cast(Null, 'INTEGER').as_('person'),
        Cast(Null, 'INTEGER').as_('unit'),
        Cast(Null, 'NUMERIC').as_('numerator'),
        Cast(Null, 'NUMERIC').as_('denominator'),
        where=where,
        group_by=[keys[n] for n in cut])


def _by_unit(rows, cut):
    "Return the query that keeps one figure of each unit of a cell"
    keys = [getattr(rows, n) for n in cut]
    return rows.select(
        *(k.as_(n) for k, n in zip(keys, cut)),
        Max(rows.numerator).as_('numerator'),
        Max(rows.denominator).as_('denominator'),
        Count(rows.record, distinct=True).as_('records'),
        Count(rows.person, distinct=True).as_('persons'),
        group_by=[*keys, rows.unit])


def _by_person(rows, cut):
    """Return the query of the sums by person of a cell

    Persons are then counted by adding, as sorting millions of rows to count
    the different ones is slow."""
    keys = [getattr(rows, n) for n in cut]
    return rows.select(
        *(k.as_(n) for k, n in zip(keys, cut)),
        Sum(rows.numerator).as_('numerator'),
        Sum(rows.denominator).as_('denominator'),
        Count(rows.record).as_('records'),
        Count(rows.person, distinct=True).as_('persons'),
        group_by=[*keys, rows.person])


def values(formula, scope, cut=(), filters=None):
    """Return the query of the value of the formula in each cell

    Its columns are the keys of the cut, count (of records), persons and
    value, which is empty where there is nothing to divide by."""
    rows = _scoped(formula, scope, cut, filters or {})
    if formula.aggregate == 'count':
        keys = [getattr(rows, n) for n in cut]
        count = Count(rows.record, distinct=True)
        persons = Count(rows.person, distinct=True)
        value = count
    elif formula.aggregate == 'median':
        return _medians(rows, cut)
    else:
        rows = (_by_unit if formula.once else _by_person)(rows, cut)
        keys = [getattr(rows, n) for n in cut]
        count = Coalesce(Sum(rows.records), 0)
        persons = Coalesce(Sum(rows.persons), 0)
        if formula.aggregate == 'ratio':
            value = Sum(rows.numerator) * 1.0 / NullIf(
                Sum(rows.denominator), 0)
        elif formula.aggregate == 'mean':
            value = Sum(rows.numerator) * 1.0 / NullIf(Sum(rows.records), 0)
        else:
            value = Coalesce(Sum(rows.numerator), 0)
    return rows.select(
        *(k.as_(n) for k, n in zip(keys, cut)),
        count.as_('count'), persons.as_('persons'), _rounded(value),
        group_by=keys or None)


def _rounded(value):
    return Round(number(value), 4).as_('value')


def _medians(rows, cut):
    "Return the values as the median, the mean of the two in the middle"
    keys = [getattr(rows, n) for n in cut]
    ranked = rows.select(
        *(k.as_(n) for k, n in zip(keys, cut)),
        rows.record.as_('record'), rows.person.as_('person'),
        rows.numerator.as_('numerator'),
        RowNumber(window=Window(
                keys, order_by=[
                    Case((rows.numerator == Null, 1), else_=0),
                    rows.numerator, rows.record])).as_('rank'),
        Count(rows.numerator, window=Window(keys)).as_('size'))
    keys = [getattr(ranked, n) for n in cut]
    middle = (ranked.rank * 2 >= ranked.size) & (
        ranked.rank * 2 <= ranked.size + 2) & (ranked.rank <= ranked.size)
    return ranked.select(
        *(k.as_(n) for k, n in zip(keys, cut)),
        Count(ranked.record, distinct=True).as_('count'),
        Count(ranked.person, distinct=True).as_('persons'),
        _rounded(Avg(Case((middle, ranked.numerator), else_=Null))),
        group_by=keys or None)


def facts_of(formula, scope, cell, filters=None):
    """Return the query of the facts of one cell

    cell: {dimension: its key, None for what has none}.
    Its columns are record, person, unit, numerator and denominator."""
    rows = _scoped(formula, scope, list(cell), filters or {})
    where = rows.record != Null
    for name, key in cell.items():
        column = getattr(rows, name)
        where &= (column == Null) if key is None else (column == key)
    return rows.select(
        rows.record.as_('record'), rows.person.as_('person'),
        rows.unit.as_('unit'), rows.numerator.as_('numerator'),
        rows.denominator.as_('denominator'),
        where=where)
