# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateView, Wizard

from .due_dates import add_period
from .product import INTERVALS, MAX_TERM, PERIODS


class SimulateStart(ModelView):
    __name__ = 'avec.loan.simulate.start'
    __string__ = "Simulate Loan"

    company = fields.Many2One('company.company', "Company")
    currency = fields.Many2One('currency.currency', "Currency")
    product = fields.Many2One(
        'avec.loan.product', "Product", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    principal = Monetary(
        "Principal", currency='currency', digits='currency', required=True,
        domain=['OR', ('principal', '=', None), ('principal', '>', 0)])
    term = fields.Integer(
        "Term", required=True,
        domain=['OR',
            ('term', '=', None),
            [
                ('term', '>=', 1),
                ('term', '<=', MAX_TERM),
                ],
            ],
        help="The number of instalments.")
    start_date = fields.Date(
        "Start Date", required=True,
        help="The day on which the loan is paid out.")
    period = fields.Selection(PERIODS, "Instalment Every", sort=False)
    meeting_interval = fields.Selection([
            (None, ""),
            ('weekly', "Weekly"),
            ('fortnightly', "Fortnightly"),
            ('monthly', "Monthly"),
            ], "Meetings", sort=False,
        states={
            'required': Eval('period') == 'meeting',
            'invisible': Eval('period') != 'meeting',
            })

    @fields.depends('product')
    def on_change_with_currency(self):
        return self.product.currency if self.product else None

    @fields.depends('product')
    def on_change_with_period(self):
        return self.product.period if self.product else None


class SimulateResult(ModelView):
    __name__ = 'avec.loan.simulate.result'
    __string__ = "Simulated Schedule"

    currency = fields.Many2One('currency.currency', "Currency")
    product = fields.Many2One('avec.loan.product', "Product", readonly=True)
    start_date = fields.Date("Start Date", readonly=True)
    instalments = fields.One2Many(
        'avec.loan.simulate.instalment', None, "Instalments", readonly=True)
    principal = Monetary(
        "Principal", currency='currency', digits='currency', readonly=True)
    charge = Monetary(
        "Service Charge", currency='currency', digits='currency',
        readonly=True)
    amount = Monetary(
        "To Repay", currency='currency', digits='currency', readonly=True)


class SimulateInstalment(ModelView):
    __name__ = 'avec.loan.simulate.instalment'
    __string__ = "Simulated Instalment"

    currency = fields.Many2One('currency.currency', "Currency")
    number = fields.Integer("Number", readonly=True)
    due_date = fields.Date("Due Date", readonly=True)
    opening = Monetary(
        "Opening", currency='currency', digits='currency', readonly=True,
        help="The principal owed before the instalment.")
    principal = Monetary(
        "Principal", currency='currency', digits='currency', readonly=True)
    charge = Monetary(
        "Service Charge", currency='currency', digits='currency',
        readonly=True)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', readonly=True)
    closing = Monetary(
        "Closing", currency='currency', digits='currency', readonly=True,
        help="The principal owed after the instalment.")


class Simulate(Wizard):
    __name__ = 'avec.loan.simulate'

    start = StateView(
        'avec.loan.simulate.start',
        'avec_loan.simulate_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Simulate", 'result', 'tryton-ok', default=True),
            ])
    result = StateView(
        'avec.loan.simulate.result',
        'avec_loan.simulate_result_view_form', [
            Button("Change", 'start', 'tryton-back'),
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        values = {
            'company': Transaction().context.get('company'),
            'start_date': Pool().get('ir.date').today(),
            }
        if getattr(self.start, 'product', None):
            values.update(
                product=self.start.product.id,
                currency=self.start.product.currency.id,
                principal=self.start.principal,
                term=self.start.term,
                start_date=self.start.start_date,
                period=self.start.product.period,
                meeting_interval=self.start.meeting_interval)
        return values

    def default_result(self, fields):
        product = self._get_product()
        currency = product.currency.id
        rows = self._get_schedule(product)
        principal = sum(r.principal for r in rows)
        charge = sum(r.charge for r in rows)
        return {
            'currency': currency,
            'product': product.id,
            'start_date': self.start.start_date,
            'instalments': [{
                    'currency': currency,
                    'number': row.number,
                    'due_date': row.due_date,
                    'opening': row.opening,
                    'principal': row.principal,
                    'charge': row.charge,
                    'amount': row.instalment,
                    'closing': row.closing,
                    } for row in rows],
            'principal': principal,
            'charge': charge,
            'amount': principal + charge,
            }

    def _get_product(self):
        "Return the product if the user can read it"
        Product = Pool().get('avec.loan.product')
        product_id = self.start.product.id
        with check_access():
            Product.read([product_id], ['id', 'name'])
        return Product(product_id)

    def _get_schedule(self, product):
        start, term = self.start.start_date, self.start.term
        if product.period != 'meeting':
            return product.get_schedule(self.start.principal, term, start)
        interval = INTERVALS.get(self.start.meeting_interval)
        meetings = []
        if interval:
            meetings = [
                add_period(start, interval, i + 1)
                for i in range(min(term, MAX_TERM))]
        return product.get_schedule(
            self.start.principal, term, start, meetings, interval)
