# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.company.model import set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval

from . import ledger
from .allocation import AllocationError, ShareOutMember, share_out
from .document import (
    DocumentLineMixin, DocumentMixin, format_amount, save_and_post, signature)
from .exceptions import ShareOutError
from .sealed import sealed

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class ShareOut(DocumentMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.share_out'
    __string__ = "Share-out"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='RESTRICT',
        domain=[
            ('state', 'in', ['sharing', 'closed']),
            ],
        states={
            'readonly': (
                (Eval('state') != 'draft') | Eval('lines', [0])),
            })
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    date = fields.Date("Date", required=True, states=_STATES)
    lines = fields.One2Many(
        'avec.share_out.line', 'share_out', "Members", readonly=True)
    share_price = fields.Numeric(
        "Share Price", digits=(16, 4), readonly=True,
        help="What one share is worth.")
    leftover_amount = Monetary(
        "Leftover", currency='currency', digits='currency', readonly=True,
        help="What could not be divided in coins.")
    total_shares = fields.Function(
        fields.Integer("Shares"), 'get_totals')
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency'),
        'get_totals')
    surplus = fields.Function(Monetary(
            "Surplus", currency='currency', digits='currency'),
        'get_totals')
    social_fund = fields.Function(Monetary(
            "Social Fund", currency='currency', digits='currency'),
        'get_totals')
    deductions = fields.Function(Monetary(
            "Deductions", currency='currency', digits='currency'),
        'get_totals')
    payable = fields.Function(Monetary(
            "Payable", currency='currency', digits='currency'),
        'get_totals')
    payment_move = fields.Many2One(
        'account.move', "Payment Move", readonly=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'invisible': ~Eval('payment_move'),
            })
    payment_cancel_move = fields.Many2One(
        'account.move', "Payment Cancel Move", readonly=True,
        ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'invisible': ~Eval('payment_cancel_move'),
            })
    state = fields.Selection([
            ('draft', "Draft"),
            ('posted', "Posted"),
            ('paid', "Paid"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    computed_by = signature("Computed By")
    posted_by = signature("Posted By")
    paid_by = signature("Paid By")
    cancelled_by = signature("Cancelled By")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.cycle, Index.Range())))
        cls._order.insert(0, ('date', 'DESC'))
        cls._transitions |= {
            ('draft', 'posted'),
            ('posted', 'paid'),
            ('posted', 'cancelled'),
            ('paid', 'cancelled'),
            }
        cls._buttons.update({
                'compute': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'post': {
                    'invisible': (
                        (Eval('state') != 'draft') | ~Eval('lines', [])),
                    'depends': ['state', 'lines'],
                    },
                'pay': {
                    'invisible': Eval('state') != 'posted',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(['posted', 'paid']),
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('cycle', '_parent_cycle.group')
    def on_change_with_group(self, name=None):
        return self.cycle.group if self.cycle else None

    @classmethod
    def search_group(cls, name, clause):
        return [('cycle.' + clause[0], *clause[1:])]

    @classmethod
    def get_totals(cls, share_outs, names):
        totals = {n: {} for n in names}
        for document in share_outs:
            for name in names:
                field = 'shares' if name == 'total_shares' else name
                totals[name][document.id] = sum(
                    getattr(l, field) for l in document.lines)
        return totals

    @classmethod
    def _move_fields(cls):
        # The payment builds on the share-out so it is reversed first
        return [
            ('payment_move', 'payment_cancel_move'), *super()._move_fields()]

    # -- the figures

    @classmethod
    @ModelView.button
    @set_employee('computed_by')
    def compute(cls, share_outs):
        "Compute the lines of the members from the ledger"
        Line = Pool().get('avec.share_out.line')
        share_outs = [s for s in share_outs if s.state == 'draft']
        cls.check_cycle(share_outs, states=('sharing',))
        Line.delete([l for s in share_outs for l in s.lines])
        lines = []
        for document, members, result in cls._share(share_outs):
            document.share_price = result.share_price and round(
                result.share_price, 4)
            document.leftover_amount = result.leftover
            document.computed_by = None
            for membership, shared in zip(members, result.lines):
                lines.append(document._get_line(membership, shared))
        cls.save(share_outs)
        Line.save(lines)

    @classmethod
    def _share(cls, share_outs):
        "Yield (share-out, memberships, result of the allocation)"
        balances = cls._balances(share_outs)
        members = cls._members(share_outs)
        everybody = sum(members.values(), [])
        savings = ledger.member_savings(
            everybody, cycles=[s.cycle for s in share_outs])
        deductions = cls._get_deductions(share_outs, everybody)
        for document in share_outs:
            cycle = document.cycle
            claims = [
                document._get_claim(
                    m, savings[m.id].get(cycle.id, Decimal(0)),
                    deductions.get(m.id, Decimal(0)))
                for m in members[document]]
            document._check_savings(
                claims, balances['savings'][cycle.id])
            try:
                result = document._allocate(
                    members[document], claims,
                    balances['surplus'][cycle.id],
                    balances['social_fund_cash'][cycle.id])
            except AllocationError:
                raise ShareOutError(gettext(
                        'avec_group.msg_share_out_impossible',
                        cycle=cycle.rec_name,
                        savings=format_amount(
                            balances['savings'][cycle.id], cycle.currency),
                        surplus=format_amount(
                            balances['surplus'][cycle.id], cycle.currency)))
            yield document, members[document], result

    def _allocate(self, members, claims, surplus, social_fund):
        """Return the result of the allocation.

        members: the memberships, claims: what each brings, in their order.
        """
        cycle = self.cycle
        return share_out(
            claims, surplus, social_fund, cycle.cash_rounding,
            keep_remainder=bool(cycle.leftover),
            social_shared=cycle.social_fund_at_share_out == 'share_equally')

    @classmethod
    def _balances(cls, share_outs):
        return ledger.fund_balances([s.cycle for s in share_outs], [
                'savings', 'surplus', 'loan_fund_cash',
                'social_fund_cash', 'social_fund_assets', 'social_fund'])

    @classmethod
    def _members(cls, share_outs):
        "Return {share-out: members still in the group, by number}"
        Membership = Pool().get('avec.membership')
        members = {}
        memberships = Membership.search([
                ('group', 'in', [s.cycle.group.id for s in share_outs]),
                ], order=[('number', 'ASC')])
        for document in share_outs:
            members[document] = [m for m in memberships
                if m.group == document.cycle.group
                and m.is_active(document.date)]
        return members

    @classmethod
    def _get_deductions(cls, share_outs, memberships):
        "Return what the members owe, {membership id: amount}"
        return {}

    def _get_claim(self, membership, savings, deductions):
        return ShareOutMember(
            rank=membership.number,
            shares=int(savings / self.cycle.share_value),
            savings=savings,
            deductions=deductions)

    def _check_savings(self, claims, savings):
        "Check that the members of the list hold all the savings"
        held = sum(c.savings for c in claims)
        if held != savings:
            raise ShareOutError(gettext(
                    'avec_group.msg_share_out_savings',
                    cycle=self.cycle.rec_name,
                    held=format_amount(held, self.currency),
                    savings=format_amount(savings, self.currency)))

    def _get_line(self, membership, shared):
        Line = Pool().get('avec.share_out.line')
        return Line(
            share_out=self,
            membership=membership,
            shares=int(shared.savings / self.cycle.share_value),
            savings=shared.savings,
            surplus=shared.surplus,
            social_fund=shared.social_fund,
            deductions=shared.repaid,
            payable=shared.payable)

    # -- the life of the share-out

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, share_outs):
        cls.check_cycle(share_outs, states=('sharing',))
        cls.check_once(share_outs)
        cls.check_computed(share_outs)
        cls.check_cash(share_outs)
        cls._post_moves(share_outs)

    @classmethod
    def check_once(cls, share_outs):
        posted = cls.search([
                ('cycle', 'in', [s.cycle.id for s in share_outs]),
                ('state', 'in', ['posted', 'paid']),
                ])
        first = {}
        for document in [*posted, *share_outs]:
            other = first.setdefault(document.cycle, document)
            if other != document:
                raise ShareOutError(gettext(
                        'avec_group.msg_share_out_once',
                        cycle=other.cycle.rec_name,
                        share_out=other.rec_name))

    @classmethod
    def check_computed(cls, share_outs):
        "Check that the figures are still those of the ledger"
        for document, members, result in cls._share(share_outs):
            now = [document._get_line(m, l)
                for m, l in zip(members, result.lines)]
            if ([l.figures for l in now]
                    != [l.figures for l in document.lines]
                    or result.leftover != document.leftover_amount):
                raise ShareOutError(gettext(
                        'avec_group.msg_share_out_recompute',
                        share_out=document.rec_name))

    @classmethod
    def check_cash(cls, share_outs):
        "Check that the boxes hold what is to be paid"
        cash = cls._balances(share_outs)['loan_fund_cash']
        for document in share_outs:
            needed = document._loan_fund_payment()
            if cash[document.cycle.id] < needed:
                raise ShareOutError(gettext(
                        'avec_group.msg_share_out_cash',
                        share_out=document.rec_name,
                        needed=format_amount(needed, document.currency),
                        cash=format_amount(
                            cash[document.cycle.id], document.currency)))

    def _loan_fund_payment(self):
        "Return what the payment takes from the loan fund"
        amount = sum(l.savings + l.surplus - l.deductions for l in self.lines)
        if self.cycle.leftover == 'social_fund':
            amount += self.leftover_amount
        return amount

    def _get_move_lines(self):
        balances = self._balances([self])
        social = {n: balances[n][self.cycle.id]
            for n in ['social_fund_assets', 'social_fund']}
        # What the social fund holds beyond the contributions (fines,
        # expenses, transfers) belongs to it
        gained = social['social_fund_assets'] - social['social_fund']
        if self.cycle.leftover == 'social_fund':
            gained += self.leftover_amount
        lines = []
        for line in self.lines:
            lines.extend(line.get_move_lines())
        entries = [
            ('avec_surplus_distributed',
                sum(l.surplus for l in self.lines) + gained),
            ('avec_social_fund',
                sum(l.social_fund for l in self.lines) - gained),
            ]
        lines.extend(self._get_move_line(n, a) for n, a in entries if a)
        return lines

    @classmethod
    @ModelView.button
    @sealed('paid')
    @Workflow.transition('paid')
    @set_employee('paid_by')
    def pay(cls, share_outs):
        moves = []
        for document in share_outs:
            if lines := document._get_payment_lines():
                document.payment_move = document._new_move(lines)
                moves.append(document.payment_move)
        save_and_post(moves)
        cls.save(share_outs)
        for document in share_outs:
            if document.move and document.payment_move:
                cls._reconcile([document.move, document.payment_move])

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = (
            [*names, 'cycle', 'share_price', 'leftover_amount'], moves)
        events['paid'] = (cls._signatures('paid'), ['payment_move'])
        names, moves = events['cancelled']
        events['cancelled'] = (names, [*moves, 'payment_cancel_move'])
        return events

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'lines': [
                'membership', 'shares', 'savings', 'surplus', 'social_fund',
                'deductions', 'payable'],
            }

    def _get_payment_lines(self):
        lines = [
            self._get_move_line(
                'avec_share_out_payable', l.payable,
                party=l.membership.party, origin=l)
            for l in self.lines if l.payable]
        social = sum(l.social_fund for l in self.lines)
        if self.cycle.leftover == 'social_fund':
            social -= self.leftover_amount
        entries = [
            ('avec_loan_fund_cash', -self._loan_fund_payment()),
            ('avec_social_fund_cash', -social),
            ]
        lines.extend(self._get_move_line(n, a) for n, a in entries if a)
        return lines

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, share_outs):
        cls.check_cycle(share_outs, states=('sharing',))
        cls._cancel_moves(share_outs)

    def get_rec_name(self, name):
        return self.cycle.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('cycle.rec_name', *clause[1:])]


