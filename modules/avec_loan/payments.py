# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What settled loans, told document by document from the move lines.

Nothing is stored: a list of loans costs a number of queries that does not grow
with them.
"""
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sql.aggregate import Min, Sum
from sql.conditionals import Coalesce
from sql.operators import Or

from trytond.model import fields
from trytond.modules.avec_group.ledger import configured_accounts, fetch
from trytond.pool import Pool

from . import debts
from .account import RECEIVABLES
from .repayment import Amounts

ZERO = Decimal(0)
# The other documents only move what is owed from one day or cycle to another
_DOCUMENTS = [
    'avec.meeting', 'avec.membership.exit', 'avec.share_out',
    'avec.loan.write_off']
_PARTS = {
    **dict.fromkeys(RECEIVABLES.values(), 'settled'),
    'avec_service_charge_income': 'charge',
    'avec_late_penalty_income': 'penalty',
    'avec_loan_loss': 'loss',
    'avec_loan_recovery_income': 'recovered',
    }


@dataclass(frozen=True)
class Payment:
    """What a document settled of a loan

    cycle: the id of the cycle in whose books it is.
    lost, recovered: what was written off, and what came back of it.
    """
    date: dt.date
    document: object
    cycle: int
    amounts: Amounts
    lost: Decimal
    recovered: Decimal

    @property
    def amount(self):
        "What was paid in all"
        return self.amounts.total + self.recovered


def read(loans):
    "Return {loan id: [Payment]} of what is posted, in the order of the dates"
    result = {l.id: [] for l in loans}
    lent = [l for l in loans if l.state in debts.DISBURSED]
    if not lent:
        return result
    settled = _settled(lent)
    documents = _documents({origin for *_, origin in settled})
    for (loan, date, cycle, origin), parts in settled.items():
        # What was cancelled sums to zero
        if any(parts.values()):
            result[loan].append(_payment(
                    date, documents[origin], cycle, parts))
    return result


def _payment(date, document, cycle, parts):
    lost = -parts['loss']
    return Payment(
        date=date, document=document, cycle=cycle,
        amounts=Amounts(
            penalty=parts['penalty'],
            charge=parts['charge'],
            # What is written off is not paid
            principal=parts['settled'] - lost),
        lost=lost,
        recovered=parts['recovered'])


def _settled(loans):
    "Return {(loan id, date, cycle id, origin): {part: amount}}, in order"
    accounts = configured_accounts({l.company for l in loans}, _PARTS)
    currencies = {l.id: l.currency for l in loans}
    rows = fetch(
        _query(accounts, list(currencies)),
        ['DATE', None, None, None, None, None, 'NUMERIC'])
    result = {}
    for date, _, loan, cycle, origin, account, credit in sorted(
            rows, key=lambda row: row[:2]):
        parts = result.setdefault(
            (loan, date, cycle, origin),
            dict.fromkeys(_PARTS.values(), ZERO))
        parts[_PARTS[accounts[account]]] += currencies[loan].round(credit)
    return result


def _query(accounts, loans):
    pool = Pool()
    Instalment = pool.get('avec.loan.instalment')
    Line = pool.get('account.move.line')
    Move = pool.get('account.move')
    instalment = Instalment.__table__()
    line, move = Line.__table__(), Move.__table__()
    in_ = fields.SQL_OPERATORS['in']
    return (line
        .join(instalment,
            condition=line.avec_instalment == instalment.id)
        .join(move, condition=line.move == move.id)
        .select(
            move.date.as_('date'), Min(move.id).as_('first'),
            instalment.loan.as_('loan'), move.avec_cycle.as_('cycle'),
            move.origin.as_('origin'), line.account.as_('account'),
            Sum(line.credit - line.debit).as_('credit'),
            where=(move.state == 'posted')
            & in_(instalment.loan, loans)
            & in_(line.account, list(accounts) or [None])
            & Or([move.origin.like(d + ',%') for d in _DOCUMENTS])
            & ~Coalesce(line.origin, '').like('avec.meeting.disbursement,%'),
            group_by=[
                move.date, instalment.loan, move.avec_cycle, move.origin,
                line.account]))


def _documents(origins):
    "Return {origin: document}, with the documents of a model read at once"
    ids = defaultdict(list)
    for origin in origins:
        model, id_ = origin.split(',')
        ids[model].append(int(id_))
    return {
        str(d): d
        for model, i in ids.items() for d in Pool().get(model).browse(i)}
