# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.avec_group import ledger
from trytond.modules.avec_group.document import format_amount
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from . import debts
from .document import LoanDocumentMixin
from .exceptions import DebtLeftWarning
from .netting import Borrower, net
from .repayment import total


class ShareOut(LoanDocumentMixin, metaclass=PoolMeta):
    __name__ = 'avec.share_out'

    debt_left = fields.Function(Monetary(
            "Debts Left", currency='currency', digits='currency',
            help="What members owe beyond what they get."),
        'get_totals')

    @classmethod
    def _debts(cls, share_outs):
        """Return {membership id: [Debt]} of the loans that are taken.

        The loans of the social fund stay with it.
        """
        Loan = Pool().get('avec.loan')
        groups = [
            s.cycle.group.id for s in share_outs
            if s.cycle.loans_at_share_out == 'net']
        read = debts.read(Loan.search([
                    ('group', 'in', groups),
                    ('product.fund', '=', 'loan_fund'),
                    ('state', '=', 'disbursed'),
                    ], order=[('disbursement_date', 'ASC'), ('id', 'ASC')]))
        result = defaultdict(list)
        for debt in read.values():
            result[debt.loan.membership.id].append(debt)
        return result

    def _allocate(self, members, claims, surplus, social_fund):
        allocate = super()._allocate
        read = self._debts([self])
        borrowers = [self._get_borrower(read[m.id]) for m in members]
        # The loans that are not taken are not there to be shared
        surplus -= self._outstanding() - total(
            b.owed for b in borrowers).principal

        def share(claims, added):
            return allocate(members, claims, surplus + added, social_fund)
        return net(claims, borrowers, share)

    def _outstanding(self):
        return ledger.fund_balances(
            [self.cycle],
            ['loans_outstanding'])['loans_outstanding'][self.cycle.id]

    def _get_borrower(self, owed):
        "Return what the debts of a member are, and how they are paid"
        if not owed:
            return Borrower()

        def pay(amount):
            return total(
                a for _, splits in debts.end(
                    debts.copy(owed), amount, self.date)
                for _, a in splits)
        return Borrower(total(d.settlement(self.date) for d in owed), pay)

    def _get_line(self, membership, shared):
        line = super()._get_line(membership, shared)
        line.debt_left = shared.unpaid
        return line

    @classmethod
    def check_computed(cls, share_outs):
        super().check_computed(share_outs)
        cls.check_debts(share_outs)

    @classmethod
    def check_debts(cls, share_outs):
        "Warn that members owe more than they get"
        Warning = Pool().get('res.user.warning')
        for document in share_outs:
            if not document.debt_left:
                continue
            key = Warning.format('debt_left', [document])
            if Warning.check(key):
                raise DebtLeftWarning(key, gettext(
                        'avec_loan.msg_share_out_debt_left',
                        share_out=document.rec_name,
                        amount=format_amount(
                            document.debt_left, document.currency),
                        members=', '.join(
                            l.membership.rec_name for l in document.lines
                            if l.debt_left)))

    @classmethod
    def _get_documents_lines(cls, share_outs):
        read = cls._debts(share_outs)
        result = []
        for document, lines in super()._get_documents_lines(share_outs):
            for line in document.lines:
                if not line.deductions:
                    continue
                for _, splits in debts.end(
                        read[line.membership.id], line.deductions,
                        document.date):
                    lines.extend(
                        document._get_repaid_lines(splits, origin=line))
            result.append((document, lines))
        return result

    @classmethod
    def _post_moves(cls, share_outs):
        read = cls._debts(share_outs)
        dates = {s.cycle.group: s.date for s in share_outs}
        super()._post_moves(share_outs)
        cls._settle_loans({
                d.loan: dates[d.loan.group]
                for ds in read.values() for d in ds})

    @classmethod
    def _cancel_moves(cls, share_outs):
        super()._cancel_moves(share_outs)
        cls._reopen_loans(cls._loans_of([s.move for s in share_outs]))

    @classmethod
    def sealed_lines(cls):
        lines = super().sealed_lines()
        lines['lines'] = [*lines['lines'], 'debt_left']
        return lines


class ShareOutLine(metaclass=PoolMeta):
    __name__ = 'avec.share_out.line'

    debt_left = Monetary(
        "Debt Left", currency='currency', digits='currency', readonly=True,
        states={
            'invisible': ~Eval('debt_left', 0),
            },
        help="What the member owes beyond what he or she gets.")
