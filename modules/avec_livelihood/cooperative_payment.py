# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.avec_group.document import (
    format_amount, format_date, save_and_post)
from trytond.modules.avec_group.trail import TrailMixin
from trytond.modules.company.model import employee_field, set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .exceptions import CapitalError, FrozenError
from .mixins import last_day

_STATES = {
    'readonly': Eval('state') != 'draft',
    }
# The kinds that are of whole shares
_OF_SHARES = ['subscription', 'refund']
_ORDER = ['subscription', 'payment', 'refund']
_CONTROLLED = {'state', 'move', 'cancel_move', 'posted_by', 'cancelled_by'}


class Payment(TrailMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.cooperative.payment'
    __string__ = "Cooperative Capital"

    cooperative = fields.Many2One(
        'avec.cooperative', "Cooperative", required=True, ondelete='RESTRICT',
        domain=[
            If(Eval('state') == 'draft', ('state', '!=', 'dissolved'), ()),
            ],
        states=_STATES)
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    member = fields.Many2One(
        'avec.cooperative.member', "Member", required=True,
        ondelete='RESTRICT',
        domain=[
            ('cooperative', '=', Eval('cooperative', -1)),
            ],
        states=_STATES)
    kind = fields.Selection([
            ('subscription', "Subscription"),
            ('payment', "Payment"),
            ('refund', "Refund"),
            ], "Kind", required=True, sort=False, states=_STATES,
        help="A member subscribes shares, then pays for them; who leaves is "
        "paid back what was paid for the shares given back.")
    date = fields.Date("Date", required=True, states=_STATES)
    shares = fields.Integer(
        "Shares",
        domain=['OR', ('shares', '=', None), ('shares', '>=', 1)],
        states={
            'readonly': Eval('state') != 'draft',
            'required': Eval('kind').in_(_OF_SHARES),
            'invisible': ~Eval('kind').in_(_OF_SHARES),
            })
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=['OR', ('amount', '=', None), ('amount', '>', 0)],
        states={
            'readonly': (
                (Eval('state') != 'draft')
                | Eval('kind').in_(_OF_SHARES)),
            })
    description = fields.Char(
        "Description", states=_STATES,
        help="For example the number of the receipt.")
    move = fields.Many2One(
        'account.move', "Move", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('move'),
            },
        help="In the books of the cooperative.")
    cancel_move = fields.Many2One(
        'account.move', "Cancel Move", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('cancel_move'),
            })
    posted_by = employee_field(
        "Posted By", states=['draft', 'posted', 'cancelled'])
    cancelled_by = employee_field(
        "Cancelled By", states=['draft', 'posted', 'cancelled'])
    state = fields.Selection([
            ('draft', "Draft"),
            ('posted', "Posted"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.cooperative, Index.Range())),
                Index(table, (table.member, Index.Range())),
                Index(table, (table.state, Index.Equality(
                            cardinality='low')),
                    where=table.state == 'draft'),
                })
        cls._order = [
            ('date', 'DESC'),
            ('id', 'DESC'),
            ]
        cls._transitions |= {
            ('draft', 'posted'),
            ('posted', 'cancelled'),
            }
        cls._buttons.update({
                'post': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': Eval('state') != 'posted',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_kind(cls):
        return 'payment'

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_state(cls):
        return 'draft'

    @fields.depends('cooperative', '_parent_cooperative.company')
    def on_change_with_company(self, name=None):
        return self.cooperative.company if self.cooperative else None

    @classmethod
    def search_company(cls, name, clause):
        return [('cooperative.' + clause[0], *clause[1:])]

    @fields.depends('cooperative', '_parent_cooperative.currency')
    def on_change_with_currency(self, name=None):
        return self.cooperative.currency if self.cooperative else None

    @fields.depends(
        'kind', 'shares', 'cooperative', '_parent_cooperative.share_value')
    def on_change_shares(self):
        if (self.kind in _OF_SHARES and self.shares
                and self.cooperative and self.cooperative.share_value):
            self.amount = self.shares * self.cooperative.share_value

    @fields.depends('kind', 'member', 'amount', methods=['on_change_shares'])
    def on_change_kind(self):
        if self.kind == 'payment':
            self.shares = None
            self.on_change_member()
        else:
            self.on_change_shares()

    @fields.depends('kind', 'member', 'amount')
    def on_change_member(self):
        if (self.kind == 'payment' and self.member and not self.amount
                and self.member.to_pay):
            self.amount = self.member.to_pay

    @classmethod
    def validate_fields(cls, payments, field_names):
        super().validate_fields(payments, field_names)
        cls.check_amount(payments, field_names)

    @classmethod
    def check_amount(cls, payments, field_names=None):
        if field_names and not field_names & {
                'kind', 'shares', 'amount', 'cooperative'}:
            return
        for payment in payments:
            if payment.kind not in _OF_SHARES:
                continue
            value = payment.shares * payment.cooperative.share_value
            if payment.amount != value:
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_amount',
                        payment=payment.rec_name,
                        amount=format_amount(
                            payment.amount, payment.currency),
                        value=format_amount(value, payment.currency)))

    # -- posting

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, payments):
        Cooperative = Pool().get('avec.cooperative')
        Cooperative.lock(list({p.cooperative for p in payments}))
        # What is subscribed comes before what is paid of it
        payments = sorted(
            payments, key=lambda p: (p.date, _ORDER.index(p.kind), p.id))
        cls.check_post(payments)
        moves = []
        for payment in payments:
            if payment.cooperative.books:
                payment.move = payment._get_move()
                moves.append(payment.move)
        save_and_post(moves)
        cls.save(payments)
        cls._reconcile(payments)

    @classmethod
    def check_post(cls, payments):
        Member = Pool().get('avec.cooperative.member')
        today = last_day()
        members = list({p.member for p in payments})
        capital = Member.get_capital(members, ['to_pay', 'paid'])
        to_pay, paid = capital['to_pay'], capital['paid']
        for payment in payments:
            if payment.date > today:
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_future',
                        payment=payment.rec_name,
                        date=format_date(payment.date)))
            if payment.cooperative.state == 'dissolved':
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_dissolved',
                        cooperative=payment.cooperative.rec_name))
            to_pay[payment.member.id] += payment._due()
            if to_pay[payment.member.id] < 0:
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_too_much',
                        payment=payment.rec_name,
                        amount=format_amount(
                            -to_pay[payment.member.id], payment.currency)))
            paid[payment.member.id] += payment._paid()
            if paid[payment.member.id] < 0:
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_not_paid',
                        payment=payment.rec_name,
                        amount=format_amount(
                            payment.amount + paid[payment.member.id],
                            payment.currency)))

    def _due(self):
        "Return what the document adds to what the member owes"
        return {'subscription': 1, 'payment': -1, 'refund': 0}[
            self.kind] * self.amount

    def _paid(self):
        "Return what the document adds to what the member has paid"
        return {'subscription': 0, 'payment': 1, 'refund': -1}[
            self.kind] * self.amount

    def _get_move(self):
        "Return the unsaved move in the books of the cooperative"
        pool = Pool()
        Move = pool.get('account.move')
        Period = pool.get('account.period')
        books = self.cooperative.books
        with Transaction().set_context(company=books.id):
            configuration = pool.get('account.configuration')(1)
            return Move(
                company=books,
                journal=configuration.get_multivalue(
                    'avec_journal', company=books.id),
                period=Period.find(books, date=self.date),
                date=self.date,
                description=self.description or self.rec_name,
                origin=self,
                lines=self._get_move_lines(configuration, books))

    def _get_move_lines(self, configuration, books):
        Line = Pool().get('account.move.line')
        names = {
            'subscription': [
                'avec_cooperative_capital_due', 'avec_cooperative_capital'],
            'payment': [
                'avec_cooperative_cash', 'avec_cooperative_capital_due'],
            'refund': ['avec_cooperative_capital', 'avec_cooperative_cash'],
            }[self.kind]
        lines = []
        for name, sign in zip(names, [1, -1]):
            account = configuration.get_avec_account(name, books)
            lines.append(Line(
                    account=account,
                    party=self.member.party
                    if account.party_required else None,
                    debit=max(sign * self.amount, Decimal(0)),
                    credit=max(-sign * self.amount, Decimal(0)),
                    origin=self))
        return lines

    @classmethod
    def _reconcile(cls, payments):
        "Reconcile what each member owed and paid, once nothing is left"
        Line = Pool().get('account.move.line')
        members = list({p.member.id for p in payments if p.move})
        to_reconcile = defaultdict(list)
        for payment in cls.search([
                    ('member', 'in', members),
                    ('move', '!=', None),
                    ]):
            moves = [m for m in [payment.move, payment.cancel_move] if m]
            for line in (l for m in moves for l in m.lines):
                if line.account.reconcile and not line.reconciliation:
                    to_reconcile[payment.member, line.account].append(line)
        Line.reconcile(*[
                lines for lines in to_reconcile.values()
                if not sum(l.debit - l.credit for l in lines)])

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, payments):
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Move = pool.get('account.move')
        Reconciliation = pool.get('account.move.reconciliation')
        Cooperative.lock(list({p.cooperative for p in payments}))
        cls.check_cancel(payments)
        posted = [p for p in payments if p.move]
        Reconciliation.delete(list({
                    l.reconciliation for p in posted for l in p.move.lines
                    if l.reconciliation}))
        reversals = Move.avec_reverse([p.move for p in posted])
        for payment, move in zip(posted, reversals):
            payment.cancel_move = move
        Move.post(reversals)
        cls.save(payments)
        cls._reconcile(posted)

    @classmethod
    def check_cancel(cls, payments):
        Member = Pool().get('avec.cooperative.member')
        capital = Member.get_capital(
            list({p.member for p in payments}), ['to_pay', 'paid'])
        for payment in payments:
            capital['to_pay'][payment.member.id] -= payment._due()
            capital['paid'][payment.member.id] -= payment._paid()
        for payment in payments:
            if min(v[payment.member.id] for v in capital.values()) < 0:
                raise CapitalError(gettext(
                        'avec_livelihood.msg_capital_paid',
                        payment=payment.rec_name))

    @classmethod
    def check_modification(cls, mode, payments, values=None, external=False):
        super().check_modification(
            mode, payments, values=values, external=external)
        for payment in payments:
            if mode == 'delete':
                refused = payment.state != 'draft'
            elif not external:
                refused = False
            elif mode == 'create':
                refused = payment.state != 'draft' or payment.move
            else:
                refused = (
                    payment.state != 'draft' or set(values) & _CONTROLLED)
            if refused:
                raise FrozenError(gettext(
                        'avec_livelihood.msg_capital_frozen',
                        payment=payment.rec_name))

    @classmethod
    def copy(cls, payments, default=None):
        default = default.copy() if default is not None else {}
        for name in ['move', 'cancel_move', 'posted_by', 'cancelled_by']:
            default.setdefault(name, None)
        default.setdefault('state', 'draft')
        return super().copy(payments, default=default)

    def get_rec_name(self, name):
        kinds = dict(self.fields_get(['kind'])['kind']['selection'])
        return f'{self.member.rec_name} - {kinds[self.kind]}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('cooperative.rec_name', operator, operand, *extra),
            ('member.rec_name', operator, operand, *extra),
            ]
