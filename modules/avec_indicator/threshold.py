# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from dataclasses import dataclass
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, fields)
from trytond.modules.avec_group.trail import HistoryMixin
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateAction, Wizard

from .exceptions import ThresholdValidationError
from .figures import decimal
from .ratio import HIGH, LOW, RATE, RATIOS

_RATES = [k for k, r in RATIOS.items() if r.unit == RATE]
# Where an office may start from: {ratio: (amber, red)}
PROPOSALS = {
    'attendance_rate': ('0.85', '0.70'),
    'retention_rate': ('0.95', '0.85'),
    'return_on_savings_annualised': ('0.10', '0'),
    'loan_fund_utilisation': ('0.50', '0.25'),
    'portfolio_at_risk_30': ('0.05', '0.10'),
    'write_off_rate': ('0.02', '0.05'),
    }


@dataclass(frozen=True)
class Limit:
    "A threshold as it was read"
    ratio: str
    direction: str
    amber: Decimal
    red: Decimal

    def condition(self, column, limit):
        "Return the expression that the column is beyond the limit"
        limit = decimal(limit)
        return column < limit if self.direction == HIGH else column > limit

    def is_beyond(self, value, limit):
        return value < limit if self.direction == HIGH else value > limit

    def color(self, value):
        "Return red, amber or None"
        if value is None:
            return
        for color in ['red', 'amber']:
            if self.is_beyond(value, getattr(self, color)):
                return color

    def reason(self, value, label):
        "Return in words why the value is red or amber"
        color = self.color(value)
        side = 'low' if self.direction == HIGH else 'high'
        return gettext(
            f'avec_indicator.msg_reason_{color}_{side}', ratio=label,
            value=format_rate(value),
            limit=format_rate(getattr(self, color)))


def format_rate(value):
    Lang = Pool().get('ir.lang')
    number = Lang.get().format_number(round(value * 100, 1), digits=1)
    return gettext('avec_indicator.msg_percent', value=number)


class Threshold(HistoryMixin, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'avec.indicator.threshold'
    __string__ = "Ratio Threshold"

    company = fields.Many2One('company.company', "Company", required=True)
    ratio = fields.Selection(
        'get_ratios', "Ratio", required=True,
        help="The ratio of a group that is watched.")
    ratio_string = ratio.translated('ratio')
    direction = fields.Selection([
            (HIGH, "Higher Is Better"),
            (LOW, "Lower Is Better"),
            ], "Direction", required=True, sort=False,
        help="Which way is good news.")
    amber = fields.Numeric(
        "Amber", digits=(16, 4), required=True,
        help="A group beyond it is worth a look.")
    red = fields.Numeric(
        "Red", digits=(16, 4), required=True,
        help="A group beyond it needs help.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('ratio_unique', Unique(table, table.company, table.ratio),
                'avec_indicator.msg_threshold_ratio_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.company, Index.Range())))
        cls._order.insert(0, ('ratio', 'ASC'))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def ratio_labels(cls):
        "Return (key, label) of each ratio"
        Ratio = Pool().get('avec.group.ratio')
        names = Ratio.fields_get(list(RATIOS))
        return [(k, names[k]['string']) for k in RATIOS]

    @classmethod
    def get_ratios(cls):
        return [(k, l) for k, l in cls.ratio_labels() if k in _RATES]

    @fields.depends('ratio', 'direction', 'amber', 'red')
    def on_change_ratio(self):
        if self.ratio:
            self.direction = RATIOS[self.ratio].better
            if self.amber is None and self.red is None:
                if self.ratio in PROPOSALS:
                    self.amber, self.red = map(
                        Decimal, PROPOSALS[self.ratio])

    @classmethod
    def validate_fields(cls, thresholds, field_names):
        super().validate_fields(thresholds, field_names)
        cls.check_order(thresholds, field_names)

    @classmethod
    def check_order(cls, thresholds, field_names=None):
        "Check that red is further than amber"
        if field_names and not (field_names & {'direction', 'amber', 'red'}):
            return
        for threshold in thresholds:
            limit = threshold._limit()
            if limit.is_beyond(limit.amber, limit.red):
                raise ThresholdValidationError(gettext(
                        'avec_indicator.msg_threshold_order',
                        ratio=threshold.ratio_string,
                        amber=format_rate(limit.amber),
                        red=format_rate(limit.red)))

    def _limit(self):
        return Limit(self.ratio, self.direction, self.amber, self.red)

    @classmethod
    def limits(cls, company_id):
        "Return the Limits of the company in the order of the ratios"
        with without_check_access():
            limits = [
                t._limit() for t in cls.search([
                        ('company', '=', company_id),
                        ])]
        return sorted(limits, key=lambda l: list(RATIOS).index(l.ratio))

    @classmethod
    def propose(cls, company):
        "Return the unsaved thresholds that the company does not have"
        with Transaction().set_context(active_test=False):
            there = {t.ratio for t in cls.search([
                        ('company', '=', company.id),
                        ])}
        thresholds = []
        for ratio in PROPOSALS.keys() - there:
            threshold = cls(company=company, ratio=ratio, amber=None, red=None)
            threshold.on_change_ratio()
            thresholds.append(threshold)
        return thresholds

    def get_rec_name(self, name):
        return self.ratio_string


class ProposeThresholds(Wizard):
    __name__ = 'avec.indicator.threshold.propose'
    __string__ = "Propose Thresholds"

    start_state = 'propose'
    propose = StateAction('avec_indicator.act_threshold')

    def do_propose(self, action):
        pool = Pool()
        Company = pool.get('company.company')
        Threshold = pool.get('avec.indicator.threshold')
        company_id = Transaction().context.get('company')
        if company_id is not None:
            Threshold.save(Threshold.propose(Company(company_id)))
        return action, {}
