# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.avec_group.document import format_amount
from trytond.modules.avec_group.exceptions import ExitError
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from . import debts
from .document import LoanDocumentMixin
from .repayment import total

ZERO = Decimal(0)


class MembershipExit(LoanDocumentMixin, metaclass=PoolMeta):
    __name__ = 'avec.membership.exit'

    debt_rule = fields.Function(fields.Selection(
            'get_debt_rules', "Debt Beyond the Savings",
            states={
                'invisible': ~Eval('debt_left', 0),
                },
            help="What the constitution says of what is owed beyond what is "
            "due to the member."),
        'on_change_with_debt_rule')
    debt_left = Monetary(
        "Debt Left", currency='currency', digits='currency', readonly=True,
        states={
            'invisible': ~Eval('debt_left', 0),
            },
        help="What is owed beyond what is due to the member.")

    @classmethod
    def get_debt_rules(cls):
        Cycle = Pool().get('avec.cycle')
        rules = {}
        for name in ['debt_on_exit', 'debt_on_death']:
            rules.update(Cycle.fields_get([name])[name]['selection'])
        return [(None, ""), *rules.items()]

    @fields.depends(
        'cycle', 'reason', '_parent_cycle.debt_on_exit',
        '_parent_cycle.debt_on_death')
    def on_change_with_debt_rule(self, name=None):
        if self.cycle:
            return (self.cycle.debt_on_death if self.reason == 'died'
                else self.cycle.debt_on_exit)

    @classmethod
    def _debts(cls, exits):
        "Return {membership id: [Debt]} of the loans to settle"
        Loan = Pool().get('avec.loan')
        result = {e.membership.id: [] for e in exits if e.membership}
        read = debts.read(Loan.search([
                    ('membership', 'in', list(result)),
                    ('state', '=', 'disbursed'),
                    ], order=[('disbursement_date', 'ASC'), ('id', 'ASC')]))
        for debt in read.values():
            result[debt.loan.membership.id].append(debt)
        return result

    def _owed(self):
        "Return what ends the loans of the member on the day"
        if not self.membership or not self.date:
            return ZERO
        read = self._debts([self])
        return sum((
                d.settlement(self.date).total
                for d in read[self.membership.id]), ZERO)

    @fields.depends(
        'membership', 'date', 'deductions',
        methods=['on_change_with_debt_rule'])
    def _compute(self):
        super()._compute()
        self.debt_left = self._owed() - (self.deductions or ZERO)
        self.debt_rule = self.on_change_with_debt_rule()

    @fields.depends(methods=['_compute'])
    def on_change_date(self):
        self._compute()

    @fields.depends('membership', 'date')
    def _get_deductions(self):
        return super()._get_deductions() + self._owed()

    @classmethod
    def check_exits(cls, exits):
        super().check_exits(exits)
        cls.check_requests(exits)
        for exit_ in exits:
            if exit_.debt_left and exit_.debt_rule == 'refuse':
                raise ExitError(gettext(
                        'avec_loan.msg_exit_debt',
                        member=exit_.membership.rec_name,
                        owed=format_amount(
                            exit_.deductions + exit_.debt_left,
                            exit_.currency),
                        due=format_amount(
                            exit_.savings + exit_.surplus, exit_.currency)))

    @classmethod
    def check_requests(cls, exits):
        "Check that no loan is about to be paid out to who leaves"
        Loan = Pool().get('avec.loan')
        for loan in Loan.search([
                    ('membership', 'in', [e.membership.id for e in exits]),
                    ('state', 'in', ['request', 'approved']),
                    ], limit=1):
            raise ExitError(gettext(
                    'avec_loan.msg_exit_request',
                    member=loan.membership.rec_name, loan=loan.rec_name))

    @classmethod
    def _get_documents_lines(cls, exits):
        read = cls._debts(exits)
        result = []
        for exit_, lines in super()._get_documents_lines(exits):
            lines.extend(exit_._get_debt_lines(read[exit_.membership.id]))
            result.append((exit_, lines))
        return result

    def _get_debt_lines(self, owed):
        lines, social = [], self._social_repaid(owed)
        for debt, splits in debts.end(owed, self.deductions, self.date):
            lines.extend(self._get_repaid_lines(splits))
            if self.debt_rule == 'write_off':
                lines.extend(self._get_loss_lines(debt.settle_principal()))
        if social:
            # The savings were in the box of the loan fund
            lines.append(self._get_move_line(
                    'avec_social_fund_cash', social))
            lines.append(self._get_move_line(
                    'avec_loan_fund_cash', -social))
        return lines

    def _social_repaid(self, owed):
        "Return what the savings repay to the social fund"
        return sum((
                total(a for _, a in splits).total
                for debt, splits in debts.end(
                    debts.copy(owed), self.deductions, self.date)
                if debt.loan.product.fund == 'social_fund'), ZERO)

    def _loan_fund_payment(self):
        owed = self._debts([self])[self.membership.id]
        return super()._loan_fund_payment() + self._social_repaid(owed)

    @classmethod
    def _post_moves(cls, exits):
        Loan = Pool().get('avec.loan')
        read = cls._debts(exits)
        super()._post_moves(exits)
        lost = []
        for exit_ in exits:
            loans = [d.loan for d in read[exit_.membership.id]]
            cls._settle_loans({l: exit_.date for l in loans})
            if exit_.debt_rule == 'write_off':
                lost.extend(loans)
        Loan.write(
            [l for l in Loan.browse(lost) if l.state == 'disbursed'],
            {'state': 'written_off'})

    @classmethod
    def _cancel_moves(cls, exits):
        Loan = Pool().get('avec.loan')
        super()._cancel_moves(exits)
        Loan.write(list({
                    *cls._loans_of([e.move for e in exits]),
                    *cls._written_off(exits)}), {'state': 'disbursed'})

    @classmethod
    def _written_off(cls, exits):
        "Return the loans that are written off without document of their own"
        pool = Pool()
        Loan = pool.get('avec.loan')
        WriteOff = pool.get('avec.loan.write_off')
        memberships = [e.membership.id for e in exits]
        documents = WriteOff.search([
                ('loan.membership', 'in', memberships),
                ('state', '=', 'posted'),
                ])
        return Loan.search([
                ('membership', 'in', memberships),
                ('state', '=', 'written_off'),
                ('id', 'not in', [d.loan.id for d in documents]),
                ])

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = ([*names, 'debt_left'], moves)
        return events

    @classmethod
    def _copy_default(cls, default):
        default = super()._copy_default(default)
        default.setdefault('debt_left', None)
        return default
