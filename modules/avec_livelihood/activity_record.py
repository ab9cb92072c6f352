# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.currency.fields import Monetary
from trytond.pyson import Eval

from . import income
from .exceptions import ActivityRecordError
from .mixins import last_day


def _amount(string, name, **attributes):
    return Monetary(
        string, currency='currency', digits='currency',
        domain=['OR', (name, '=', None), (name, '>=', 0)], **attributes)


def _count(string, name, **attributes):
    return fields.Integer(
        string, domain=['OR', (name, '=', None), (name, '>=', 0)],
        **attributes)


class Record(ModelSQL, ModelView):
    __name__ = 'avec.activity.record'
    __string__ = "Activity Monthly Record"

    activity = fields.Many2One(
        'avec.activity', "Activity", required=True, ondelete='CASCADE',
        domain=[
            ('state', '!=', 'idea'),
            ],
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    month = fields.Date(
        "Month", required=True, help="The first day of the month.")
    sales = _amount("Sales", 'sales', required=True)
    costs = _amount("Costs", 'costs', required=True)
    own_consumption = _amount(
        "Own Consumption", 'own_consumption',
        help="The value of what the households used themselves.")
    profit = fields.Function(Monetary(
            "Profit", currency='currency', digits='currency',
            help="Sales and own consumption less the costs."),
        'on_change_with_profit')
    paid_jobs = _count(
        "Paid Jobs", 'paid_jobs',
        help="The people paid for their work, without the owners.")
    working_days = _count(
        "Working Days", 'working_days',
        help="The days worked by the owners and by those paid.")
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('activity')
        table = cls.__table__()
        cls._sql_constraints += [
            ('month_unique', Unique(table, table.activity, table.month),
                'avec_livelihood.msg_record_month_unique'),
            ]
        cls._sql_indexes.add(Index(
                table,
                (table.activity, Index.Range()),
                (table.month, Index.Range())))
        cls._order = [
            ('month', 'DESC'),
            ('activity', 'ASC'),
            ('id', 'ASC'),
            ]

    @fields.depends('activity', '_parent_activity.currency')
    def on_change_with_currency(self, name=None):
        return self.activity.currency if self.activity else None

    @fields.depends('activity', '_parent_activity.group')
    def on_change_with_group(self, name=None):
        return self.activity.group if self.activity else None

    @classmethod
    def search_group(cls, name, clause):
        return [('activity.' + clause[0], *clause[1:])]

    @fields.depends(
        'activity', 'month', '_parent_activity.start_date')
    def on_change_activity(self):
        "Propose the month after the last one recorded"
        if not self.activity or self.month:
            return
        if self.activity.id is not None and self.activity.id >= 0:
            last = self.search([
                    ('activity', '=', self.activity.id),
                    ], order=[('month', 'DESC')], limit=1)
            if last:
                self.month = income.add_months(last[0].month, 1)
                return
        if self.activity.start_date:
            self.month = income.first_day(self.activity.start_date)

    @fields.depends('month')
    def on_change_month(self):
        if self.month:
            self.month = income.first_day(self.month)

    @fields.depends('sales', 'costs', 'own_consumption')
    def on_change_with_profit(self, name=None):
        return ((self.sales or 0) + (self.own_consumption or 0)
            - (self.costs or 0))

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('month'):
            values['month'] = income.first_day(values['month'])
        return values

    @classmethod
    def validate_fields(cls, records, field_names):
        super().validate_fields(records, field_names)
        if not field_names or field_names & {'activity', 'month'}:
            cls.check_month(records)

    @classmethod
    def check_month(cls, records):
        "Check that the months are those in which the activity was there"
        today = last_day()
        for record in records:
            activity = record.activity
            if not activity.start_date or (
                    record.month < income.first_day(activity.start_date)):
                message = 'msg_record_before_start'
            elif record.month > today:
                message = 'msg_record_future'
            elif activity.stop_date and record.month > activity.stop_date:
                message = 'msg_record_after_stop'
            else:
                continue
            raise ActivityRecordError(gettext(
                    'avec_livelihood.' + message,
                    activity=activity.rec_name,
                    month=format_date(record.month)))

    def get_rec_name(self, name):
        return f'{self.activity.rec_name} ({self.month:%Y-%m})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('activity.rec_name', *clause[1:])]
