# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.trail import HistoryMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .exceptions import TargetValidationError


class Target(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.indicator.target'
    __string__ = "Indicator Target"

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    indicator = fields.Many2One(
        'avec.indicator', "Indicator", required=True, ondelete='RESTRICT')
    programme = fields.Many2One(
        'avec.programme', "Programme", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Leave empty for all the groups of the office.")
    subdivision = fields.Many2One(
        'country.subdivision', "Province", ondelete='RESTRICT',
        help="Leave empty for all provinces.")
    start_date = fields.Date(
        "Start Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ],
        help="The target holds for reports on a day of this period.")
    end_date = fields.Date(
        "End Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('end_date', '>=', Eval('start_date', None)),
                ()),
            ])
    baseline = fields.Numeric(
        "Baseline", digits=(16, 4),
        help="The figure before the programme.")
    baseline_date = fields.Date("Baseline Date")
    target = fields.Numeric(
        "Target", digits=(16, 4), required=True,
        help="The figure to reach by the end of the period.\n"
        "A percentage is typed as a fraction: 0.6 for 60 %.")
    unit = fields.Function(fields.Selection(
            'get_units', "Unit"), 'on_change_with_unit')
    note = fields.Char("Note", help="Where the target was agreed.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('programme', 'ASC'),
            ('indicator.sequence', 'ASC'),
            ('subdivision', 'ASC'),
            ('start_date', 'DESC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_programme(cls):
        return Transaction().context.get('avec_programme')

    @classmethod
    def get_units(cls):
        Indicator = Pool().get('avec.indicator')
        return Indicator.fields_get(['unit'])['unit']['selection']

    @fields.depends('indicator', '_parent_indicator.unit')
    def on_change_with_unit(self, name=None):
        return self.indicator.unit if self.indicator else None

    @fields.depends('programme', 'start_date', 'end_date')
    def on_change_programme(self):
        if self.programme:
            if not self.start_date:
                self.start_date = self.programme.start_date
            if not self.end_date:
                self.end_date = self.programme.end_date

    @classmethod
    def validate_fields(cls, targets, field_names):
        super().validate_fields(targets, field_names)
        cls.check_one(targets, field_names)

    @classmethod
    def check_one(cls, targets, field_names=None):
        "Check that there is one target for a figure on a day"
        if field_names and not field_names & {
                'company', 'indicator', 'programme', 'subdivision',
                'start_date', 'end_date'}:
            return
        for target in targets:
            if cls.search([
                        ('id', '!=', target.id),
                        ('company', '=', target.company.id),
                        ('indicator', '=', target.indicator.id),
                        ('programme', '=',
                            target.programme.id if target.programme
                            else None),
                        ('subdivision', '=',
                            target.subdivision.id if target.subdivision
                            else None),
                        ('start_date', '<=', target.end_date),
                        ('end_date', '>=', target.start_date),
                        ], limit=1):
                raise TargetValidationError(gettext(
                        'avec_indicator.msg_target_one',
                        target=target.rec_name))

    @classmethod
    def on_day(cls, company, date, indicators=None):
        """Return the targets of the day

        {(indicator id, programme id or None, subdivision id or None):
        target}"""
        domain = [
            ('company', '=', company),
            ('start_date', '<=', date),
            ('end_date', '>=', date),
            ]
        if indicators is not None:
            domain.append(('indicator', 'in', [i.id for i in indicators]))
        return {
            (t.indicator.id,
                t.programme.id if t.programme else None,
                t.subdivision.id if t.subdivision else None): t
            for t in cls.search(domain)}

    def get_rec_name(self, name):
        return " / ".join([
                r.rec_name for r in [
                    self.indicator, self.programme, self.subdivision] if r])

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('indicator.rec_name', operator, operand, *extra),
            ('programme.rec_name', operator, operand, *extra),
            ('subdivision.rec_name', operator, operand, *extra),
            ]
