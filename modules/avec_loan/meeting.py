# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal
from itertools import chain

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.avec_group.document import format_amount
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from . import debts
from .document import LoanDocumentMixin

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Meeting(LoanDocumentMixin, metaclass=PoolMeta):
    __name__ = 'avec.meeting'

    repayments = fields.One2Many(
        'avec.meeting.repayment', 'meeting', "Repayments", states=_STATES)
    disbursements = fields.One2Many(
        'avec.meeting.disbursement', 'meeting', "Loans", states=_STATES)

    # -- the sheet

    @fields.depends(
        'repayments', 'lines', 'cycle', '_parent_cycle.group', 'date', 'id')
    def _bring_members(self):
        super()._bring_members()
        if self.cycle and self.date:
            read = self._debts()
            for line in self.lines:
                line.loans_due = line.sum_due(read, self.date)
            self.lines = self.lines
            self.repayments = self._proposed_repayments(read)

    def _proposed_repayments(self, read):
        "Return the repayments of the sheet and those of what is due"
        for repayment in self.repayments or []:
            loan = getattr(repayment, 'loan', None)
            if loan and loan.id in read and repayment._amount() == (
                    getattr(repayment, 'due', None) or 0):
                # As proposed for another day
                repayment.propose(read[loan.id], self.date)
        return [*(self.repayments or []), *self._missing_repayments(read)]

    def _debts(self):
        "Return {loan id: Debt} of the loans of the group"
        Loan = Pool().get('avec.loan')
        return self.read_debts(Loan.search([
                    ('group', '=', self.cycle.group.id),
                    ('state', '=', 'disbursed'),
                    ], order=[('membership.number', 'ASC'), ('id', 'ASC')]))

    def read_debts(self, loans):
        "Return {loan id: Debt} as the ledger and the sheets before leave them"
        read = debts.read(loans)
        for held in self._held_before():
            for repayment in held.repayments:
                if repayment.loan.id in read:
                    repayment.pay(read[repayment.loan.id], held.date)
        return read

    def _held_before(self):
        "Return the sheets held before but not yet posted"
        if not self.cycle or not self.date:
            return []
        return self.search([
                ('cycle', '=', self.cycle.id),
                ('state', '=', 'held'),
                ('date', '<', self.date),
                ('id', '!=', self.id),
                ], order=[('date', 'ASC')])

    def _missing_repayments(self, read=None):
        Repayment = Pool().get('avec.meeting.repayment')
        there = {r.loan.id for r in self.repayments or []
            if getattr(r, 'loan', None)}
        repayments = []
        if read is None:
            read = self._debts()
        for debt in read.values():
            if debt.loan.id not in there and debt.due(self.date).total:
                repayment = Repayment(
                    loan=debt.loan, membership=debt.loan.membership,
                    currency=debt.loan.currency)
                repayment.propose(debt, self.date)
                repayments.append(repayment)
        return repayments

    @classmethod
    def fill(cls, meetings):
        Repayment = Pool().get('avec.meeting.repayment')
        super().fill(meetings)
        repayments = []
        for meeting in meetings:
            if meeting.state == 'draft':
                for repayment in meeting._missing_repayments():
                    repayment.meeting = meeting
                    repayments.append(repayment)
        Repayment.save(repayments)

    def _records(self):
        return (super()._records()
            + list(self.repayments or []) + list(self.disbursements or []))

    @fields.depends('repayments', 'disbursements')
    def _on_change_fund(self, name):
        Loan = Pool().get('avec.loan')
        lines = [*(self.repayments or []), *(self.disbursements or [])]
        loans = [
            l.loan.id for l in lines if getattr(l, 'loan', None)]
        for loan in Loan.browse(loans):
            # Each line has a loan of its own, which would be read alone
            loan.product
        return super()._on_change_fund(name)

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'repayments': [
                'loan', 'amount', 'principal', 'charge', 'penalty'],
            'disbursements': ['loan'],
            }

    # -- the checks

    def _faults(self, opening, active):
        read = self.read_debts(self._open_loans())
        yield from self._check_repayments(read)
        yield from self._check_disbursements(read)
        yield from self._check_cash(opening)
        yield from super()._faults(opening, active)

    def _open_loans(self):
        "Return the loans that are repaid and the others of who borrows"
        Loan = Pool().get('avec.loan')
        return [r.loan for r in self.repayments] + Loan.search([
                ('membership', 'in', [
                        d.membership.id for d in self.disbursements]),
                ('state', '=', 'disbursed'),
                ])

    def _check_repayments(self, read):
        "Check the payments, and pay the debts read"
        for repayment in self.repayments:
            loan = repayment.loan
            if (loan.state not in {'disbursed', 'written_off'}
                    or loan.disbursement_date > self.date):
                yield gettext(
                    'avec_loan.msg_sheet_repayment_state',
                    loan=loan.rec_name)
                continue
            _, excess = repayment.pay(read[loan.id], self.date)
            if excess:
                yield repayment.excess_fault(excess)

    def _check_disbursements(self, read):
        if not self.disbursements:
            return
        held = self._held_before()
        lent = [d.loan for m in held for d in m.disbursements]
        yield from self._check_lent_once(lent)
        there = {l.membership.id for l in self.lines if l.is_present}
        for disbursement in self.disbursements:
            loan = disbursement.loan
            if loan.state != 'approved':
                yield gettext(
                    'avec_loan.msg_sheet_disbursement_state',
                    loan=loan.rec_name)
            if loan.membership.id not in there:
                yield gettext(
                    'avec_loan.msg_sheet_disbursement_absent',
                    loan=loan.rec_name)
        yield from self._check_limits(held, lent, read)

    def _check_limits(self, held, lent, read):
        "Check each loan with what is saved, repaid and lent before it"
        Loan = Pool().get('avec.loan')
        bought = defaultdict(Decimal)
        for line in chain.from_iterable(m.lines for m in [*held, self]):
            bought[line.membership.id] += line.amount or 0
        owed = {
            d.loan: d.outstanding for d in read.values()
            if not d.is_settled(self.date)}
        owed.update((l, l.principal) for l in lent)
        for loan, faults in Loan.limit_faults(
                [d.loan for d in self.disbursements], bought, owed,
                lend=True).items():
            for fault in faults:
                yield gettext(
                    'avec_loan.msg_sheet_disbursement_limit',
                    loan=loan.rec_name, fault=fault)

    def _check_lent_once(self, held):
        for disbursement in self.disbursements:
            if disbursement.loan in held:
                yield gettext(
                    'avec_loan.msg_sheet_disbursement_twice',
                    loan=disbursement.loan.rec_name)

    def _check_cash(self, opening):
        "Check that the funds hold what they lend"
        Operation = Pool().get('avec.meeting.operation')
        labels = dict(Operation.fields_get(['fund'])['fund']['selection'])
        lent = defaultdict(Decimal)
        for disbursement in self.disbursements:
            lent[disbursement.fund] += disbursement.amount
        effect = self.cash_effect()
        for fund, amount in lent.items():
            cash = opening[fund] + effect[fund] + amount
            if amount > cash:
                yield gettext(
                    'avec_loan.msg_sheet_disbursement_cash',
                    fund=labels[fund],
                    lent=format_amount(amount, self.currency),
                    cash=format_amount(max(cash, 0), self.currency))

    @classmethod
    def check_sheets(cls, meetings):
        super().check_sheets(meetings)
        # The checks told what each payment pays
        Repayment = Pool().get('avec.meeting.repayment')
        Repayment.save([r for m in meetings for r in m.repayments])

    # -- the books

    @classmethod
    def _get_documents_lines(cls, meetings):
        Instalment = Pool().get('avec.loan.instalment')
        read = debts.read([r.loan for m in meetings for r in m.repayments])
        plans = defaultdict(list)
        for instalment in Instalment.search([
                    ('loan', 'in', [
                            d.loan.id for m in meetings
                            for d in m.disbursements]),
                    ], order=[('number', 'ASC')]):
            plans[instalment.loan.id].append(instalment)
        result = []
        for meeting, lines in super()._get_documents_lines(meetings):
            for repayment in meeting.repayments:
                # Told again, as the sheets before may just be posted
                splits, _ = repayment.pay(
                    read[repayment.loan.id], meeting.date)
                if repayment.amount:
                    lines.extend(repayment.get_loan_lines(meeting, splits))
            for disbursement in meeting.disbursements:
                lines.extend(disbursement.get_loan_lines(
                        meeting, plans[disbursement.loan.id]))
            result.append((meeting, lines))
        return result

    @classmethod
    def _post_moves(cls, meetings):
        Repayment = Pool().get('avec.meeting.repayment')
        cls._disburse(meetings)
        super()._post_moves(meetings)
        Repayment.save([r for m in meetings for r in m.repayments])
        cls._settle_loans({
                r.loan: m.date for m in meetings for r in m.repayments
                if r.amount})

    @classmethod
    def _disburse(cls, meetings):
        "Set the plans of the loans from the days they are paid out"
        Loan = Pool().get('avec.loan')
        dates = {
            d.loan: m.date for m in meetings for d in m.disbursements}
        loans = defaultdict(list)
        for loan, date in dates.items():
            loans[date].append(loan)
        for date, lent in loans.items():
            Loan.write(lent, {
                    'state': 'disbursed',
                    'disbursement_date': date,
                    })
        Loan.plan(list(dates), dates)

    @classmethod
    def _cancel_moves(cls, meetings):
        pool = Pool()
        Instalment = pool.get('avec.loan.instalment')
        Loan = pool.get('avec.loan')
        super()._cancel_moves(meetings)
        cls._reopen_loans(
            list({r.loan for m in meetings for r in m.repayments}))
        dates = {
            d.loan: m.date for m in meetings for d in m.disbursements}
        Instalment.write(
            [i for l in dates for i in l.instalments], {'active': False})
        Loan.write(
            list(dates), {'state': 'approved', 'disbursement_date': None})
        # As they would be paid out on the sheet that replaces it
        Loan.plan(Loan.browse(list(dates)), dates)

    @classmethod
    def _copy_default(cls, default):
        default = super()._copy_default(default)
        default.setdefault('repayments', None)
        default.setdefault('disbursements', None)
        return default
