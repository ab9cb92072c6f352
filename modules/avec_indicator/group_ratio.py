# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The management ratios of groups, and of what they add up to"
from dataclasses import fields as figure_names

from sql import Cast, Column, Literal, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Case, NullIf
from sql.functions import Round
from sql.operators import Or

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.group import PHASES
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Equal, Eval, If
from trytond.transaction import Transaction

from .figures import decimal, group_figures
from .ratio import RATE, RATIOS, Figures, net_profit

LIGHTS = [
    (None, ""),
    ('red', "Red"),
    ('amber', "Amber"),
    ('green', "Green"),
    ]
_DIGITS = 4
# What no ratio is made of
_OTHERS = ['attending', 'social_fund_cash', 'bank_at_start']


def _count(string, help=''):
    return fields.Integer(string, help=help)


def _amount(string, help=''):
    return Monetary(
        string, currency='currency', digits='currency', help=help)


def _rate(string, help=''):
    return fields.Numeric(string, digits=(16, _DIGITS), help=help)


def _hide_unknown(cls):
    "Hide the rates that have no value, else their unit stands alone"
    for key, ratio in RATIOS.items():
        if ratio.unit == RATE:
            field = getattr(cls, key)
            field.states['invisible'] = Equal(Eval(key, None), None)


class RatioContext(ModelView):
    __name__ = 'avec.group.ratio.context'
    __string__ = "Group Ratios Context"

    company = fields.Many2One('company.company', "Company", required=True)
    avec_date = fields.Date(
        "Date", required=True, help="As at the end of this day.")

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_avec_date(cls):
        return (Transaction().context.get('avec_date')
            or Pool().get('ir.date').today())


