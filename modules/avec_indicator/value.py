# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Cast, Null
from sql.conditionals import Case, Coalesce

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, PYSONEncoder
from trytond.transaction import Transaction, check_access
from trytond.wizard import StateAction, Wizard

from . import cells
from .exceptions import TraceError
from .formula import UNITS
from .indicator import DIRECTIONS
from .reach import reached

# More than the records of any dimension, so that keys fit in the id of a row
ROW = 2 ** 20
# The browser cannot list more records by their ids in reasonable time
MOST = 50000
CUTS = [
    (None, ""),
    ('programme', "Programme"),
    ('subdivision', "Province"),
    ('group', "Group"),
    ('field_officer', "Field Officer"),
    ('sex', "Sex"),
    ('age_band', "Age"),
    ('detail', "Sector or Axis"),
    ]
SEXES = [
    (None, ""),
    ('female', "Women"),
    ('male', "Men"),
    ('unknown', "Not Recorded"),
    ]
AGE_BANDS = [
    (None, ""),
    ('under_18', "Under 18"),
    ('18_24', "18 to 24"),
    ('25_34', "25 to 34"),
    ('35_49', "35 to 49"),
    ('50_64', "50 to 64"),
    ('65_over', "65 and Over"),
    ('unknown', "Not Recorded"),
    ]
_SELECTIONS = {'sex': cells.SEXES, 'age_band': cells.AGE_BANDS}


class Question:
    "What the context asks for"

    def __init__(self):
        context = Transaction().context
        self.company = self._company(context.get('company'))
        self.date = (
            context.get('avec_date') or Pool().get('ir.date').today())
        self.start = context.get('avec_start_date')
        self.cut = []
        for name in ['avec_cut', 'avec_cut_also']:
            cut = context.get(name)
            if cut in cells.DIMENSIONS and cut not in self.cut:
                self.cut.append(cut)
        self.filters = self._filters(context)

    @staticmethod
    def _company(company):
        "Return the company if the user has access to it"
        User = Pool().get('res.user')
        if company is None or company < 0:
            return -1
        if Transaction().check_access and (
                company not in User.get_companies()):
            return -1
        return company

    @staticmethod
    def _filters(context):
        Subdivision = Pool().get('country.subdivision')
        filters = {}
        for name in ['programme', 'field_officer']:
            if value := context.get(f'avec_{name}'):
                filters[name] = [value]
        if value := context.get('avec_subdivision'):
            filters['subdivision'] = [
                s.id for s in Subdivision.search([
                        ('parent', 'child_of', [value], 'parent')])]
        for name, keys in _SELECTIONS.items():
            if value := context.get(f'avec_{name}'):
                filters[name] = [k for k, v in keys.items() if v == value]
        return filters

    def place(self, name):
        "Return the only key to which the context restricts the dimension"
        return Transaction().context.get(f'avec_{name}')


