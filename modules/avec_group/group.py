# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from collections import defaultdict

from sql import Null
from sql.aggregate import Count, Max
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import ledger
from .trail import HistoryMixin

PHASES = [
    ('preparatory', "Preparatory"),
    ('intensive', "Intensive"),
    ('development', "Development"),
    ('maturity', "Maturity"),
    ('graduated', "Graduated"),
    ('dissolved', "Dissolved"),
    ]


class Group(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.group'
    __string__ = "Savings Group"

    party = fields.Many2One(
        'party.party', "Party", required=True, ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        depends={'company'},
        help="The savings group itself.")
    code = fields.Char("Code", readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    programme = fields.Many2One(
        'avec.programme', "Programme", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    subdivision = fields.Many2One(
        'country.subdivision', "Province", ondelete='RESTRICT')
    locality = fields.Char("Locality")
    field_officer = fields.Many2One(
        'company.employee', "Field Officer", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="The agent who follows the group.")
    formation_date = fields.Date("Formation Date")
    phase = fields.Function(fields.Selection(
            PHASES, "Phase", sort=False,
            help="Where the group stands on its way to autonomy."),
        'get_phase', setter='set_phase', searcher='search_phase')
    phases = fields.One2Many('avec.group.phase', 'group', "Phases")
    memberships = fields.One2Many(
        'avec.membership', 'group', "Memberships")
    officers = fields.One2Many(
        'avec.group.officer', 'group', "Committee",
        domain=[
            ('membership.group', '=', Eval('id', -1)),
            ])
    cycles = fields.One2Many(
        'avec.cycle', 'group', "Cycles", readonly=True)
    cycle = fields.Function(fields.Many2One(
            'avec.cycle', "Current Cycle"), 'get_cycle')
    member_count = fields.Function(fields.Integer(
            "Members", help="The number of active members."),
        'get_member_count')
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency'),
        'get_balances')
    loan_fund_cash = fields.Function(Monetary(
            "Loan Fund Cash", currency='currency', digits='currency'),
        'get_balances')
    social_fund_cash = fields.Function(Monetary(
            "Social Fund Cash", currency='currency', digits='currency'),
        'get_balances')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def trail_lines(cls):
        return ['phases']

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('party_unique', Unique(table, table.company, table.party),
                'avec_group.msg_group_party_unique'),
            ('code_unique', Unique(table, table.company, table.code),
                'avec_group.msg_group_code_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.field_officer, Index.Range())),
                Index(table, (table.party, Index.Range())),
                })
        cls._order.insert(0, ('code', 'ASC'))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_formation_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_field_officer(cls):
        return Transaction().context.get('employee')

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @fields.depends('company', 'memberships', 'party')
    def on_change_notify(self):
        messages = super().on_change_notify()
        active = [
            m for m in self.memberships or []
            if not getattr(m, 'end_date', None)]
        if self.company and active and (
                message := self._size_message(len(active))):
            messages.append(('warning', message))
        return messages

    def _size_message(self, count):
        "Return the warning about the number of members or None"
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        configuration = Configuration(1)
        least = configuration.get_multivalue(
            'min_members', company=self.company.id)
        most = configuration.get_multivalue(
            'max_members', company=self.company.id)
        if not (least <= count <= most):
            return gettext(
                'avec_group.msg_group_size',
                group=self.party.rec_name if self.party else '',
                count=count, least=least, most=most)

    @classmethod
    def get_phase(cls, groups, name):
        Phase = Pool().get('avec.group.phase')
        phases = {g.id: 'preparatory' for g in groups}
        for phase in Phase.search([
                    ('group', 'in', [g.id for g in groups]),
                    ], order=[('start_date', 'ASC'), ('id', 'ASC')]):
            phases[phase.group.id] = phase.phase
        return phases

    @classmethod
    def set_phase(cls, groups, name, value):
        pool = Pool()
        Phase = pool.get('avec.group.phase')
        today = pool.get('ir.date').today()
        if not value:
            return
        groups = [g for g in cls.browse(groups)
            if g.phase != value or not g.phases]
        Phase.save([
                Phase(
                    group=group, phase=value,
                    start_date=(
                        today if group.phases
                        else group.formation_date or today))
                for group in groups])

    @classmethod
    def search_phase(cls, name, clause):
        pool = Pool()
        Phase = pool.get('avec.group.phase')
        _, operator, value = clause
        Operator = fields.SQL_OPERATORS[operator]
        group, phase = cls.__table__(), Phase.__table__()
        last = Phase.__table__()
        latest = (last
            .select(
                last.group.as_('group'),
                Max(last.start_date).as_('start_date'),
                group_by=last.group))
        same_day = Phase.__table__()
        current = (same_day
            .join(latest, condition=(same_day.group == latest.group)
                & (same_day.start_date == latest.start_date))
            .select(Max(same_day.id).as_('id'), group_by=same_day.group))
        query = (group
            .join(phase, 'LEFT', condition=(phase.group == group.id)
                & phase.id.in_(current))
            .select(group.id, where=Operator(
                    Coalesce(phase.phase, 'preparatory'), value)))
        return [('id', 'in', query)]

    @classmethod
    def get_cycle(cls, groups, name):
        Cycle = Pool().get('avec.cycle')
        cycles = dict.fromkeys([g.id for g in groups])
        for cycle in Cycle.search([
                    ('group', 'in', [g.id for g in groups]),
                    ('state', 'in', ['running', 'sharing']),
                    ], order=[('number', 'ASC')]):
            cycles[cycle.group.id] = cycle.id
        return cycles

    @classmethod
    def get_member_count(cls, groups, name):
        pool = Pool()
        Membership = pool.get('avec.membership')
        table = Membership.__table__()
        cursor = Transaction().connection.cursor()
        counts = {g.id: 0 for g in groups}
        cursor.execute(*table.select(
                table.group, Count(table.id),
                where=fields.SQL_OPERATORS['in'](
                    table.group, [g.id for g in groups])
                & (table.end_date == Null),
                group_by=table.group))
        counts.update(cursor)
        return counts

    @classmethod
    def get_balances(cls, groups, names):
        return ledger.fund_balances(groups, names, key='avec_group')

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and not values.get('code'):
            company_id = values.get('company', cls.default_company())
            if company_id is not None:
                configuration = Configuration(1)
                if sequence := configuration.get_multivalue(
                        'group_sequence', company=company_id):
                    values['code'] = sequence.get()
        return values

    @classmethod
    def check_modification(cls, mode, groups, values=None, external=False):
        super().check_modification(
            mode, groups, values=values, external=external)
        if mode == 'write' and external and 'company' in values:
            for group in groups:
                if group.company.id != values['company'] and group.cycles:
                    raise AccessError(gettext(
                            'avec_group.msg_group_company',
                            group=group.rec_name))

    @classmethod
    def copy(cls, groups, default=None):
        default = default.copy() if default is not None else {}
        for name in ['code', 'memberships', 'officers', 'cycles', 'phases']:
            default.setdefault(name, None)
        return super().copy(groups, default=default)

    def active_memberships(self, date):
        "Return the members on that day in the order of their numbers"
        return sorted(
            (m for m in self.memberships if m.is_active(date)),
            key=lambda m: m.number)

    @classmethod
    def load_active_memberships(cls, groups, date):
        "Return {group id: [memberships active on that day, by number]}"
        Membership = Pool().get('avec.membership')
        result = defaultdict(list)
        for membership in Membership.search([
                    ('group', 'in', [g.id for g in groups]),
                    ('start_date', '<=', date or dt.date.max),
                    ['OR',
                        ('end_date', '=', None),
                        ('end_date', '>', date or dt.date.max),
                        ],
                    ], order=[('number', 'ASC')]):
            result[membership.group.id].append(membership)
        return result

    def get_rec_name(self, name):
        return f'[{self.code}] {self.party.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('code', operator, operand, *extra),
            ('party.rec_name', operator, operand, *extra),
            ]


class Phase(ModelSQL, ModelView):
    __name__ = 'avec.group.phase'
    __string__ = "Group Phase"

    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='CASCADE')
    phase = fields.Selection(PHASES, "Phase", required=True, sort=False)
    start_date = fields.Date("Start Date", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('group')
        cls._order = [
            ('start_date', 'DESC'),
            ('id', 'DESC'),
            ]

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    def get_rec_name(self, name):
        Lang = Pool().get('ir.lang')
        phases = dict(self.fields_get(['phase'])['phase']['selection'])
        return f'{phases[self.phase]} ({Lang.get().strftime(self.start_date)})'
