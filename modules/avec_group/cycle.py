# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import ledger
from .constitution import FINES, usual
from .document import format_amount, save_and_post
from .exceptions import (
    CycleRulesError, CycleStateError, CycleValidationError, GroupSizeWarning)
from .locks import lock_together
from .sealed import SealedMixin
from .trail import HistoryMixin

FUNDS = [
    ('loan_fund', "Loan Fund"),
    ('social_fund', "Social Fund"),
    ]
_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Cycle(HistoryMixin, SealedMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.cycle'
    __string__ = "Cycle"

    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='RESTRICT',
        states={
            'readonly': (Eval('state') != 'draft') | (Eval('id', -1) >= 0),
            })
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    number = fields.Integer(
        "Number", states=_STATES, domain=[('number', '>=', 1)],
        help="Leave empty to take the next one of the group.")
    start_date = fields.Date(
        "Start Date", required=True, states=_STATES,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "End Date", required=True,
        states={
            'readonly': ~Eval('state').in_(['draft', 'running']),
            },
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('end_date', '>=', Eval('start_date', None)),
                ()),
            ],
        help="When the group plans to share out.")
    meeting_interval = fields.Selection([
            ('weekly', "Weekly"),
            ('fortnightly', "Fortnightly"),
            ('monthly', "Monthly"),
            ], "Meetings", required=True, sort=False, states=_STATES)
    share_value = Monetary(
        "Share Value", currency='currency', digits='currency', required=True,
        domain=[('share_value', '>', 0)], states=_STATES,
        help="The price of one share.")
    min_shares = fields.Integer(
        "Fewest Shares", required=True, states=_STATES,
        domain=[
            ('min_shares', '>=', 0),
            ('min_shares', '<=', Eval('max_shares', 0)),
            ],
        help="The fewest shares that a member present buys at a meeting.")
    max_shares = fields.Integer(
        "Most Shares", required=True, states=_STATES,
        domain=[('max_shares', '>=', 1)],
        help="The most shares that a member buys at a meeting.")
    social_fund_contribution = Monetary(
        "Social Fund Contribution", currency='currency', digits='currency',
        required=True, domain=[('social_fund_contribution', '>=', 0)],
        states=_STATES,
        help="What each member pays into the social fund at a meeting.")
    fine_fund = fields.Selection(
        FUNDS, "Fines Go To", required=True, sort=False, states=_STATES,
        help="The box in which the fines are put.")
    fines = fields.One2Many(
        'avec.cycle.fine', 'cycle', "Fines", states=_STATES)
    quorum = fields.Numeric(
        "Quorum", digits=(16, 4), required=True, states=_STATES,
        domain=[
            ('quorum', '>=', 0),
            ('quorum', '<=', 1),
            ],
        help="The part of the members who must be there "
        "for a meeting to be held.")
    cash_rounding = Monetary(
        "Smallest Coin", currency='currency', digits='currency',
        required=True, domain=[('cash_rounding', '>', 0)], states=_STATES,
        help="What is paid out is a multiple of it.")
    exit_on_death = fields.Selection([
            ('savings', "Savings"),
            ('share_price', "Savings and Surplus to Date"),
            ], "On Death", required=True, sort=False, states=_STATES,
        help="What the heirs of a member are paid, less what is owed. "
        "Who leaves otherwise is paid the savings.")
    social_fund_at_share_out = fields.Selection([
            ('keep', "Kept"),
            ('share_equally', "Shared Equally"),
            ], "Social Fund at Share-out", required=True, sort=False,
        states=_STATES)
    leftover = fields.Selection([
            (None, "Shared to the Last Coin"),
            ('next_cycle', "Next Cycle"),
            ('social_fund', "Social Fund"),
            ], "Leftover", sort=False, states=_STATES,
        help="Where goes what cannot be divided in coins.\n"
        "If empty, the coins left go to the members with the largest "
        "remainders.")
    state = fields.Selection([
            ('draft', "Draft"),
            ('running', "Running"),
            ('sharing', "Sharing Out"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False)
    meetings = fields.One2Many(
        'avec.meeting', 'cycle', "Meetings", readonly=True)
    share_outs = fields.One2Many(
        'avec.share_out', 'cycle', "Share-outs", readonly=True)
    amendments = fields.One2Many(
        'avec.cycle.amendment', 'cycle', "Amendments", readonly=True)
    carry_moves = fields.One2Many(
        'account.move', 'origin', "Carried Forward", readonly=True,
        help="The moves that brought what the last cycle left.")
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency'),
        'get_balances')
    loan_fund_cash = fields.Function(Monetary(
            "Loan Fund Cash", currency='currency', digits='currency'),
        'get_balances')
    social_fund_cash = fields.Function(Monetary(
            "Social Fund Cash", currency='currency', digits='currency'),
        'get_balances')
    surplus = fields.Function(Monetary(
            "Surplus", currency='currency', digits='currency',
            help="Income less expenses of the loan fund not yet shared "
            "out."),
        'get_balances')
    total_shares = fields.Function(
        fields.Integer("Shares", help="All the shares held."),
        'get_balances')
    share_price = fields.Function(fields.Numeric(
            "Share Price", digits=(16, 4),
            help="What one share is worth today."),
        'get_balances')

    @classmethod
    def trail_lines(cls):
        return ['fines', 'amendments']

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.group, table.number),
                'avec_group.msg_cycle_number_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.state, Index.Equality(cardinality='low')),
                where=table.state.in_(['draft', 'running', 'sharing'])))
        cls._order.insert(0, ('start_date', 'DESC'))
        cls._transitions |= {
            ('draft', 'running'),
            ('running', 'sharing'),
            ('sharing', 'running'),
            ('sharing', 'closed'),
            }
        cls._buttons.update({
                'run': {
                    'invisible': ~Eval('state').in_(['draft', 'sharing']),
                    'icon': If(Eval('state') == 'sharing',
                        'tryton-back', 'tryton-forward'),
                    'depends': ['state'],
                    },
                'share': {
                    'invisible': Eval('state') != 'running',
                    'depends': ['state'],
                    },
                'close': {
                    'invisible': Eval('state') != 'sharing',
                    'depends': ['state'],
                    },
                'amend': {
                    'invisible': Eval('state') != 'running',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def rule_fields(cls):
        "Return the names of the rules of the constitution"
        return [
            'meeting_interval', 'share_value', 'min_shares', 'max_shares',
            'social_fund_contribution', 'fine_fund', 'fines', 'quorum',
            'cash_rounding', 'exit_on_death', 'social_fund_at_share_out',
            'leftover']

    @staticmethod
    def _usual(name, default=None):
        "Return what the office proposes for the rule"
        value = usual('cycle_' + name)
        return default if value is None else value

    @classmethod
    def default_meeting_interval(cls):
        return cls._usual('meeting_interval', 'weekly')

    @classmethod
    def default_share_value(cls):
        return cls._usual('share_value')

    @classmethod
    def default_min_shares(cls):
        return cls._usual('min_shares', 1)

    @classmethod
    def default_max_shares(cls):
        return cls._usual('max_shares', 5)

    @classmethod
    def default_social_fund_contribution(cls):
        return cls._usual('social_fund_contribution', Decimal(0))

    @classmethod
    def default_fine_fund(cls):
        return cls._usual('fine_fund', 'loan_fund')

    @classmethod
    def default_quorum(cls):
        return cls._usual('quorum', Decimal('0.5'))

    @classmethod
    def default_cash_rounding(cls):
        Company = Pool().get('company.company')
        if (coin := cls._usual('cash_rounding')) is not None:
            return coin
        company_id = Transaction().context.get('company')
        if company_id is not None and company_id >= 0:
            return Company(company_id).currency.rounding

    @classmethod
    def default_exit_on_death(cls):
        return cls._usual('exit_on_death', 'savings')

    @classmethod
    def default_social_fund_at_share_out(cls):
        return cls._usual('social_fund_at_share_out', 'keep')

    @classmethod
    def default_leftover(cls):
        return cls._usual('leftover')

    @classmethod
    def default_fines(cls):
        return [
            {'kind': kind, 'amount': amount} for kind in FINES
            if (amount := usual('fine_' + kind)) is not None]

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('group', '_parent_group.company')
    def on_change_with_company(self, name=None):
        return self.group.company if self.group else None

    @classmethod
    def search_company(cls, name, clause):
        return [('group.' + clause[0], *clause[1:])]

    @fields.depends('group', '_parent_group.company')
    def on_change_with_currency(self, name=None):
        if self.group and self.group.company:
            return self.group.company.currency

    @fields.depends(
        'group', 'cash_rounding', 'start_date', 'end_date',
        methods=['_copy_rules'])
    def on_change_group(self):
        if self.group and self.group.company and not self.cash_rounding:
            self.cash_rounding = self.group.company.currency.rounding
        self._copy_rules()

    @fields.depends(
        'group', 'share_value', 'min_shares', 'max_shares', 'quorum',
        'social_fund_contribution', 'fine_fund', 'cash_rounding',
        'meeting_interval', 'exit_on_death', 'social_fund_at_share_out',
        'leftover')
    def _copy_rules(self):
        # Members vote the rules anew but mostly keep the last ones
        if not self.group or self.group.id is None or self.group.id < 0:
            return
        last = self.last_of([self.group]).get(self.group.id)
        if not last or self.share_value not in {
                None, self.default_share_value()}:
            return
        for name in self.rule_fields():
            if name != 'fines':
                setattr(self, name, getattr(last, name))

    @classmethod
    def last_of(cls, groups):
        "Return the last cycle of the groups, {group id: cycle}"
        cycles = cls.search([
                ('group', 'in', [g.id for g in groups]),
                ('state', '!=', 'draft'),
                ], order=[('number', 'ASC')])
        return {c.group.id: c for c in cycles}

    @fields.depends('start_date', 'end_date')
    def on_change_start_date(self):
        if not self.start_date:
            return
        longest = self.start_date + relativedelta(months=12, days=-1)
        if not self.end_date or not (
                self.start_date < self.end_date <= longest):
            self.end_date = longest

    @classmethod
    def get_balances(cls, cycles, names):
        read = set(names) - {'total_shares', 'share_price'}
        if 'total_shares' in names:
            read.add('savings')
        if 'share_price' in names:
            read |= {'savings', 'surplus'}
        date = Transaction().context.get('avec_date')
        result = ledger.fund_balances(cycles, list(read), date=date)
        for name in set(names) - set(result):
            result[name] = {}
            for cycle in cycles:
                savings = result['savings'][cycle.id]
                # A draft cycle may lack its share value
                shares = savings / cycle.share_value if savings else 0
                if name == 'total_shares':
                    value = int(shares)
                elif shares:
                    value = round(
                        (savings + result['surplus'][cycle.id]) / shares, 4)
                else:
                    value = None
                result[name][cycle.id] = value
        return {n: result[n] for n in names}

    @property
    def interval(self):
        "The time between two meetings"
        return {
            'weekly': relativedelta(weeks=1),
            'fortnightly': relativedelta(weeks=2),
            'monthly': relativedelta(months=1),
            }[self.meeting_interval]

    def fine_amount(self, kind):
        "Return the fine voted for the kind of breach, 0 if there is none"
        for fine in self.fines:
            if fine.kind == kind:
                return fine.amount
        return Decimal(0)

    @classmethod
    def create(cls, vlist):
        vlist = [v.copy() for v in vlist]
        last = defaultdict(int)
        groups = {v['group'] for v in vlist
            if v.get('group') and not v.get('number')}
        for cycle in cls.search([('group', 'in', list(groups))]):
            last[cycle.group.id] = max(last[cycle.group.id], cycle.number)
        for values in vlist:
            if values.get('group') and not values.get('number'):
                last[values['group']] += 1
                values['number'] = last[values['group']]
        return super().create(vlist)

    @classmethod
    def validate_fields(cls, cycles, field_names):
        super().validate_fields(cycles, field_names)
        cls.check_end_date(cycles, field_names)

    @classmethod
    def check_end_date(cls, cycles, field_names=None):
        "Check that the meetings stay in the cycle"
        Meeting = Pool().get('avec.meeting')
        if field_names and 'end_date' not in field_names:
            return
        for meeting in Meeting.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', 'in', ['held', 'posted']),
                    ], order=[('date', 'ASC')]):
            if meeting.date > meeting.cycle.end_date:
                raise CycleValidationError(gettext(
                        'avec_group.msg_cycle_end_date',
                        cycle=meeting.cycle.rec_name,
                        meeting=meeting.rec_name))

    @classmethod
    def check_modification(cls, mode, cycles, values=None, external=False):
        super().check_modification(
            mode, cycles, values=values, external=external)
        if mode == 'create' and external:
            for cycle in cycles:
                if cycle.state != 'draft':
                    cls._raise_frozen(cycle)
        elif mode == 'delete':
            for cycle in cycles:
                if cycle.state != 'draft':
                    cls._raise_frozen(cycle)
        elif mode == 'write' and external:
            frozen = {*cls.rule_fields(), 'group', 'number', 'start_date'}
            for cycle in cycles:
                if ('state' in values and values['state'] != cycle.state
                        or cycle.state != 'draft' and values.keys() & frozen
                        or cycle.state == 'closed'):
                    cls._raise_frozen(cycle)

    @classmethod
    def _raise_frozen(cls, cycle):
        raise CycleRulesError(gettext(
                'avec_group.msg_cycle_frozen', cycle=cycle.rec_name))

    @classmethod
    def copy(cls, cycles, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'meetings', 'share_outs', 'amendments',
                'carry_moves']:
            default.setdefault(name, None)
        default.setdefault('state', 'draft')
        return super().copy(cycles, default=default)

    @classmethod
    @ModelView.button
    @Workflow.transition('running')
    def run(cls, cycles):
        Seal = Pool().get('avec.seal')
        lock_together(
            lambda: cls.lock(cycles), lambda: Seal.lock_chains(cls, cycles))
        drafts = [c for c in cycles if c.state == 'draft']
        cls.check_running(drafts)
        cls.check_size(drafts)
        cls.check_shared([c for c in cycles if c.state == 'sharing'])
        cls.carry_forward(drafts)

    @classmethod
    def check_running(cls, cycles):
        "Check that the group has no other open cycle"
        for cycle, other in cls._others(cycles):
            raise CycleStateError(gettext(
                    'avec_group.msg_cycle_one_running',
                    cycle=cycle.rec_name, other=other.rec_name))

    @classmethod
    def _others(cls, cycles):
        others = cls.search([
                ('group', 'in', [c.group.id for c in cycles]),
                ('state', 'in', ['running', 'sharing']),
                ])
        opened = defaultdict(list)
        for cycle in [*others, *cycles]:
            if cycle not in opened[cycle.group.id]:
                opened[cycle.group.id].append(cycle)
        for cycle in cycles:
            for other in opened[cycle.group.id]:
                if other != cycle:
                    yield cycle, other

    @classmethod
    def check_size(cls, cycles):
        pool = Pool()
        Group = pool.get('avec.group')
        Warning = pool.get('res.user.warning')
        groups = Group.browse([c.group for c in cycles])
        messages = [m for g in groups
            if (m := g._size_message(g.member_count))]
        if messages:
            key = Warning.format('group_size', cycles)
            if Warning.check(key):
                raise GroupSizeWarning(key, '\n'.join(messages))

    @classmethod
    def check_shared(cls, cycles):
        "Check that nothing was shared out of the cycles"
        ShareOut = Pool().get('avec.share_out')
        for share_out in ShareOut.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', 'in', ['posted', 'paid']),
                    ], limit=1):
            raise CycleStateError(gettext(
                    'avec_group.msg_cycle_already_shared',
                    cycle=share_out.cycle.rec_name,
                    share_out=share_out.rec_name))

    @classmethod
    def carry_forward(cls, cycles):
        "Move what the last cycle of the group left into the new one"
        previous = cls.last_of([c.group for c in cycles])
        balances = ledger.carried_balances(list(previous.values()))
        moves = []
        for cycle in cycles:
            last = previous.get(cycle.group.id)
            if last and balances.get(last.id):
                moves.append(cycle._carry_move(last, balances[last.id], -1))
                moves.append(cycle._carry_move(cycle, balances[last.id], 1))
        cls._post_carried(moves)
        cls._seal_carried(moves)

    @classmethod
    def _seal_carried(cls, moves):
        Seal = Pool().get('avec.seal')
        Seal.add(cls, list({m.origin for m in moves}), 'carried')

    @classmethod
    def _post_carried(cls, moves):
        save_and_post(moves)

    @classmethod
    def sealed_events(cls):
        return {'carried': ([], [])}

    @classmethod
    def sealed_group(cls, table):
        return table, table.group

    @classmethod
    def sealed_expected(cls, groups):
        Move = Pool().get('account.move')
        moves = defaultdict(list)
        for move in Move.search([
                    ('avec_group', 'in', [int(g) for g in groups]),
                    ('origin', 'like', f'{cls.__name__},%'),
                    ('state', '=', 'posted'),
                    ], order=[('id', 'ASC')]):
            moves[move.origin].append(move.id)
        for cycle, ids in moves.items():
            yield cycle.group.id, ids, cycle.id, 'carried'

    @classmethod
    def sealed_moves(cls, rows, event):
        Move = Pool().get('account.move')
        moves = {r['id']: [] for r in rows}
        for move in Move.search([
                    ('origin', 'in', [f'{cls.__name__},{i}' for i in moves]),
                    ], order=[('id', 'ASC')]):
            moves[move.origin.id].append(move.id)
        return moves

    def _carry_move(self, books, balances, sign):
        "Return the move of the balances out of (-1) or into (1) the books"
        pool = Pool()
        Move = pool.get('account.move')
        Period = pool.get('account.period')
        configuration = pool.get('account.configuration')(1)
        carried = configuration.get_avec_account(
            'avec_surplus_carried', self.company)
        lines = self._carry_lines(books, balances, sign)
        if left := sum(b for _, _, b in balances):
            lines.append(self._carry_line(carried.id, None, -sign * left))
        return Move(
            company=self.company,
            journal=configuration.get_multivalue(
                'avec_journal', company=self.company.id),
            period=Period.find(self.company, date=self.start_date),
            date=self.start_date,
            origin=self,
            avec_group=books.group,
            avec_cycle=books,
            lines=lines)

    def _carry_lines(self, books, balances, sign):
        "Return the unsaved lines of the balances out of or into the books"
        return [self._carry_line(a, p, sign * b) for a, p, b in balances]

    def _carry_line(self, account, party, balance):
        Line = Pool().get('account.move.line')
        return Line(
            account=account, party=party,
            debit=max(balance, Decimal(0)),
            credit=max(-balance, Decimal(0)),
            origin=self)

    @classmethod
    @ModelView.button
    @Workflow.transition('sharing')
    def share(cls, cycles):
        Meeting = Pool().get('avec.meeting')
        for meeting in Meeting.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', 'in', ['draft', 'held']),
                    ], limit=1):
            raise CycleStateError(gettext(
                    'avec_group.msg_cycle_open_meeting',
                    cycle=meeting.cycle.rec_name,
                    meeting=meeting.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('closed')
    def close(cls, cycles):
        cls.check_settled(cycles)

    @classmethod
    def check_settled(cls, cycles):
        "Check that members have been paid all that is theirs"
        balances = ledger.fund_balances(
            cycles, ['savings', 'share_out_payable'])
        for cycle in cycles:
            for name, values in balances.items():
                if values[cycle.id]:
                    raise CycleStateError(gettext(
                            'avec_group.msg_cycle_not_settled',
                            cycle=cycle.rec_name,
                            amount=format_amount(
                                values[cycle.id], cycle.currency)))

    @classmethod
    @ModelView.button_action('avec_group.wizard_amend')
    def amend(cls, cycles):
        pass

    def get_rec_name(self, name):
        return f'{self.group.rec_name} / {self.number}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('group.rec_name', *clause[1:])]


class Fine(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.cycle.fine'
    __string__ = "Fine"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='CASCADE')
    kind = fields.Selection([
            ('late', "Late"),
            ('absent', "Absent"),
            ('noise', "Disorder"),
            ('passbook', "Passbook Forgotten"),
            ('other', "Other"),
            ], "Kind", required=True, sort=False)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=[('amount', '>=', 0)])
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cycle')
        table = cls.__table__()
        cls._sql_constraints += [
            ('kind_unique', Unique(table, table.cycle, table.kind),
                'avec_group.msg_fine_kind_unique'),
            ]

    @fields.depends('cycle', '_parent_cycle.currency')
    def on_change_with_currency(self, name=None):
        return self.cycle.currency if self.cycle else None

    @classmethod
    def check_modification(cls, mode, fines, values=None, external=False):
        Cycle = Pool().get('avec.cycle')
        super().check_modification(
            mode, fines, values=values, external=external)
        if external:
            cycles = [f.cycle for f in fines]
            if values and values.get('cycle'):
                cycles.append(Cycle(values['cycle']))
            for cycle in cycles:
                if cycle.state != 'draft':
                    Cycle._raise_frozen(cycle)

    def get_rec_name(self, name):
        kinds = dict(self.fields_get(['kind'])['kind']['selection'])
        return kinds[self.kind]
