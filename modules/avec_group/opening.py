# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.company.model import set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval

from .document import (
    DocumentLineMixin, DocumentMixin, format_amount, format_date, signature)
from .exceptions import OpeningError
from .sealed import sealed

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Opening(DocumentMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.opening'
    __string__ = "Opening Balance"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='RESTRICT',
        domain=[
            ('state', 'in', ['running', 'sharing', 'closed']),
            ],
        states={
            'readonly': (
                (Eval('state') != 'draft') | Eval('lines', [0])),
            })
    date = fields.Date("Date", required=True, states=_STATES)
    lines = fields.One2Many(
        'avec.opening.line', 'opening', "Members", states=_STATES)
    loan_fund_cash = Monetary(
        "Loan Fund Cash", currency='currency', digits='currency',
        required=True, states=_STATES,
        domain=[('loan_fund_cash', '>=', 0)],
        help="What was counted in the box.")
    social_fund_cash = Monetary(
        "Social Fund Cash", currency='currency', digits='currency',
        required=True, states=_STATES,
        domain=[('social_fund_cash', '>=', 0)],
        help="What was counted in the box.")
    social_fund = Monetary(
        "Social Fund", currency='currency', digits='currency',
        required=True, states=_STATES,
        help="What the members hold together in the social fund.")
    surplus = Monetary(
        "Surplus", currency='currency', digits='currency',
        required=True, states=_STATES,
        help="Income less expenses since the last share-out.")
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency'),
        'on_change_with_savings')
    difference = fields.Function(Monetary(
            "Difference", currency='currency', digits='currency',
            help="What the group owns less what it owes, "
            "zero when the document balances."),
        'on_change_with_difference')
    state = fields.Selection([
            ('draft', "Draft"),
            ('posted', "Posted"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    posted_by = signature("Posted By")
    cancelled_by = signature("Cancelled By")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.cycle, Index.Range())))
        cls._order.insert(0, ('date', 'DESC'))
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
    def default_loan_fund_cash(cls):
        return Decimal(0)

    @classmethod
    def default_social_fund_cash(cls):
        return Decimal(0)

    @classmethod
    def default_social_fund(cls):
        return Decimal(0)

    @classmethod
    def default_surplus(cls):
        return Decimal(0)

    @fields.depends('cycle', 'date', 'lines')
    def on_change_cycle(self):
        Line = Pool().get('avec.opening.line')
        if not self.cycle:
            return
        if not self.date:
            self.date = self.cycle.start_date
        if not self.lines:
            self.lines = [
                Line(membership=m, shares=0, savings=Decimal(0),
                    currency=self.cycle.currency)
                for m in self.cycle.group.active_memberships(self.date)]

    @fields.depends('lines')
    def on_change_with_savings(self, name=None):
        return sum(
            (getattr(l, 'savings', None) or Decimal(0)
                for l in self.lines or []),
            Decimal(0))

    @fields.depends(
        'loan_fund_cash', 'social_fund_cash', 'social_fund', 'surplus',
        methods=['on_change_with_savings', '_owned'])
    def on_change_with_difference(self, name=None):
        owed = sum(
            a or Decimal(0)
            for a in [self.social_fund, self.surplus])
        return self._owned() - owed - self.on_change_with_savings()

    @fields.depends('loan_fund_cash', 'social_fund_cash')
    def _owned(self):
        "Return what the group owns"
        return sum(
            (a or Decimal(0)
                for a in [self.loan_fund_cash, self.social_fund_cash]),
            Decimal(0))

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, openings):
        cls.check_cycle(openings)
        cls.check_dates(openings)
        cls.check_balanced(openings)
        cls.check_first(openings)
        cls._post_moves(openings)

    @classmethod
    def check_dates(cls, openings):
        "Check that the day is in the cycle and the members are in the group"
        for opening in openings:
            cycle = opening.cycle
            if not (cycle.start_date <= opening.date <= cycle.end_date):
                raise OpeningError(gettext(
                        'avec_group.msg_opening_date',
                        opening=opening.rec_name,
                        date=format_date(opening.date),
                        start=format_date(cycle.start_date),
                        end=format_date(cycle.end_date)))
            for line in opening.lines:
                if line.shares and not line.membership.is_active(opening.date):
                    raise OpeningError(gettext(
                            'avec_group.msg_opening_member',
                            opening=opening.rec_name,
                            member=line.membership.rec_name,
                            date=format_date(opening.date)))

    @classmethod
    def check_balanced(cls, openings):
        for opening in openings:
            if opening.difference:
                raise OpeningError(gettext(
                        'avec_group.msg_opening_unbalanced',
                        opening=opening.rec_name,
                        difference=format_amount(
                            opening.difference, opening.currency)))

    @classmethod
    def check_first(cls, openings):
        "Check that nothing was posted before in the books of the cycles"
        Move = Pool().get('account.move')
        first = {}
        for opening in openings:
            other = first.setdefault(opening.cycle, opening)
            if other != opening:
                raise OpeningError(gettext(
                        'avec_group.msg_opening_not_first',
                        opening=opening.rec_name,
                        document=other.rec_name))
            for move in Move.search([
                        ('avec_cycle', '=', opening.cycle.id),
                        ('state', '=', 'posted'),
                        ], order=[('id', 'DESC')]):
                origin = move.origin
                if (getattr(origin, 'cancel_move', None)):
                    continue
                raise OpeningError(gettext(
                        'avec_group.msg_opening_not_first',
                        opening=opening.rec_name,
                        document=origin.rec_name if origin
                        else move.rec_name))

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = (
            [*names, 'cycle', 'loan_fund_cash', 'social_fund_cash',
                'social_fund', 'surplus'], moves)
        return events

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'lines': ['membership', 'shares'],
            }

    def _get_move_lines(self):
        lines = [
            self._get_move_line(
                'avec_savings', -l.savings, party=l.membership.party,
                origin=l)
            for l in self.lines if l.savings]
        entries = [
            ('avec_loan_fund_cash', self.loan_fund_cash),
            ('avec_social_fund_cash', self.social_fund_cash),
            ('avec_social_fund', -self.social_fund),
            ('avec_surplus_carried', -self.surplus),
            ]
        lines.extend(self._get_move_line(n, a) for n, a in entries if a)
        return lines

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, openings):
        cls.check_cycle(openings)
        cls._cancel_moves(openings)

    def get_rec_name(self, name):
        return self.cycle.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('cycle.rec_name', *clause[1:])]


