# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The trial balance by group, with what was counted against the ledger"
from sql import Column, Null, Window
from sql.aggregate import Count, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import RowNumber

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.ledger import configured_accounts
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .sql_tools import amount, context_company, context_date

FUNDS = ['loan_fund', 'social_fund']


def _amount(string, help=''):
    return Monetary(
        string, currency='currency', digits='currency', help=help)


class Context(ModelView):
    __name__ = 'avec.audit.balance.context'
    __string__ = "Audit Balance Context"

    company = fields.Many2One('company.company', "Company", required=True)
    avec_date = fields.Date(
        "Date", required=True, help="As at the end of this day.")

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_avec_date(cls):
        return context_date()


class Balance(ModelSQL, ModelView):
    __name__ = 'avec.audit.balance'
    __string__ = "Audit Balance"

    company = fields.Many2One('company.company', "Company")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    group = fields.Many2One(
        'avec.group', "Group",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    programme = fields.Many2One('avec.programme', "Programme")
    subdivision = fields.Many2One('country.subdivision', "Province")
    field_officer = fields.Many2One('company.employee', "Field Officer")
    cycle = fields.Many2One(
        'avec.cycle', "Cycle", help="The cycle of the last meeting posted.")
    meeting = fields.Many2One(
        'avec.meeting', "Last Meeting", help="The last meeting posted.")
    count_date = fields.Date(
        "Counted On", help="The day on which the boxes were last counted.")
    loan_fund_expected = _amount(
        "Loan Fund Then",
        help="The loan fund in the ledger after the last meeting.")
    loan_fund_counted = _amount(
        "Loan Fund Counted", help="What was counted at the last meeting.")
    loan_fund_difference = _amount(
        "Loan Fund Difference", help="Counted less the ledger.")
    social_fund_expected = _amount(
        "Social Fund Then",
        help="The social fund in the ledger after the last meeting.")
    social_fund_counted = _amount(
        "Social Fund Counted", help="What was counted at the last meeting.")
    social_fund_difference = _amount(
        "Social Fund Difference", help="Counted less the ledger.")
    moves_after = fields.Integer(
        "Moves After", help="The moves posted since the boxes were counted.")
    loan_fund_cash = _amount(
        "Loan Fund Cash", help="The loan fund in the ledger on the date.")
    social_fund_cash = _amount(
        "Social Fund Cash", help="The social fund in the ledger on the date.")
    savings = _amount("Savings", help="The shares at the price paid.")
    social_fund = _amount("Social Fund", help="The contributions.")
    share_out_payable = _amount(
        "Share-outs Payable", help="What was shared out and not yet paid.")
    debit = _amount("Debit", help="All the debits of the group.")
    credit = _amount("Credit", help="All the credits of the group.")
    balance = _amount(
        "Balance", help="The sum of all the accounts, which must be zero.")
    differs = fields.Boolean(
        "Differs",
        help="If a box was counted otherwise than the ledger says, or if the "
        "accounts do not balance.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('group.code', 'ASC'))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual',
                If(Eval(name, 0), 'danger', ''), [name])
            for name in [
                'loan_fund_difference', 'social_fund_difference', 'balance']
            ] + [
            ('/tree/field[@name="count_date"]', 'visual',
                If(Eval('moves_after', 0) > 0, 'warning', ''),
                ['moves_after']),
            ('/tree/field[@name="moves_after"]', 'visual',
                If(Eval('moves_after', 0) > 0, 'warning', ''),
                ['moves_after']),
            ]

    @classmethod
    def _balances(cls):
        "Return {column: (name of the balance, 1 if a debit or -1)}"
        return {
            'loan_fund_cash': ('loan_fund_cash', 1),
            'social_fund_cash': ('social_fund_cash', 1),
            'savings': ('savings', -1),
            'social_fund': ('social_fund', -1),
            'share_out_payable': ('share_out_payable', -1),
            }

    @classmethod
    def table_query(cls):
        company, date = context_company(), context_date()
        group = Pool().get('avec.group').__table__()
        counted = cls._last_meetings(company, date)
        sums = cls._sums(company, date)
        names = [c.output_name for c in sums.columns if c.output_name not in {
                'group', *(f + '_expected' for f in FUNDS)}]
        was_counted = counted.meeting != Null
        differences = {}
        columns = []
        for fund in FUNDS:
            expected = Case((was_counted, Coalesce(
                        Column(sums, fund + '_expected'), 0)), else_=Null)
            found = Column(counted, fund + '_counted')
            differences[fund] = amount(found - expected)
            columns += [
                expected.as_(fund + '_expected'),
                found.as_(fund + '_counted'),
                differences[fund].as_(fund + '_difference')]
        balance = amount(Coalesce(sums.debit - sums.credit, 0))
        differs = balance != 0
        for difference in differences.values():
            differs |= Coalesce(difference, 0) != 0
        return (group
            .join(counted, 'LEFT', condition=counted.group == group.id)
            .join(sums, 'LEFT', condition=sums.group == group.id)
            .select(
                group.id.as_('id'),
                group.company.as_('company'),
                group.id.as_('group'),
                *(Column(group, n).as_(n) for n in [
                        'programme', 'subdivision', 'field_officer']),
                counted.cycle.as_('cycle'),
                counted.meeting.as_('meeting'),
                counted.date.as_('count_date'),
                *columns,
                *(Coalesce(Column(sums, n), 0).as_(n) for n in names),
                balance.as_('balance'),
                differs.as_('differs'),
                where=(group.company == company)
                & ((group.formation_date == Null)
                    | (group.formation_date <= date))))

    @classmethod
    def _last_meetings(cls, company, date):
        "Return the query of the last meeting posted of each group"
        pool = Pool()
        cycle = pool.get('avec.cycle').__table__()
        group = pool.get('avec.group').__table__()
        meeting = pool.get('avec.meeting').__table__()
        ranked = (meeting
            .join(cycle, condition=meeting.cycle == cycle.id)
            .join(group, condition=cycle.group == group.id)
            .select(
                cycle.group.as_('group'), meeting.cycle.as_('cycle'),
                meeting.id.as_('meeting'), meeting.date.as_('date'),
                meeting.move.as_('move'),
                *(Column(meeting, f + '_counted').as_(f + '_counted')
                    for f in FUNDS),
                RowNumber(window=Window(
                        [cycle.group],
                        order_by=[meeting.date.desc, meeting.id.desc])
                    ).as_('rank'),
                where=(group.company == company)
                & (meeting.state == 'posted') & (meeting.date <= date)))
        return ranked.select(
            *(Column(ranked, c.output_name).as_(c.output_name)
                for c in ranked.columns if c.output_name != 'rank'),
            where=ranked.rank == 1)

    @classmethod
    def _sums(cls, company, date):
        "Return the query of the balances of the groups, with one pass"
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('account.configuration')
        line = pool.get('account.move.line').__table__()
        move = pool.get('account.move').__table__()
        last = cls._last_meetings(company, date)
        fields_ = Configuration.avec_balance_accounts()
        ids = {}
        if company >= 0:
            for id_, name in configured_accounts(
                    [Company(company)], list(fields_.values())).items():
                ids.setdefault(name, []).append(id_)

        def on(name):
            accounts = ids.get(fields_[name]) or [-1]
            return fields.SQL_OPERATORS['in'](line.account, accounts)

        # A sheet without money has no move
        before = Coalesce(
            move.id <= last.move, move.date <= last.date)
        value = line.debit - line.credit
        columns = [
            amount(Sum(Case((on(name), value * sign), else_=0))).as_(column)
            for column, (name, sign) in cls._balances().items()]
        columns += [
            amount(Sum(Case((on(f + '_cash') & before, value), else_=0))
                ).as_(f + '_expected')
            for f in FUNDS]
        return (line
            .join(move, condition=line.move == move.id)
            .join(last, 'LEFT', condition=move.avec_group == last.group)
            .select(
                move.avec_group.as_('group'),
                *columns,
                amount(Sum(line.debit)).as_('debit'),
                amount(Sum(line.credit)).as_('credit'),
                Count(Case((~before, move.id), else_=Null), distinct=True
                    ).as_('moves_after'),
                where=(move.company == company) & (move.state == 'posted')
                & (move.avec_group != Null) & (move.date <= date),
                group_by=[move.avec_group]))

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    def get_rec_name(self, name):
        return self.group.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('group.rec_name', *clause[1:])]


class BalanceLoan(metaclass=PoolMeta):
    __name__ = 'avec.audit.balance'

    loans_outstanding = _amount(
        "Loans Outstanding", help="What members owe both funds.")

    @classmethod
    def _balances(cls):
        return {
            **super()._balances(),
            'loans': ('loans_outstanding', 1),
            'social_loans': ('social_loans_outstanding', 1),
            }

    @classmethod
    def table_query(cls):
        query = super().table_query()
        owed = {'loans', 'social_loans'}
        return query.select(
            *(Column(query, c.output_name).as_(c.output_name)
                for c in query.columns if c.output_name not in owed),
            (query.loans + query.social_loans).as_('loans_outstanding'))
