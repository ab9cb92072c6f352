# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool

from . import ledger
from .report import AvecReport


@dataclass
class MemberTotals:
    "What a member brought and received in a cycle"
    membership: object
    shares: int = 0
    savings: Decimal = Decimal(0)
    social_fund: Decimal = Decimal(0)
    fine: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    held: Decimal = Decimal(0)

    def add_line(self, line):
        self.shares += line.shares or 0
        self.savings += line.amount
        self.social_fund += line.social_fund or 0
        self.fine += line.fine or 0

    def add_opening(self, line):
        self.shares += line.shares
        self.savings += line.savings


@dataclass(frozen=True)
class Statement:
    "The figures of a cycle"
    rules: list
    amendments: list
    openings: list
    meetings: list
    members: list
    share_outs: list
    income: list
    expense: list
    balances: dict
    other_balances: list


class CycleStatement(AvecReport):
    __name__ = 'avec.cycle.statement'

    @classmethod
    def _get_context(cls, cycles):
        context = super()._get_context(cycles)
        context['statements'] = cls._get_statements(cycles)
        context['seals'] = cls._seals(cycles)
        return context

    @classmethod
    def _get_statements(cls, cycles):
        openings = cls._documents('avec.opening', cycles)
        meetings = cls._documents('avec.meeting', cycles)
        exits = cls._documents('avec.membership.exit', cycles)
        share_outs = cls._documents('avec.share_out', cycles)
        results = ledger.cycle_results(cycles)
        balances = ledger.fund_balances(cycles, [
                *ledger.balance_accounts(), 'surplus'])
        others = cls._other_balances()
        held = cls._held(cycles)
        return {c.id: Statement(
                rules=cls._rules(c),
                amendments=cls._amendments(c),
                openings=openings[c.id],
                meetings=meetings[c.id],
                members=cls._members(
                    c, openings[c.id], meetings[c.id], exits[c.id],
                    share_outs[c.id], held),
                share_outs=share_outs[c.id],
                income=[(a, -b) for a, b in results[c.id] if b < 0],
                expense=[(a, b) for a, b in results[c.id] if b > 0],
                balances={n: b[c.id] for n, b in balances.items()},
                other_balances=[
                    (label, balances[n][c.id]) for n, label in others])
            for c in cycles}

    @classmethod
    def _other_balances(cls):
        "Return the balances that other modules add, [(name, label), ...]"
        Configuration = Pool().get('account.configuration')
        others = {
            n: f for n, f in ledger.balance_accounts().items()
            if n not in ledger.BALANCE_ACCOUNTS}
        definitions = Configuration.fields_get(list(others.values()))
        return [(n, definitions[f]['string']) for n, f in others.items()]

    @classmethod
    def _documents(cls, model, cycles):
        "Return the posted documents by cycle, in order"
        Document = Pool().get(model)
        result = defaultdict(list)
        for document in Document.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', 'in', ['posted', 'paid']),
                    ], order=[('date', 'ASC'), ('id', 'ASC')]):
            result[document.cycle.id].append(document)
        return result

    @classmethod
    def _held(cls, cycles):
        "Return the savings held, {membership id: {cycle id: amount}}"
        memberships = [m for c in cycles for m in c.group.memberships]
        return ledger.member_savings(memberships, cycles=cycles)

    @classmethod
    def _members(cls, cycle, openings, meetings, exits, share_outs, held):
        "Return what the members of the cycle brought and received"
        totals = {
            m.id: MemberTotals(m, held=held[m.id].get(cycle.id, Decimal(0)))
            for m in cycle.group.memberships
            if m.start_date <= cycle.end_date
            and (not m.end_date or m.end_date >= cycle.start_date)}

        def of(record):
            return totals.setdefault(
                record.membership.id, MemberTotals(record.membership))

        for line in cls._lines(openings):
            of(line).add_opening(line)
        for line in cls._lines(meetings):
            of(line).add_line(line)
        for payment in [*exits, *cls._lines(share_outs)]:
            of(payment).received += payment.payable
        return sorted(totals.values(), key=lambda t: t.membership.number)

    @classmethod
    def _lines(cls, documents):
        return [l for d in documents for l in d.lines]

    @classmethod
    def _amendments(cls, cycle):
        "Return [(amendment, [(rule, old, new), ...]), ...] by date"
        Change = Pool().get('avec.cycle.amendment.change')
        rules = dict(Change.get_rules())
        return [
            (amendment, [
                    (rules[c.rule], *(
                            cls._change_text(cycle, c.rule, v)
                            for v in [c.old, c.new]))
                    for c in amendment.changes])
            for amendment in sorted(cycle.amendments, key=lambda a: a.date)]

    @classmethod
    def _change_text(cls, cycle, name, text):
        field = cycle._fields[name]
        if name == 'fines':
            value = [
                (kind, Decimal(amount)) for kind, amount in (
                    fine.split(' ') for fine in (text or '').split(', ')
                    if fine)]
        elif isinstance(field, fields.Many2Many):
            # As it was named then
            return text or ''
        elif isinstance(field, fields.Selection) or not text:
            value = text or None
        else:
            value = Decimal(text)
        return cls._rule_text(name, value, cycle.currency)
