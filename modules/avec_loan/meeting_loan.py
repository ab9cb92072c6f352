# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What leaves the box as loans and comes back on the sheet of a meeting"
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_amount
from trytond.modules.avec_group.meeting_line import SheetLineMixin
from trytond.modules.currency.fields import Monetary
from trytond.pyson import Eval, If

from . import debts
from .repayment import ORDER, Amounts, total

ZERO = Decimal(0)


class LoanLineMixin(SheetLineMixin):
    __slots__ = ()

    membership = fields.Function(
        fields.Many2One('avec.membership', "Member"),
        'on_change_with_membership', searcher='search_membership')

    @fields.depends('loan', '_parent_loan.membership')
    def on_change_with_membership(self, name=None):
        return self.loan.membership if self.loan else None

    @classmethod
    def search_membership(cls, name, clause):
        nested = clause[0][len(name):]
        return [('loan.membership' + nested, *clause[1:])]

    @classmethod
    def sealed_member(cls):
        return 'loan.membership'

    @property
    def fund(self):
        loan = getattr(self, 'loan', None)
        return loan.product.fund if loan and loan.product else None

    def _amount(self):
        return getattr(self, 'amount', None) or ZERO

    def get_rec_name(self, name):
        return f'{self.loan.rec_name} @ {self.meeting.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('loan.rec_name', *clause[1:])]


