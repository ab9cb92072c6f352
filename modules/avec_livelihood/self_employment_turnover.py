# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_amount
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval

from . import ceiling
from .exceptions import TurnoverError, TurnoverWarning
from .mixins import last_day


class Turnover(ModelSQL, ModelView):
    __name__ = 'avec.self_employment.turnover'
    __string__ = "Auto-entrepreneur Turnover"

    self_employment = fields.Many2One(
        'avec.self_employment', "Auto-entrepreneur", required=True,
        ondelete='CASCADE',
        domain=[
            ('state', '!=', 'in_progress'),
            ],
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    year = fields.Integer(
        "Year", required=True,
        domain=['OR', ('year', '=', None), ('year', '>=', 2000)])
    quarter = fields.Selection([
            (None, ""),
            ('1', "January to March"),
            ('2', "April to June"),
            ('3', "July to September"),
            ('4', "October to December"),
            ], "Quarter", required=True, sort=False)
    amount = Monetary(
        "Turnover", currency='currency', digits='currency', required=True,
        domain=['OR', ('amount', '=', None), ('amount', '>=', 0)])
    client_amount = Monetary(
        "Sold to One Client", currency='currency', digits='currency',
        domain=['OR',
            ('client_amount', '=', None),
            ('client_amount', '>=', 0),
            ],
        help="What the client who buys most in the year bought.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('self_employment')
        table = cls.__table__()
        cls._sql_constraints += [
            ('quarter_unique',
                Unique(
                    table, table.self_employment, table.year, table.quarter),
                'avec_livelihood.msg_turnover_unique'),
            ]
        cls._sql_indexes.add(Index(
                table,
                (table.self_employment, Index.Range()),
                (table.year, Index.Range())))
        cls._order = [
            ('year', 'DESC'),
            ('quarter', 'DESC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_year(cls):
        return Pool().get('ir.date').today().year

    @fields.depends('self_employment', '_parent_self_employment.currency')
    def on_change_with_currency(self, name=None):
        return self.self_employment.currency if self.self_employment else None

    @classmethod
    def validate_fields(cls, turnovers, field_names):
        super().validate_fields(turnovers, field_names)
        cls.check_quarter(turnovers)
        cls.check_client(turnovers)
        cls.check_ceiling(turnovers)

    @classmethod
    def check_quarter(cls, turnovers):
        today = last_day()
        for turnover in turnovers:
            record = turnover.self_employment
            start = ceiling.quarter_start(
                turnover.year, int(turnover.quarter))
            registered = record.registration_date
            if start > today:
                message = 'msg_turnover_future'
            elif start < ceiling.quarter_start(
                    registered.year, (registered.month + 2) // 3):
                message = 'msg_turnover_before'
            elif record.end_date and start > record.end_date:
                message = 'msg_turnover_after'
            else:
                continue
            raise TurnoverError(gettext(
                    'avec_livelihood.' + message,
                    turnover=turnover.rec_name))

    @classmethod
    def check_client(cls, turnovers):
        for turnover in turnovers:
            if (turnover.client_amount or 0) > turnover.amount:
                raise TurnoverError(gettext(
                        'avec_livelihood.msg_turnover_client',
                        turnover=turnover.rec_name))

    @classmethod
    def check_ceiling(cls, turnovers):
        "Warn of the ceilings that are near or exceeded"
        SelfEmployment = Pool().get('avec.self_employment')
        for year in {t.year for t in turnovers}:
            records = list({
                    t.self_employment for t in turnovers if t.year == year})
            figures = SelfEmployment.turnover_of(records, year)
            for record in records:
                cls._warn(record, year, figures[record.id])

    @classmethod
    def _warn(cls, record, year, figures):
        Warning = Pool().get('res.user.warning')
        for name, value, limit, level in [
                ('turnover', figures['turnover'], figures['ceiling'],
                    figures['ceiling_level']),
                ('client', figures['client_turnover'],
                    figures['client_ceiling'], figures['client_level'])]:
            if level not in {ceiling.NEAR, ceiling.ABOVE}:
                continue
            key = Warning.format(f'{name}_{level}_{year}', [record])
            if Warning.check(key):
                raise TurnoverWarning(key, gettext(
                        f'avec_livelihood.msg_{name}_{level}',
                        self_employment=record.rec_name, year=str(year),
                        amount=format_amount(value, record.currency),
                        ceiling=format_amount(
                            Decimal(limit), record.currency)))

    def get_rec_name(self, name):
        return (f'{self.self_employment.rec_name} '
            f'({self.year}/{self.quarter})')

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('self_employment.rec_name', *clause[1:])]