class ShareOutLine(DocumentLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.share_out.line'
    __string__ = "Share-out Line"

    share_out = fields.Many2One(
        'avec.share_out', "Share-out", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT')
    shares = fields.Integer("Shares", required=True)
    savings = Monetary(
        "Savings", currency='currency', digits='currency', required=True)
    surplus = Monetary(
        "Surplus", currency='currency', digits='currency', required=True,
        help="The part of the surplus, negative for a loss.")
    social_fund = Monetary(
        "Social Fund", currency='currency', digits='currency',
        required=True)
    deductions = Monetary(
        "Deductions", currency='currency', digits='currency', required=True,
        help="What the member owes, repaid from the share-out.")
    payable = Monetary(
        "Payable", currency='currency', digits='currency', required=True)
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('share_out')
        table = cls.__table__()
        cls._sql_constraints += [
            ('membership_unique',
                Unique(table, table.share_out, table.membership),
                'avec_group.msg_share_out_line_membership_unique'),
            ]
        cls._order.insert(0, ('membership.number', 'ASC'))

    @classmethod
    def _document_field(cls):
        return 'share_out'

    @classmethod
    def sealed_member(cls):
        return 'membership'

    @fields.depends('share_out', '_parent_share_out.currency')
    def on_change_with_currency(self, name=None):
        return self.share_out.currency if self.share_out else None

    @property
    def figures(self):
        "What is compared to know if the line still holds"
        return (self.membership.id, self.savings, self.surplus,
            self.social_fund, self.deductions, self.payable)

    def get_move_lines(self):
        "Return the unsaved lines of the member in the move"
        party = self.membership.party
        entries = [
            ('avec_savings', self.savings),
            ('avec_share_out_payable', -self.payable),
            ]
        return [
            self.share_out._get_move_line(n, a, party=party, origin=self)
            for n, a in entries if a]

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.share_out.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
