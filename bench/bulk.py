# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Fill the ledger of many groups with plain SQL, to read them afterwards

The groups have no members but one who borrows, and the lines no party: only
what the balances are read from is there."""
import datetime as dt
from decimal import Decimal

from sql import Column, Literal
from sql.operators import Concat

from trytond import backend
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import groups

__all__ = [
    'analyze', 'fill', 'fill_activities', 'fill_loans', 'fill_sessions',
    'fill_sheets']

MEETINGS = 5
MARK = 'BULK'
# The accounts in the configuration, with the debit and credit of a meeting
LINES = [
    ('avec_loan_fund_cash', Decimal(753), Decimal(0)),
    ('avec_social_fund_cash', Decimal(50), Decimal(0)),
    ('avec_savings', Decimal(0), Decimal(750)),
    ('avec_social_fund', Decimal(0), Decimal(50)),
    ('avec_fine_income', Decimal(0), Decimal(3)),
    ]
# The instalments of a loan, of which the first is paid
INSTALMENTS = 3
INSTALMENT = Decimal(50)
CHARGE = Decimal(3)


def _execute(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return cursor


def _insert(name, rows):
    "Insert the rows, which have the same columns"
    table = Pool().get(name).__table__()
    for chunk in grouped_slice(rows, 500):
        chunk = list(chunk)
        _execute(table.insert(
                [Column(table, n) for n in chunk[0]],
                [list(row.values()) for row in chunk]))


def _insert_from(name, source, where, columns):
    "Insert a row of the columns for each row of the source"
    table = Pool().get(name).__table__()
    _execute(table.insert(
            [Column(table, n) for n in columns],
            source.select(*columns.values(), where=where)))


def _ids(name, column, mark):
    table = Pool().get(name).__table__()
    return [id_ for id_, in _execute(table.select(
                table.id, where=Column(table, column).like(f'{mark}%'),
                order_by=table.id))]


def fill(count, company, mark=MARK):
    "Add as many groups, that held meetings, with the mark in their codes"
    codes = [f'{mark}-{i:06}' for i in range(count)]
    _insert('party.party', [
            {'name': f'Group {c}', 'code': c, 'active': True}
            for c in codes])
    _insert('avec.group', [
            {'party': p, 'code': c, 'company': company,
                'formation_date': groups.YEAR[0]}
            for p, c in zip(_ids('party.party', 'code', mark), codes)])
    _insert('avec.cycle', [
            {'group': g, **_rules()}
            for g in _ids('avec.group', 'code', mark)])
    _fill_moves(company, mark)
    _fill_lines(company, mark)


def _rules():
    "Return the rules of a cycle that are in its table"
    Cycle = Pool().get('avec.cycle')
    names = [
        n for n in Cycle.rule_fields() if Cycle._fields[n].sql_type()]
    rules = Cycle.default_get(names, with_rec_name=False)
    return {
        **{n: rules[n] for n in names if n in rules},
        'number': 1,
        'start_date': groups.FIRST_MEETING,
        'end_date': groups.YEAR[1],
        'share_value': groups.SHARE_VALUE,
        'state': 'running',
        }


def _fill_moves(company, mark):
    pool = Pool()
    Configuration = pool.get('account.configuration')
    Period = pool.get('account.period')
    cycle = pool.get('avec.cycle').__table__()
    group = pool.get('avec.group').__table__()
    journal = Configuration(1).get_multivalue('avec_journal', company=company)
    source = group.join(cycle, condition=cycle.group == group.id)
    for number in range(MEETINGS):
        day = groups.week(number)
        _insert_from('account.move', source, group.code.like(f'{mark}%'), {
                'avec_group': group.id,
                'avec_cycle': cycle.id,
                'company': Literal(company),
                'journal': Literal(journal.id),
                'period': Literal(Period.find(company, date=day).id),
                'date': Literal(day),
                'description': Literal(mark),
                'state': Literal('posted'),
                })


def _fill_lines(company, mark):
    pool = Pool()
    Configuration = pool.get('account.configuration')
    move = pool.get('account.move').__table__()
    for name, debit, credit in LINES:
        account = Configuration(1).get_avec_account(name, company)
        _insert_from('account.move.line', move, move.description == mark, {
                'move': move.id,
                'account': Literal(account.id),
                'debit': Literal(debit),
                'credit': Literal(credit),
                'state': Literal('valid'),
                })


def fill_loans(product, company, mark=MARK):
    "Lend to one member of each of the groups"
    pool = Pool()
    cycle = pool.get('avec.cycle').__table__()
    group = pool.get('avec.group').__table__()
    loan = pool.get('avec.loan').__table__()
    membership = pool.get('avec.membership').__table__()
    _insert_from('avec.membership', group, group.code.like(f'{mark}%'), {
            'group': group.id,
            'party': group.party,
            'number': Literal(1),
            'start_date': Literal(groups.YEAR[0]),
            })
    source = (membership
        .join(group, condition=membership.group == group.id)
        .join(cycle, condition=cycle.group == group.id))
    _insert_from('avec.loan', source, group.code.like(f'{mark}%'), {
            'number': group.code,
            'membership': membership.id,
            'cycle': cycle.id,
            'product': Literal(product),
            'principal': Literal(INSTALMENTS * INSTALMENT),
            'term': Literal(INSTALMENTS),
            'request_date': Literal(groups.FIRST_MEETING),
            'disbursement_date': Literal(groups.FIRST_MEETING),
            'state': Literal('disbursed'),
            })
    for number in range(INSTALMENTS):
        _insert_from('avec.loan.instalment', loan, loan.number.like(
                f'{mark}%'), {
                'loan': loan.id,
                'number': Literal(number + 1),
                'start_date': Literal(groups.week(4 * number)),
                'due_date': Literal(groups.week(4 * (number + 1))),
                'opening': Literal(INSTALMENT * (INSTALMENTS - number)),
                'principal': Literal(INSTALMENT),
                'charge': Literal(CHARGE),
                'penalty': Literal(Decimal(0)),
                'closed': Literal(False),
                'active': Literal(True),
                })
    _fill_loan_lines(company, mark)


def _fill_loan_lines(company, mark):
    pool = Pool()
    Configuration = pool.get('account.configuration')
    Period = pool.get('account.period')
    configuration = Configuration(1)
    cycle = pool.get('avec.cycle').__table__()
    instalment = pool.get('avec.loan.instalment').__table__()
    loan = pool.get('avec.loan').__table__()
    move = pool.get('account.move').__table__()
    journal = configuration.get_multivalue('avec_journal', company=company)
    accounts = {
        n: configuration.get_avec_account(n, company).id for n in [
            'avec_loan_fund_cash', 'avec_loan_receivable',
            'avec_service_charge_income']}
    lent, repaid = groups.FIRST_MEETING, groups.week(4)
    source = loan.join(cycle, condition=loan.cycle == cycle.id)
    for day in [lent, repaid]:
        _insert_from('account.move', source, loan.number.like(f'{mark}%'), {
                'avec_group': cycle.group,
                'avec_cycle': cycle.id,
                'company': Literal(company),
                'journal': Literal(journal.id),
                'period': Literal(Period.find(company, date=day).id),
                'date': Literal(day),
                'description': Literal(f'{mark}-LOAN'),
                'state': Literal('posted'),
                })
    source = (move
        .join(loan, condition=move.avec_cycle == loan.cycle)
        .join(instalment, condition=instalment.loan == loan.id))
    # Lent in all instalments, then the first one repaid with its charge
    for name, day, sign, amount in [
            ('avec_loan_receivable', lent, 1, INSTALMENT),
            ('avec_loan_fund_cash', lent, -1, INSTALMENT),
            ('avec_loan_receivable', repaid, -1, INSTALMENT),
            ('avec_service_charge_income', repaid, -1, CHARGE),
            ('avec_loan_fund_cash', repaid, 1, INSTALMENT + CHARGE)]:
        where = (move.description == f'{mark}-LOAN') & (move.date == day)
        if day == repaid:
            where &= instalment.number == 1
        values = {
            'move': move.id,
            'account': Literal(accounts[name]),
            'debit': Literal(amount if sign > 0 else Decimal(0)),
            'credit': Literal(amount if sign < 0 else Decimal(0)),
            'state': Literal('valid'),
            }
        if name != 'avec_loan_fund_cash':
            values['avec_instalment'] = instalment.id
        if name == 'avec_loan_receivable':
            values['maturity_date'] = instalment.due_date
        _insert_from('account.move.line', source, where, values)


def fill_sheets(company, members, meetings, mark=MARK):
    """Give each of the groups members and the sheets of its meetings

    Each group has a member already, who borrowed."""
    pool = Pool()
    cycle = pool.get('avec.cycle').__table__()
    group = pool.get('avec.group').__table__()
    marked = group.code.like(f'{mark}%')
    groups_ = _ids('avec.group', 'code', mark)
    codes = [f'{mark}-M{g}-{n:02}' for g in groups_
        for n in range(2, members + 1)]
    _insert('party.party', [
            {'name': c, 'code': c, 'active': True,
                'avec_gender': ['female', 'male'][i % 4 == 0]}
            for i, c in enumerate(codes)])
    _insert('avec.membership', [
            {'group': g, 'party': p, 'number': n,
                'start_date': groups.YEAR[0]}
            for p, (g, n) in zip(
                _ids('party.party', 'code', f'{mark}-M'),
                [(g, n) for g in groups_ for n in range(2, members + 1)])])
    source = group.join(cycle, condition=cycle.group == group.id)
    for number in range(meetings):
        _insert_from('avec.meeting', source, marked, {
                'cycle': cycle.id,
                'number': Literal(number + 1),
                'date': Literal(groups.week(number)),
                'state': Literal('posted'),
                })
    meeting = pool.get('avec.meeting').__table__()
    membership = pool.get('avec.membership').__table__()
    _insert_from('avec.meeting.line', source
        .join(meeting, condition=meeting.cycle == cycle.id)
        .join(membership, condition=membership.group == group.id), marked, {
            'meeting': meeting.id,
            'membership': membership.id,
            'attendance': Literal('present'),
            })


def fill_sessions(company, curriculum, topics, mark=MARK):
    "Train each of the groups in a session that has all its members"
    pool = Pool()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    session = pool.get('avec.training.session').__table__()
    _insert_from('avec.training.session', group, group.code.like(f'{mark}%'), {
            'number': group.code,
            'company': Literal(company),
            'curriculum': Literal(curriculum),
            'date': Literal(groups.FIRST_MEETING),
            'start_time': Literal(dt.time(9)),
            'end_time': Literal(dt.time(13)),
            'hours': Literal(Decimal(4)),
            'state': Literal('held'),
            })
    source = session.join(group, condition=session.number == group.code)
    marked = session.number.like(f'{mark}%')
    _insert_from('avec.training.session-avec.group', source, marked, {
            'session': session.id, 'group': group.id})
    for topic in topics:
        _insert_from(
            'avec.training.session-avec.training.topic', session, marked,
            {'session': session.id, 'topic': Literal(topic)})
    _insert_from('avec.training.attendance', source
        .join(membership, condition=membership.group == group.id), marked, {
            'session': session.id,
            'membership': membership.id,
            'attendance': Literal('present'),
            })


def fill_activities(sector, months, mark=MARK):
    "Give the members with a number below six an activity, with its months"
    pool = Pool()
    activity = pool.get('avec.activity').__table__()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    source = membership.join(group, condition=membership.group == group.id)
    number = Concat(Concat(group.code, '-'), membership.number)
    few = membership.number <= 5
    marked = activity.number.like(f'{mark}%')
    _insert_from(
        'avec.activity', source, group.code.like(f'{mark}%') & few, {
            'number': number,
            'name': Literal(mark),
            'group': group.id,
            'kind': Literal('individual'),
            'sector': Literal(sector),
            'start_date': Literal(groups.FIRST_MEETING),
            'running_date': Literal(groups.FIRST_MEETING),
            'baseline_income': Literal(Decimal(500)),
            'baseline_date': Literal(groups.FIRST_MEETING),
            'state': Literal('running'),
            })
    _insert_from('avec.activity.owner', activity
        .join(group, condition=activity.group == group.id)
        .join(membership, condition=(membership.group == group.id)
            & (activity.number == number)), marked, {
            'activity': activity.id, 'membership': membership.id})
    for month in range(months):
        _insert_from('avec.activity.record', activity, marked, {
                'activity': activity.id,
                'month': Literal(groups.YEAR[0].replace(month=month + 2)),
                'sales': Literal(Decimal(300)),
                'costs': Literal(Decimal(100)),
                })


def analyze():
    "Bring the statistics of the planner up to date, as servers do by night"
    if backend.name == 'postgresql':
        _execute(('ANALYZE',))
