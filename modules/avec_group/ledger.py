# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Balances of groups, cycles and memberships, read from the move lines.

Nothing is stored: each function takes a list and costs one grouped query.
"""
from collections import defaultdict
from decimal import Decimal

from sql import Literal, Null
from sql.aggregate import Sum
from sql.conditionals import Coalesce

from trytond import backend
from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

BALANCE_ACCOUNTS = {
    'loan_fund_cash': 'avec_loan_fund_cash',
    'social_fund_cash': 'avec_social_fund_cash',
    'savings': 'avec_savings',
    'social_fund': 'avec_social_fund',
    'share_out_payable': 'avec_share_out_payable',
    }
# Shown as what the group owns or owes, so credit balances count as positive
CREDIT_NAMES = {'savings', 'social_fund', 'share_out_payable', 'surplus'}
# What the social fund owns: its box, and what it lent
SOCIAL_FUND_ASSETS = 'social_fund_assets'
EQUITY_ACCOUNTS = ['avec_surplus_distributed', 'avec_surplus_carried']


def configured_accounts(companies, names):
    "Return the ids of the accounts, {account id: name}, of the companies"
    pool = Pool()
    Configuration = pool.get('account.configuration')
    configuration = Configuration(1)
    accounts = {}
    for company in companies:
        for name in names:
            account = configuration.get_multivalue(name, company=company.id)
            if account:
                accounts[account.id] = name
    return accounts


def balance_accounts():
    "Return the balances that can be read, {name: field of the account}"
    return Pool().get('account.configuration').avec_balance_accounts()


def fetch(query, types):
    cursor = Transaction().connection.cursor()
    if backend.name == 'sqlite':
        sqlite_apply_types(query, types)
    cursor.execute(*query)
    return cursor.fetchall()


def _posted(move, date=None):
    where = move.state == 'posted'
    if date:
        where &= move.date <= date
    return where


def fund_balances(records, names, key='avec_cycle', date=None):
    """Return the balances of groups or cycles.

    records: list of avec.group (key 'avec_group') or avec.cycle (key
        'avec_cycle'), names: among balance_accounts(), 'surplus' and
        'social_fund_assets'.
    date: balances as at the end of that day; by default all posted moves.
    Returns {name: {record id: Decimal}}, in the currency of the company,
    0 where nothing is posted.

    The surplus is what the income statement of the cycle shows, whatever
    years were closed in between, less what was distributed; the part of it
    that the social fund owns belongs to the social fund and is left out
    (SEEP's net profit leaves the social fund out).
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    Account = pool.get('account.account')
    Type = pool.get('account.account.type')
    move, line = Move.__table__(), Line.__table__()
    account, type_ = Account.__table__(), Type.__table__()
    result = {n: {r.id: Decimal(0) for r in records} for n in names}
    if not records:
        return result
    Configuration = pool.get('account.configuration')
    social_assets = Configuration.avec_social_fund_assets()
    read = set(names)
    if 'surplus' in read:
        read |= {'social_fund', SOCIAL_FUND_ASSETS}
    if SOCIAL_FUND_ASSETS in read:
        read |= set(social_assets)
    companies = {r.company for r in records}
    field2name = {f: n for n, f in balance_accounts().items() if n in read}
    accounts = configured_accounts(
        companies, list(field2name)
        + (EQUITY_ACCOUNTS if 'surplus' in read else []))
    balances = defaultdict(Decimal)
    column = getattr(move, key)
    selected = fields.SQL_OPERATORS['in'](
        line.account, list(accounts) or [None])
    if 'surplus' in read:
        selected |= type_.statement == 'income'
    query = (line
        .join(move, condition=line.move == move.id)
        .join(account, condition=line.account == account.id)
        .join(type_, condition=account.type == type_.id)
        .select(
            column.as_('record'), line.account.as_('account'),
            Sum(line.debit - line.credit).as_('balance'),
            where=fields.SQL_OPERATORS['in'](
                column, [r.id for r in records])
            & _posted(move, date) & selected,
            group_by=[column, line.account]))
    for record, account_id, balance in fetch(
            query, [None, None, 'NUMERIC']):
        field = accounts.get(account_id)
        name = field2name.get(field, 'surplus')
        sign = -1 if name in CREDIT_NAMES else 1
        balances[name, record] += sign * (balance or 0)
    for record in records:
        balances[SOCIAL_FUND_ASSETS, record.id] = sum(
            balances[n, record.id] for n in social_assets)
        if 'surplus' in read:
            balances['surplus', record.id] -= (
                balances[SOCIAL_FUND_ASSETS, record.id]
                - balances['social_fund', record.id])
        for name in names:
            result[name][record.id] = record.company.currency.round(
                balances[name, record.id])
    return result


def cash_moves(cycles):
    """Return the effect on the boxes of each posted move of the cycles.

    Returns {cycle id: [(move id, {'loan_fund': Decimal, 'social_fund':
    Decimal}), ...]} in the order of posting.
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    move, line = Move.__table__(), Line.__table__()
    result = defaultdict(list)
    fund = {
        'avec_loan_fund_cash': 'loan_fund',
        'avec_social_fund_cash': 'social_fund',
        }
    accounts = configured_accounts({c.company for c in cycles}, list(fund))
    amounts = defaultdict(lambda: dict.fromkeys(fund.values(), Decimal(0)))
    cycle_of = {}
    query = (line
        .join(move, condition=line.move == move.id)
        .select(
            move.id.as_('move'), move.avec_cycle.as_('cycle'),
            line.account.as_('account'),
            Sum(line.debit - line.credit).as_('balance'),
            where=fields.SQL_OPERATORS['in'](
                move.avec_cycle, [c.id for c in cycles])
            & _posted(move)
            & fields.SQL_OPERATORS['in'](
                line.account, list(accounts) or [None]),
            group_by=[move.id, move.avec_cycle, line.account]))
    for move_id, cycle, account, balance in fetch(
            query, [None, None, None, 'NUMERIC']):
        amounts[move_id][fund[accounts[account]]] += balance
        cycle_of[move_id] = cycle
    for move_id in sorted(amounts):
        result[cycle_of[move_id]].append((move_id, amounts[move_id]))
    return result


def member_savings(memberships, cycles=None, date=None):
    """Return the savings of members by cycle, from the savings account.

    cycles: only what was saved in these cycles; by default in all.
    Returns {membership id: {cycle id: Decimal}} without the zeros.
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    move, line = Move.__table__(), Line.__table__()
    result = defaultdict(dict)
    if not memberships:
        return result
    accounts = configured_accounts(
        {m.group.company for m in memberships}, ['avec_savings'])
    membership = _membership_table(memberships)
    where = fields.SQL_OPERATORS['in'](
        line.account, list(accounts) or [None])
    where &= _posted(move, date)
    if cycles is not None:
        where &= fields.SQL_OPERATORS['in'](
            move.avec_cycle, [c.id for c in cycles] or [None])
    balance = Sum(line.credit - line.debit)
    query = (membership
        .join(line, condition=line.party == membership.party)
        .join(move, condition=(line.move == move.id)
            & (move.avec_group == membership.group)
            & _during(membership, move))
        .select(
            membership.id.as_('membership'),
            move.avec_cycle.as_('cycle'),
            balance.as_('balance'),
            where=where,
            group_by=[membership.id, move.avec_cycle],
            having=balance != Literal(0)))
    for membership_id, cycle, amount in fetch(
            query, [None, None, 'NUMERIC']):
        result[membership_id][cycle] = amount
    return result


def member_debts(memberships, date=None):
    """Return what the members owe their group, {membership id: Decimal}.

    It is the balance of the receivable accounts whatever posted on them.
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    Account = pool.get('account.account')
    Type = pool.get('account.account.type')
    membership = _membership_table(memberships)
    move, line = Move.__table__(), Line.__table__()
    account, type_ = Account.__table__(), Type.__table__()
    result = {m.id: Decimal(0) for m in memberships}
    query = (membership
        .join(line, condition=line.party == membership.party)
        .join(move, condition=(line.move == move.id)
            & (move.avec_group == membership.group)
            & _during(membership, move))
        .join(account, condition=line.account == account.id)
        .join(type_, condition=account.type == type_.id)
        .select(
            membership.id.as_('membership'),
            Sum(line.debit - line.credit).as_('balance'),
            where=type_.receivable & _posted(move, date),
            group_by=membership.id))
    for membership_id, balance in fetch(query, [None, 'NUMERIC']):
        result[membership_id] = balance
    return result


def _membership_table(memberships):
    """Return the table of the memberships

    The limit changes nothing but has the rows looked up first: without it,
    SQLite compares the lines one by one with a long list of ids."""
    table = Pool().get('avec.membership').__table__()
    return table.select(
        table.id, table.party, table.group, table.start_date, table.end_date,
        where=fields.SQL_OPERATORS['in'](
            table.id, [m.id for m in memberships]),
        limit=len(memberships))


def _during(membership, move):
    # The same person may have left the group and come back
    return ((move.date >= membership.start_date)
        & ((membership.end_date == Null)
            | (move.date <= Coalesce(membership.end_date, move.date))))


def carried_balances(cycles):
    """Return what stands on the balance sheet of the cycles, by party.

    Returns {cycle id: [(account id, party id or None, Decimal debit less
    credit), ...]} but for the surplus accounts, whose balance is the
    difference.
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    Account = pool.get('account.account')
    Type = pool.get('account.account.type')
    move, line = Move.__table__(), Line.__table__()
    account, type_ = Account.__table__(), Type.__table__()
    result = defaultdict(list)
    equity = configured_accounts({c.company for c in cycles}, EQUITY_ACCOUNTS)
    balance = Sum(line.debit - line.credit)
    query = (line
        .join(move, condition=line.move == move.id)
        .join(account, condition=line.account == account.id)
        .join(type_, condition=account.type == type_.id)
        .select(
            move.avec_cycle.as_('cycle'), line.account.as_('account'),
            line.party.as_('party'), balance.as_('balance'),
            where=fields.SQL_OPERATORS['in'](
                move.avec_cycle, [c.id for c in cycles])
            & _posted(move) & (type_.statement == 'balance')
            & ~fields.SQL_OPERATORS['in'](
                line.account, list(equity) or [-1]),
            group_by=[move.avec_cycle, line.account, line.party],
            having=balance != Literal(0),
            order_by=[line.account, line.party]))
    for cycle, account_id, party, amount in fetch(
            query, [None, None, None, 'NUMERIC']):
        result[cycle].append((account_id, party, amount))
    return result


def cycle_results(cycles):
    """Return income and expense by account, in the order of the codes.

    Returns {cycle id: [(account, Decimal debit less credit), ...]} without
    the moves that closed the years of the cycle.
    """
    pool = Pool()
    Move = pool.get('account.move')
    Line = pool.get('account.move.line')
    Account = pool.get('account.account')
    Type = pool.get('account.account.type')
    move, line = Move.__table__(), Line.__table__()
    account, type_ = Account.__table__(), Type.__table__()
    balance = Sum(line.debit - line.credit)
    query = (line
        .join(move, condition=line.move == move.id)
        .join(account, condition=line.account == account.id)
        .join(type_, condition=account.type == type_.id)
        .select(
            move.avec_cycle.as_('cycle'), line.account.as_('account'),
            balance.as_('balance'),
            where=fields.SQL_OPERATORS['in'](
                move.avec_cycle, [c.id for c in cycles])
            & _posted(move) & (type_.statement == 'income')
            & ((move.origin == Null)
                | ~move.origin.like('account.fiscalyear,%')),
            group_by=[move.avec_cycle, line.account],
            having=balance != Literal(0)))
    rows = fetch(query, [None, None, 'NUMERIC'])
    accounts = {a.id: a for a in Account.browse([r[1] for r in rows])}
    result = defaultdict(list)
    for cycle, account_id, amount in rows:
        result[cycle].append((accounts[account_id], amount))
    for balances in result.values():
        balances.sort(key=lambda b: b[0].code or '')
    return result
