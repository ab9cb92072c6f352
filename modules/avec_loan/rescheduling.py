# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.sealed import SealedLineMixin, sealed
from trytond.modules.company.model import set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import debts
from .amortization import Row, cut
from .exceptions import ReschedulingError
from .repayment import total
from .write_off import LoanChangeMixin

_STATES = {
    'readonly': Eval('state') != 'draft',
    }
# What a rescheduling changes of an instalment
_PLAN = [
    'number', 'start_date', 'due_date', 'opening', 'principal', 'charge',
    'penalty', 'closed']


class Rescheduling(LoanChangeMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.loan.rescheduling'
    __string__ = "Loan Rescheduling"

    term = fields.Integer(
        "New Term", required=True,
        domain=['OR', ('term', '=', None), ('term', '>=', 1)],
        states=_STATES,
        help="The number of instalments from now on.")
    first_due = fields.Date(
        "First Due Date", states=_STATES,
        help="When the first new instalment is due.\n"
        "Leave empty for one period after the date.")
    rows = fields.One2Many(
        'avec.loan.rescheduling.row', 'rescheduling', "Plan Before",
        readonly=True)

    @classmethod
    def _error(cls, message):
        return ReschedulingError(message)

    @classmethod
    def _sealed_terms(cls):
        return [*super()._sealed_terms(), 'term', 'first_due']

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'rows': ['instalment', 'paid', *_PLAN],
            }

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, reschedulings):
        cls.set_cycles(reschedulings)
        cls.lock_books(reschedulings)
        cls.check_changes(reschedulings)
        cls.check_terms(reschedulings)
        cls._post_moves(reschedulings)

    @classmethod
    def check_terms(cls, reschedulings):
        for document in reschedulings:
            if document.first_due and document.first_due <= document.date:
                raise ReschedulingError(gettext(
                        'avec_loan.msg_rescheduling_first_due',
                        loan=document.loan.rec_name))

    @classmethod
    def _get_documents_lines(cls, reschedulings):
        read = debts.read([r.loan for r in reschedulings])
        result = []
        for document, lines in super()._get_documents_lines(reschedulings):
            debt = read[document.loan.id]
            if not debt.outstanding:
                raise ReschedulingError(gettext(
                        'avec_loan.msg_rescheduling_nothing_left',
                        loan=document.loan.rec_name))
            lines.extend(document._reschedule(debt))
            result.append((document, lines))
        return result

    def _reschedule(self, debt):
        """Change the plan and return the unsaved lines of what moves.

        What is owed is moved from the old maturities to the new ones.
        """
        pool = Pool()
        Instalment = pool.get('avec.loan.instalment')
        self._keep_plan(debt)
        lines = [
            self._get_receivable_line(i, -a.principal)
            for i, a in debt.settle_principal()]
        kept, rest = self._split_standings(debt)
        rows = self._get_rows(debt, kept)
        penalty = total(
            d.unpaid for d in debt.dues(self.date)).penalty
        kept_rows, new_rows = rows[:len(kept)], rows[len(kept):]
        changed = []
        for standing, row in zip(kept, kept_rows):
            instalment = standing.instalment
            instalment.principal, instalment.charge = (
                row.principal, row.charge)
            instalment.closed = True
            changed.append(instalment)
        free = [s.instalment for s in rest]
        start = self.date
        new = []
        for row in new_rows:
            instalment = (
                free.pop(0) if free else Instalment(loan=self.loan))
            self._set_row(instalment, row, start)
            start = row.due_date
            new.append(instalment)
        new[0].penalty = penalty
        for instalment in free:
            # Move lines point to it, so it is only hidden
            instalment.active = False
        Instalment.save(changed + new + free)
        lines.extend(
            self._get_receivable_line(i, i.principal)
            for i in new if i.principal)
        return lines

    def _keep_plan(self, debt):
        "Keep the plan as it is before"
        Row_ = Pool().get('avec.loan.rescheduling.row')
        Row_.save([
                Row_(rescheduling=self, instalment=s.instalment,
                    paid=s.paid.total, **{
                        n: getattr(s.instalment, n) for n in _PLAN})
                for s in debt.standings])

    def _split_standings(self, debt):
        "Return the standings that something was paid of and the others"
        last = 0
        for i, standing in enumerate(debt.standings):
            if standing.paid.principal or standing.paid.charge:
                last = i + 1
        return debt.standings[:last], debt.standings[last:]

    def _get_rows(self, debt, kept):
        "Return the rows kept, cut to what was paid, and the new ones"
        return self.loan.get_rows(
            self.date, term=self.term, first_due=self.first_due,
            arrears=debt.begun_charge(self.date),
            kept=[
                cut(Row(
                        number=i + 1, due_date=s.instalment.due_date,
                        opening=s.instalment.opening,
                        principal=s.instalment.principal,
                        charge=s.instalment.charge),
                    s.paid.principal, s.paid.charge)
                for i, s in enumerate(kept)])

    def _set_row(self, instalment, row, start):
        instalment.number = row.number
        instalment.start_date = start
        instalment.due_date = row.due_date
        instalment.opening = row.opening
        instalment.principal = row.principal
        instalment.charge = row.charge
        instalment.penalty = 0

    @classmethod
    def _post_moves(cls, reschedulings):
        super()._post_moves(reschedulings)
        cls._reconcile_loans([r.loan for r in reschedulings])

    @classmethod
    def _reconcile_loans(cls, loans):
        pool = Pool()
        Instalment = pool.get('avec.loan.instalment')
        Line = pool.get('account.move.line')
        Line.avec_reconcile_instalments(Instalment.search([
                    ('loan', 'in', [l.id for l in loans]),
                    ('active', 'in', [True, False]),
                    ]))

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, reschedulings):
        Instalment = Pool().get('avec.loan.instalment')
        cls.check_cycle(reschedulings, states=('running', 'sharing'))
        cls._cancel_moves(reschedulings)
        Instalment.write(
            [i for r in reschedulings for i in r.loan.instalments],
            {'active': False})
        restored = []
        for document in reschedulings:
            for row in document.rows:
                instalment = row.instalment
                for name in _PLAN:
                    setattr(instalment, name, getattr(row, name))
                instalment.active = True
                restored.append(instalment)
        Instalment.save(restored)

    @classmethod
    def _copy_default(cls, default):
        default = super()._copy_default(default)
        default.setdefault('rows', None)
        return default


