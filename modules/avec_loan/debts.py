# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What borrowers owe, read from their plans and from the move lines.

Nothing is stored: each function takes a list of loans and costs a number of
queries that does not grow with them.
"""
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from sql import Null
from sql.aggregate import Sum
from sql.conditionals import Coalesce
from sql.functions import Round

from trytond.model import fields
from trytond.modules.avec_group.ledger import configured_accounts, fetch
from trytond.pool import Pool

from .account import RECEIVABLES
from .repayment import Amounts, Due, overdue, repay, settlement, total

ZERO = Decimal(0)
# SQLite adds with floats
_PRECISION = 4
_PARTS = {
    'avec_service_charge_income': 'charge',
    'avec_late_penalty_income': 'penalty',
    }
_WRITTEN_OFF = 'avec_loan_loss'
_RECOVERED = 'avec_loan_recovery_income'
# The states of the loans that stand or stood in the ledger
DISBURSED = ['disbursed', 'repaid', 'written_off']


@dataclass
class Standing:
    """An instalment and what the ledger says about it

    in_time: what was paid of principal and charge before there is a penalty.
    """
    instalment: object
    paid: Amounts = Amounts()
    in_time: Decimal = ZERO

    def due_at(self, date):
        "Return the Due of the instalment on the date"
        instalment = self.instalment
        penalty = instalment.penalty
        if instalment.closed:
            penalty = self.paid.penalty
        elif self._is_late(date):
            penalty += instalment.loan.product.late_penalty
        return Due(
            due_date=instalment.due_date,
            due=Amounts(
                penalty=max(penalty, self.paid.penalty),
                charge=instalment.charge,
                principal=instalment.principal),
            paid=self.paid,
            start=instalment.start_date)

    def _is_late(self, date):
        instalment = self.instalment
        return (date > instalment.deadline
            and self.in_time < instalment.principal + instalment.charge)

    def pay(self, amounts, date):
        self.paid = total([self.paid, amounts])
        if date <= self.instalment.deadline:
            self.in_time += amounts.charge + amounts.principal


@dataclass
class Debt:
    "The instalments of a loan, which payments not yet posted can change"
    loan: object
    standings: list
    written_off: Decimal = ZERO
    recovered: Decimal = ZERO

    def dues(self, date):
        return [s.due_at(date) for s in self.standings]

    @property
    def outstanding(self):
        "The principal not yet repaid"
        return sum(
            (s.instalment.principal - s.paid.principal
                for s in self.standings), ZERO)

    @property
    def to_recover(self):
        "What is left of a loan written off"
        return self.written_off - self.recovered

    def due(self, date):
        "Return the Amounts to pay by the date to be up to date"
        if self.loan.state != 'disbursed':
            return Amounts()
        return overdue(self.dues(date), date + dt.timedelta(days=1))

    def settlement(self, date):
        "Return the Amounts that end the loan on the date"
        if self.loan.state != 'disbursed':
            return Amounts()
        return total(self._settlement(date))

    def _settlement(self, date):
        return settlement(
            self.dues(date), date, self.loan.product.whole_charge)

    def begun_charge(self, date):
        "Return the service charge not paid of the periods that have begun"
        return total(settlement(self.dues(date), date)).charge

    def is_settled(self, date):
        return not self.settlement(date).total

    def settle_principal(self):
        "Return [(instalment, Amounts), ...] of what ends the principal"
        return [
            (s.instalment, Amounts(
                    principal=s.instalment.principal - s.paid.principal))
            for s in self.standings
            if s.instalment.principal > s.paid.principal]

    def pay(self, amount, date, ending=False):
        """Pay the amount and return how it is split and what is too much.

        ending: the whole loan is due now.
        Returns ([(instalment, Amounts), ...], excess).
        """
        product = self.loan.product
        repayment = repay(
            amount, self.dues(date), date, product.order,
            product.whole_charge, ending)
        for standing, amounts in zip(self.standings, repayment.splits):
            standing.pay(amounts, date)
        return self._splits(repayment.splits), repayment.excess

    def recover(self, amount):
        "Recover of a loan written off and return what is too much"
        excess = max(amount - self.to_recover, ZERO)
        self.recovered += amount - excess
        return excess

    def _splits(self, amounts):
        return [
            (s.instalment, a) for s, a in zip(self.standings, amounts)
            if a.total]


def read(loans):
    """Return {loan id: Debt} of the loans as posted.

    Loans that were never disbursed owe nothing.
    """
    Loan = Pool().get('avec.loan')
    loans = Loan.browse(list(dict.fromkeys(loans)))
    debts = {l.id: Debt(l, []) for l in loans}
    lent = [l for l in loans if l.state in DISBURSED]
    for instalment in _instalments(lent):
        debts[instalment.loan.id].standings.append(Standing(instalment))
    _read_payments(lent, debts)
    return debts


def _instalments(loans):
    Instalment = Pool().get('avec.loan.instalment')
    return Instalment.search([
            ('loan', 'in', [l.id for l in loans]),
            ], order=[('loan', 'ASC'), ('number', 'ASC')])


def _companies(loans):
    "Return {loan id: company}, as an attribute is slow to read for many"
    pool = Pool()
    Company = pool.get('company.company')
    group = pool.get('avec.group').__table__()
    loan = pool.get('avec.loan').__table__()
    membership = pool.get('avec.membership').__table__()
    query = (loan
        .join(membership, condition=loan.membership == membership.id)
        .join(group, condition=membership.group == group.id)
        .select(
            loan.id.as_('loan'), group.company.as_('company'),
            where=fields.SQL_OPERATORS['in'](
                loan.id, [l.id for l in loans])))
    companies = dict(fetch(query, [None, None]))
    records = {
        c.id: c for c in Company.browse(list(set(companies.values())))}
    return {l: records[c] for l, c in companies.items()}


def _read_payments(loans, debts):
    "Fill what was paid in the debts"
    pool = Pool()
    Instalment = pool.get('avec.loan.instalment')
    Line = pool.get('account.move.line')
    Move = pool.get('account.move')
    if not loans:
        return
    instalment = Instalment.__table__()
    line, move = Line.__table__(), Move.__table__()
    receivables = set(RECEIVABLES.values())
    companies = _companies(loans)
    accounts = configured_accounts(
        set(companies.values()),
        [*receivables, *_PARTS, _WRITTEN_OFF, _RECOVERED])
    query = (line
        .join(instalment,
            condition=line.avec_instalment == instalment.id)
        .join(move, condition=line.move == move.id)
        .select(
            instalment.loan.as_('loan'), instalment.id.as_('instalment'),
            line.account.as_('account'), move.date.as_('date'),
            Sum(line.debit - line.credit).as_('balance'),
            where=fields.SQL_OPERATORS['in'](
                instalment.loan, [l.id for l in loans])
            & (move.state == 'posted'),
            group_by=[
                instalment.loan, instalment.id, line.account, move.date]))
    ledgers = defaultdict(list)
    for loan, instalment_id, account, date, balance in fetch(
            query, [None, None, None, 'DATE', 'NUMERIC']):
        name = accounts.get(account)
        balance = companies[loan].currency.round(balance)
        if name == _WRITTEN_OFF:
            debts[loan].written_off += balance
        elif name == _RECOVERED:
            debts[loan].recovered -= balance
        ledgers[instalment_id].append((name, date, balance))
    for debt in debts.values():
        for standing in debt.standings:
            _fill(standing, ledgers[standing.instalment.id], receivables)


def _fill(standing, entries, receivables):
    instalment = standing.instalment
    deadline = instalment.deadline
    owed = owed_in_time = ZERO
    parts = dict.fromkeys(_PARTS.values(), ZERO)
    for name, date, balance in entries:
        if name in receivables or name == _WRITTEN_OFF:
            # What is written off is not paid
            owed += balance
            if date <= deadline:
                owed_in_time += balance
        elif name in _PARTS:
            parts[_PARTS[name]] -= balance
            if name == 'avec_service_charge_income' and date <= deadline:
                standing.in_time -= balance
    standing.in_time += instalment.principal - owed_in_time
    standing.paid = Amounts(principal=instalment.principal - owed, **parts)


def owed_query(accounts, date=None, loans=None):
    """Return the query of the principal owed by loan and maturity date.

    accounts: the receivable accounts, loans: only these, as ids.
    Its columns are loan, maturity_date and balance, without the zeros.
    """
    pool = Pool()
    Instalment = pool.get('avec.loan.instalment')
    Line = pool.get('account.move.line')
    Move = pool.get('account.move')
    instalment = Instalment.__table__()
    line, move = Line.__table__(), Move.__table__()
    where = (move.state == 'posted') & fields.SQL_OPERATORS['in'](
        line.account, list(accounts) or [None])
    if date:
        where &= move.date <= date
    if loans is not None:
        where &= fields.SQL_OPERATORS['in'](instalment.loan, loans)
    balance = Round(Sum(line.debit - line.credit), _PRECISION)
    return (line
        .join(instalment,
            condition=line.avec_instalment == instalment.id)
        .join(move, condition=line.move == move.id)
        .select(
            instalment.loan.as_('loan'),
            line.maturity_date.as_('maturity_date'),
            balance.as_('balance'),
            where=where,
            group_by=[instalment.loan, line.maturity_date],
            having=balance != 0))


def late_charge_query(accounts, date, loans=None):
    """Return the query of the instalments whose service charge is late.

    accounts: those of the service charges, loans: only these, as ids.
    Its columns are loan and due_date.  It is told from the plan of today.
    """
    pool = Pool()
    Instalment = pool.get('avec.loan.instalment')
    Line = pool.get('account.move.line')
    Loan = pool.get('avec.loan')
    Move = pool.get('account.move')
    loan, instalment = Loan.__table__(), Instalment.__table__()
    line, move = Line.__table__(), Move.__table__()
    paid = (line
        .join(move, condition=line.move == move.id)
        .select(
            line.avec_instalment.as_('instalment'),
            Sum(line.credit - line.debit).as_('amount'),
            where=(move.state == 'posted') & (move.date <= date)
            & (line.avec_instalment != Null)
            & fields.SQL_OPERATORS['in'](
                line.account, list(accounts) or [None]),
            group_by=line.avec_instalment))
    unpaid = instalment.charge - Coalesce(paid.amount, 0)
    where = ((loan.state == 'disbursed') & instalment.active
        & (loan.disbursement_date <= date) & (instalment.due_date < date)
        & (Round(unpaid, _PRECISION) > 0))
    if loans is not None:
        where &= fields.SQL_OPERATORS['in'](loan.id, loans)
    return (loan
        .join(instalment, condition=instalment.loan == loan.id)
        .join(paid, 'LEFT', condition=paid.instalment == instalment.id)
        .select(
            loan.id.as_('loan'), instalment.due_date.as_('due_date'),
            where=where))


def outstanding(loans, date=None):
    """Return the principal not repaid as at the end of the day.

    Returns {loan id: {maturity date: Decimal}}, without the zeros.
    """
    result = defaultdict(dict)
    if not loans:
        return result
    companies = _companies(loans)
    query = owed_query(
        configured_accounts(
            set(companies.values()), list(RECEIVABLES.values())),
        date, list(companies))
    for loan, maturity_date, amount in fetch(
            query, [None, 'DATE', 'NUMERIC']):
        currency = companies[loan].currency
        result[loan][maturity_date] = currency.round(amount)
    return result


def charge_overdue(loans, date):
    "Return since when a service charge is late, {loan id: date}"
    result = {}
    if not loans:
        return result
    companies = _companies(loans)
    query = late_charge_query(
        configured_accounts(
            set(companies.values()), ['avec_service_charge_income']),
        date, list(companies))
    for loan, due_date in fetch(query, [None, 'DATE']):
        result[loan] = min(result.get(loan, due_date), due_date)
    return result


def copy(debts):
    "Return the debts to try payments on"
    return [
        replace(d, standings=[replace(s) for s in d.standings])
        for d in debts]


def end(debts, amount, date):
    """Pay the amount on the debts of a member, in their order, all due now.

    Returns [(debt, [(instalment, Amounts), ...]), ...].
    """
    result = []
    for debt in debts:
        splits, amount = debt.pay(amount, date, ending=True)
        result.append((debt, splits))
    return result
