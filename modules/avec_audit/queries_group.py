# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The exceptions found in the groups, as queries

Each function takes an Audit and returns a query of the columns of Audit.row.
"""
from sql import Cast, Column, Literal, Null, Union, Window
from sql.aggregate import Max, Sum
from sql.conditionals import Case, Coalesce, NullIf
from sql.functions import Lag

from trytond.model import fields
from trytond.modules.avec_group.ledger import configured_accounts
from trytond.pool import Pool

from .sql_tools import amount, days_between, null, reference, split_number

POSTED = ['posted', 'paid']
_PRESENT = ['present', 'late']
_FUNDS = ['loan_fund', 'social_fund']
# Documents of several models share the numbers of the rows
_MODELS = 32
# Who made the document, where it is not who created the record.  What an exit
# pays is computed again by who posts it.
_AUTHORS = {
    'avec.meeting': 'held_by',
    'avec.share_out': 'computed_by',
    }
# The columns of an exception, with their types in the database
COLUMNS = {
    'kind': 'VARCHAR',
    'reason': 'VARCHAR',
    'group': 'INTEGER',
    'cycle': 'INTEGER',
    'membership': 'INTEGER',
    'date': 'DATE',
    'document': 'VARCHAR',
    'employee': 'INTEGER',
    'user': 'INTEGER',
    'amount': 'NUMERIC',
    'found': 'NUMERIC',
    'allowed': 'NUMERIC',
    'note': 'VARCHAR',
    }


class Audit:
    "What is audited: the company and the thresholds of its office"

    def __init__(self, company, late_days):
        self.company = company
        self.late_days = late_days

    def row(self, source, **values):
        """Return the columns of an exception.

        source: a number that no other row of the query has.
        """
        return [
            Cast(source, 'BIGINT').as_('source'),
            *((_expression(values[n]) if n in values else null(type_)).as_(n)
                for n, type_ in COLUMNS.items())]


def _expression(value):
    return Literal(value) if isinstance(value, str) else value


def documents(audit):
    """Return the query of the documents that move money in the groups.

    Its columns are source, document, group, cycle, membership, date, state,
    move, created, user, author, posted_by and cancelled_by.
    """
    pool = Pool()
    Meeting = pool.get('avec.meeting')
    group = pool.get('avec.group').__table__()
    queries = []
    for index, name in enumerate(Meeting._document_models()):
        Model = pool.get(name)
        table = Model.__table__()
        if 'membership' in Model._fields:
            owner = pool.get('avec.membership').__table__()
            join = table.membership == owner.id
            membership = table.membership
        else:
            owner = pool.get('avec.cycle').__table__()
            join = table.cycle == owner.id
            membership = null('INTEGER')
        user = pool.get('res.user').__table__()
        author = user.employee
        if name in _AUTHORS:
            author = Column(table, _AUTHORS[name])
        queries.append(table
            .join(owner, condition=join)
            .join(user, 'LEFT', condition=table.create_uid == user.id)
            .join(group, condition=owner.group == group.id)
            .select(
                (table.id * _MODELS + index).as_('source'),
                Literal(name).as_('model'),
                reference(name, table.id).as_('document'),
                owner.group.as_('group'), table.cycle.as_('cycle'),
                membership.as_('membership'), table.date.as_('date'),
                table.state.as_('state'), table.move.as_('move'),
                table.create_date.as_('created'),
                table.create_uid.as_('user'), author.as_('author'),
                table.posted_by.as_('posted_by'),
                table.cancelled_by.as_('cancelled_by'),
                where=group.company == audit.company))
    return Union(*queries, all_=True)


def _of_document(document):
    "Return the values of a row that are those of its document"
    return {
        n: Column(document, n)
        for n in ['group', 'cycle', 'membership', 'date', 'document', 'user']}


def _debits(move):
    "Return the expression of the money that the move moves"
    line = Pool().get('account.move.line').__table__()
    return line.select(
        amount(Sum(line.debit)), where=line.move == move)


def cash_differences(audit):
    "The boxes that were counted short or over"
    pool = Pool()
    operation = pool.get('avec.meeting.operation').__table__()
    meeting, cycle, group = _meetings()
    return (operation
        .join(meeting, condition=operation.meeting == meeting.id)
        .join(cycle, condition=meeting.cycle == cycle.id)
        .join(group, condition=cycle.group == group.id)
        .select(
            *audit.row(
                operation.id, kind='cash_difference',
                reason=Case(
                    (amount(operation.amount) < 0, 'cash_short'),
                    else_='cash_over'),
                group=cycle.group, cycle=meeting.cycle, date=meeting.date,
                document=reference('avec.meeting', meeting.id),
                employee=meeting.held_by, user=meeting.create_uid,
                amount=operation.amount, note=operation.description),
            where=(group.company == audit.company)
            & (meeting.state == 'posted')
            & (operation.kind == 'cash_difference')))


def _meetings():
    pool = Pool()
    return [
        pool.get(n).__table__()
        for n in ['avec.meeting', 'avec.cycle', 'avec.group']]


def box_mismatches(audit):
    "The sheets on which was counted what the ledger does not say"
    sheet = _counted_sheets(audit)
    loan_fund, social_fund = [
        amount(Column(sheet, f + '_counted') - Column(sheet, f))
        for f in _FUNDS]
    return sheet.select(
        *audit.row(
            sheet.id, kind='box_mismatch', reason='box_mismatch',
            group=sheet.group, cycle=sheet.cycle, date=sheet.date,
            document=reference('avec.meeting', sheet.id),
            employee=sheet.employee, user=sheet.user,
            amount=amount(loan_fund + social_fund),
            found=loan_fund, allowed=social_fund),
        where=(sheet.id != Null)
        & ((loan_fund != 0) | (social_fund != 0)))


def _counted_sheets(audit):
    """Return the query of what is in both boxes after each move of the cycles

    With the posted sheet of the move, if it is that of a sheet, and what was
    counted on it.
    """
    meeting = Pool().get('avec.meeting').__table__()
    moves = _cash_moves(audit)
    window = Window([moves.cycle], order_by=[moves.move])
    return (moves
        .join(meeting, 'LEFT', condition=(meeting.move == moves.move)
            & (meeting.state == 'posted'))
        .select(
            meeting.id.as_('id'), moves.group.as_('group'),
            moves.cycle.as_('cycle'), meeting.date.as_('date'),
            meeting.posted_by.as_('employee'),
            meeting.create_uid.as_('user'),
            *(Column(meeting, f + '_counted').as_(f + '_counted')
                for f in _FUNDS),
            *(Sum(Column(moves, f), window=window).as_(f) for f in _FUNDS)))


def _cash_moves(audit):
    "Return the query of the effect of each move of the cycles on both boxes"
    pool = Pool()
    Company = pool.get('company.company')
    line = pool.get('account.move.line').__table__()
    move = pool.get('account.move').__table__()
    accounts = {}
    if audit.company >= 0:
        accounts = configured_accounts(
            [Company(audit.company)], [f'avec_{f}_cash' for f in _FUNDS])

    def on(fund):
        return fields.SQL_OPERATORS['in'](line.account, [
                i for i, n in accounts.items()
                if n == f'avec_{fund}_cash'] or [-1])

    return (line
        .join(move, condition=line.move == move.id)
        .select(
            move.id.as_('move'), move.avec_group.as_('group'),
            move.avec_cycle.as_('cycle'),
            *(Sum(Case((on(f), line.debit - line.credit), else_=0)).as_(f)
                for f in _FUNDS),
            where=(move.company == audit.company)
            & (move.state == 'posted') & (move.avec_cycle != Null)
            & fields.SQL_OPERATORS['in'](
                line.account, list(accounts) or [-1]),
            group_by=[move.id, move.avec_group, move.avec_cycle]))


def cancelled(audit):
    "The documents that were posted and cancelled"
    document = documents(audit)
    return document.select(
        *audit.row(
            document.source, kind='cancelled', reason='cancelled',
            employee=document.cancelled_by, amount=_debits(document.move),
            **_of_document(document)),
        where=document.state == 'cancelled')


def recorded_late(audit):
    "The documents that were recorded long after their date"
    document = documents(audit)
    days = days_between(document.date, document.created)
    return document.select(
        *audit.row(
            document.source, kind='recorded_late', reason='recorded_late',
            employee=Coalesce(document.author, document.posted_by),
            found=days, allowed=Literal(audit.late_days),
            **_of_document(document)),
        where=(document.state != 'cancelled') & (days > audit.late_days))


def backdated_attempts(audit):
    "The drafts dated before what is already posted, which wait in vain"
    document = documents(audit)
    meeting, cycle, group = _meetings()
    last = (meeting
        .join(cycle, condition=meeting.cycle == cycle.id)
        .join(group, condition=cycle.group == group.id)
        .select(
            meeting.cycle.as_('cycle'), Max(meeting.date).as_('date'),
            where=(group.company == audit.company)
            & meeting.state.in_(['held', 'posted']),
            group_by=[meeting.cycle]))
    return (document
        .join(last, condition=document.cycle == last.cycle)
        .select(
            *audit.row(
                document.source, kind='backdated', reason='backdated_attempt',
                employee=document.author,
                found=days_between(document.date, last.date),
                **_of_document(document)),
            where=(document.state == 'draft')
            & ((document.date < last.date)
                | ((document.date == last.date)
                    & (document.model == 'avec.meeting')))))


def out_of_order(audit):
    "The documents posted after one of a later date"
    document = documents(audit)
    posted = document.select(
        *(Column(document, n).as_(n) for n in [
                'source', 'document', 'group', 'cycle', 'membership', 'date',
                'user', 'posted_by']),
        Max(document.date, window=Window(
                [document.cycle], order_by=[document.move],
                frame='ROWS', end=-1)).as_('last'),
        where=document.state.in_(POSTED) & (document.move != Null)
        & (document.cycle != Null))
    return posted.select(
        *audit.row(
            posted.source, kind='backdated', reason='out_of_order',
            employee=posted.posted_by,
            found=days_between(posted.date, posted.last),
            **_of_document(posted)),
        where=posted.date < posted.last)


def self_posted(audit):
    "The documents posted by the person who made them"
    document = documents(audit)
    return document.select(
        *audit.row(
            document.source, kind='self_posted', reason='self_posted',
            employee=document.posted_by, amount=_debits(document.move),
            **_of_document(document)),
        where=document.state.in_([*POSTED, 'cancelled'])
        & (document.author == document.posted_by))


def _rule_at(rule, type_, cycle, date):
    """Return the expression of the rule of the cycle as it was on the day

    An amendment keeps what the rule was before it."""
    pool = Pool()
    amendment = pool.get('avec.cycle.amendment').__table__()
    change = pool.get('avec.cycle.amendment.change').__table__()
    before = (change
        .join(amendment, condition=change.amendment == amendment.id)
        .select(
            Cast(change.old, type_),
            where=(amendment.cycle == cycle.id) & (change.rule == rule)
            & (amendment.date > date),
            order_by=[amendment.date.asc, amendment.id.asc], limit=1))
    return Coalesce(before, Column(cycle, rule))


def _sheet_lines(audit, rules):
    "Return the lines of the posted sheets with the rules of their day"
    pool = Pool()
    line = pool.get('avec.meeting.line').__table__()
    meeting, cycle, group = _meetings()
    sheet = (meeting
        .join(cycle, condition=meeting.cycle == cycle.id)
        .join(group, condition=cycle.group == group.id)
        .select(
            meeting.id.as_('id'), meeting.cycle.as_('cycle'),
            cycle.group.as_('group'), meeting.date.as_('date'),
            meeting.posted_by.as_('employee'),
            meeting.create_uid.as_('user'), cycle.share_value.as_('value'),
            *(_rule_at(n, t, cycle, meeting.date).as_(n)
                for n, t in rules.items()),
            where=(group.company == audit.company)
            & (meeting.state == 'posted')))
    row = {
        'group': sheet.group, 'cycle': sheet.cycle,
        'membership': line.membership, 'date': sheet.date,
        'document': reference('avec.meeting', sheet.id),
        'employee': sheet.employee, 'user': sheet.user, 'note': line.note}
    return line, sheet, line.join(
        sheet, condition=line.meeting == sheet.id), row


def shares_outside(audit):
    "The members who bought more or fewer shares than the constitution says"
    line, sheet, joined, row = _sheet_lines(audit, {
            'max_shares': 'INTEGER', 'min_shares': 'INTEGER'})
    shares = Coalesce(line.shares, 0)
    buys = (line.attendance.in_(_PRESENT)
        | Coalesce(line.represented, Literal(False)))
    over = shares > Case((buys, sheet.max_shares), else_=0)
    expected = Case(
        (over, Case((buys, sheet.max_shares), else_=0)),
        else_=sheet.min_shares)
    return joined.select(
        *audit.row(
            line.id, kind='member_limit',
            reason=Case((over, 'shares_over'), else_='shares_under'),
            amount=amount((shares - expected) * sheet.value),
            found=shares, allowed=expected, **row),
        where=over | (buys & (shares < sheet.min_shares)))


def contributions_below(audit):
    "The members present who paid less into the social fund than was voted"
    line, sheet, joined, row = _sheet_lines(
        audit, {'social_fund_contribution': 'NUMERIC'})
    paid = amount(Coalesce(line.social_fund, 0))
    voted = amount(sheet.social_fund_contribution)
    return joined.select(
        *audit.row(
            line.id, kind='member_limit', reason='contribution',
            amount=amount(paid - voted), found=paid, allowed=voted, **row),
        where=line.attendance.in_(_PRESENT) & (paid < voted))


def rounding_left(audit):
    "What share-outs could not divide in coins"
    pool = Pool()
    share_out = pool.get('avec.share_out').__table__()
    _, cycle, group = _meetings()
    return (share_out
        .join(cycle, condition=share_out.cycle == cycle.id)
        .join(group, condition=cycle.group == group.id)
        .select(
            *audit.row(
                share_out.id, kind='rounding',
                reason=Case(
                    (cycle.leftover == 'social_fund', 'rounding_social'),
                    else_='rounding_next'),
                group=cycle.group, cycle=share_out.cycle,
                date=share_out.date,
                document=reference('avec.share_out', share_out.id),
                employee=share_out.posted_by, user=share_out.create_uid,
                amount=share_out.leftover_amount),
            where=(group.company == audit.company)
            & share_out.state.in_(POSTED)
            & (amount(Coalesce(share_out.leftover_amount, 0)) != 0)))


def meeting_gaps(audit):
    "The numbers of meetings that are missing in a cycle"
    meeting, cycle, group = _meetings()
    numbered = (meeting
        .join(cycle, condition=meeting.cycle == cycle.id)
        .join(group, condition=cycle.group == group.id)
        .select(
            meeting.id.as_('id'), cycle.group.as_('group'),
            meeting.cycle.as_('cycle'), meeting.date.as_('date'),
            meeting.posted_by.as_('employee'),
            meeting.create_uid.as_('user'), meeting.number.as_('number'),
            Lag(meeting.number, 1, 0, window=Window(
                    [meeting.cycle], order_by=[meeting.number])
                ).as_('last'),
            where=(group.company == audit.company)
            & (meeting.number != Null)))
    return numbered.select(
        *audit.row(
            numbered.id, kind='number_gap', reason='meeting_gap',
            group=numbered.group, cycle=numbered.cycle, date=numbered.date,
            document=reference('avec.meeting', numbered.id),
            employee=numbered.employee, user=numbered.user,
            found=numbered.number, allowed=numbered.last + 1),
        where=numbered.number != numbered.last + 1)


def gaps(numbered, partition):
    """Return the query of the rows with their numbers and the ones before

    numbered: a query with the columns number, a text, and what is asked for.
    partition: the columns among which the numbers follow each other.
    Its columns are those and found and last.
    """
    prefix, digits = split_number(numbered.number)
    split = numbered.select(
        *(Column(numbered, c.output_name).as_(c.output_name)
            for c in numbered.columns),
        prefix.as_('prefix'),
        Cast(NullIf(digits, ''), 'BIGINT').as_('found'))
    return split.select(
        *(Column(split, c.output_name).as_(c.output_name)
            for c in split.columns),
        Lag(split.found, window=Window(
                [*(Column(split, n) for n in partition), split.prefix],
                order_by=[split.found])).as_('last'),
        where=split.found != Null)


def move_gaps(audit):
    "The numbers of moves that are missing in a sequence"
    pool = Pool()
    move = pool.get('account.move').__table__()
    period = pool.get('account.period').__table__()
    row = gaps(move
        .join(period, condition=move.period == period.id)
        .select(
            move.id.as_('id'), move.avec_group.as_('group'),
            move.avec_cycle.as_('cycle'), move.date.as_('date'),
            move.create_uid.as_('user'), move.number.as_('number'),
            period.move_sequence.as_('sequence'),
            where=(move.company == audit.company)
            & (move.state == 'posted')),
        ['sequence'])
    return row.select(
        *audit.row(
            row.id, kind='number_gap', reason='move_gap', group=row.group,
            cycle=row.cycle, date=row.date, user=row.user,
            document=reference('account.move', row.id),
            found=row.found, allowed=row.last + 1, note=row.number),
        where=row.found != row.last + 1)
