# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import DeactivableMixin, Index, ModelSQL, ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool

from . import debts
from .exceptions import LoanFrozenError
from .repayment import Amounts


class Instalment(DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.instalment'
    __string__ = "Loan Instalment"

    loan = fields.Many2One(
        'avec.loan', "Loan", required=True, readonly=True,
        ondelete='CASCADE')
    number = fields.Integer("Number", required=True, readonly=True)
    start_date = fields.Date(
        "Start Date", required=True, readonly=True,
        help="When the period of the instalment begins.")
    due_date = fields.Date("Due Date", required=True, readonly=True)
    opening = Monetary(
        "Opening", currency='currency', digits='currency', required=True,
        readonly=True, help="The principal owed before the instalment.")
    principal = Monetary(
        "Principal", currency='currency', digits='currency', required=True,
        readonly=True)
    charge = Monetary(
        "Service Charge", currency='currency', digits='currency',
        required=True, readonly=True)
    penalty = Monetary(
        "Former Penalties", currency='currency', digits='currency',
        required=True, readonly=True,
        help="The penalties brought by a rescheduling.")
    closed = fields.Boolean(
        "Closed", readonly=True,
        help="What was not paid was moved by a rescheduling.")
    amount = fields.Function(Monetary(
            "Amount", currency='currency', digits='currency'),
        'on_change_with_amount')
    closing = fields.Function(Monetary(
            "Closing", currency='currency', digits='currency',
            help="The principal owed after the instalment."),
        'on_change_with_closing')
    paid = fields.Function(Monetary(
            "Paid", currency='currency', digits='currency',
            help="What was paid of it, penalties included."),
        'get_standing')
    due = fields.Function(Monetary(
            "Left to Pay", currency='currency', digits='currency',
            help="What is not yet paid, penalties included."),
        'get_standing')
    state = fields.Function(fields.Selection([
                ('planned', "Planned"),
                ('pending', "Pending"),
                ('late', "Late"),
                ('paid', "Paid"),
                ('waived', "Waived"),
                ('written_off', "Written Off"),
                ], "State", sort=False),
        'get_standing')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('loan')
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(table,
                (table.loan, Index.Range()),
                (table.number, Index.Range())))
        cls._order = [
            ('loan', 'DESC'),
            ('number', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_penalty(cls):
        return Decimal(0)

    @classmethod
    def default_closed(cls):
        return False

    @property
    def deadline(self):
        "The last day on which it can be paid without penalty"
        return self.due_date + dt.timedelta(
            days=self.loan.product.penalty_grace_days)

    @fields.depends('principal', 'charge')
    def on_change_with_amount(self, name=None):
        return (self.principal or 0) + (self.charge or 0)

    @fields.depends('opening', 'principal')
    def on_change_with_closing(self, name=None):
        return (self.opening or 0) - (self.principal or 0)

    @fields.depends('loan', '_parent_loan.currency')
    def on_change_with_currency(self, name=None):
        return self.loan.currency if self.loan else None

    @classmethod
    def get_standing(cls, instalments, names):
        date = Pool().get('avec.loan')._date()
        result = {n: {} for n in names}
        read = debts.read([i.loan for i in instalments])
        standings = {
            s.instalment.id: s for d in read.values() for s in d.standings}
        for instalment in instalments:
            values = instalment._get_standing(
                standings.get(instalment.id), date)
            for name in names:
                result[name][instalment.id] = values[name]
        return result

    def _get_standing(self, standing, date):
        due = standing.due_at(date) if standing else None
        paid = due.paid if due else Amounts()
        unpaid = due.unpaid.total if due else self.amount
        loan_state = self.loan.state
        if not standing:
            state = 'planned'
        elif not unpaid:
            state = 'paid'
        elif loan_state == 'repaid':
            state = 'waived'
        elif loan_state == 'written_off':
            state = 'written_off'
        else:
            state = 'late' if self.due_date < date else 'pending'
        if state in {'waived', 'written_off'}:
            unpaid = Decimal(0)
        return {'paid': paid.total, 'due': unpaid, 'state': state}

    @classmethod
    def check_modification(
            cls, mode, instalments, values=None, external=False):
        super().check_modification(
            mode, instalments, values=values, external=external)
        if external:
            for instalment in instalments:
                raise LoanFrozenError(gettext(
                        'avec_loan.msg_instalment_frozen',
                        loan=instalment.loan.rec_name))

    def get_rec_name(self, name):
        return f'{self.loan.rec_name} / {self.number}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('loan.rec_name', *clause[1:])]
