# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from sql import Column, Join, Literal, Null
from sql.aggregate import Sum
from sql.conditionals import Coalesce
from sql.operators import And

from trytond import backend
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.account.move import MoveLineMixin
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, PYSONDecoder, PYSONEncoder
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

from . import ledger
from .document import LINES_PER_SAVE
from .exceptions import AccountSettingError, GroupMoveError
from .sealed import SealedLineMixin
from .trail import HistoryMixin

_DIMENSIONS = ['avec_group', 'avec_cycle']
_BY_PARTY = ('party_required', '=', True)
_NOT_BY_PARTY = ('party_required', '!=', True)
_CASH = [
    ('type.statement', '=', 'balance'),
    ('type.assets', '=', True),
    _NOT_BY_PARTY,
    ]
_LIABILITY = [
    ('type.statement', '=', 'balance'),
    ('type.assets', '!=', True),
    ]
_INCOME = ('type.statement', '=', 'income')


def account_field(string, company, *domain, **attributes):
    "Return a field for an account of the company that can be booked on"
    return fields.Many2One(
        'account.account', string,
        domain=[
            ('closed', '!=', True),
            ('company', '=', company),
            *domain,
            ],
        **attributes)


def AccountsMixin(company, wrap=lambda field: field, invisible=False):
    "The accounts that the documents of the groups book on"
    def account(string, *domain, help=''):
        return wrap(account_field(
                string, company, *domain,
                states={'invisible': invisible}, help=help))

    class Mixin:
        __slots__ = ()
        avec_loan_fund_cash = account(
            "Loan Fund Cash", *_CASH,
            help="The cash in the box for savings and loans.")
        avec_social_fund_cash = account(
            "Social Fund Cash", *_CASH,
            help="The cash in the box for emergencies.")
        avec_savings = account(
            "Members' Savings", *_LIABILITY, _BY_PARTY,
            help="The shares bought by each member.")
        avec_social_fund = account(
            "Social Fund", *_LIABILITY, _NOT_BY_PARTY,
            help="The contributions for emergencies.")
        avec_share_out_payable = account(
            "Share-outs Payable", ('type.payable', '=', True), _BY_PARTY,
            ('reconcile', '=', True),
            help="What was shared out and not yet paid to the members.")
        avec_fine_income = account("Fines", _INCOME)
        avec_other_income = account("Other Income", _INCOME)
        avec_expense = account("Group Expenses", _INCOME)
        avec_cash_difference = account(
            "Cash Differences", _INCOME,
            help="When the box is counted short or over.")
        avec_surplus_distributed = account(
            "Surplus Distributed", *_LIABILITY, _NOT_BY_PARTY,
            help="The surplus shared out, "
            "until it is cleared when the fiscal year is closed.")
        avec_surplus_carried = account(
            "Surplus Carried", *_LIABILITY, _NOT_BY_PARTY,
            help="The surplus of closed fiscal years not yet shared out.")

    return Mixin


ACCOUNTS = [n for n in vars(AccountsMixin(-1)) if n.startswith('avec_')]


