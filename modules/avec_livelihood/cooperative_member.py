# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from sql.aggregate import Sum
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.ledger import fetch
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If

from .exceptions import CooperativeMemberError
from .mixins import last_day


class Member(ModelSQL, ModelView):
    __name__ = 'avec.cooperative.member'
    __string__ = "Cooperative Member"

    cooperative = fields.Many2One(
        'avec.cooperative', "Cooperative", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    company = fields.Function(fields.Many2One(
            'company.company', "Company"), 'on_change_with_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    membership = fields.Many2One(
        'avec.membership', "Membership", ondelete='RESTRICT',
        domain=[
            If(Eval('company'), ('company', '=', Eval('company', -1)), ()),
            If(Eval('party'), ('party', '=', Eval('party', -1)), ()),
            ],
        help="The person as a member of a group, if so.")
    party = fields.Many2One(
        'party.party', "Person", required=True, ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    founder = fields.Boolean(
        "Founder", help="Check for who was at the founding assembly.")
    start_date = fields.Date(
        "Start Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date("End Date")
    shares = fields.Function(fields.Integer(
            "Shares", help="The shares of the capital subscribed."),
        'get_capital')
    subscribed = fields.Function(Monetary(
            "Subscribed", currency='currency', digits='currency'),
        'get_capital')
    paid = fields.Function(Monetary(
            "Paid", currency='currency', digits='currency'), 'get_capital')
    to_pay = fields.Function(Monetary(
            "To Pay", currency='currency', digits='currency',
            help="What is subscribed and not yet paid."), 'get_capital')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cooperative')
        table = cls.__table__()
        cls._sql_constraints += [
            ('party_unique', Unique(table, table.cooperative, table.party),
                'avec_livelihood.msg_member_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.membership, Index.Range())),
                Index(table, (table.party, Index.Range())),
                })

    @classmethod
    def default_founder(cls):
        return True

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('cooperative', '_parent_cooperative.company')
    def on_change_with_company(self, name=None):
        return self.cooperative.company if self.cooperative else None

    @fields.depends('cooperative', '_parent_cooperative.currency')
    def on_change_with_currency(self, name=None):
        return self.cooperative.currency if self.cooperative else None

    @fields.depends('cooperative', '_parent_cooperative.assembly_date')
    def on_change_cooperative(self):
        if self.cooperative and self.cooperative.assembly_date:
            self.start_date = self.cooperative.assembly_date

    @fields.depends('membership', '_parent_membership.party')
    def on_change_membership(self):
        if self.membership:
            self.party = self.membership.party

    @classmethod
    def get_capital(cls, members, names):
        table = Pool().get('avec.cooperative.payment').__table__()
        result = {
            **{n: {m.id: Decimal(0) for m in members}
                for n in ['subscribed', 'paid', 'to_pay']},
            'shares': {m.id: 0 for m in members},
            }
        for member, kind, shares, amount in fetch(
                table.select(
                    table.member.as_('member'), table.kind.as_('kind'),
                    Sum(Coalesce(table.shares, 0)).as_('shares'),
                    Sum(table.amount).as_('amount'),
                    where=fields.SQL_OPERATORS['in'](
                        table.member, [m.id for m in members])
                    & (table.state == 'posted'),
                    group_by=[table.member, table.kind]),
                [None, None, None, 'NUMERIC']):
            shares = int(shares)
            if kind == 'refund':
                shares, amount = -shares, -amount
            if kind != 'payment':
                result['shares'][member] += shares
                result['subscribed'][member] += amount
                result['to_pay'][member] += amount
            if kind != 'subscription':
                result['paid'][member] += amount
                result['to_pay'][member] -= amount
        return {n: result[n] for n in names}

    @classmethod
    def validate_fields(cls, members, field_names):
        super().validate_fields(members, field_names)
        cls.check_end(members, field_names)

    @classmethod
    def check_end(cls, members, field_names=None):
        if field_names and 'end_date' not in field_names:
            return
        today = last_day()
        for member in members:
            if member.end_date and member.end_date > today:
                raise CooperativeMemberError(gettext(
                        'avec_livelihood.msg_member_future',
                        member=member.rec_name,
                        date=format_date(member.end_date)))

    def get_rec_name(self, name):
        return f'{self.party.rec_name} - {self.cooperative.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('party.rec_name', *clause[1:])]
