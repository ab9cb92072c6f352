# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from dataclasses import replace
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import DeactivableMixin, ModelSQL, ModelView, fields
from trytond.modules.avec_group.trail import HistoryMixin
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .amortization import (
    AmortizationError, Grace, Loan, Rounding, reschedule, schedule)
from .due_dates import Calendar, DueDateError
from .exceptions import ScheduleError

ZERO = Decimal(0)
# The period between two meetings
INTERVALS = {
    'weekly': 'week',
    'fortnightly': 'fortnight',
    'monthly': 'month',
    }
# Ten years of weeks
MAX_TERM = 520
METHODS = [
    ('flat', "On the Principal"),
    ('declining', "On the Balance"),
    ]
AMORTIZATIONS = [
    ('equal_instalments', "Equal Instalments"),
    ('equal_principal', "Equal Principal"),
    ('interest_only', "Charge First, Principal at the End"),
    ('bullet', "All at the End"),
    ]
PERIODS = [
    ('week', "Week"),
    ('fortnight', "Fortnight"),
    ('month', "Month"),
    ('quarter', "Quarter"),
    ('half_year', "Half Year"),
    ('year', "Year"),
    ('meeting', "Meeting"),
    ]
DAY_COUNTS = [
    ('periodic', "Equal Periods"),
    ('actual_365', "Actual/365"),
    ('actual_360', "Actual/360"),
    ('actual_actual', "Actual/Actual"),
    ('thirty_360', "30/360"),
    ]
ORDERS = [
    ('penalty_charge_principal', "Penalty, Charge, Principal"),
    ('charge_penalty_principal', "Charge, Penalty, Principal"),
    ('charge_principal_penalty', "Charge, Principal, Penalty"),
    ('principal_charge_penalty', "Principal, Charge, Penalty"),
    ]


