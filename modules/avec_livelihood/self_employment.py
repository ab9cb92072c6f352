# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from sql.aggregate import Sum
from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.ledger import fetch
from trytond.modules.avec_group.trail import HistoryMixin, TrailMixin
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If

from . import ceiling
from .exceptions import (
    FrozenError, SelfEmploymentDatesError, SelfEmploymentStateError)
from .mixins import PersonMixin, SectorMixin, as_at, last_day, setting

CATEGORIES = [
    ('services', "Services"),
    ('trade', "Trade, Crafts and Industry"),
    ]
LEVELS = [
    (None, ""),
    (ceiling.BELOW, "Below the Ceiling"),
    (ceiling.NEAR, "Near the Ceiling"),
    (ceiling.ABOVE, "Above the Ceiling"),
    ]
_IN_PROGRESS = Eval('state') == 'in_progress'
_ENDED = Eval('state') == 'ended'


class SelfEmployment(
        TrailMixin, PersonMixin, SectorMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.self_employment'
    __string__ = "Auto-entrepreneur"

    activity_name = fields.Char(
        "Activity", required=True, help="As it is declared.")
    activity = fields.Many2One(
        'avec.activity', "Income-generating Activity", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('owners.membership.party', '=', Eval('party', -1)),
            # Who sees the person sees the activity
            If(Eval('group'), ('group', '=', Eval('group', -1)), ()),
            ],
        help="The activity of the person that is declared so.")
    category = fields.Selection(
        CATEGORIES, "Category", required=True, sort=False,
        help="Which ceiling applies.")
    application_date = fields.Date(
        "Application Date", required=True,
        states={
            'readonly': ~_IN_PROGRESS,
            })
    registration_number = fields.Char(
        "Registration Number",
        states={
            'readonly': ~_IN_PROGRESS,
            },
        help="In the national register of auto-entrepreneurs.")
    registration_date = fields.Date(
        "Registration Date",
        states={
            'required': ~_IN_PROGRESS,
            'readonly': ~_IN_PROGRESS,
            },
        help="The person counts as registered from this day.")
    end_date = fields.Date(
        "End Date",
        states={
            'required': _ENDED,
            'readonly': _ENDED,
            'invisible': _IN_PROGRESS,
            })
    end_reason = fields.Selection([
            (None, ""),
            ('ceased', "Activity Ceased"),
            ('ceiling', "Ceiling Exceeded"),
            ('company', "Became a Company"),
            ('job', "Job Found"),
            ('other', "Other"),
            ], "End Reason", sort=False,
        states={
            'required': _ENDED,
            'readonly': _ENDED,
            'invisible': _IN_PROGRESS,
            })
    turnovers = fields.One2Many(
        'avec.self_employment.turnover', 'self_employment', "Turnover",
        states={
            'readonly': _IN_PROGRESS,
            })
    turnover = fields.Function(Monetary(
            "Turnover of the Year", currency='currency', digits='currency'),
        'get_turnover')
    ceiling = fields.Function(Monetary(
            "Ceiling of the Year", currency='currency', digits='currency'),
        'get_turnover')
    ceiling_share = fields.Function(fields.Numeric(
            "Share of the Ceiling", digits=(16, 4)), 'get_turnover')
    client_turnover = fields.Function(Monetary(
            "Sold to One Client", currency='currency', digits='currency',
            help="In the year."),
        'get_turnover')
    ceiling_level = fields.Function(fields.Selection(
            LEVELS, "Ceiling", sort=False),
        'get_turnover', searcher='search_ceiling_level')
    note = fields.Text("Note")
    state = fields.Selection([
            ('in_progress', "In Progress"),
            ('registered', "Registered"),
            ('ended', "Ended"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def trail_lines(cls):
        return ['turnovers']

    @classmethod
    def __setup__(cls):
        cls.registration_number.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('registration_number_unique',
                Unique(table, table.company, table.registration_number),
                'avec_livelihood.msg_self_employment_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.party, Index.Range())),
                Index(table, (table.membership, Index.Range())),
                })
        cls._order.insert(0, ('application_date', 'DESC'))
        cls._transitions |= {
            ('in_progress', 'registered'),
            ('registered', 'in_progress'),
            ('registered', 'ended'),
            }
        cls._buttons.update({
                'register': {
                    'invisible': ~_IN_PROGRESS,
                    'depends': ['state'],
                    },
                'correct': {
                    'invisible': Eval('state') != 'registered',
                    'depends': ['state'],
                    },
                'end': {
                    'invisible': Eval('state') != 'registered',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'in_progress'

    @classmethod
    def default_application_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends(
        'activity', 'activity_name', 'sector', 'sub_sector',
        '_parent_activity.name', '_parent_activity.sector',
        '_parent_activity.sub_sector')
    def on_change_activity(self):
        if self.activity:
            self.activity_name = self.activity_name or self.activity.name
            if not self.sector:
                self.sector = self.activity.sector
                self.sub_sector = self.activity.sub_sector

    # -- the ceiling

    @classmethod
    def get_turnover(cls, records, names):
        year = as_at().year
        figures = cls.turnover_of(records, year)
        return {
            n: {r.id: figures[r.id][n] for r in records} for n in names}

    @classmethod
    def turnover_of(cls, records, year):
        "Return the figures of the year, {id: {name: value}}"
        sums = cls._sums(records, year)
        ceilings = cls._ceilings(records)
        warnings = {
            c: setting('turnover_warning', c)
            for c in {r.company for r in records}}
        result = {}
        for record in records:
            limit = ceiling.in_force(
                ceilings[record.company, record.category], year)
            amount = limit.amount if limit else None
            client_amount = limit.client_amount if limit else None
            turnover, client = sums[record.id]
            warning = warnings[record.company]
            result[record.id] = {
                'turnover': turnover,
                'ceiling': amount,
                'ceiling_share': ceiling.share(turnover, amount),
                'ceiling_level': ceiling.level(turnover, amount, warning),
                'client_turnover': client,
                'client_ceiling': client_amount,
                'client_level': ceiling.level(
                    client, client_amount, warning),
                }
        return result

    @classmethod
    def _sums(cls, records, year):
        table = Pool().get('avec.self_employment.turnover').__table__()
        result = defaultdict(lambda: (Decimal(0), Decimal(0)))
        for id, turnover, client in fetch(
                table.select(
                    table.self_employment.as_('self_employment'),
                    Sum(table.amount).as_('turnover'),
                    Sum(Coalesce(table.client_amount, 0)).as_('client'),
                    where=fields.SQL_OPERATORS['in'](
                        table.self_employment, [r.id for r in records])
                    & (table.year == year),
                    group_by=table.self_employment),
                [None, 'NUMERIC', 'NUMERIC']):
            result[id] = turnover, client
        return result

    @classmethod
    def _ceilings(cls, records):
        "Return the ceilings, {(company, category): [ceiling.Ceiling, ...]}"
        Ceiling = Pool().get('avec.self_employment.ceiling')
        companies = {r.company for r in records}
        result = defaultdict(list)
        for limit in Ceiling.search([]):
            for company in companies:
                if limit.company in {None, company}:
                    result[company, limit.category].append(ceiling.Ceiling(
                            limit.start_date, limit.amount,
                            limit.client_amount, bool(limit.company)))
        return result

    @classmethod
    def search_ceiling_level(cls, name, clause):
        _, operator, value = clause
        records = cls.search([])
        figures = cls.turnover_of(records, as_at().year)
        values = value if operator in {'in', 'not in'} else [value]
        found = {
            i for i, f in figures.items() if f['ceiling_level'] in values}
        if operator in {'!=', 'not in'}:
            return [('id', 'not in', list(found))]
        return [('id', 'in', list(found))]

    # -- checks

    @classmethod
    def validate_fields(cls, records, field_names):
        super().validate_fields(records, field_names)
        cls.check_dates(records, field_names)

    @classmethod
    def check_dates(cls, records, field_names=None):
        names = ['application_date', 'registration_date', 'end_date']
        if field_names and not field_names & set(names):
            return
        today = last_day()
        for record in records:
            dates = [d for d in (getattr(record, n) for n in names) if d]
            if dates != sorted(dates):
                raise SelfEmploymentDatesError(gettext(
                        'avec_livelihood.msg_self_employment_dates',
                        self_employment=record.rec_name))
            if dates[-1] > today:
                raise SelfEmploymentDatesError(gettext(
                        'avec_livelihood.msg_self_employment_future',
                        self_employment=record.rec_name,
                        date=format_date(dates[-1])))

    # -- the life of the enterprise

    @classmethod
    @ModelView.button
    @Workflow.transition('registered')
    def register(cls, records):
        for record in records:
            if not (record.registration_number and record.registration_date):
                raise SelfEmploymentStateError(gettext(
                        'avec_livelihood.msg_self_employment_registration',
                        self_employment=record.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('in_progress')
    def correct(cls, records):
        for record in records:
            if record.turnovers:
                raise SelfEmploymentStateError(gettext(
                        'avec_livelihood.msg_self_employment_turnover',
                        self_employment=record.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('ended')
    def end(cls, records):
        for record in records:
            if not (record.end_date and record.end_reason):
                raise SelfEmploymentStateError(gettext(
                        'avec_livelihood.msg_self_employment_end',
                        self_employment=record.rec_name))

    @classmethod
    def check_modification(
            cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        for record in records:
            if mode == 'delete':
                refused = record.state != 'in_progress'
            elif not external:
                refused = False
            elif mode == 'create':
                refused = record.state != 'in_progress'
            else:
                refused = 'state' in values or (
                    {'registration_number', 'registration_date'}
                    & set(values)
                    and record.state != 'in_progress')
            if refused:
                raise FrozenError(gettext(
                        'avec_livelihood.msg_self_employment_frozen',
                        self_employment=record.rec_name))

    @classmethod
    def copy(cls, records, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'registration_number', 'registration_date', 'end_date',
                'end_reason', 'turnovers', 'note']:
            default.setdefault(name, None)
        default.setdefault('state', 'in_progress')
        return super().copy(records, default=default)

    def get_rec_name(self, name):
        return f'{self.party.rec_name} - {self.activity_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('activity_name', operator, operand, *extra),
            ('registration_number', operator, operand, *extra),
            ]

    @classmethod
    def view_attributes(cls):
        visual = If(
            Eval('ceiling_level') == ceiling.ABOVE, 'danger',
            If(Eval('ceiling_level') == ceiling.NEAR, 'warning', ''))
        return super().view_attributes() + [
            ('/tree', 'visual', If(_ENDED, 'muted', visual)),
            ]


class Ceiling(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.self_employment.ceiling'
    __string__ = "Auto-entrepreneur Ceiling"

    company = fields.Many2One(
        'company.company', "Company", ondelete='RESTRICT',
        help="Leave empty for every company.")
    category = fields.Selection(
        CATEGORIES, "Category", required=True, sort=False)
    start_date = fields.Date(
        "Start Date", required=True,
        help="The ceiling holds for the whole of the year in which it "
        "starts, and for those that follow.")
    amount = fields.Numeric(
        "Yearly Turnover", digits=(16, 2), required=True,
        domain=['OR', ('amount', '=', None), ('amount', '>', 0)])
    client_amount = fields.Numeric(
        "Turnover With One Client", digits=(16, 2),
        domain=['OR', ('client_amount', '=', None), ('client_amount', '>', 0)],
        help="What is sold above it to one client in a year is taxed apart.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('start_unique',
                Exclude(table,
                    (Coalesce(table.company, -1), Equal),
                    (table.category, Equal),
                    (table.start_date, Equal)),
                'avec_livelihood.msg_ceiling_unique'),
            ]
        cls._order = [
            ('category', 'ASC'),
            ('start_date', 'DESC'),
            ('id', 'ASC'),
            ]

    def get_rec_name(self, name):
        categories = dict(
            self.fields_get(['category'])['category']['selection'])
        return f'{categories[self.category]} ({self.start_date.year})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('category', *clause[1:])]
