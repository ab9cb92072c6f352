# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.avec_group.document import (
    DocumentMixin, format_date, signature)
from trytond.modules.avec_group.sealed import sealed
from trytond.modules.company.model import set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If

from . import debts
from .document import LoanDocumentMixin
from .exceptions import WriteOffError

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class LoanChangeMixin(LoanDocumentMixin, DocumentMixin):
    "A document that changes a loan outside of the meetings"
    __slots__ = ()

    loan = fields.Many2One(
        'avec.loan', "Loan", required=True, ondelete='RESTRICT',
        domain=[
            If(Eval('state') == 'draft', ('state', '=', 'disbursed'), ()),
            ],
        states=_STATES)
    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, readonly=True,
        ondelete='RESTRICT', help="The cycle in whose books the loan is.")
    date = fields.Date("Date", required=True, states=_STATES)
    reason = fields.Text("Reason", states=_STATES)
    state = fields.Selection([
            ('draft', "Draft"),
            ('posted', "Posted"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    posted_by = signature("Posted By")
    cancelled_by = signature("Cancelled By")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.loan, Index.Range())),
                Index(table, (table.cycle, Index.Range())),
                })
        cls._order.insert(0, ('date', 'DESC'))
        cls._transitions |= {
            ('draft', 'posted'),
            ('posted', 'cancelled'),
            }
        cls._buttons.update({
                'post': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': Eval('state') != 'posted',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('loan', '_parent_loan.membership')
    def on_change_loan(self):
        self.cycle = self._get_cycle()

    def _get_cycle(self):
        "Return the open cycle of the group of the loan"
        if self.loan and self.loan.group:
            for cycle in self._open_cycles([self.loan.group]):
                return cycle

    @classmethod
    def set_cycles(cls, documents):
        "Set the cycles anew, as another loan may have been chosen"
        for document in documents:
            document.cycle = document._get_cycle() or document.cycle

    @classmethod
    def _open_cycles(cls, groups):
        Cycle = Pool().get('avec.cycle')
        return Cycle.search([
                ('group', 'in', [g.id for g in groups]),
                ('state', 'in', ['running', 'sharing']),
                ])

    @classmethod
    def preprocess_values(cls, mode, values):
        Loan = Pool().get('avec.loan')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('loan'):
            loan = Loan(values['loan'])
            for cycle in cls._open_cycles([loan.group]):
                values['cycle'] = cycle.id
        return values

    @classmethod
    def check_changes(cls, documents):
        "Check that the loans are open and that nothing later is posted"
        Meeting = Pool().get('avec.meeting')
        cls.check_cycle(documents, states=('running', 'sharing'))
        changed = set()
        for document in documents:
            loan = document.loan
            if loan.state != 'disbursed' or loan in changed:
                raise cls._error(gettext(
                        'avec_loan.msg_change_not_disbursed',
                        loan=loan.rec_name))
            if document.date < loan.disbursement_date:
                raise cls._error(gettext(
                        'avec_loan.msg_change_before_disbursement',
                        loan=loan.rec_name,
                        date=format_date(loan.disbursement_date)))
            changed.add(loan)
        for meeting in Meeting.search([
                    ('cycle', 'in', [d.cycle.id for d in documents]),
                    ('state', 'in', ['held', 'posted']),
                    ], order=[('date', 'ASC')]):
            for document in documents:
                if (document.cycle == meeting.cycle
                        and (meeting.date > document.date
                            or meeting.state == 'held')):
                    raise cls._error(gettext(
                            'avec_loan.msg_change_meeting',
                            loan=document.loan.rec_name,
                            meeting=meeting.rec_name))

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = ([*names, 'cycle', *cls._sealed_terms()], moves)
        return events

    @classmethod
    def _sealed_terms(cls):
        "Return the fields that only the document has"
        return []

    @classmethod
    def sealed_member(cls):
        return 'loan.membership'

    @classmethod
    def _error(cls, message):
        "Return the error of the document"
        return WriteOffError(message)

    def get_rec_name(self, name):
        return f'{self.loan.rec_name} ({format_date(self.date)})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('loan.rec_name', *clause[1:])]


class WriteOff(LoanChangeMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.loan.write_off'
    __string__ = "Loan Write-off"

    amount = Monetary(
        "Amount", currency='currency', digits='currency', readonly=True,
        help="The principal that is lost.")

    @fields.depends('loan')
    def on_change_loan(self):
        super().on_change_loan()
        self.amount = self.loan.outstanding if self.loan else None

    @classmethod
    def _sealed_terms(cls):
        return [*super()._sealed_terms(), 'amount']

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, write_offs):
        cls.set_cycles(write_offs)
        cls.lock_books(write_offs)
        cls.check_changes(write_offs)
        cls._post_moves(write_offs)

    @classmethod
    def _get_documents_lines(cls, write_offs):
        read = debts.read([w.loan for w in write_offs])
        result = []
        for document, lines in super()._get_documents_lines(write_offs):
            splits = read[document.loan.id].settle_principal()
            lines.extend(document._get_loss_lines(splits))
            document.amount = sum(
                (a.principal for _, a in splits), Decimal(0))
            result.append((document, lines))
        return result

    @classmethod
    def _post_moves(cls, write_offs):
        pool = Pool()
        Line = pool.get('account.move.line')
        Loan = pool.get('avec.loan')
        super()._post_moves(write_offs)
        loans = [w.loan for w in write_offs]
        Line.avec_reconcile_instalments(
            [i for l in loans for i in l.instalments])
        Loan.write(loans, {'state': 'written_off'})

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, write_offs):
        Loan = Pool().get('avec.loan')
        cls.check_cycle(write_offs, states=('running', 'sharing'))
        cls._cancel_moves(write_offs)
        Loan.write([w.loan for w in write_offs], {'state': 'disbursed'})