class OpeningLine(DocumentLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.opening.line'
    __string__ = "Opening Balance Line"

    opening = fields.Many2One(
        'avec.opening', "Opening", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        domain=[
            ('group.cycles', '=',
                Eval('_parent_opening', {}).get('cycle', -1)),
            ])
    shares = fields.Integer(
        "Shares", required=True, domain=[('shares', '>=', 0)],
        help="The shares stamped in the passbook.")
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency'),
        'on_change_with_savings')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('opening')
        table = cls.__table__()
        cls._sql_constraints += [
            ('membership_unique',
                Unique(table, table.opening, table.membership),
                'avec_group.msg_opening_line_membership_unique'),
            ]
        cls._order.insert(0, ('membership.number', 'ASC'))

    @classmethod
    def _document_field(cls):
        return 'opening'

    @classmethod
    def sealed_member(cls):
        return 'membership'

    @classmethod
    def default_shares(cls):
        return 0

    @fields.depends('shares', 'opening', '_parent_opening.cycle')
    def on_change_with_savings(self, name=None):
        if self.opening and self.opening.cycle:
            return (self.shares or 0) * self.opening.cycle.share_value

    @fields.depends('opening', '_parent_opening.currency')
    def on_change_with_currency(self, name=None):
        return self.opening.currency if self.opening else None

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.opening.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
