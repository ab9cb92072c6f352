# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.document import DocumentLineMixin
from trytond.modules.avec_group.exceptions import OpeningError
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from .document import LoanDocumentMixin

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Opening(LoanDocumentMixin, metaclass=PoolMeta):
    __name__ = 'avec.opening'

    loans = fields.One2Many(
        'avec.opening.loan', 'opening', "Loans", states=_STATES,
        help="What members owe when the books begin.")
    loans_outstanding = fields.Function(Monetary(
            "Loans Outstanding", currency='currency', digits='currency'),
        'on_change_with_loans_outstanding')

    @fields.depends('loans')
    def on_change_with_loans_outstanding(self, name=None):
        return sum(
            (getattr(l, 'principal', None) or Decimal(0)
                for l in self.loans or []),
            Decimal(0))

    @fields.depends(methods=['on_change_with_loans_outstanding'])
    def _owned(self):
        return super()._owned() + self.on_change_with_loans_outstanding()

    @classmethod
    def check_dates(cls, openings):
        super().check_dates(openings)
        for opening in openings:
            for line in opening.loans:
                if not line.membership.is_active(opening.date):
                    raise OpeningError(gettext(
                            'avec_loan.msg_opening_loan_member',
                            opening=opening.rec_name,
                            member=line.membership.rec_name))

    @classmethod
    def _post_moves(cls, openings):
        pool = Pool()
        Instalment = pool.get('avec.loan.instalment')
        Line = pool.get('avec.opening.loan')
        Loan = pool.get('avec.loan')
        lines = [l for o in openings for l in o.loans]
        for line in lines:
            line.loan = line.get_loan()
        Loan.save([l.loan for l in lines])
        Line.save(lines)
        Instalment.save([
                i for l in lines for i in l.get_instalments()])
        super()._post_moves(openings)

    @classmethod
    def _get_documents_lines(cls, openings):
        Instalment = Pool().get('avec.loan.instalment')
        result = []
        for opening, lines in super()._get_documents_lines(openings):
            origins = {l.loan: l for l in opening.loans}
            lines.extend(
                opening._get_receivable_line(
                    i, i.principal, origin=origins[i.loan])
                for i in Instalment.search([
                        ('loan', 'in', [l.id for l in origins]),
                        ])
                if i.principal)
            result.append((opening, lines))
        return result

    @classmethod
    def _cancel_moves(cls, openings):
        Loan = Pool().get('avec.loan')
        super()._cancel_moves(openings)
        Loan.write(
            [l.loan for o in openings for l in o.loans],
            {'state': 'cancelled'})

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'loans': [
                'membership', 'product', 'principal', 'term', 'first_due',
                'loan'],
            }

    @classmethod
    def _copy_default(cls, default):
        default = super()._copy_default(default)
        default.setdefault('loans.loan', None)
        return default


class OpeningLoan(DocumentLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.opening.loan'
    __string__ = "Opening Balance Loan"

    opening = fields.Many2One(
        'avec.opening', "Opening", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        domain=[
            ('group.cycles', '=',
                Eval('_parent_opening', {}).get('cycle', -1)),
            ])
    product = fields.Many2One(
        'avec.loan.product', "Product", required=True, ondelete='RESTRICT',
        domain=[
            ('company', '=',
                Eval('_parent_opening', {}).get('company', -1)),
            ])
    principal = Monetary(
        "Outstanding", currency='currency', digits='currency', required=True,
        domain=['OR', ('principal', '=', None), ('principal', '>', 0)],
        help="The principal that is left to repay.")
    term = fields.Integer(
        "Term", required=True,
        domain=['OR', ('term', '=', None), ('term', '>=', 1)],
        help="The number of instalments that are left.")
    first_due = fields.Date(
        "First Due Date",
        help="When the next instalment is due.\n"
        "Leave empty for one period after the opening.")
    loan = fields.Many2One(
        'avec.loan', "Loan", readonly=True, ondelete='RESTRICT')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('opening')
        cls._order.insert(0, ('membership.number', 'ASC'))

    @classmethod
    def _document_field(cls):
        return 'opening'

    @classmethod
    def sealed_member(cls):
        return 'membership'

    @classmethod
    def default_term(cls):
        return 1

    @fields.depends('opening', '_parent_opening.currency')
    def on_change_with_currency(self, name=None):
        return self.opening.currency if self.opening else None

    def get_loan(self):
        "Return the unsaved loan"
        Loan = Pool().get('avec.loan')
        date = self.opening.date
        return Loan(
            membership=self.membership, cycle=self.opening.cycle,
            product=self.product, principal=self.principal, term=self.term,
            request_date=date, disbursement_date=date, state='disbursed',
            requested_by=None)

    def get_instalments(self):
        "Return the unsaved instalments of the saved loan"
        date = self.opening.date
        rows = self.loan.get_rows(
            date, first_due=self.first_due, kept=())
        return self.loan.new_instalments(rows, date)

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.opening.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
