# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The loans outstanding and what of them is at risk"
import datetime as dt

from sql import Literal, Null, Union
from sql.aggregate import Count, Min, Sum
from sql.conditionals import Case, NullIf

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.ledger import configured_accounts
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import debts
from .account import RECEIVABLES


def late_loans(company_id, date):
    """Return the query of the loans that stand in the ledger on the date.

    Its columns are loan, outstanding, overdue and since, when the oldest
    instalment not paid in full is or was due.
    """
    Company = Pool().get('company.company')
    companies = [Company(company_id)]
    owed = debts.owed_query(
        configured_accounts(companies, list(RECEIVABLES.values())), date)
    charge = debts.late_charge_query(
        configured_accounts(companies, ['avec_service_charge_income']), date)
    rows = Union(
        owed.select(
            owed.loan.as_('loan'), owed.balance.as_('balance'),
            owed.maturity_date.as_('since')),
        charge.select(
            charge.loan.as_('loan'), Literal(0).as_('balance'),
            charge.due_date.as_('since')),
        all_=True)
    return rows.select(
        rows.loan.as_('loan'),
        Sum(rows.balance).as_('outstanding'),
        Sum(Case((rows.since < date, rows.balance), else_=0)).as_('overdue'),
        Min(rows.since).as_('since'),
        group_by=rows.loan,
        having=Sum(rows.balance) > 0)


class Context(ModelView):
    __name__ = 'avec.loan.portfolio.context'
    __string__ = "Loan Portfolio Context"

    company = fields.Many2One('company.company', "Company", required=True)
    avec_date = fields.Date(
        "Date", required=True, help="As at the end of this day.")

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_avec_date(cls):
        return (Transaction().context.get('avec_date')
            or Pool().get('ir.date').today())


class PortfolioMixin:
    __slots__ = ()

    company = fields.Many2One('company.company', "Company")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    count = fields.Integer("Loans")
    outstanding = Monetary(
        "Outstanding", currency='currency', digits='currency',
        help="The principal not yet repaid.")
    overdue = Monetary(
        "Overdue", currency='currency', digits='currency',
        help="The principal of the instalments that are late.")
    current = Monetary(
        "Up to Date", currency='currency', digits='currency',
        help="The outstanding of the loans without late instalment.")
    late_30 = Monetary(
        "1 to 30 Days", currency='currency', digits='currency',
        help="The outstanding of the loans whose oldest late instalment was "
        "due so long ago.")
    late_60 = Monetary(
        "31 to 60 Days", currency='currency', digits='currency')
    late_90 = Monetary(
        "61 to 90 Days", currency='currency', digits='currency')
    late_more = Monetary(
        "Over 90 Days", currency='currency', digits='currency')
    par_0 = fields.Numeric(
        "At Risk", digits=(16, 4),
        help="The part of the outstanding whose loans are late.")
    par_30 = fields.Numeric(
        "At Risk Over 30 Days", digits=(16, 4),
        help="The part of the outstanding whose loans are more than 30 days "
        "late.")
    par_90 = fields.Numeric(
        "At Risk Over 90 Days", digits=(16, 4),
        help="The part of the outstanding whose loans are more than 90 days "
        "late.")

    @classmethod
    def table_query(cls):
        pool = Pool()
        Group = pool.get('avec.group')
        Loan = pool.get('avec.loan')
        Membership = pool.get('avec.membership')
        context = Transaction().context
        company = context.get('company')
        if company is None or company < 0:
            company = -1
        date = context.get('avec_date') or pool.get('ir.date').today()
        group, loan = Group.__table__(), Loan.__table__()
        membership = Membership.__table__()
        late = late_loans(company, date) if company >= 0 else None
        key = cls._key(group)
        if late is None:
            late = loan.select(
                loan.id.as_('loan'), Literal(0).as_('outstanding'),
                Literal(0).as_('overdue'),
                loan.request_date.as_('since'), where=Literal(False))
        return (late
            .join(loan, condition=late.loan == loan.id)
            .join(membership, condition=loan.membership == membership.id)
            .join(group, condition=membership.group == group.id)
            .select(
                *cls._columns(key, group, late, date),
                where=(group.company == company) & (key != Null),
                group_by=[key, group.company]))

    @classmethod
    def _columns(cls, key, group, late, date):
        def between(least, most):
            "The outstanding of loans from least to most days late"
            condition = late.since <= date - dt.timedelta(days=least)
            if most is not None:
                condition &= late.since >= date - dt.timedelta(days=most)
            return Sum(Case((condition, late.outstanding), else_=0))

        def ratio(least):
            return (between(least, None) * 1.0
                / NullIf(Sum(late.outstanding), 0))

        return [
            key.as_('id'),
            key.as_(cls._key_name()),
            group.company.as_('company'),
            Count(late.loan).as_('count'),
            Sum(late.outstanding).as_('outstanding'),
            Sum(late.overdue).as_('overdue'),
            Sum(Case((late.since >= date, late.outstanding), else_=0)
                ).as_('current'),
            between(1, 30).as_('late_30'),
            between(31, 60).as_('late_60'),
            between(61, 90).as_('late_90'),
            between(91, None).as_('late_more'),
            ratio(1).as_('par_0'),
            ratio(31).as_('par_30'),
            ratio(91).as_('par_90'),
            ]

    @classmethod
    def _key_name(cls):
        "Return the name of the field by which loans are summed"
        raise AssertionError("the portfolio must name its key")

    @classmethod
    def _key(cls, group):
        return getattr(group, cls._key_name())

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    def get_rec_name(self, name):
        return getattr(self, self._key_name()).rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [(cls._key_name() + '.rec_name', *clause[1:])]


class PortfolioGroup(PortfolioMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.portfolio.group'
    __string__ = "Loan Portfolio by Group"

    group = fields.Many2One(
        'avec.group', "Group",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})

    @classmethod
    def _key_name(cls):
        return 'group'

    @classmethod
    def _key(cls, group):
        return group.id


class PortfolioSubdivision(PortfolioMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.portfolio.subdivision'
    __string__ = "Loan Portfolio by Province"

    subdivision = fields.Many2One('country.subdivision', "Province")

    @classmethod
    def _key_name(cls):
        return 'subdivision'


class PortfolioFieldOfficer(PortfolioMixin, ModelSQL, ModelView):
    __name__ = 'avec.loan.portfolio.field_officer'
    __string__ = "Loan Portfolio by Field Officer"

    field_officer = fields.Many2One('company.employee', "Field Officer")

    @classmethod
    def _key_name(cls):
        return 'field_officer'