class Disbursement(LoanLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.meeting.disbursement'
    __string__ = "Loan Disbursement"

    meeting = fields.Many2One(
        'avec.meeting', "Meeting", required=True, ondelete='CASCADE')
    loan = fields.Many2One(
        'avec.loan', "Loan", required=True, ondelete='RESTRICT',
        domain=[
            ('cycle', '=', Eval('_parent_meeting', {}).get('cycle', -1)),
            If(Eval('_parent_meeting', {}).get('state') == 'draft',
                ('state', '=', 'approved'), ()),
            ])
    amount = fields.Function(Monetary(
            "Amount", currency='currency', digits='currency'),
        'on_change_with_amount')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('loan_unique', Unique(table, table.meeting, table.loan),
                'avec_loan.msg_disbursement_loan_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.loan, Index.Range())))
        cls._order.insert(0, ('meeting', 'DESC'))

    @fields.depends('loan', '_parent_loan.principal')
    def on_change_with_amount(self, name=None):
        return self.loan.principal if self.loan else None

    def entries(self, meeting):
        return [(f'avec_{self.fund}_cash', None, -self._amount())]

    def cash_effect(self, meeting):
        return {self.fund: -self._amount()} if self.fund else {}

    def get_loan_lines(self, meeting, instalments):
        "Return the unsaved lines of what the borrower owes from now on"
        return [
            meeting._get_receivable_line(i, i.principal, origin=self)
            for i in instalments if i.principal]


class Repayment(LoanLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.meeting.repayment'
    __string__ = "Loan Repayment"

    meeting = fields.Many2One(
        'avec.meeting', "Meeting", required=True, ondelete='CASCADE')
    loan = fields.Many2One(
        'avec.loan', "Loan", required=True, ondelete='RESTRICT',
        domain=[
            ('group', '=', Eval('_parent_meeting', {}).get('group', -1)),
            If(Eval('_parent_meeting', {}).get('state') == 'draft',
                ('state', 'in', ['disbursed', 'written_off']), ()),
            ])
    due = fields.Function(Monetary(
            "Due", currency='currency', digits='currency',
            help="What must be paid to be up to date: "
            "principal, service charge and penalties."),
        'get_owed')
    settlement = fields.Function(Monetary(
            "To Settle", currency='currency', digits='currency',
            help="What ends the loan if it is paid at the meeting."),
        'get_owed')
    amount = Monetary(
        "Paid", currency='currency', digits='currency', required=True,
        domain=[('amount', '>=', 0)],
        help="What the member put in the box.")
    principal = Monetary(
        "Principal", currency='currency', digits='currency', readonly=True)
    charge = Monetary(
        "Service Charge", currency='currency', digits='currency',
        readonly=True)
    penalty = Monetary(
        "Penalty", currency='currency', digits='currency', readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('loan_unique', Unique(table, table.meeting, table.loan),
                'avec_loan.msg_repayment_loan_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.loan, Index.Range())))
        cls._order.insert(0, ('meeting', 'DESC'))
        cls._order.insert(1, ('loan.membership.number', 'ASC'))

    @classmethod
    def default_amount(cls):
        return ZERO

    @classmethod
    def get_owed(cls, repayments, names):
        "Return what was owed before the sheet, nothing once it is posted"
        result = {n: {r.id: None for r in repayments} for n in names}
        typed = defaultdict(list)
        for repayment in repayments:
            if repayment.meeting.state in {'draft', 'held'}:
                typed[repayment.meeting].append(repayment)
        for meeting, listed in typed.items():
            read = meeting.read_debts([r.loan for r in listed])
            for repayment in listed:
                values = cls._owed(read[repayment.loan.id], meeting.date)
                for name in names:
                    result[name][repayment.id] = values[name]
        return result

    @classmethod
    def _owed(cls, debt, date):
        if debt.loan.state == 'written_off':
            return dict.fromkeys(['due', 'settlement'], debt.to_recover)
        return {
            'due': debt.due(date).total,
            'settlement': debt.settlement(date).total,
            }

    @fields.depends(
        'loan', 'meeting', '_parent_meeting.date', '_parent_meeting.cycle',
        '_parent_meeting.id')
    def on_change_loan(self):
        self.amount = self.due = self.settlement = None
        if self.loan and self.meeting and self.meeting.date:
            self.propose(self._read_debt(), self.meeting.date)

    @fields.depends(
        'loan', 'amount', 'meeting', '_parent_meeting.date',
        '_parent_meeting.cycle', '_parent_meeting.id')
    def on_change_amount(self):
        if self.loan and self.meeting and self.meeting.date:
            self.pay(self._read_debt(), self.meeting.date)

    def _read_debt(self):
        return self.meeting.read_debts([self.loan])[self.loan.id]

    def propose(self, debt, date):
        "Set what is owed and propose that what is due is paid"
        for name, amount in self._owed(debt, date).items():
            setattr(self, name, amount)
        self.amount = ZERO if debt.to_recover else self.due
        # What is proposed is not paid yet
        self.pay(*debts.copy([debt]), date)

    def pay(self, debt, date):
        """Pay the debt and tell what the amount pays.

        Returns ([(instalment, Amounts), ...], excess).
        """
        if debt.loan.state == 'written_off':
            excess = debt.recover(self._amount())
            self._set_parts(Amounts(principal=self._amount() - excess))
            return [], excess
        splits, excess = debt.pay(self._amount(), date)
        self._set_parts(total(a for _, a in splits))
        return splits, excess

    def _set_parts(self, amounts):
        for part in ORDER:
            value = getattr(amounts, part)
            # What does not change is not saved
            if getattr(self, part, None) != value:
                setattr(self, part, value)

    def entries(self, meeting):
        return [(f'avec_{self.fund}_cash', None, self._amount())]

    def cash_effect(self, meeting):
        return {self.fund: self._amount()} if self.fund else {}

    def get_loan_lines(self, meeting, splits):
        "Return the unsaved lines of what is repaid"
        if self.loan.state == 'written_off':
            return [meeting._get_instalment_line(
                    'avec_loan_recovery_income', -self.amount,
                    self.loan.instalments[0], origin=self)]
        return meeting._get_repaid_lines(splits, origin=self)

    def excess_fault(self, excess):
        return gettext(
            'avec_loan.msg_sheet_repayment_excess',
            loan=self.loan.rec_name,
            amount=format_amount(self.amount, self.currency),
            owed=format_amount(self.amount - excess, self.currency),
            excess=format_amount(excess, self.currency))

    @classmethod
    def check_modification(
            cls, mode, repayments, values=None, external=False):
        if mode == 'write' and not external and values.keys() <= set(ORDER):
            # What the payment pays is told again when it is posted
            return
        super().check_modification(
            mode, repayments, values=values, external=external)
