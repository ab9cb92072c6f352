# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Cast, Null, Union

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, Unique, fields, sequence_ordered)
from trytond.modules.avec_group.ledger import fetch
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from . import cells, facts_group
from .exceptions import IndicatorValidationError
from .formula import UNITS, Scope

THEMES = [
    ('group', "Groups and Members"),
    ('savings', "Savings and Loans"),
    ('training', "Training"),
    ('livelihood', "Livelihoods"),
    ]
DIRECTIONS = [
    ('up', "More is Better"),
    ('down', "Less is Better"),
    ]


class Indicator(
        sequence_ordered(), DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'avec.indicator'
    __string__ = "Indicator"

    code = fields.Char("Code", required=True)
    name = fields.Char("Name", required=True, translate=True)
    theme = fields.Selection(THEMES, "Theme", required=True, sort=False)
    theme_string = theme.translated('theme')
    key = fields.Selection(
        'get_keys', "Formula", required=True,
        help="How the figure is computed from the records.")
    argument = fields.Selection(
        'get_arguments', "Slice",
        states={
            'invisible': ~Eval('has_arguments', False),
            },
        help="The part of the formula that is shown, such as a phase.")
    has_arguments = fields.Function(
        fields.Boolean("Has Slices"), 'on_change_with_has_arguments')
    definition = fields.Text(
        "Definition", required=True, translate=True,
        help="What is counted, in words for those who read the report.")
    unit = fields.Function(fields.Selection(
            UNITS, "Unit", sort=False), 'on_change_with_unit')
    direction = fields.Selection(
        DIRECTIONS, "Direction", required=True, sort=False)
    of_period = fields.Function(fields.Boolean(
            "Of the Period",
            help="Counts what happened in the period; otherwise tells how "
            "things stand on the last day."), 'on_change_with_of_period')
    in_first_table = fields.Boolean(
        "In First Table",
        help="Printed by province in the first table of donor reports.")
    targets = fields.One2Many(
        'avec.indicator.target', 'indicator', "Targets")

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(table, table.code),
                'avec_indicator.msg_indicator_code_unique'),
            ]

    @classmethod
    def default_direction(cls):
        return 'up'

    # -- formulas

    @classmethod
    def formulas(cls):
        "Return the formulas that can be computed, {key: Formula}"
        return dict(facts_group.FORMULAS)

    @property
    def formula(self):
        return self.formulas()[self.key]

    @classmethod
    def get_keys(cls):
        return [
            (k, gettext(f'avec_indicator.msg_formula_{k}'))
            for k in cls.formulas()]

    @fields.depends('key')
    def get_arguments(self):
        formula = self.formulas().get(self.key)
        if formula and formula.arguments:
            return [(None, ''), *formula.arguments()]
        return [(None, '')]

    @fields.depends('key')
    def on_change_with_has_arguments(self, name=None):
        formula = self.formulas().get(self.key)
        return bool(formula and formula.arguments)

    @fields.depends('key')
    def on_change_with_unit(self, name=None):
        if formula := self.formulas().get(self.key):
            return formula.unit

    @fields.depends('key')
    def on_change_with_of_period(self, name=None):
        formula = self.formulas().get(self.key)
        return bool(formula and formula.period)

    @fields.depends('key')
    def on_change_key(self):
        if formula := self.formulas().get(self.key):
            self.direction = formula.direction
        self.argument = None

    @classmethod
    def computable(cls):
        "Return the indicators whose formula is there"
        domain = [('key', 'in', list(cls.formulas()))]
        # Rows that are read again need their indicators only
        ids = Transaction().context.get('_avec_indicators')
        if ids is not None:
            domain.append(('id', 'in', ids))
        with without_check_access():
            return cls.search(domain)

    @classmethod
    def validate_fields(cls, indicators, field_names):
        super().validate_fields(indicators, field_names)
        cls.check_argument(indicators, field_names)

    @classmethod
    def check_argument(cls, indicators, field_names=None):
        if field_names and not field_names & {'key', 'argument'}:
            return
        for indicator in indicators:
            # The module of the formula may be deactivated
            formula = cls.formulas().get(indicator.key)
            if formula and bool(formula.arguments) != bool(
                    indicator.argument):
                raise IndicatorValidationError(gettext(
                        'avec_indicator.msg_indicator_argument',
                        indicator=indicator.rec_name))

    # -- figures

    def scope(self, company, date, start=None):
        formula = self.formula
        return Scope(
            company, date, start if formula.period else None, self.argument)

    @classmethod
    def cells(cls, indicators, company, date, start=None, cut=(),
            filters=None):
        """Return the query of the values of the indicators in each cell

        company: its id, filters: {dimension: list of keys}.
        Its columns are indicator, those of the cut, count, persons and
        value."""
        queries = []
        for indicator in indicators:
            rows = cells.values(
                indicator.formula, indicator.scope(company, date, start),
                cut, filters)
            queries.append(rows.select(
                    Cast(indicator.id, 'INTEGER').as_('indicator'),
                    *(getattr(rows, n).as_(n) for n in cut),
                    rows.count.as_('count'), rows.persons.as_('persons'),
                    rows.value.as_('value')))
        if not queries:
            empty = Pool().get('avec.group').__table__()
            return empty.select(
                *(Cast(Null, 'INTEGER').as_(n) for n in [
                        'indicator', *cut, 'count', 'persons']),
                Cast(Null, 'NUMERIC').as_('value'),
                where=empty.id < 0)
        if len(queries) == 1:
            return queries[0]
        return Union(*queries, all_=True)

    @classmethod
    def compute(cls, indicators, company, date, start=None, cut=(),
            filters=None):
        """Return the values, {(indicator id, *keys): (value, count, persons)}

        The arguments are those of cells."""
        query = cls.cells(indicators, company, date, start, cut, filters)
        names = ['indicator', *cut]
        rows = query.select(
            *(getattr(query, n).as_(n) for n in [
                    *names, 'value', 'count', 'persons']))
        result = {}
        for row in fetch(rows, [
                    *[None] * len(names), 'NUMERIC', None, None]):
            result[row[:len(names)]] = row[len(names):]
        return result

    def get_rec_name(self, name):
        return f'{self.code} {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('code', operator, operand, *extra),
            ('name', operator, operand, *extra),
            ]


class IndicatorLoan(metaclass=PoolMeta):
    __name__ = 'avec.indicator'

    @classmethod
    def formulas(cls):
        from . import facts_loan
        return {**super().formulas(), **facts_loan.FORMULAS}


class IndicatorTraining(metaclass=PoolMeta):
    __name__ = 'avec.indicator'

    @classmethod
    def formulas(cls):
        from . import facts_training
        return {**super().formulas(), **facts_training.FORMULAS}


class IndicatorLivelihood(metaclass=PoolMeta):
    __name__ = 'avec.indicator'

    @classmethod
    def formulas(cls):
        from . import facts_livelihood
        return {**super().formulas(), **facts_livelihood.FORMULAS}
