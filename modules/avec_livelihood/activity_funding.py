# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.avec_group.document import format_amount
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import check_access

from .exceptions import FundingError
from .mixins import last_day


class Funding(ModelSQL, ModelView):
    __name__ = 'avec.activity.funding'
    __string__ = "Activity Start-up Money"

    activity = fields.Many2One(
        'avec.activity', "Activity", required=True, ondelete='CASCADE')
    company = fields.Function(fields.Many2One(
            'company.company', "Company"), 'on_change_with_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    kind = fields.Selection([
            ('own', "Own Money"),
            ('loan', "Loan"),
            ('grant', "Grant"),
            ('other', "Other"),
            ], "Kind", required=True, sort=False)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=['OR', ('amount', '=', None), ('amount', '>', 0)])
    date = fields.Date("Date", required=True)
    donor = fields.Many2One(
        'party.party', "Donor or Lender", ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        states={
            'invisible': Eval('kind') == 'own',
            },
        depends={'company'})
    description = fields.Char(
        "Description", help="What the money bought, or what was given.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('activity')
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.activity, Index.Range())))
        cls._order = [
            ('date', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_kind(cls):
        return 'own'

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('activity', '_parent_activity.company')
    def on_change_with_company(self, name=None):
        return self.activity.company if self.activity else None

    @fields.depends('activity', '_parent_activity.currency')
    def on_change_with_currency(self, name=None):
        return self.activity.currency if self.activity else None

    @classmethod
    def validate_fields(cls, fundings, field_names):
        super().validate_fields(fundings, field_names)
        if not field_names or 'date' in field_names:
            cls.check_date(fundings)

    @classmethod
    def check_date(cls, fundings):
        today = last_day()
        for funding in fundings:
            if funding.date > today:
                raise FundingError(gettext(
                        'avec_livelihood.msg_funding_future',
                        activity=funding.activity.rec_name))

    def get_rec_name(self, name):
        kinds = dict(self.fields_get(['kind'])['kind']['selection'])
        return f'{self.activity.rec_name} ({kinds[self.kind]})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('activity.rec_name', *clause[1:])]


class FundingLoan(metaclass=PoolMeta):
    __name__ = 'avec.activity.funding'

    memberships = fields.Function(fields.Many2Many(
            'avec.membership', None, None, "Members"),
        'get_memberships')
    loan = fields.Many2One(
        'avec.loan', "Loan of the Group", ondelete='RESTRICT',
        domain=[
            ('membership', 'in', Eval('memberships', [])),
            ('state', 'in', ['disbursed', 'repaid', 'written_off']),
            ],
        states={
            'invisible': Eval('kind') != 'loan',
            },
        help="The loan that an owner had from the group.\n"
        "Leave empty for a loan from elsewhere.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.loan, Index.Range())))

    @fields.depends('activity', '_parent_activity.owners')
    def on_change_with_memberships(self):
        owners = self.activity.owners if self.activity else []
        return [o.membership for o in owners or [] if o.membership]

    @classmethod
    def get_memberships(cls, fundings, name):
        Owner = Pool().get('avec.activity.owner')
        memberships = defaultdict(list)
        # An activity may be shared with groups that another agent follows
        with check_access():
            owners = Owner.search([
                    ('activity', 'in', list({
                                f.activity.id for f in fundings})),
                    ])
        for owner in owners:
            memberships[owner.activity.id].append(owner.membership.id)
        return {f.id: memberships[f.activity.id] for f in fundings}

    @fields.depends('loan', 'amount', '_parent_loan.principal',
        '_parent_loan.disbursement_date')
    def on_change_loan(self):
        if self.loan:
            self.amount = self.amount or self.loan.principal
            self.date = self.loan.disbursement_date

    @fields.depends('kind')
    def on_change_kind(self):
        if self.kind != 'loan':
            self.loan = None

    @classmethod
    def validate_fields(cls, fundings, field_names):
        super().validate_fields(fundings, field_names)
        if not field_names or field_names & {'loan', 'amount', 'kind'}:
            cls.check_loan(fundings)

    @classmethod
    def check_loan(cls, fundings):
        "Check that no loan paid for more than its principal"
        loans = {f.loan for f in fundings if f.loan}
        spent = defaultdict(Decimal)
        for funding in cls.search([
                    ('loan', 'in', [l.id for l in loans]),
                    ]):
            if funding.kind != 'loan':
                raise FundingError(gettext(
                        'avec_livelihood.msg_funding_kind',
                        loan=funding.loan.rec_name,
                        activity=funding.activity.rec_name))
            spent[funding.loan] += funding.amount
        for loan, amount in spent.items():
            if amount > loan.principal:
                raise FundingError(gettext(
                        'avec_livelihood.msg_funding_loan',
                        loan=loan.rec_name,
                        amount=format_amount(amount, loan.currency),
                        principal=format_amount(
                            loan.principal, loan.currency)))