class Product(HistoryMixin, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.product'
    __string__ = "Loan Product"

    name = fields.Char("Name", required=True, translate=True)
    company = fields.Many2One('company.company', "Company", required=True)
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    fund = fields.Selection([
            ('loan_fund', "Loan Fund"),
            ('social_fund', "Social Fund"),
            ], "Fund", required=True, sort=False,
        help="The box from which the loans are paid.")
    method = fields.Selection(
        METHODS, "Service Charge", required=True, sort=False,
        help="What the service charge is computed on.")
    amortization = fields.Selection(
        AMORTIZATIONS, "Repayment", required=True, sort=False)
    rate = fields.Numeric(
        "Rate", digits=(16, 6), required=True,
        domain=[
            ('rate', '>=', 0),
            ],
        help="The service charge for each period of the rate.")
    rate_period = fields.Selection([
            ('month', "Month"),
            ('year', "Year"),
            ], "Rate Period", required=True, sort=False)
    period = fields.Selection(
        PERIODS, "Instalment Every", required=True, sort=False)
    day_count = fields.Selection(
        DAY_COUNTS, "Day Count", required=True, sort=False)
    max_term = fields.Integer(
        "Longest Term",
        domain=['OR',
            ('max_term', '=', None),
            [
                ('max_term', '>=', 1),
                ('max_term', '<=', MAX_TERM),
                ],
            ],
        help="In instalments.\nLeave empty for no limit.")
    savings_multiple = fields.Numeric(
        "Savings Multiple", digits=(16, 2), required=True,
        domain=[
            ('savings_multiple', '>=', 0),
            ],
        help="How many times the savings of the member can be lent.")
    max_open_loans = fields.Integer(
        "Open Loans", required=True,
        domain=[
            ('max_open_loans', '>=', 1),
            ],
        help="How many loans of the product a member can have open "
        "at a time.")
    min_guarantors = fields.Integer(
        "Fewest Guarantors", required=True,
        domain=[
            ('min_guarantors', '>=', 0),
            ])
    grace_principal = fields.Integer(
        "Grace on Principal", required=True,
        domain=[
            ('grace_principal', '>=', 0),
            If(Eval('amortization').in_(['interest_only', 'bullet']),
                ('grace_principal', '=', 0),
                ()),
            If(Eval('max_term'),
                ('grace_principal', '<', Eval('max_term', 0)),
                ()),
            ],
        states={
            'invisible': Eval('amortization').in_(
                ['interest_only', 'bullet']),
            },
        help="The number of first instalments without principal.")
    grace_interest = fields.Integer(
        "Grace on Charge", required=True,
        domain=[
            ('grace_interest', '>=', 0),
            If(Eval('max_term'),
                ('grace_interest', '<', Eval('max_term', 0)),
                ()),
            ],
        help="The number of first instalments without service charge.")
    grace_interest_free = fields.Boolean(
        "Free of Charge",
        states={
            'invisible': ~Eval('grace_interest', 0),
            },
        help="Check if the service charge of the grace is never collected.\n"
        "Otherwise it is collected with the first instalment after it.")
    rounding = Monetary(
        "Rounding", currency='currency', digits='currency', required=True,
        domain=[
            ('rounding', '>', 0),
            ],
        help="Every amount of the schedule is a multiple of it.")
    remainder = fields.Selection([
            ('last', "Last Instalment"),
            ('first', "First Instalment"),
            ], "Remainder", required=True, sort=False,
        help="The instalment that takes what the rounding leaves.")
    late_penalty = Monetary(
        "Late Penalty", currency='currency', digits='currency',
        required=True,
        domain=[
            ('late_penalty', '>=', 0),
            ],
        help="The amount due once for each instalment that is late.")
    penalty_grace_days = fields.Integer(
        "Days Before Penalty", required=True,
        domain=[
            ('penalty_grace_days', '>=', 0),
            ],
        states={
            'invisible': ~Eval('late_penalty', 0),
            },
        help="How many days after the due date an instalment can still be "
        "paid without penalty.")
    due_on_meetings = fields.Boolean(
        "Due at Meetings",
        states={
            'invisible': Eval('period') == 'meeting',
            },
        help="Check to move each due date to the next meeting.")
    early_repayment = fields.Selection([
            ('begun', "Charge of the Periods Begun"),
            ('whole', "Whole Charge"),
            ], "Early Repayment", required=True, sort=False,
        help="What is owed of the service charge by who repays the loan "
        "before its end.")
    cycles = fields.Many2Many(
        'avec.cycle-avec.loan.product', 'product', 'cycle', "Cycles",
        readonly=True, help="The cycles that offer the product.")
    repayment_order = fields.Selection(
        ORDERS, "Repayment Order", required=True, sort=False,
        help="What a repayment pays first, oldest instalment first.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def copy(cls, products, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('cycles', None)
        return super().copy(products, default=default)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_fund(cls):
        return 'loan_fund'

    @classmethod
    def default_method(cls):
        return 'declining'

    @classmethod
    def default_amortization(cls):
        return 'equal_principal'

    @classmethod
    def default_rate(cls):
        return Decimal(0)

    @classmethod
    def default_rate_period(cls):
        return 'month'

    @classmethod
    def default_period(cls):
        return 'month'

    @classmethod
    def default_day_count(cls):
        return 'periodic'

    @classmethod
    def default_savings_multiple(cls):
        return Decimal(3)

    @classmethod
    def default_max_open_loans(cls):
        return 1

    @classmethod
    def default_min_guarantors(cls):
        return 0

    @classmethod
    def default_grace_principal(cls):
        return 0

    @classmethod
    def default_grace_interest(cls):
        return 0

    @classmethod
    def default_grace_interest_free(cls):
        return False

    @classmethod
    def default_rounding(cls):
        Company = Pool().get('company.company')
        company_id = Transaction().context.get('company')
        if company_id is not None and company_id >= 0:
            return Company(company_id).currency.rounding

    @classmethod
    def default_remainder(cls):
        return 'last'

    @classmethod
    def default_late_penalty(cls):
        return Decimal(0)

    @classmethod
    def default_penalty_grace_days(cls):
        return 0

    @classmethod
    def default_due_on_meetings(cls):
        return True

    @classmethod
    def default_early_repayment(cls):
        return 'begun'

    @classmethod
    def default_repayment_order(cls):
        return 'penalty_charge_principal'

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @property
    def order(self):
        "The order in which a repayment pays the parts of an instalment"
        return tuple(self.repayment_order.split('_'))

    @property
    def whole_charge(self):
        return self.early_repayment == 'whole'

    def get_schedule(
            self, principal, term, start, meetings=(), meeting_interval=None,
            first_due=None, kept=None, arrears=ZERO):
        """Return the rows of the schedule of a loan of the product

        meetings: the dates of the meetings, on which instalments then fall.
        meeting_interval: the period between them, a key of PERIODS_PER_YEAR;
        needed for a charge by equal periods if the loan is repaid at each
        meeting.
        first_due: when the first instalment is due, after a period if not
        set.
        kept, arrears: to reschedule, the first rows of the former schedule
        and the charge already due, see amortization.reschedule; the term is
        that of the new rows and there is no new grace.
        """
        loan = self._get_terms(
            principal, term, start, meetings, meeting_interval, first_due)
        try:
            if kept is not None:
                return reschedule(kept, replace(loan, grace=Grace()), arrears)
            self._check_terms(principal, term)
            return schedule(loan)
        except DueDateError as exception:
            raise ScheduleError(gettext(
                    'avec_loan.msg_schedule_due_dates',
                    product=self.rec_name)) from exception
        except AmortizationError as exception:
            raise ScheduleError(gettext(
                    'avec_loan.msg_schedule_impossible',
                    product=self.rec_name)) from exception

    def _check_terms(self, principal, term):
        if principal <= 0:
            raise ScheduleError(gettext(
                    'avec_loan.msg_schedule_principal',
                    product=self.rec_name))
        longest = self.max_term or MAX_TERM
        if not 1 <= term <= longest:
            raise ScheduleError(gettext(
                    'avec_loan.msg_schedule_term',
                    product=self.rec_name, longest=longest))
        grace = max(self.grace_principal, self.grace_interest)
        if grace >= term:
            raise ScheduleError(gettext(
                    'avec_loan.msg_schedule_grace',
                    product=self.rec_name, grace=grace, term=term))

    def _get_terms(
            self, principal, term, start, meetings, meeting_interval,
            first_due):
        "Return the terms of a loan of the product"
        kind = 'free' if self.grace_interest_free else 'interest'
        return Loan(
            principal=principal,
            term=term,
            start=start,
            rate=self.rate,
            rate_period=self.rate_period,
            period=self.period,
            method=self.method,
            amortization=self.amortization,
            day_count=self.day_count,
            rounding=Rounding(
                quantum=self.rounding, remainder=self.remainder),
            grace=Grace(
                principal=self.grace_principal,
                **{kind: self.grace_interest}),
            first_due=first_due,
            calendar=Calendar(meetings=tuple(meetings)),
            meeting_interval=meeting_interval)
