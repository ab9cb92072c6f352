# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from collections import defaultdict

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.trail import TrailMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If, PYSONEncoder
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateAction, Wizard

from . import cells, periods
from .exceptions import FrozenError, SnapshotError
from .formula import UNITS
from .reach import reached
from .value import AGE_BANDS, SEXES, format_value

_STATES = {
    'readonly': Eval('state') != 'draft',
    }
# What the figures are stored by, beside the whole
CUTS = ['subdivision', 'sex', 'age_band', 'detail']


class Snapshot(TrailMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.indicator.snapshot'
    __string__ = "Indicator Snapshot"

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_STATES)
    programme = fields.Many2One(
        'avec.programme', "Programme", ondelete='RESTRICT', states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Leave empty for all the groups of the office.")
    start_date = fields.Date(
        "From", required=True, states=_STATES,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "To", required=True, states=_STATES,
        help="The figures are those of the end of this day.")
    stored_at = fields.Timestamp("Stored at", readonly=True)
    stored_by = fields.Many2One(
        'res.user', "Stored By", readonly=True, ondelete='RESTRICT')
    lines = fields.One2Many(
        'avec.indicator.snapshot.line', 'snapshot', "Figures", readonly=True)
    note = fields.Text("Note")
    state = fields.Selection([
            ('draft', "Draft"),
            ('stored', "Stored"),
            ('superseded', "Superseded"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('period_unique',
                Exclude(table,
                    (table.company, Equal),
                    (table.programme, Equal),
                    (table.start_date, Equal),
                    (table.end_date, Equal),
                    where=table.state == 'stored'),
                'avec_indicator.msg_snapshot_period_unique'),
            ]
        cls._sql_indexes.add(Index(
                table,
                (table.programme, Index.Range()),
                (table.end_date, Index.Range(order='DESC'))))
        cls._order.insert(0, ('end_date', 'DESC'))
        cls._transitions |= {
            ('draft', 'stored'),
            ('stored', 'superseded'),
            }
        cls._buttons.update({
                'store': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'supersede': {
                    'invisible': Eval('state') != 'stored',
                    'depends': ['state'],
                    },
                'compare': {
                    'invisible': Eval('state') == 'draft',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_programme(cls):
        return Transaction().context.get('avec_programme')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def _default_period(cls):
        return periods.last_closed('quarter', Pool().get('ir.date').today())

    @classmethod
    def default_start_date(cls):
        return cls._default_period()[0]

    @classmethod
    def default_end_date(cls):
        return cls._default_period()[1]

    # -- storing

    @classmethod
    @ModelView.button
    @Workflow.transition('stored')
    def store(cls, snapshots):
        pool = Pool()
        Line = pool.get('avec.indicator.snapshot.line')
        today = pool.get('ir.date').today()
        user = Transaction().user
        lines = []
        # The figures are those of the office, whoever stores them
        with without_check_access():
            for snapshot in cls.browse(snapshots):
                if snapshot.end_date >= today:
                    raise SnapshotError(gettext(
                            'avec_indicator.msg_snapshot_open',
                            snapshot=snapshot.rec_name,
                            date=format_date(snapshot.end_date)))
                snapshot._check_once()
                lines.extend(snapshot.compute_lines())
            Line.save(lines)
            cls.write(snapshots, {
                    'stored_at': dt.datetime.now(),
                    'stored_by': user or None,
                    })

    def _check_once(self):
        "Check that the figures of the period are not stored already"
        if self.search([
                    ('id', '!=', self.id),
                    ('company', '=', self.company.id),
                    ('programme', '=',
                        self.programme.id if self.programme else None),
                    ('start_date', '=', self.start_date),
                    ('end_date', '=', self.end_date),
                    ('state', '=', 'stored'),
                    ], limit=1):
            raise SnapshotError(gettext(
                    'avec_indicator.msg_snapshot_stored',
                    snapshot=self.rec_name))

    def compute_lines(self):
        "Return the unsaved lines of the figures as they are computed now"
        pool = Pool()
        Indicator = pool.get('avec.indicator')
        Line = pool.get('avec.indicator.snapshot.line')
        Target = pool.get('avec.indicator.target')
        indicators = {i.id: i for i in Indicator.computable()}
        targets = Target.on_day(self.company.id, self.end_date)
        programme = self.programme.id if self.programme else None
        lines = []
        for (cut, key, id_), (value, count, persons, of_period) in (
                self._figures(indicators.values()).items()):
            indicator = indicators[id_]
            line = Line(
                snapshot=self, indicator=indicator, cut=cut,
                cut_key=key, unit=indicator.unit,
                direction=indicator.direction,
                version=indicator.formula.version, value=value,
                period_value=of_period, count=count, persons=persons)
            line.set_key(key)
            if cut in {None, 'subdivision'}:
                if target := targets.get((id_, programme, key)):
                    line.baseline = target.baseline
                    line.target = target.target
            lines.append(line)
        return lines

    def _figures(self, indicators):
        """Return the figures of the period

        {(cut, key, indicator id): (value, count, persons, of the period)}"""
        result = {}
        for cut in [None, *CUTS]:
            since = self._compute(indicators, cut)
            period = self._compute(indicators, cut, self.start_date)
            for id_, *key in [*since, *(k for k in period if k not in since)]:
                key = key[0] if key else None
                if cut and cut != 'subdivision' and key is None:
                    continue
                cell = (id_, key) if cut else (id_,)
                value, count, persons = since.get(cell, (None, 0, 0))
                result[cut, key, id_] = (
                    value, count, persons, period.get(cell, [None])[0])
        return result

    def _compute(self, indicators, cut, start=None):
        Indicator = Pool().get('avec.indicator')
        filters = {}
        if self.programme:
            filters['programme'] = [self.programme.id]
        return Indicator.compute(
            indicators, self.company.id, self.end_date, start,
            [cut] if cut else [], filters)

    @classmethod
    @ModelView.button
    @Workflow.transition('superseded')
    def supersede(cls, snapshots):
        pass

    @classmethod
    @ModelView.button_action('avec_indicator.wizard_compare')
    def compare(cls, snapshots):
        pass

    @classmethod
    def store_closed_periods(cls):
        "Store the figures of the periods that ended, where they are not yet"
        pool = Pool()
        Programme = pool.get('avec.programme')
        today = pool.get('ir.date').today()
        company = Transaction().context.get('company')
        snapshots = []
        for programme in Programme.search([
                    ('company', '=', company),
                    ('snapshot_interval', '!=', None),
                    ]):
            start, end = periods.last_closed(
                programme.snapshot_interval, today)
            if end < programme.start_date or (
                    programme.end_date and start > programme.end_date):
                continue
            if not cls.search([
                        ('programme', '=', programme.id),
                        ('start_date', '=', start),
                        ('end_date', '=', end),
                        ('state', 'in', ['stored', 'superseded']),
                        ], limit=1):
                snapshots.append(cls(
                        company=programme.company, programme=programme,
                        start_date=start, end_date=end))
        cls.save(snapshots)
        cls.store(snapshots)

    # -- what is kept

    @classmethod
    def check_modification(
            cls, mode, snapshots, values=None, external=False):
        super().check_modification(
            mode, snapshots, values=values, external=external)
        if mode == 'create' or not external:
            return
        if mode == 'write' and not values.keys() - {'note'}:
            return
        for snapshot in snapshots:
            if mode == 'write' and values.keys() == {'state'}:
                step = (snapshot.state, values['state'])
                if step in cls._transitions and snapshot.lines:
                    continue
            elif snapshot.state == 'draft':
                continue
            raise FrozenError(gettext(
                    'avec_indicator.msg_snapshot_frozen',
                    snapshot=snapshot.rec_name))

    @classmethod
    def copy(cls, snapshots, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'draft')
        for name in ['lines', 'stored_at', 'stored_by']:
            default.setdefault(name, None)
        return super().copy(snapshots, default=default)

    def get_rec_name(self, name):
        names = [
            f'{format_date(self.start_date)} – {format_date(self.end_date)}']
        if self.programme:
            names.insert(0, self.programme.rec_name)
        return ' '.join(names)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('programme.rec_name', *clause[1:])]


class SnapshotLine(ModelSQL, ModelView):
    __name__ = 'avec.indicator.snapshot.line'
    __string__ = "Indicator Snapshot Line"

    snapshot = fields.Many2One(
        'avec.indicator.snapshot', "Snapshot", required=True, readonly=True,
        ondelete='CASCADE')
    indicator = fields.Many2One(
        'avec.indicator', "Indicator", required=True, readonly=True,
        ondelete='RESTRICT')
    cut = fields.Selection([
            (None, "All"),
            ('subdivision', "Province"),
            ('sex', "Sex"),
            ('age_band', "Age"),
            ('detail', "Sector or Axis"),
            ], "By", readonly=True, sort=False)
    cut_key = fields.Integer("Key", readonly=True)
    subdivision = fields.Many2One(
        'country.subdivision', "Province", readonly=True,
        ondelete='RESTRICT')
    sex = fields.Selection(SEXES, "Sex", readonly=True, sort=False)
    age_band = fields.Selection(
        AGE_BANDS, "Age", readonly=True, sort=False)
    detail = fields.Char("Sector or Axis", readonly=True)
    unit = fields.Selection(UNITS, "Unit", readonly=True, sort=False)
    direction = fields.Char("Direction", readonly=True)
    version = fields.Integer(
        "Version", readonly=True, required=True,
        help="The version of the formula that made the figure.")
    value = fields.Numeric(
        "Figure", digits=(16, 4), readonly=True,
        help="At the end of the period, from the beginning.")
    shown = fields.Function(fields.Char("Value"), 'get_shown')
    period_value = fields.Numeric(
        "Figure of the Period", digits=(16, 4), readonly=True)
    period_shown = fields.Function(
        fields.Char("Value of the Period"), 'get_shown')
    count = fields.Integer("Records", readonly=True)
    persons = fields.Integer("Persons", readonly=True)
    baseline = fields.Numeric("Baseline", digits=(16, 4), readonly=True)
    target = fields.Numeric("Target", digits=(16, 4), readonly=True)
    target_shown = fields.Function(
        fields.Char("Target to Reach"), 'get_shown')
    reached = fields.Function(fields.Numeric(
            "Reached", digits=(16, 4)), 'get_reached')
    current = fields.Function(fields.Numeric(
            "Today's Figure", digits=(16, 4),
            help="What the records say today about the same period."),
        'get_current')
    current_version = fields.Function(
        fields.Integer("Today's Version"), 'get_current_version')
    difference = fields.Function(fields.Numeric(
            "Difference", digits=(16, 4)), 'get_current')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('snapshot')
        cls._order = [
            ('snapshot', 'DESC'),
            ('indicator.sequence', 'ASC'),
            ('id', 'ASC'),
            ]

    def set_key(self, key):
        "Fill what the figure is cut by"
        if self.cut == 'subdivision':
            self.subdivision = key
        elif self.cut == 'sex':
            self.sex = cells.SEXES[key]
        elif self.cut == 'age_band':
            self.age_band = cells.AGE_BANDS[key]
        elif self.cut == 'detail':
            # Kept as a text, as a sector may be renamed
            Model = Pool().get(self.indicator.formula.detail)
            self.detail = Model(key).rec_name

    @property
    def cell(self):
        return self.cut, self.cut_key, self.indicator.id

    @classmethod
    def get_shown(cls, lines, names):
        fields_ = {
            'shown': 'value', 'period_shown': 'period_value',
            'target_shown': 'target'}
        return {
            n: {
                l.id: format_value(
                    getattr(l, fields_[n]), l.unit, l.snapshot.company)
                for l in lines}
            for n in names}

    def get_reached(self, name):
        return reached(
            self.value, self.target, self.baseline, self.direction)

    @classmethod
    def get_current(cls, lines, names):
        by_snapshot = defaultdict(list)
        for line in lines:
            by_snapshot[line.snapshot].append(line)
        result = {n: {} for n in names}
        for snapshot, lines in by_snapshot.items():
            indicators = {
                l.indicator for l in lines
                if l.indicator.key in l.indicator.formulas()}
            with without_check_access():
                figures = snapshot._figures(indicators)
            for line in lines:
                value, count, *_ = figures.get(
                    line.cell, (None, 0, 0, None))
                if value is None and line.value == 0:
                    value = line.value
                difference = None
                if line.value is not None and value is not None:
                    difference = value - line.value
                for name in names:
                    result[name][line.id] = (
                        value if name == 'current' else difference)
        return result

    def get_current_version(self, name):
        formula = self.indicator.formulas().get(self.indicator.key)
        return formula.version if formula else None

    @property
    def differs(self):
        return (
            self.current != self.value
            or self.current_version != self.version)

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            for line in lines:
                raise FrozenError(gettext(
                        'avec_indicator.msg_snapshot_frozen',
                        snapshot=line.snapshot.rec_name))

    def get_rec_name(self, name):
        return f'{self.indicator.rec_name} ({self.snapshot.rec_name})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('indicator.rec_name', *clause[1:]),
            ('snapshot.rec_name', *clause[1:]),
            ]


class Compare(Wizard):
    __name__ = 'avec.indicator.snapshot.compare'

    start_state = 'open_'
    open_ = StateAction('avec_indicator.act_snapshot_difference')

    def do_open_(self, action):
        "Open the figures that are not those of today any more"
        lines = [l.id for s in self.records for l in s.lines if l.differs]
        action['pyson_domain'] = PYSONEncoder().encode([
                ('id', 'in', lines)])
        return action, {}
