# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the documents of a group have in common once there are loans"
from trytond.pool import Pool

from .account import RECEIVABLES

_INCOMES = {
    'charge': 'avec_service_charge_income',
    'penalty': 'avec_late_penalty_income',
    }


class LoanDocumentMixin:
    __slots__ = ()

    @classmethod
    def _document_models(cls):
        return super()._document_models() + [
            'avec.loan.write_off', 'avec.loan.rescheduling']

    def _get_instalment_line(
            self, name, amount, instalment, party=None, maturity_date=None,
            origin=None):
        "Return an unsaved line of the instalment, as by _get_move_line"
        line = self._get_move_line(name, amount, party=party, origin=origin)
        line.avec_instalment = instalment
        line.maturity_date = maturity_date
        return line

    def _get_receivable_line(
            self, instalment, amount, maturity_date=None, origin=None):
        "Return an unsaved line of what the borrower owes, more if positive"
        loan = instalment.loan
        return self._get_instalment_line(
            RECEIVABLES[loan.product.fund], amount, instalment,
            party=loan.party,
            maturity_date=maturity_date or instalment.due_date,
            origin=origin)

    def _get_repaid_lines(self, splits, origin=None):
        """Return the unsaved lines of a payment without where it comes from.

        splits: [(instalment, Amounts), ...]
        """
        lines = []
        for instalment, amounts in splits:
            if amounts.principal:
                lines.append(self._get_receivable_line(
                        instalment, -amounts.principal, origin=origin))
            for part, name in _INCOMES.items():
                if amount := getattr(amounts, part):
                    lines.append(self._get_instalment_line(
                            name, -amount, instalment, origin=origin))
        return lines

    def _get_loss_lines(self, splits, origin=None):
        "Return the unsaved lines of the principal that is lost"
        lines = []
        for instalment, amounts in splits:
            lines.append(self._get_instalment_line(
                    'avec_loan_loss', amounts.principal, instalment,
                    origin=origin))
            lines.append(self._get_receivable_line(
                    instalment, -amounts.principal, origin=origin))
        return lines

    @classmethod
    def _settle_loans(cls, loans):
        """Reconcile what was repaid and set the state of the loans.

        loans: {loan: day on which it was last changed}.
        """
        pool = Pool()
        Loan = pool.get('avec.loan')
        Line = pool.get('account.move.line')
        Line.avec_reconcile_instalments(
            [i for l in loans for i in l.instalments])
        Loan.settle(loans)

    @classmethod
    def _loans_of(cls, moves):
        "Return the loans that the moves change"
        Line = Pool().get('account.move.line')
        return list({
                l.avec_instalment.loan for l in Line.search([
                        ('move', 'in', [m.id for m in moves if m]),
                        ('avec_instalment', '!=', None),
                        ])})

    @classmethod
    def _reopen_loans(cls, loans):
        "Set the state of the loans whose repayments were cancelled"
        Loan = Pool().get('avec.loan')
        Loan.write(
            [l for l in loans if l.state == 'repaid'], {'state': 'disbursed'})
