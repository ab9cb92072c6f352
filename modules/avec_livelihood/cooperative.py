# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from sql import Null
from sql.aggregate import Count, Sum

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.document import format_amount, format_date
from trytond.modules.avec_group.ledger import fetch
from trytond.modules.avec_group.trail import TrailMixin
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from .exceptions import (
    CapitalWarning, CooperativeDatesError, CooperativeStateError, FrozenError)
from .mixins import PlaceMixin, SectorMixin, last_day, setting

_PREPARING = Eval('state') == 'preparing'
_DISSOLVED = Eval('state') == 'dissolved'
# What the register says, and what the capital was subscribed in
_REGISTERED = {'registration_number', 'registration_date'}
_CAPITAL = {'company', 'party', 'share_value', 'books'}


class Cooperative(
        TrailMixin, SectorMixin, PlaceMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.cooperative'
    __string__ = "Cooperative"

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    party = fields.Many2One(
        'party.party', "Party", required=True, ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        states={
            'readonly': Bool(Eval('subscribed')),
            },
        depends={'company'},
        help="The cooperative itself.")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    groups = fields.Many2Many(
        'avec.cooperative-avec.group', 'cooperative', 'group', "Groups",
        required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="The groups whose members found the cooperative.")
    members = fields.One2Many(
        'avec.cooperative.member', 'cooperative', "Members")
    member_count = fields.Function(fields.Integer(
            "Members", help="The number of members who did not leave."),
        'get_member_count')
    assembly_date = fields.Date(
        "Founding Assembly", help="When the members founded it.")
    share_value = Monetary(
        "Value of a Share", currency='currency', digits='currency',
        required=True,
        domain=['OR', ('share_value', '=', None), ('share_value', '>', 0)],
        states={
            'readonly': Bool(Eval('subscribed')),
            })
    subscribed = fields.Function(Monetary(
            "Capital Subscribed", currency='currency', digits='currency'),
        'get_capital')
    paid = fields.Function(Monetary(
            "Capital Paid", currency='currency', digits='currency'),
        'get_capital')
    books = fields.Many2One(
        'company.company', "Books", ondelete='RESTRICT',
        domain=[
            ('party', '=', Eval('party', -1)),
            ],
        states={
            'readonly': Bool(Eval('subscribed')),
            },
        help="The company in whose ledger the capital is posted.\n"
        "Leave empty where the office does not keep the books of the "
        "cooperative: its capital is then only recorded.")
    payments = fields.One2Many(
        'avec.cooperative.payment', 'cooperative', "Capital")
    steps = fields.One2Many(
        'avec.cooperative.step', 'cooperative', "Checklist")
    open_steps = fields.Function(fields.Integer(
            "Open Steps", help="The required steps that are not done."),
        'get_open_steps')
    registration_number = fields.Char(
        "Registration Number",
        states={
            'required': ~_PREPARING,
            'readonly': ~_PREPARING,
            },
        help="In the register of cooperatives.")
    registration_date = fields.Date(
        "Registration Date",
        states={
            'required': ~_PREPARING,
            'readonly': ~_PREPARING,
            },
        help="The cooperative counts as created from this day.")
    dissolution_date = fields.Date(
        "Dissolution Date",
        states={
            'required': _DISSOLVED,
            'readonly': _DISSOLVED,
            'invisible': _PREPARING,
            })
    dissolution_reason = fields.Char(
        "Dissolution Reason",
        states={
            'required': _DISSOLVED,
            'readonly': _DISSOLVED,
            'invisible': _PREPARING,
            })
    note = fields.Text("Note")
    state = fields.Selection([
            ('preparing', "Preparing"),
            ('registered', "Registered"),
            ('dissolved', "Dissolved"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def trail_lines(cls):
        return ['members', 'steps']

    @classmethod
    def __setup__(cls):
        cls.registration_number.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('party_unique', Unique(table, table.company, table.party),
                'avec_livelihood.msg_cooperative_party_unique'),
            ('registration_number_unique',
                Unique(table, table.company, table.registration_number),
                'avec_livelihood.msg_cooperative_number_unique'),
            ]
        cls._order.insert(0, ('registration_date', 'DESC NULLS FIRST'))
        cls._transitions |= {
            ('preparing', 'registered'),
            ('registered', 'preparing'),
            ('registered', 'dissolved'),
            }
        cls._buttons.update({
                'bring_steps': {
                    'invisible': _DISSOLVED,
                    'depends': ['state'],
                    },
                'register': {
                    'invisible': ~_PREPARING,
                    'depends': ['state'],
                    },
                'correct': {
                    'invisible': Eval('state') != 'registered',
                    'depends': ['state'],
                    },
                'dissolve': {
                    'invisible': Eval('state') != 'registered',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'preparing'

    @classmethod
    def default_share_value(cls):
        Company = Pool().get('company.company')
        company = cls.default_company()
        if company is not None and company >= 0:
            return setting('cooperative_min_share_value', Company(company))

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @fields.depends('groups', 'subdivision', 'locality')
    def on_change_groups(self):
        if self.groups:
            self._set_place(self.groups[0])

    # -- figures

    @classmethod
    def get_member_count(cls, cooperatives, name):
        table = Pool().get('avec.cooperative.member').__table__()
        result = dict.fromkeys(map(int, cooperatives), 0)
        result.update(fetch(
                table.select(
                    table.cooperative.as_('cooperative'),
                    Count(table.id).as_('members'),
                    where=fields.SQL_OPERATORS['in'](
                        table.cooperative, list(result))
                    & (table.end_date == Null),
                    group_by=table.cooperative),
                [None, None]))
        return result

    @classmethod
    def get_capital(cls, cooperatives, names):
        Payment = Pool().get('avec.cooperative.payment')
        table = Payment.__table__()
        result = {
            n: {c.id: Decimal(0) for c in cooperatives}
            for n in ['subscribed', 'paid']}
        for cooperative, kind, amount in fetch(
                table.select(
                    table.cooperative.as_('cooperative'),
                    table.kind.as_('kind'),
                    Sum(table.amount).as_('amount'),
                    where=fields.SQL_OPERATORS['in'](
                        table.cooperative, [c.id for c in cooperatives])
                    & (table.state == 'posted'),
                    group_by=[table.cooperative, table.kind]),
                [None, None, 'NUMERIC']):
            if kind == 'refund':
                amount = -amount
            if kind != 'payment':
                result['subscribed'][cooperative] += amount
            if kind != 'subscription':
                result['paid'][cooperative] += amount
        return {n: result[n] for n in names}

    @classmethod
    def get_open_steps(cls, cooperatives, name):
        Step = Pool().get('avec.cooperative.step')
        result = dict.fromkeys(map(int, cooperatives), 0)
        for step in Step.search([
                    ('cooperative', 'in', list(result)),
                    ('required', '=', True),
                    ('state', '=', 'open'),
                    ]):
            result[step.cooperative.id] += 1
        return result

    # -- checks

    @classmethod
    def validate_fields(cls, cooperatives, field_names):
        super().validate_fields(cooperatives, field_names)
        cls.check_dates(cooperatives, field_names)

    @classmethod
    def check_dates(cls, cooperatives, field_names=None):
        names = ['assembly_date', 'registration_date', 'dissolution_date']
        if field_names and not field_names & set(names):
            return
        today = last_day()
        for cooperative in cooperatives:
            dates = [
                d for d in (getattr(cooperative, n) for n in names) if d]
            if dates != sorted(dates):
                raise CooperativeDatesError(gettext(
                        'avec_livelihood.msg_cooperative_dates',
                        cooperative=cooperative.rec_name))
            if dates and dates[-1] > today:
                raise CooperativeDatesError(gettext(
                        'avec_livelihood.msg_cooperative_future',
                        cooperative=cooperative.rec_name,
                        date=format_date(dates[-1])))

    def check_members(self):
        "Check that there are enough members"
        least = setting('cooperative_min_members', self.company)
        if self.member_count < least:
            raise CooperativeStateError(gettext(
                    'avec_livelihood.msg_cooperative_members',
                    cooperative=self.rec_name, least=least,
                    count=self.member_count))

    def check_capital(self):
        "Warn of what is less than the capital should be"
        Warning = Pool().get('res.user.warning')
        faults = list(self._capital_faults())
        if faults:
            key = Warning.format('cooperative_capital', [self])
            if Warning.check(key):
                raise CapitalWarning(
                    key, gettext(
                        'avec_livelihood.msg_cooperative_capital',
                        cooperative=self.rec_name),
                    '\n'.join(faults))

    def _capital_faults(self):
        for name, value, least in [
                ('share_value', self.share_value,
                    setting('cooperative_min_share_value', self.company)),
                ('subscribed', self.subscribed,
                    setting('cooperative_min_capital', self.company)),
                ('paid_part', self.paid, self.subscribed * setting(
                        'cooperative_min_paid', self.company))]:
            if value < least:
                yield gettext(
                    'avec_livelihood.msg_capital_' + name,
                    value=format_amount(value, self.currency),
                    least=format_amount(least, self.currency))

    def check_steps(self):
        "Check that the required steps are done"
        steps = [
            s.rec_name for s in self.steps
            if s.required and s.state != 'done']
        if steps:
            raise CooperativeStateError(
                gettext(
                    'avec_livelihood.msg_cooperative_steps',
                    cooperative=self.rec_name),
                '\n'.join(steps))

    # -- the life of the cooperative

    @classmethod
    @ModelView.button
    def bring_steps(cls, cooperatives):
        pool = Pool()
        Step = pool.get('avec.cooperative.step')
        Template = pool.get('avec.cooperative.step.template')
        templates = Template.search([])
        steps = []
        for cooperative in cooperatives:
            there = {s.template for s in cooperative.steps}
            steps.extend(
                t.get_step(cooperative) for t in templates
                if t not in there and t.is_for(cooperative))
        Step.save(steps)

    @classmethod
    def on_modification(cls, mode, cooperatives, field_names=None):
        super().on_modification(mode, cooperatives, field_names=field_names)
        if mode == 'create':
            cls.bring_steps([c for c in cooperatives if not c.steps])

    @classmethod
    @ModelView.button
    @Workflow.transition('registered')
    def register(cls, cooperatives):
        for cooperative in cooperatives:
            if not (cooperative.registration_number
                    and cooperative.registration_date):
                raise CooperativeStateError(gettext(
                        'avec_livelihood.msg_cooperative_registration',
                        cooperative=cooperative.rec_name))
            cooperative.check_steps()
            cooperative.check_members()
            cooperative.check_capital()

    @classmethod
    @ModelView.button
    @Workflow.transition('preparing')
    def correct(cls, cooperatives):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('dissolved')
    def dissolve(cls, cooperatives):
        for cooperative in cooperatives:
            if not (cooperative.dissolution_date
                    and cooperative.dissolution_reason):
                raise CooperativeStateError(gettext(
                        'avec_livelihood.msg_cooperative_dissolution',
                        cooperative=cooperative.rec_name))

    @classmethod
    def check_modification(
            cls, mode, cooperatives, values=None, external=False):
        super().check_modification(
            mode, cooperatives, values=values, external=external)
        for cooperative in cooperatives:
            if mode == 'delete':
                refused = cooperative.state != 'preparing'
            elif not external:
                refused = False
            elif mode == 'create':
                refused = cooperative.state != 'preparing'
            else:
                refused = (
                    'state' in values
                    or (_REGISTERED & set(values)
                        and cooperative.state != 'preparing')
                    or (_CAPITAL & cooperative._changed(values)
                        and cooperative.subscribed))
            if refused:
                raise FrozenError(gettext(
                        'avec_livelihood.msg_cooperative_frozen',
                        cooperative=cooperative.rec_name))

    def _changed(self, values):
        "Return the names of the values that are others than before"
        def plain(value):
            return getattr(value, 'id', value)
        return {
            n for n, v in values.items()
            if plain(getattr(self, n, None)) != v}

    @classmethod
    def copy(cls, cooperatives, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'party', 'members', 'payments', 'steps', 'assembly_date',
                'registration_number', 'registration_date',
                'dissolution_date', 'dissolution_reason', 'books', 'note']:
            default.setdefault(name, None)
        default.setdefault('state', 'preparing')
        return super().copy(cooperatives, default=default)

    def get_rec_name(self, name):
        return self.party.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('registration_number', operator, operand, *extra),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(_DISSOLVED, 'muted', '')),
            ]


class CooperativeGroup(ModelSQL):
    __name__ = 'avec.cooperative-avec.group'
    __string__ = "Cooperative - Group"

    cooperative = fields.Many2One(
        'avec.cooperative', "Cooperative", required=True, ondelete='CASCADE')
    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cooperative')
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.group, Index.Range())))
