# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The records behind a figure, for the tests"
import statistics
from decimal import Decimal

from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.transaction import Transaction

__all__ = ['open_records', 'trace']

_QUANTUM = Decimal('0.0001')
# The field of the records whose sum is the figure
SUMS = {
    'savings_mobilised': 'amount',
    'savings_held': 'savings',
    'loans_disbursed': 'principal',
    'loans_outstanding': 'outstanding',
    'score_gain': 'gain',
    'income_change_median': 'income_change',
    'income_change_mean': 'income_change',
    }


def open_records(value):
    "Return the records that the action of the figure opens, and its tabs"
    pool = Pool()
    Trace = pool.get('avec.indicator.trace', type='wizard')
    with Transaction().set_context(
            active_model=value.__name__, active_id=value.id,
            active_ids=[value.id]):
        session, _, _ = Trace.create()
        result = Trace.execute(session, {}, 'open_')
        Trace.delete(session)
    (action, _), = result['actions']
    decode = PYSONDecoder({}).decode
    Model = pool.get(action['res_model'])
    context = decode(action['pyson_context'])
    with Transaction().set_context(**context):
        domain = decode(action['pyson_domain'])
        records = Model.search(domain, order=[('id', 'ASC')])
        tabs = [
            Model.search([domain, decode(d)])
            for _, d, _ in action['domains']]
        # Read as at the day of the figure
        return Model.browse(records), tabs


def trace(value):
    "Return the figure from the records that its action opens"
    records, tabs = open_records(value)
    formula = value.indicator.formula
    key = value.indicator.key
    if key in MADE_BY:
        return MADE_BY[key](records, value)
    if formula.aggregate == 'count':
        return len(records)
    if formula.aggregate == 'sum':
        return sum(
            (getattr(r, SUMS[key]) for r in records), Decimal(0))
    if formula.aggregate == 'ratio':
        counted, among = tabs
        if not among:
            return None
        return (Decimal(len(counted)) / len(among)).quantize(_QUANTUM)
    figures = [getattr(r, SUMS[key]) for r in records]
    if not figures:
        return None
    average = getattr(statistics, formula.aggregate)
    return average(figures).quantize(_QUANTUM)


def _by_factor(records, value):
    "The direct beneficiaries times the factor of their programmes"
    groups = {
        m.group for r in records for m in r.avec_memberships
        if not value.group or m.group == value.group}
    factors = {g.programme.household_factor for g in groups if g.programme}
    factor, = factors or {0}
    return len(records) * factor


def _at_risk(records, value):
    "The outstanding of the loans so late, of all that is outstanding"
    whole = sum(r.outstanding for r in records)
    if not whole:
        return None
    late = sum(r.outstanding for r in records if r.days_overdue > 30)
    return (late / whole).quantize(_QUANTUM)


def _hours(records, value):
    "The hours of those who came, of the session where not all was attended"
    return sum(r.hours or r.session.hours for r in records)


MADE_BY = {
    'training_hours': _hours,
    'portfolio_at_risk': _at_risk,
    'indirect_beneficiaries': _by_factor,
    }
