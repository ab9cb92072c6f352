# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from sql import Column, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.ledger import fetch
from trytond.modules.avec_group.trail import TrailMixin
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If

from . import income
from .exceptions import (
    ActivityDatesError, ActivityOwnersError, ActivityStateError, FrozenError)
from .mixins import PlaceMixin, SectorMixin, as_at, last_day

# Those counted as created: an idea is not
CREATED = ['started', 'running', 'stopped']
_IDEA = Eval('state') == 'idea'
_STOPPED = Eval('state') == 'stopped'
_SUMS = ['sales', 'costs', 'own_consumption']


class Activity(
        TrailMixin, SectorMixin, PlaceMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.activity'
    __string__ = "Income-generating Activity"

    number = fields.Char("Number", readonly=True)
    name = fields.Char(
        "Name", required=True, help="What is done, in a few words.")
    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='RESTRICT',
        states={
            'readonly': ~_IDEA,
            },
        help="The group of the owner, or of most of the owners.")
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    field_officer = fields.Function(fields.Many2One(
            'company.employee', "Field Officer"),
        'on_change_with_field_officer', searcher='search_company')
    programme = fields.Function(fields.Many2One(
            'avec.programme', "Programme"),
        'on_change_with_programme', searcher='search_company')
    kind = fields.Selection([
            ('individual', "Individual"),
            ('collective', "Collective"),
            ], "Kind", required=True, sort=False,
        help="A collective activity has at least two owners.")
    owners = fields.One2Many(
        'avec.activity.owner', 'activity', "Owners", required=True)
    owner_count = fields.Function(fields.Integer(
            "Number of Owners",
            help="The persons who own it on the day, of whatever group."),
        'get_owner_count')
    start_date = fields.Date(
        "Start Date",
        states={
            'required': ~_IDEA,
            'readonly': _STOPPED,
            },
        help="When the work or the purchases began.")
    running_date = fields.Date(
        "First Sales",
        states={
            'required': Eval('state') == 'running',
            'readonly': _STOPPED,
            'invisible': _IDEA,
            },
        help="When the activity began to sell.")
    stop_date = fields.Date(
        "Stop Date",
        states={
            'required': _STOPPED,
            'readonly': _STOPPED,
            'invisible': _IDEA,
            })
    stop_reason = fields.Selection([
            (None, ""),
            ('unprofitable', "Not Profitable"),
            ('money', "Lack of Money"),
            ('market', "Lack of Buyers"),
            ('disaster', "Drought, Disease or Accident"),
            ('family', "Family or Health"),
            ('other_work', "Other Work Found"),
            ('moved', "Moved Away"),
            ('dispute', "Dispute Between Owners"),
            ('finished', "Finished as Planned"),
            ('other', "Other"),
            ], "Stop Reason", sort=False,
        states={
            'required': _STOPPED,
            'readonly': _STOPPED,
            'invisible': _IDEA,
            })
    baseline_income = Monetary(
        "Income Before", currency='currency', digits='currency',
        domain=['OR',
            ('baseline_income', '=', None),
            ('baseline_income', '>=', 0),
            ],
        help="What the households of the owners earned together in a month "
        "before the activity.")
    baseline_date = fields.Date(
        "Date of Income Before",
        states={
            'required': Bool(Eval('baseline_income')),
            },
        help="When the households were asked.")
    fundings = fields.One2Many(
        'avec.activity.funding', 'activity', "Start-up Money")
    funding = fields.Function(Monetary(
            "Start-up Money", currency='currency', digits='currency'),
        'get_funding')
    records = fields.One2Many(
        'avec.activity.record', 'activity', "Monthly Records",
        states={
            'readonly': _IDEA,
            })
    months = fields.Function(fields.Integer(
            "Months Recorded"), 'get_figures')
    sales = fields.Function(Monetary(
            "Sales", currency='currency', digits='currency'), 'get_figures')
    costs = fields.Function(Monetary(
            "Costs", currency='currency', digits='currency'), 'get_figures')
    own_consumption = fields.Function(Monetary(
            "Own Consumption", currency='currency', digits='currency',
            help="The value of what the households used themselves."),
        'get_figures')
    profit = fields.Function(Monetary(
            "Profit", currency='currency', digits='currency',
            help="Sales and own consumption less the costs."), 'get_figures')
    paid_jobs = fields.Function(fields.Integer(
            "Paid Jobs", help="In the last month recorded."), 'get_figures')
    monthly_profit = fields.Function(Monetary(
            "Monthly Profit", currency='currency', digits='currency',
            help="On average over the last twelve months recorded."),
        'get_figures')
    income_change = fields.Function(fields.Numeric(
            "Income Change", digits=(16, 4),
            help="The monthly profit as a part of the income before."),
        'get_figures')
    note = fields.Text("Note")
    state = fields.Selection([
            ('idea', "Idea"),
            ('started', "Started"),
            ('running', "Running"),
            ('stopped', "Stopped"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def trail_lines(cls):
        return ['records']

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        cls.sector.required = True
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.group, table.number),
                'avec_livelihood.msg_activity_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.group, Index.Range())),
                Index(table, (table.state, Index.Equality(
                            cardinality='low'))),
                })
        cls._order.insert(0, ('number', 'DESC'))
        cls._transitions |= {
            ('idea', 'started'),
            ('started', 'idea'),
            ('started', 'running'),
            ('started', 'stopped'),
            ('running', 'stopped'),
            ('stopped', 'running'),
            }
        cls._buttons.update({
                'start': {
                    'invisible': ~_IDEA,
                    'depends': ['state'],
                    },
                'withdraw': {
                    'invisible': Eval('state') != 'started',
                    'depends': ['state'],
                    },
                'run': {
                    'invisible': Eval('state') != 'started',
                    'depends': ['state'],
                    },
                'stop': {
                    'invisible': ~Eval('state').in_(['started', 'running']),
                    'depends': ['state'],
                    },
                'resume': {
                    'invisible': ~_STOPPED,
                    'depends': ['state'],
                    },
                })

    @classmethod
    def index_set_field(cls, name):
        index = super().index_set_field(name)
        if name in {'fundings', 'records'}:
            # The loan of a funding is one of an owner
            return cls.index_set_field('owners') + 1
        return index

    @classmethod
    def default_state(cls):
        return 'idea'

    @classmethod
    def default_kind(cls):
        return 'individual'

    # -- where it belongs

    @fields.depends('group', 'subdivision', 'locality')
    def on_change_group(self):
        self._set_place(self.group)

    @fields.depends(
        'owners', 'group', 'kind', methods=['on_change_group'])
    def on_change_owners(self):
        members = [o.membership for o in self.owners or [] if o.membership]
        if members and not self.group:
            self.group = members[0].group
            self.on_change_group()
        if len(members) > 1 and self.kind == 'individual':
            self.kind = 'collective'

    @fields.depends('group', '_parent_group.company')
    def on_change_with_company(self, name=None):
        return self.group.company if self.group else None

    @fields.depends('group', '_parent_group.field_officer')
    def on_change_with_field_officer(self, name=None):
        return self.group.field_officer if self.group else None

    @fields.depends('group', '_parent_group.programme')
    def on_change_with_programme(self, name=None):
        return self.group.programme if self.group else None

    @classmethod
    def search_company(cls, name, clause):
        return [('group.' + clause[0], *clause[1:])]

    @fields.depends(methods=['on_change_with_company'])
    def on_change_with_currency(self, name=None):
        company = self.on_change_with_company()
        return company.currency if company else None

    # -- figures

    @classmethod
    def get_owner_count(cls, activities, name):
        pool = Pool()
        membership = pool.get('avec.membership').__table__()
        owner = pool.get('avec.activity.owner').__table__()
        date = as_at()
        result = dict.fromkeys(map(int, activities), 0)
        result.update(fetch(
                owner.join(
                    membership, condition=owner.membership == membership.id)
                .select(
                    owner.activity.as_('activity'),
                    Count(membership.party, distinct=True).as_('owners'),
                    where=fields.SQL_OPERATORS['in'](
                        owner.activity, list(result))
                    & ((owner.start_date == Null)
                        | (owner.start_date <= date))
                    & ((owner.end_date == Null) | (owner.end_date >= date)),
                    group_by=owner.activity),
                [None, None]))
        return result

    @classmethod
    def get_funding(cls, activities, name):
        table = Pool().get('avec.activity.funding').__table__()
        result = {a.id: Decimal(0) for a in activities}
        result.update(fetch(
                table.select(
                    table.activity.as_('activity'),
                    Sum(table.amount).as_('amount'),
                    where=fields.SQL_OPERATORS['in'](
                        table.activity, list(result)),
                    group_by=table.activity),
                [None, 'NUMERIC']))
        return result

    @classmethod
    def recorded(cls, activities, date=None):
        """Return the months recorded, {activity id: [income.Month, ...]}

        date: nothing after the day, by default the one of the context."""
        table = Pool().get('avec.activity.record').__table__()
        result = defaultdict(list)
        for activity, *values in fetch(
                table.select(
                    table.activity.as_('activity'),
                    table.month.as_('month'),
                    *(Coalesce(Column(table, n), 0).as_(n) for n in _SUMS),
                    Coalesce(table.paid_jobs, 0).as_('paid_jobs'),
                    where=fields.SQL_OPERATORS['in'](
                        table.activity, [a.id for a in activities])
                    & (table.month <= (date or as_at())),
                    order_by=[table.month]),
                [None, 'DATE', *['NUMERIC'] * len(_SUMS), None]):
            result[activity].append(income.Month(*values))
        return result

    @classmethod
    def get_figures(cls, activities, names):
        result = {n: {} for n in names}
        recorded = cls.recorded(activities)
        for activity in activities:
            values = activity._get_figures(recorded[activity.id])
            for name in names:
                result[name][activity.id] = values[name]
        return result

    def _get_figures(self, months):
        monthly = income.monthly_profit(
            months, self.currency.rounding)
        return {
            'months': len(months),
            **{n: sum((getattr(m, n) for m in months), Decimal(0))
                for n in [*_SUMS, 'profit']},
            'paid_jobs': months[-1].paid_jobs if months else 0,
            'monthly_profit': monthly,
            'income_change': income.change(monthly, self.baseline_income),
            }

    # -- checks

    @classmethod
    def validate_fields(cls, activities, field_names):
        super().validate_fields(activities, field_names)
        cls.check_owners(activities, field_names)
        cls.check_dates(activities, field_names)

    @classmethod
    def check_owners(cls, activities, field_names=None):
        if field_names and not field_names & {'owners', 'kind', 'group'}:
            return
        for activity in activities:
            owners = activity.owners
            if activity.group not in {o.membership.group for o in owners}:
                raise ActivityOwnersError(gettext(
                        'avec_livelihood.msg_activity_owner_group',
                        activity=activity.rec_name,
                        group=activity.group.rec_name))
            persons = {o.membership.party for o in owners}
            if activity.kind == 'collective' and len(persons) < 2:
                raise ActivityOwnersError(gettext(
                        'avec_livelihood.msg_activity_collective',
                        activity=activity.rec_name))
            for i, owner in enumerate(owners):
                for other in owners[i + 1:]:
                    activity._check_owner_pair(owner, other)

    def _check_owner_pair(self, owner, other):
        if not owner.overlaps(other):
            return
        if owner.membership.party == other.membership.party:
            raise ActivityOwnersError(gettext(
                    'avec_livelihood.msg_activity_owner_twice',
                    activity=self.rec_name,
                    owner=owner.membership.party.rec_name))
        if self.kind == 'individual':
            raise ActivityOwnersError(gettext(
                    'avec_livelihood.msg_activity_individual',
                    activity=self.rec_name))

    @classmethod
    def check_dates(cls, activities, field_names=None):
        if field_names and not field_names & {
                'start_date', 'running_date', 'stop_date', 'baseline_date',
                'state'}:
            return
        today = last_day()
        for activity in activities:
            dates = [d for d in [
                    activity.start_date, activity.running_date,
                    activity.stop_date] if d]
            if dates != sorted(dates):
                raise ActivityDatesError(gettext(
                        'avec_livelihood.msg_activity_dates',
                        activity=activity.rec_name))
            # The start of an idea is planned
            if activity.state == 'idea':
                dates = []
            for date in [*dates, activity.baseline_date]:
                if date and date > today:
                    raise ActivityDatesError(gettext(
                            'avec_livelihood.msg_activity_future',
                            activity=activity.rec_name,
                            date=format_date(date)))
        cls._check_records(activities)

    @classmethod
    def _check_records(cls, activities):
        Record = Pool().get('avec.activity.record')
        Record.check_month([r for a in activities for r in a.records])

    # -- the life of the activity

    @classmethod
    def _date(cls, activities, name):
        "Set today where the day of the step was not typed"
        today = Pool().get('ir.date').today()
        for activity in activities:
            if not getattr(activity, name):
                setattr(activity, name, today)
        cls.save(activities)

    @classmethod
    @ModelView.button
    @Workflow.transition('started')
    def start(cls, activities):
        cls._date(activities, 'start_date')

    @classmethod
    @ModelView.button
    @Workflow.transition('idea')
    def withdraw(cls, activities):
        for activity in activities:
            if activity.records:
                raise ActivityStateError(gettext(
                        'avec_livelihood.msg_activity_recorded',
                        activity=activity.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('running')
    def run(cls, activities):
        cls._date(activities, 'running_date')

    @classmethod
    @ModelView.button
    @Workflow.transition('stopped')
    def stop(cls, activities):
        for activity in activities:
            if not activity.stop_reason:
                raise ActivityStateError(gettext(
                        'avec_livelihood.msg_activity_stop_reason',
                        activity=activity.rec_name))
        cls._date(activities, 'stop_date')

    @classmethod
    @ModelView.button
    @Workflow.transition('running')
    def resume(cls, activities):
        for activity in activities:
            # In one step, as what is stopped needs its day and its reason
            activity.state = 'running'
            activity.running_date = activity.running_date or activity.stop_date
            activity.stop_date = activity.stop_reason = None
        cls.save(activities)

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        Group = pool.get('avec.group')
        values = super().preprocess_values(mode, values)
        if (mode == 'create'
                and not values.get('number') and values.get('group')):
            company = Group(values['group']).company
            sequence = Configuration(1).get_multivalue(
                'activity_sequence', company=company.id)
            if sequence:
                values['number'] = sequence.get()
        return values

    @classmethod
    def check_modification(
            cls, mode, activities, values=None, external=False):
        super().check_modification(
            mode, activities, values=values, external=external)
        for activity in activities:
            if mode == 'delete':
                refused = activity.state != 'idea'
            elif mode == 'create':
                refused = external and activity.state != 'idea'
            else:
                refused = external and bool({'number', 'state'} & set(values))
            if refused:
                raise FrozenError(gettext(
                        'avec_livelihood.msg_activity_frozen',
                        activity=activity.rec_name))

    @classmethod
    def copy(cls, activities, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'start_date', 'running_date', 'stop_date',
                'stop_reason', 'baseline_income', 'baseline_date',
                'fundings', 'records', 'note']:
            default.setdefault(name, None)
        default.setdefault('state', 'idea')
        return super().copy(activities, default=default)

    def get_rec_name(self, name):
        return f'{self.number} - {self.name}' if self.number else self.name

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('number', operator, operand, *extra),
            ('name', operator, operand, *extra),
            ('owners.membership.party.rec_name', operator, operand, *extra),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(_STOPPED, 'muted', '')),
            ]