class Context(ModelView):
    __name__ = 'avec.indicator.value.context'
    __string__ = "Indicator Value Context"

    company = fields.Many2One('company.company', "Company", required=True)
    avec_date = fields.Date(
        "Date", required=True, help="As at the end of this day.")
    avec_start_date = fields.Date(
        "From",
        help="Count only what happened from this day.\n"
        "Leave empty to count from the beginning.")
    avec_cut = fields.Selection(CUTS, "By", sort=False)
    avec_cut_also = fields.Selection(
        CUTS, "And By", sort=False,
        states={
            'invisible': ~Eval('avec_cut'),
            })
    avec_programme = fields.Many2One(
        'avec.programme', "Programme",
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    avec_subdivision = fields.Many2One('country.subdivision', "Province")
    avec_field_officer = fields.Many2One(
        'company.employee', "Field Officer",
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    avec_sex = fields.Selection(SEXES, "Sex", sort=False)
    avec_age_band = fields.Selection(AGE_BANDS, "Age", sort=False)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_avec_date(cls):
        return (Transaction().context.get('avec_date')
            or Pool().get('ir.date').today())

    @classmethod
    def default_avec_cut(cls):
        return Transaction().context.get('avec_cut')


class Value(ModelSQL, ModelView):
    """A figure of a cell

    There is no field of the company: it is that of the context, of which the
    query reads only the groups that the user may read."""
    __name__ = 'avec.indicator.value'
    __string__ = "Indicator Value"

    indicator = fields.Many2One('avec.indicator', "Indicator")
    programme = fields.Many2One('avec.programme', "Programme")
    subdivision = fields.Many2One('country.subdivision', "Province")
    group = fields.Many2One('avec.group', "Group")
    field_officer = fields.Many2One('company.employee', "Field Officer")
    sex = fields.Selection(SEXES, "Sex", sort=False)
    sex_string = sex.translated('sex')
    age_band = fields.Selection(AGE_BANDS, "Age", sort=False)
    age_band_string = age_band.translated('age_band')
    detail_key = fields.Integer("Detail Key")
    detail = fields.Function(
        fields.Char("Sector or Axis"), 'get_detail')
    value = fields.Numeric("Figure", digits=(16, 4))
    shown = fields.Function(fields.Char("Value"), 'get_shown')
    count = fields.Integer(
        "Records", help="The number of records that the figure stands on.")
    persons = fields.Integer(
        "Persons", help="The number of different persons among them.")
    baseline = fields.Function(
        fields.Numeric("Baseline", digits=(16, 4)), 'get_target')
    target = fields.Function(
        fields.Numeric("Target", digits=(16, 4)), 'get_target')
    target_shown = fields.Function(fields.Char("Target"), 'get_target')
    reached = fields.Function(fields.Numeric(
            "Reached", digits=(16, 4),
            help="The part of the way to the target that is done."),
        'get_target')
    unit = fields.Function(fields.Selection(
            UNITS, "Unit", sort=False), 'get_indicator')
    direction = fields.Function(fields.Selection(
            DIRECTIONS, "Direction", sort=False), 'get_indicator')
    definition = fields.Function(
        fields.Text("Definition"), 'get_indicator')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('indicator.sequence', 'ASC'),
            ('indicator', 'ASC'),
            ('programme', 'ASC'),
            ('subdivision', 'ASC'),
            ('group', 'ASC'),
            ('sex', 'ASC'),
            ('age_band', 'ASC'),
            ('id', 'ASC'),
            ]
        cls._buttons.update({
                'trace': {},
                })

    @classmethod
    def table_query(cls):
        question = Question()
        Indicator = Pool().get('avec.indicator')
        query = Indicator.cells(
            Indicator.computable(), question.company,
            question.date, question.start, question.cut, question.filters)
        keys = {n: getattr(query, n) for n in question.cut}
        id_ = Cast(query.indicator, 'BIGINT')
        for i in range(2):
            id_ = id_ * ROW
            if i < len(question.cut):
                id_ = id_ + Coalesce(keys[question.cut[i]], 0)
        columns = [
            id_.as_('id'),
            query.indicator.as_('indicator'),
            query.count.as_('count'),
            query.persons.as_('persons'),
            query.value.as_('value')]
        for name in cells.AREAS:
            columns.append(
                keys.get(name, Cast(Null, 'INTEGER')).as_(name))
        columns.append(
            keys.get('detail', Cast(Null, 'INTEGER')).as_('detail_key'))
        for name, selection in _SELECTIONS.items():
            column = Cast(Null, 'VARCHAR')
            if name in keys:
                column = Case(
                    *((keys[name] == k, v) for k, v in selection.items()),
                    else_=Null)
            columns.append(column.as_(name))
        return query.select(*columns)

    @classmethod
    def read(cls, ids, fields_names):
        # Only the indicators of the rows are computed again
        with Transaction().set_context(
                _avec_indicators=sorted({i // ROW ** 2 for i in ids})):
            return super().read(ids, fields_names)

    @classmethod
    def get_indicator(cls, values, names):
        return {
            n: {v.id: getattr(v.indicator, n) for v in values}
            for n in names}

    @classmethod
    def get_detail(cls, values, name):
        pool = Pool()
        result = dict.fromkeys([v.id for v in values])
        by_model = {}
        for value in values:
            model = value.indicator.formula.detail
            if model and value.detail_key:
                by_model.setdefault(model, []).append(value)
        for model, found in by_model.items():
            Model = pool.get(model)
            records = Model.browse([v.detail_key for v in found])
            for value, record in zip(found, records):
                result[value.id] = record.rec_name
        return result

    @classmethod
    def get_shown(cls, values, name):
        company = cls._company()
        return {
            v.id: format_value(v.value, v.indicator.unit, company)
            for v in values}

    @staticmethod
    def _company():
        Company = Pool().get('company.company')
        company = Question().company
        return Company(company) if company >= 0 else None

    @classmethod
    def get_target(cls, values, names):
        Target = Pool().get('avec.indicator.target')
        question = Question()
        company = cls._company()
        result = {n: dict.fromkeys([v.id for v in values]) for n in names}
        targets = Target.on_day(
            question.company, question.date,
            {v.indicator for v in values})
        for value in values:
            if target := targets.get(cls._target_key(value, question)):
                amounts = {
                    'baseline': target.baseline,
                    'target': target.target,
                    'target_shown': format_value(
                        target.target, value.indicator.unit, company),
                    'reached': reached(
                        value.value, target.target, target.baseline,
                        value.indicator.direction),
                    }
                for name in names:
                    result[name][value.id] = amounts[name]
        return result

    @staticmethod
    def _target_key(value, question):
        "Return the key of the target, None if no target is set for the cell"
        if (set(question.cut) | set(question.filters)) - {
                'programme', 'subdivision'}:
            return None
        return (value.indicator.id, *(
                getattr(value, n).id if getattr(value, n)
                else question.place(n)
                for n in ['programme', 'subdivision']))

    @property
    def cell(self):
        "Return the keys of the cell, {dimension: key}"
        keys = [self.id // ROW % ROW, self.id % ROW]
        return {
            n: keys[i] or None for i, n in enumerate(Question().cut)}

    def facts(self):
        "Return the query of the facts of the figure"
        question = Question()
        return cells.facts_of(
            self.indicator.formula,
            self.indicator.scope(
                question.company, question.date, question.start),
            self.cell, question.filters)

    @property
    def cell_name(self):
        "Return the name of the cell"
        names = [
            getattr(self, n).rec_name for n in cells.AREAS
            if getattr(self, n)]
        names += [
            getattr(self, n + '_string') for n in cells.PERSONAL
            if getattr(self, n)]
        if self.detail:
            names.append(self.detail)
        return ", ".join(names)

    def get_rec_name(self, name):
        return " / ".join(
            filter(None, [self.indicator.rec_name, self.cell_name]))

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('indicator.rec_name', *clause[1:])]

    @classmethod
    @ModelView.button_action('avec_indicator.wizard_trace')
    def trace(cls, values):
        pass


def format_value(value, unit, company):
    "Return the figure as people read it, a dash for none"
    Lang = Pool().get('ir.lang')
    if value is None:
        return "—"
    lang = Lang.get()
    if unit == 'percent':
        return gettext(
            'avec_indicator.msg_percent',
            value=lang.format_number(value * 100, digits=1, grouping=True))
    if unit == 'points':
        return lang.format_number(value * 100, digits=1, grouping=True)
    if unit == 'money' and company:
        return lang.currency(value, company.currency, grouping=True)
    digits = 0 if value == value.to_integral_value() else 2
    return lang.format_number(value, digits=digits, grouping=True)


class Trace(Wizard):
    __name__ = 'avec.indicator.trace'

    start_state = 'open_'
    open_ = StateAction('avec_indicator.act_trace')

    def do_open_(self, action):
        value = self.record
        formula = value.indicator.formula
        # Of the groups that the user may read, as the figure is
        with check_access():
            records, counted = self._read(value.facts())
        if len(records) > MOST:
            raise TraceError(gettext(
                    'avec_indicator.msg_trace_too_many',
                    value=value.rec_name, count=len(records), most=MOST))
        encoder = PYSONEncoder()
        action['name'] = value.rec_name
        action['res_model'] = formula.model
        action['views'] = [(None, 'tree'), (None, 'form')]
        action['pyson_domain'] = encoder.encode([('id', 'in', records)])
        action['pyson_context'] = encoder.encode({
                'avec_date': Question().date,
                # What was closed since counted on the day
                'active_test': False,
                })
        action['domains'] = self._tabs(formula, records, counted, encoder)
        return action, {}

    @staticmethod
    def _read(facts):
        "Return the ids of the records and of those in the numerator"
        cursor = Transaction().connection.cursor()
        cursor.execute(*facts.select(
                facts.record, facts.numerator,
                order_by=[facts.record]))
        records, counted = {}, {}
        for record, numerator in cursor:
            records[record] = None
            if numerator:
                counted[record] = None
        return list(records), list(counted)

    @staticmethod
    def _tabs(formula, records, counted, encoder):
        if not formula.is_fraction or formula.model == 'avec.loan':
            return []
        return [
            (gettext('avec_indicator.msg_trace_counted'),
                encoder.encode([('id', 'in', counted)]), True),
            (gettext('avec_indicator.msg_trace_among'),
                encoder.encode([]), True),
            ]