class RatioMixin:
    "The figures and the ratios of groups, summed by a key"
    __slots__ = ()

    company = fields.Many2One('company.company', "Company")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    count = _count("Groups")
    followed_groups = _count(
        "Groups Followed", help="The groups that have a field officer.")
    followed_members = _count(
        "Members Followed", help="The members of the groups followed.")
    field_officers = _count("Field Officers")
    members = _count("Members", help="The active members on the date.")
    women = _count("Women", help="The active members who are women.")
    start_members = _count(
        "Members at Cycle Start",
        help="The active members on the day when the cycle began.")
    left = _count(
        "Members Who Left", help="The members who left since the cycle began.")
    present = _count(
        "Present", help="The members on time or late at the last four "
        "meetings.")
    expected = _count(
        "Expected", help="The active members at the last four meetings.")
    attending = _count(
        "Present Last", help="The members on time or late at the last "
        "meeting.")
    present_cycle = _count(
        "Present in Cycle",
        help="The members on time or late at the meetings of the cycle.")
    expected_cycle = _count(
        "Expected in Cycle",
        help="The active members at the meetings of the cycle.")
    savings = _amount("Savings", help="The shares at the price paid.")
    loan_fund_cash = _amount("Loan Fund Cash")
    bank = _amount(
        "Bank and Property",
        help="What the loan fund owns beside its box and its loans.")
    bank_at_start = _amount(
        "Bank and Property at Start",
        help="The same on the day when the cycle began.")
    debts = _amount(
        "Debts", help="What the group owes, to a bank or of a share-out not "
        "yet paid.")
    social_fund = _amount("Social Fund")
    social_fund_cash = _amount("Social Fund Cash")
    net_profit = _amount(
        "Net Profit", help="Cash, bank and loans outstanding of the loan fund "
        "less savings and debts.")
    surplus = _amount(
        "Surplus", help="Income less expenses and losses, with what the last "
        "cycle left, less what was shared out.")
    annual_profit = _amount(
        "Net Profit a Year",
        help="The net profit as if it went on so for 52 weeks.")
    annual_savings = _amount(
        "Savings Annualised", help="The savings of the cycles of which a day "
        "or more has gone.")
    annual_assets = _amount(
        "Assets Annualised", help="The assets of the loan fund in the cycles "
        "of which a day or more has gone.")
    loans = _count("Loans Outstanding", help="How many loans are out.")
    loans_outstanding = _amount("Value of Loans Outstanding")
    borrowers = _count(
        "Borrowers", help="The active members with a loan outstanding.")
    at_risk_0 = _amount(
        "Value of Late Loans", help="What is left of the loans that are late.")
    at_risk_30 = _amount(
        "Over 30 Days Late",
        help="What is left of the loans more than 30 days late.")
    at_risk_90 = _amount(
        "Over 90 Days Late",
        help="What is left of the loans more than 90 days late.")
    loans_disbursed = _count(
        "Loans Disbursed", help="How many loans were paid out in the cycle.")
    disbursed = _amount("Value of Loans Disbursed")
    loans_written_off = _count(
        "Loans Written Off", help="How many loans were lost in the cycle.")
    written_off = _amount("Value of Loans Written Off")

    attendance_rate = _rate(
        "Attendance", help="Members present or late / active members, over "
        "the last four meetings posted.")
    attendance_rate_cycle = _rate(
        "Attendance in Cycle", help="Members present or late / active "
        "members, over the meetings posted of the cycle.")
    retention_rate = _rate(
        "Retention", help="Active members / (active members + members who "
        "left in the cycle).")
    dropout_rate = _rate(
        "Drop-out", help="Members who left in the cycle / (active members + "
        "members who left).")
    membership_growth = _rate(
        "Membership Growth", help="(Active members - members at cycle start) "
        "/ members at cycle start.")
    women_rate = _rate("Share of Women", help="Women / active members.")
    savings_per_member = _amount(
        "Savings per Member", help="Savings of the cycle / active members.")
    return_on_savings = _rate(
        "Return on Savings", help="Net profit / savings of the cycle.")
    return_on_savings_annualised = _rate(
        "Return on Savings a Year", help="Net profit / savings of the cycle "
        "x 52 / weeks elapsed.")
    return_on_assets_annualised = _rate(
        "Return on Assets a Year", help="Net profit / (cash, bank and loans "
        "of the loan fund) x 52 / weeks elapsed.")
    share_price_growth = _rate(
        "Share Price Growth", help="Share price today / share value - 1.")
    social_fund_per_member = _amount(
        "Social Fund per Member", help="Social fund / active members.")
    members_with_loan = _rate(
        "Members With Loan",
        help="Active members with a loan outstanding / active members.")
    average_outstanding_loan = _amount(
        "Average Loan Outstanding",
        help="Loans outstanding / number of loans outstanding.")
    loan_fund_utilisation = _rate(
        "Loan Fund Utilisation",
        help="Loans outstanding / (loans outstanding + loan fund cash).")
    portfolio_at_risk_0 = _rate(
        "At Risk", help="What is left of the loans that are late / loans "
        "outstanding.")
    portfolio_at_risk_30 = _rate(
        "At Risk Over 30 Days", help="What is left of the loans more than 30 "
        "days late / loans outstanding.")
    portfolio_at_risk_90 = _rate(
        "At Risk Over 90 Days", help="What is left of the loans more than 90 "
        "days late / loans outstanding.")
    write_off_rate = _rate(
        "Write-off by Value", help="Value written off in the cycle / value "
        "of the loans disbursed in the cycle.")
    write_off_rate_number = _rate(
        "Write-off by Number", help="Loans written off in the cycle / loans "
        "disbursed in the cycle.")
    groups_per_field_officer = _rate(
        "Groups per Field Officer",
        help="Groups followed / field officers.")
    members_per_field_officer = _rate(
        "Members per Field Officer",
        help="Members of the groups followed / field officers.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        _hide_unknown(cls)

    @classmethod
    def table_query(cls):
        pool = Pool()
        context = Transaction().context
        company = context.get('company')
        if company is None:
            company = -1
        date = context.get('avec_date') or pool.get('ir.date').today()
        return cls._ratios(cls._sums(group_figures(company, date)))

    @classmethod
    def _key(cls):
        "Return the name of the column by which groups are summed"
        raise AssertionError("the ratios must name their key")

    @classmethod
    def _columns(cls):
        "Return the names of the columns that are the same for the key"
        return ['company']

    @classmethod
    def _sums(cls, figures):
        "Return the query of the figures by key"
        key = Column(figures, cls._key())
        there = {c.output_name for c in figures.columns}
        names = [
            n for n in [*(f.name for f in figure_names(Figures)), *_OTHERS]
            if n in there]
        columns = [
            Column(figures, n) for n in cls._columns() if n != cls._key()]
        return figures.select(
            key.as_(cls._key()), *(c.as_(c.name) for c in columns),
            Count(Literal(1)).as_('count'),
            Count(figures.field_officer, distinct=True
                ).as_('field_officers'),
            *(Sum(Column(figures, n)).as_(n) for n in names),
            where=key != Null,
            group_by=[key, *columns])

    @classmethod
    def _ratios(cls, sums):
        "Return the query of the figures and the ratios by key"
        there = {c.output_name for c in sums.columns}
        with_loans = 'loans' in there
        figures = Figures(**{
                f.name: Column(sums, f.name) if f.name in there else Literal(0)
                for f in figure_names(Figures)})
        columns = [
            Column(sums, cls._key()).as_('id'),
            *(cls._typed(sums, c.output_name) for c in sums.columns),
            # Without loans their figures are not zero but unknown
            *(_unknown(cls, f.name) for f in figure_names(Figures)
                if f.name not in there),
            net_profit(figures).as_('net_profit'),
            ]
        for ratio in RATIOS.values():
            if ratio.loans and not with_loans:
                columns.append(_unknown(cls, ratio.key))
            else:
                numerator, denominator = ratio.terms(figures)
                columns.append(Round(
                        decimal(numerator) / NullIf(denominator, 0), _DIGITS
                        ).as_(ratio.key))
        return sums.select(*columns)

    @classmethod
    def _typed(cls, sums, name):
        # PostgreSQL sums integers to a number with decimals
        column = Column(sums, name)
        if isinstance(cls._fields[name], fields.Integer):
            column = Cast(column, cls._fields[name].sql_type().base)
        return column.as_(name)

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    def get_rec_name(self, name):
        return getattr(self, self._key()).rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [(cls._key() + '.rec_name', *clause[1:])]


def _unknown(Model, name):
    type_ = Model._fields[name].sql_type().base
    return Cast(Null, type_).as_(name)


class GroupRatio(RatioMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.ratio'
    __string__ = "Group Ratios"

    group = fields.Many2One(
        'avec.group', "Group",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    programme = fields.Many2One('avec.programme', "Programme")
    subdivision = fields.Many2One('country.subdivision', "Province")
    field_officer = fields.Many2One('company.employee', "Field Officer")
    phase = fields.Selection(PHASES, "Phase", sort=False)
    phase_string = phase.translated('phase')
    cycle = fields.Many2One('avec.cycle', "Cycle")
    start_date = fields.Date(
        "Cycle Start", help="The day on which the cycle began.")
    light = fields.Selection(
        LIGHTS, "Light", sort=False,
        help="The worst of the ratios that have a threshold.")
    light_string = light.translated('light')
    reasons = fields.Function(fields.Text(
            "Reasons", help="Which ratios are red or amber, and why."),
        'get_reasons')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('group.code', 'ASC'))

    @classmethod
    def view_attributes(cls):
        color = If(Eval('light') == 'red', 'danger',
            If(Eval('light') == 'amber', 'warning',
                If(Eval('light') == 'green', 'success', '')))
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual', color, ['light'])
            for name in ['light', 'reasons']]

    @classmethod
    def _key(cls):
        return 'group'

    @classmethod
    def _columns(cls):
        return super()._columns() + [
            'programme', 'subdivision', 'field_officer', 'phase', 'cycle',
            'start_date']

    @classmethod
    def _ratios(cls, sums):
        Threshold = Pool().get('avec.indicator.threshold')
        ratios = super()._ratios(sums)
        thresholds = Threshold.limits(Transaction().context.get('company'))
        return ratios.select(
            *(Column(ratios, c.output_name).as_(c.output_name)
                for c in ratios.columns),
            cls._light(ratios, thresholds).as_('light'))

    @classmethod
    def _light(cls, ratios, limits):
        reds, ambers, measured = [], [], []
        for limit in limits:
            column = Column(ratios, limit.ratio)
            reds.append(limit.condition(column, limit.red))
            ambers.append(limit.condition(column, limit.amber))
            measured.append(column != Null)
        if not limits:
            return Cast(Null, 'VARCHAR')
        return Case(
            (Or(reds), 'red'), (Or(ambers), 'amber'), (Or(measured), 'green'))

    @classmethod
    def get_reasons(cls, ratios, name):
        Threshold = Pool().get('avec.indicator.threshold')
        limits = {
            c: Threshold.limits(c.id) for c in {r.company for r in ratios}}
        labels = dict(Threshold.ratio_labels())
        return {
            r.id: '\n'.join(
                limit.reason(value, labels[limit.ratio])
                # What is red first, as a list shows the first line
                for color in ['red', 'amber'] for limit in limits[r.company]
                if limit.color(value := getattr(r, limit.ratio)) == color)
            for r in ratios}


class ProgrammeRatio(RatioMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.ratio.programme'
    __string__ = "Programme Ratios"

    programme = fields.Many2One('avec.programme', "Programme")

    @classmethod
    def _key(cls):
        return 'programme'


class SubdivisionRatio(RatioMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.ratio.subdivision'
    __string__ = "Province Ratios"

    subdivision = fields.Many2One('country.subdivision', "Province")

    @classmethod
    def _key(cls):
        return 'subdivision'


class FieldOfficerRatio(RatioMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.ratio.field_officer'
    __string__ = "Field Officer Ratios"

    field_officer = fields.Many2One('company.employee', "Field Officer")

    @classmethod
    def _key(cls):
        return 'field_officer'


class OfficeRatio(RatioMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.ratio.office'
    __string__ = "Office Ratios"

    @classmethod
    def _key(cls):
        return 'company'