class ReschedulingRow(SealedLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.rescheduling.row'
    __string__ = "Instalment Before Rescheduling"

    rescheduling = fields.Many2One(
        'avec.loan.rescheduling', "Rescheduling", required=True,
        readonly=True, ondelete='CASCADE')
    instalment = fields.Many2One(
        'avec.loan.instalment', "Instalment", required=True, readonly=True,
        ondelete='RESTRICT')
    number = fields.Integer("Number", required=True, readonly=True)
    start_date = fields.Date("Start Date", required=True, readonly=True)
    due_date = fields.Date("Due Date", required=True, readonly=True)
    opening = Monetary(
        "Opening", currency='currency', digits='currency', readonly=True)
    principal = Monetary(
        "Principal", currency='currency', digits='currency', readonly=True)
    charge = Monetary(
        "Service Charge", currency='currency', digits='currency',
        readonly=True)
    penalty = Monetary(
        "Former Penalties", currency='currency', digits='currency',
        readonly=True)
    closed = fields.Boolean("Closed", readonly=True)
    paid = Monetary(
        "Paid", currency='currency', digits='currency', readonly=True,
        help="What was paid of it then, penalties included.")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('rescheduling')
        cls._order = [
            ('rescheduling', 'DESC'),
            ('number', 'ASC'),
            ('id', 'ASC'),
            ]

    @fields.depends('rescheduling', '_parent_rescheduling.currency')
    def on_change_with_currency(self, name=None):
        return self.rescheduling.currency if self.rescheduling else None

    @classmethod
    def check_modification(cls, mode, rows, values=None, external=False):
        super().check_modification(
            mode, rows, values=values, external=external)
        if external:
            for row in rows:
                raise AccessError(gettext(
                        'avec_group.msg_document_frozen',
                        document=row.rescheduling.rec_name))

    def get_rec_name(self, name):
        return f'{self.rescheduling.rec_name} / {self.number}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('rescheduling.rec_name', *clause[1:])]


class RescheduleStart(ModelView):
    __name__ = 'avec.loan.reschedule.start'
    __string__ = "Reschedule Loan"

    loan = fields.Many2One('avec.loan', "Loan", readonly=True)
    currency = fields.Many2One('currency.currency', "Currency")
    outstanding = Monetary(
        "Outstanding", currency='currency', digits='currency',
        readonly=True)
    date = fields.Date("Date", required=True)
    term = fields.Integer(
        "New Term", required=True,
        domain=['OR', ('term', '=', None), ('term', '>=', 1)],
        help="The number of instalments from now on.")
    first_due = fields.Date(
        "First Due Date",
        help="When the first new instalment is due.\n"
        "Leave empty for one period after the date.")
    reason = fields.Text("Reason", required=True)


class Reschedule(Wizard):
    __name__ = 'avec.loan.reschedule'

    start = StateView(
        'avec.loan.reschedule.start',
        'avec_loan.reschedule_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reschedule", 'reschedule', 'tryton-ok', default=True),
            ])
    reschedule = StateTransition()

    def default_start(self, fields):
        loan = self.record
        return {
            'loan': loan.id,
            'currency': loan.currency.id,
            'outstanding': loan.outstanding,
            'date': Pool().get('ir.date').today(),
            'term': sum(
                1 for i in loan.instalments if i.state != 'paid') or 1,
            }

    def transition_reschedule(self):
        Rescheduling = Pool().get('avec.loan.rescheduling')
        document = Rescheduling(
            loan=self.record, date=self.start.date, term=self.start.term,
            first_due=self.start.first_due, reason=self.start.reason)
        document.on_change_loan()
        document.save()
        Rescheduling.post([document])
        return 'end'