class Configuration(
        AccountsMixin(
            Eval('context', {}).get('company', -1), wrap=fields.MultiValue),
        metaclass=PoolMeta):
    __name__ = 'account.configuration'

    avec_journal = fields.MultiValue(fields.Many2One(
            'account.journal', "Journal",
            domain=[
                ('type', '=', 'general'),
                ],
            help="The journal of the moves of the groups."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field.startswith('avec_'):
            return pool.get('account.configuration.avec')
        return super().multivalue_model(field)

    @classmethod
    def default_avec_journal(cls, **pattern):
        return cls.multivalue_model('avec_journal').default_avec_journal()

    @classmethod
    def avec_balance_accounts(cls):
        "Return the balances of groups, {name: field of the account}"
        return ledger.BALANCE_ACCOUNTS.copy()

    @classmethod
    def avec_social_fund_assets(cls):
        "Return the names of the balances that the social fund owns"
        return ['social_fund_cash']

    def get_avec_account(self, name, company):
        "Return the account set for the company or raise AccountSettingError"
        company_id = int(company) if company is not None else None
        if account := self.get_multivalue(name, company=company_id):
            return account
        Company = Pool().get('company.company')
        raise AccountSettingError(gettext(
                'avec_group.msg_account_setting_missing',
                company=Company(company_id).rec_name if company_id else '',
                **self.__names__(name)))

    def get_avec_accounts(self, names, company):
        "Return {name: account} or raise AccountSettingError"
        return {n: self.get_avec_account(n, company) for n in names}


class ConfigurationAvec(
        HistoryMixin, AccountsMixin(Eval('company', -1)), ModelSQL,
        CompanyValueMixin):
    __name__ = 'account.configuration.avec'

    avec_journal = fields.Many2One(
        'account.journal', "Journal",
        domain=[
            ('type', '=', 'general'),
            ],
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})

    @classmethod
    def default_avec_journal(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_group', 'journal_avec')
        except KeyError:
            return None


class CreateChartProperties(
        AccountsMixin(
            Eval('company', -1), invisible=~Eval('avec', False)),
        metaclass=PoolMeta):
    __name__ = 'account.create_chart.properties'

    avec = fields.Boolean("Savings Groups", states={
            'invisible': True,
            })


class CreateChart(metaclass=PoolMeta):
    __name__ = 'account.create_chart'

    @classmethod
    def _avec_templates(cls):
        "Return {setting: XML id of the account template but its language}"
        return {n: 'avec_group.account_template_' + n.removeprefix('avec_')
            for n in ACCOUNTS}

    def _avec_language(self):
        "Return the language of the template or None for another chart"
        ModelData = Pool().get('ir.model.data')
        for language in ['en', 'fr']:
            try:
                template_id = ModelData.get_id(
                    f'avec_group.account_template_root_{language}')
            except KeyError:
                continue
            if self.account.account_template.id == template_id:
                return language

    def default_properties(self, fields):
        defaults = super().default_properties(fields)
        if language := self._avec_language():
            templates = {
                **self._avec_templates(),
                'account_receivable': 'avec_group.account_template_receivable',
                'account_payable': 'avec_group.account_template_payable',
                }
            defaults['avec'] = True
            for name, template in templates.items():
                defaults[name] = self.get_account(f'{template}_{language}')
        return defaults

    def transition_create_properties(self):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        state = super().transition_create_properties()
        if self.properties.avec:
            with Transaction().set_context(company=self.properties.company.id):
                configuration = Configuration(1)
                for name in self._avec_templates():
                    setattr(
                        configuration, name, getattr(self.properties, name))
                configuration.save()
        return state


class DocumentOriginMixin:
    __slots__ = ()

    @classmethod
    def _get_avec_origin(cls):
        "Return the names of the documents of a group"
        return []

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + cls._get_avec_origin()

    @classmethod
    def _copy_origin(cls, data):
        # What is copied by hand does not come from the document
        model = (data['origin'] or '').partition(',')[0]
        return data['origin'] if model not in cls._get_avec_origin() else None


class Move(DocumentOriginMixin, metaclass=PoolMeta):
    __name__ = 'account.move'

    avec_group = fields.Many2One(
        'avec.group', "Savings Group", readonly=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'invisible': ~Eval('avec_group'),
            })
    avec_cycle = fields.Many2One(
        'avec.cycle', "Cycle", readonly=True, ondelete='RESTRICT',
        domain=[
            ('group', '=', Eval('avec_group', -1)),
            ],
        states={
            'invisible': ~Eval('avec_cycle'),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update(
            Index(table, (column, Index.Range()), where=column != Null)
            for column in [table.avec_group, table.avec_cycle])

    @classmethod
    def _get_avec_origin(cls):
        return super()._get_avec_origin() + [
            'avec.meeting', 'avec.share_out', 'avec.membership.exit',
            'avec.opening', 'avec.cycle']

    @classmethod
    def sealed_fields(cls):
        "Return what is frozen of the move of a document"
        return [
            'number', 'date', 'journal', 'period', 'company', 'state',
            'avec_group', 'avec_cycle', 'origin']

    @property
    def avec_document(self):
        "The document that made the move in the books of a group or None"
        if (self.avec_group and self.origin
                and self.origin.__name__ in self._get_avec_origin()):
            return self.origin

    @classmethod
    def check_avec_document(cls, moves):
        "Check that the moves are not made by documents of groups"
        for move in moves:
            if document := move.avec_document:
                raise GroupMoveError(gettext(
                        'avec_group.msg_move_document',
                        move=move.rec_name,
                        group=move.avec_group.rec_name,
                        document=document.rec_name))

    @classmethod
    def check_modification(cls, mode, moves, values=None, external=False):
        super().check_modification(
            mode, moves, values=values, external=external)
        if external:
            for move in moves:
                if (move.avec_document
                        or (mode == 'create' and move.avec_group)
                        or (values and values.keys() & set(_DIMENSIONS))):
                    raise GroupMoveError(gettext(
                            'avec_group.msg_move_by_hand',
                            move=move.rec_name))

    @classmethod
    def copy(cls, moves, default=None):
        Line = Pool().get('account.move.line')
        default = default.copy() if default is not None else {}
        for name in _DIMENSIONS:
            default.setdefault(name, None)
        default.setdefault('origin', cls._copy_origin)
        default.setdefault('lines.origin', Line._copy_origin)
        return super().copy(moves, default=default)

    def _cancel_default(self, reversal=False):
        default = super()._cancel_default(reversal=reversal)
        for name in _DIMENSIONS:
            value = getattr(self, name)
            default[name] = value.id if value else None
        return default

    def cancel(self, default=None, reversal=False):
        self.check_avec_document([self])
        return super().cancel(default=default, reversal=reversal)

    @classmethod
    def avec_save(cls, moves):
        "Save the moves by chunks of lines"
        chunk, count = [], 0
        for move in moves:
            chunk.append(move)
            count += len(move.lines)
            if count >= LINES_PER_SAVE:
                cls.save(chunk)
                chunk, count = [], 0
        cls.save(chunk)

    @classmethod
    def avec_reverse(cls, moves, date=None):
        """Return the saved moves that reverse the moves, in the same order.

        They are in the books of the same group and cycle, at the date of the
        move by default, and left to the document to post.
        Raise PeriodNotFoundError if the period is closed.
        """
        reversals = [m._avec_reversal(date or m.date) for m in moves]
        cls.avec_save(reversals)
        return reversals

    def _avec_reversal(self, date):
        Period = Pool().get('account.period')
        return self.__class__(
            company=self.company,
            journal=self.journal,
            period=Period.find(self.company, date=date),
            date=date,
            description=self.description,
            origin=self.origin,
            avec_group=self.avec_group,
            avec_cycle=self.avec_cycle,
            lines=[l._avec_reversal() for l in self.lines])


class MoveLine(
        DocumentOriginMixin, SealedLineMixin, metaclass=PoolMeta):
    __name__ = 'account.move.line'

    avec_group = fields.Function(
        fields.Many2One('avec.group', "Savings Group"),
        'get_move_field', searcher='search_move_field')
    avec_cycle = fields.Function(
        fields.Many2One('avec.cycle', "Cycle"),
        'get_move_field', searcher='search_move_field')

    order_avec_group = MoveLineMixin._order_move_field('avec_group')
    order_avec_cycle = MoveLineMixin._order_move_field('avec_cycle')

    @classmethod
    def _get_avec_origin(cls):
        return super()._get_avec_origin() + [
            'avec.meeting', 'avec.meeting.line', 'avec.meeting.operation',
            'avec.membership.exit', 'avec.share_out', 'avec.share_out.line',
            'avec.opening', 'avec.opening.line', 'avec.cycle']

    @classmethod
    def sealed_fields(cls):
        "Return what is frozen of the lines of the move of a document"
        return [
            'move', 'account', 'debit', 'credit', 'party', 'maturity_date',
            'second_currency', 'amount_second_currency', 'origin']

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            for line in lines:
                if line.move.avec_document:
                    raise GroupMoveError(gettext(
                            'avec_group.msg_move_by_hand',
                            move=line.move.rec_name))

    @classmethod
    def query_get(cls, table):
        pool = Pool()
        Move = pool.get('account.move')
        context = Transaction().context
        where, fiscalyear_ids = super().query_get(table)
        move = Move.__table__()
        clauses = [Column(move, n) == context[n]
            for n in _DIMENSIONS if context.get(n)]
        if context.get('avec_without_group'):
            clauses.append(move.avec_group == Null)
        if clauses:
            where &= table.move.in_(move.select(move.id, where=And(clauses)))
        return where, fiscalyear_ids

    @classmethod
    def reconcile(cls, *lines_list, writeoff=None, **kwargs):
        if writeoff:
            for lines in lines_list:
                _check_lines(lines)
        return super().reconcile(*lines_list, writeoff=writeoff, **kwargs)

    def _avec_reversal(self):
        amount = self.amount_second_currency
        return self.__class__(
            account=self.account,
            party=self.party,
            debit=self.credit,
            credit=self.debit,
            second_currency=self.second_currency,
            amount_second_currency=-amount if amount is not None else None,
            maturity_date=self.maturity_date,
            description=self.description,
            origin=self.origin)


class GroupLines(metaclass=PoolMeta):
    __name__ = 'account.move.line.group'

    @classmethod
    def group_lines(cls, lines, journal, date=None):
        _check_lines(lines)
        return super().group_lines(lines, journal, date)


class DelegateLines(metaclass=PoolMeta):
    __name__ = 'account.move.line.delegate'

    @classmethod
    def delegate_lines(cls, lines, party, journal, date=None):
        _check_lines(lines)
        return super().delegate_lines(lines, party, journal, date)


class RescheduleLines(metaclass=PoolMeta):
    __name__ = 'account.move.line.reschedule'

    def default_start(self, fields):
        _check_lines(self.records)
        return super().default_start(fields)

    @classmethod
    def reschedule_lines(cls, lines, journal, terms):
        _check_lines(lines)
        return super().reschedule_lines(lines, journal, terms)


def _check_lines(lines):
    # These wizards make moves that are not in the books of the group
    Move = Pool().get('account.move')
    Move.check_avec_document(Move.browse([l.move for l in lines]))


class OpenAccount(metaclass=PoolMeta):
    __name__ = 'account.move.open_account'

    def do_open_(self, action):
        action, data = super().do_open_(action)
        context = Transaction().context
        clauses = [('move.' + n, '=', context[n])
            for n in _DIMENSIONS if context.get(n)]
        if clauses:
            domain = PYSONDecoder().decode(action['pyson_domain'])
            action['pyson_domain'] = PYSONEncoder().encode([domain, *clauses])
        return action, data


class Account(metaclass=PoolMeta):
    __name__ = 'account.account'

    @classmethod
    def _cumulate(
            cls, fiscalyears, accounts, names, values, func,
            deferral='account.account.deferral'):
        # Deferrals are by account and know no group
        context = Transaction().context
        if any(context.get(n) for n in [*_DIMENSIONS, 'avec_without_group']):
            deferral = None
        return super()._cumulate(
            fiscalyears, accounts, names, values, func, deferral=deferral)


class GeneralLedgerLine(metaclass=PoolMeta):
    __name__ = 'account.general_ledger.line'

    avec_group = fields.Many2One('avec.group', "Savings Group")
    avec_cycle = fields.Many2One('avec.cycle', "Cycle")


class AgedBalance(metaclass=PoolMeta):
    __name__ = 'account.aged_balance'

    @classmethod
    def table_query(cls):
        query = super().table_query()
        context = Transaction().context
        for name in _DIMENSIONS:
            if context.get(name):
                move = cls._move_table(query)
                query.where &= Column(move, name) == context[name]
        return query

    @classmethod
    def _move_table(cls, query):
        "Return the table of the moves in the joins of the query"
        Move = Pool().get('account.move')

        def tables(source):
            if isinstance(source, Join):
                yield from tables(source.left)
                yield from tables(source.right)
            else:
                yield source
        move, = [
            t for f in query.from_ for t in tables(f)
            if getattr(t, '_name', None) == Move._table]
        return move


class ContextMixin:
    "Choose the books of one group or of one of its cycles"
    __slots__ = ()

    avec_group = fields.Many2One(
        'avec.group', "Savings Group",
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Only include the moves of the group.")
    avec_cycle = fields.Many2One(
        'avec.cycle', "Cycle",
        domain=[
            ('group', '=', Eval('avec_group', -1)),
            ],
        states={
            'invisible': ~Eval('avec_group'),
            },
        help="Only include the moves of the cycle.")

    @classmethod
    def default_avec_group(cls):
        Cycle = Pool().get('avec.cycle')
        if cycle_id := cls.default_avec_cycle():
            return Cycle(cycle_id).group.id
        return Transaction().context.get('avec_group')

    @classmethod
    def default_avec_cycle(cls):
        return Transaction().context.get('avec_cycle')

    @fields.depends('avec_group', 'avec_cycle')
    def on_change_avec_group(self):
        if self.avec_cycle and self.avec_cycle.group != self.avec_group:
            self.avec_cycle = None

    @fields.depends(
        'company', 'avec_group', methods=['on_change_avec_group'])
    def on_change_company(self):
        # Not all the contexts react to the company
        if hasattr(super(), 'on_change_company'):
            super().on_change_company()
        if self.avec_group and self.avec_group.company != self.company:
            self.avec_group = None
            self.on_change_avec_group()


class AccountContext(ContextMixin, metaclass=PoolMeta):
    __name__ = 'account.account.context'


class LedgerContextMixin(ContextMixin):
    __slots__ = ()

    @classmethod
    def get_context(cls, fields_names=None):
        fields_names = fields_names.copy() if fields_names is not None else []
        return super().get_context(fields_names=fields_names + _DIMENSIONS)


class GeneralLedgerAccountContext(LedgerContextMixin, metaclass=PoolMeta):
    __name__ = 'account.general_ledger.account.context'


class GeneralLedgerLineContext(LedgerContextMixin, metaclass=PoolMeta):
    __name__ = 'account.general_ledger.line.context'


class BalanceSheetContext(ContextMixin, metaclass=PoolMeta):
    __name__ = 'account.balance_sheet.context'


class BalanceSheetComparisonContext(ContextMixin, metaclass=PoolMeta):
    __name__ = 'account.balance_sheet.comparison.context'


class IncomeStatementContext(ContextMixin, metaclass=PoolMeta):
    __name__ = 'account.income_statement.context'


class AgedBalanceContext(ContextMixin, metaclass=PoolMeta):
    __name__ = 'account.aged_balance.context'


class FiscalYear(metaclass=PoolMeta):
    __name__ = 'account.fiscalyear'

    @classmethod
    @ModelView.button
    @Workflow.transition('closed')
    def close(cls, fiscalyears):
        # A year opened from the ledger of a group is still closed for all
        with Transaction().set_context(avec_group=None, avec_cycle=None):
            super().close(fiscalyears)


class BalanceNonDeferral(metaclass=PoolMeta):
    __name__ = 'account.fiscalyear.balance_non_deferral'

    def create_move(self):
        with Transaction().set_context(
                avec_group=None, avec_cycle=None, avec_without_group=True):
            return super().create_move()

    def do_balance(self, action):
        action, data = super().do_balance(action)
        if moves := self.create_avec_moves():
            ids = [m.id for m in moves]
            if data['res_id']:
                # Show the list again
                action['views'].reverse()
                ids.append(data['res_id'])
            action['pyson_domain'] = PYSONEncoder().encode(
                [('id', 'in', ids)])
            data = {}
        return action, data

    def create_avec_moves(self):
        "Return the saved moves that balance each group and cycle"
        Move = Pool().get('account.move')
        moves = [
            self._avec_move(group, cycle, balances)
            for (group, cycle), balances in sorted(
                self._avec_balances().items(),
                key=lambda item: (item[0][0], item[0][1] or 0))]
        Move.avec_save(moves)
        return moves

    def _avec_balances(self):
        "Return {(group id, cycle id): {account id: balance to carry}}"
        cursor = Transaction().connection.cursor()
        query = self._avec_balances_query()
        if backend.name == 'sqlite':
            sqlite_apply_types(query, [None, None, None, 'NUMERIC'])
        cursor.execute(*query)
        currency = self.start.fiscalyear.company.currency
        result = defaultdict(dict)
        for group, cycle, account, balance in cursor:
            if not currency.is_zero(balance):
                result[group, cycle][account] = balance
        return result

    def _avec_balances_query(self):
        pool = Pool()
        Account = pool.get('account.account')
        Line = pool.get('account.move.line')
        Move = pool.get('account.move')
        Period = pool.get('account.period')
        Type = pool.get('account.account.type')
        line, move = Line.__table__(), Move.__table__()
        account, type_ = Account.__table__(), Type.__table__()
        period = Period.__table__()
        return (line
            .join(move, condition=line.move == move.id)
            .join(period, condition=move.period == period.id)
            .join(account, condition=line.account == account.id)
            .join(type_, condition=account.type == type_.id)
            .select(
                move.avec_group, move.avec_cycle, line.account,
                Sum(line.debit - line.credit).as_('balance'),
                where=(move.company == self.start.fiscalyear.company.id)
                & (move.avec_group != Null)
                & (self._avec_non_deferral(period, type_)
                    | self._avec_distributed(line, move)),
                group_by=[move.avec_group, move.avec_cycle, line.account]))

    def _avec_non_deferral(self, period, type_):
        deferral = Coalesce(type_.statement, '').in_(
            ['balance', 'off-balance'])
        return ((period.fiscalyear == self.start.fiscalyear.id) & ~deferral)

    def _avec_distributed(self, line, move):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        fiscalyear = self.start.fiscalyear
        account = Configuration(1).get_multivalue(
            'avec_surplus_distributed', company=fiscalyear.company.id)
        if not account:
            return Literal(False)
        return ((line.account == account.id)
            & (move.date <= fiscalyear.end_date))

    def _avec_move(self, group, cycle, balances):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        Move = pool.get('account.move')
        company = self.start.fiscalyear.company
        carried = Configuration(1).get_avec_account(
            'avec_surplus_carried', company)
        lines = [
            self._avec_line(a, -b) for a, b in sorted(balances.items())]
        if total := sum(balances.values()):
            lines.append(self._avec_line(carried.id, total))
        return Move(
            company=company,
            journal=self.start.journal,
            period=self.start.period,
            date=self.start.period.start_date,
            origin=self.start.fiscalyear,
            avec_group=group,
            avec_cycle=cycle,
            lines=lines)

    def _avec_line(self, account, balance):
        Line = Pool().get('account.move.line')
        return Line(
            account=account,
            debit=max(balance, Decimal(0)),
            credit=max(-balance, Decimal(0)))
