# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.company.model import set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval

from . import ledger
from .allocation import floor_price
from .document import DocumentMixin, format_amount, format_date, signature
from .exceptions import ExitError
from .sealed import sealed

_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class MembershipExit(DocumentMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.membership.exit'
    __string__ = "Member Exit"

    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        states=_STATES)
    cycle = fields.Many2One(
        'avec.cycle', "Cycle", readonly=True, ondelete='RESTRICT',
        help="The cycle running when the member leaves.")
    date = fields.Date("Date", required=True, states=_STATES)
    reason = fields.Selection([
            ('left', "Left"),
            ('excluded', "Excluded"),
            ('died', "Died"),
            ], "Reason", required=True, sort=False, states=_STATES)
    note = fields.Text("Note", states=_STATES)
    savings = Monetary(
        "Savings", currency='currency', digits='currency', readonly=True,
        help="The shares at the price paid.")
    surplus = Monetary(
        "Surplus", currency='currency', digits='currency', readonly=True,
        help="The part of the surplus to date, where the constitution "
        "gives it to the heirs.")
    deductions = Monetary(
        "Deductions", currency='currency', digits='currency', readonly=True,
        help="What the member owes, taken from what is due.")
    payable = Monetary(
        "Payable", currency='currency', digits='currency', readonly=True,
        help="What is taken from the loan fund for the member or the heirs.")
    state = fields.Selection([
            ('draft', "Draft"),
            ('posted', "Posted"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    computed_by = signature("Computed By")
    posted_by = signature("Posted By")
    cancelled_by = signature("Cancelled By")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.membership, Index.Range())),
                Index(table, (table.cycle, Index.Range())),
                })
        cls._order.insert(0, ('date', 'DESC'))
        cls._transitions |= {
            ('draft', 'posted'),
            ('posted', 'cancelled'),
            }
        cls._buttons.update({
                'compute': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
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
    def default_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_reason(cls):
        return 'left'

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_company(self, name=None):
        if self.membership and self.membership.group:
            return self.membership.group.company

    @classmethod
    def search_company(cls, name, clause):
        return [('membership.group.' + clause[0], *clause[1:])]

    @fields.depends(methods=['on_change_with_company'])
    def on_change_with_currency(self, name=None):
        company = self.on_change_with_company()
        return company.currency if company else None

    @fields.depends('membership', 'reason', 'date', methods=['_compute'])
    def on_change_membership(self):
        self._compute()

    @fields.depends('membership', 'reason', 'date', methods=['_compute'])
    def on_change_reason(self):
        self._compute()

    @fields.depends('membership', 'reason', '_parent_membership.group')
    def _compute(self):
        if not self.membership or not self.membership.group:
            return
        Cycle = Pool().get('avec.cycle')
        cycles = Cycle.search([
                ('group', '=', self.membership.group.id),
                ('state', 'in', ['running', 'sharing']),
                ], limit=1)
        self.cycle = cycles[0] if cycles else None
        self.savings = self.membership.savings
        self.surplus = self._get_surplus()
        self.deductions = min(
            self._get_deductions(), self.savings + self.surplus)
        self.payable = self.savings + self.surplus - self.deductions

    def _get_surplus(self):
        """Return the part of the surplus that goes to the heirs.

        Rounded down to the smallest coin, so that the members who stay are
        never the poorer for it; a loss is borne by the heirs as well.
        """
        cycle = self.cycle
        if (not cycle or self.reason != 'died' or not self.savings
                or cycle.exit_on_death != 'share_price'):
            return Decimal(0)
        pool = cycle.savings + cycle.surplus
        due = floor_price(
            pool * self.membership.shares / cycle.total_shares, 1,
            cycle.cash_rounding).price
        return due - self.savings

    def _get_deductions(self):
        "Return what the member owes the group"
        return Decimal(0)

    @classmethod
    @ModelView.button
    @set_employee('computed_by')
    def compute(cls, exits):
        for exit_ in exits:
            if exit_.state == 'draft':
                exit_._compute()
                exit_.computed_by = None
        cls.save(exits)

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, exits):
        cls.compute(exits)
        cls.check_exits(exits)
        cls._post_moves(exits)
        cls._end_memberships(exits)

    @classmethod
    def check_exits(cls, exits):
        Meeting = Pool().get('avec.meeting')
        cls.check_cycle([e for e in exits if e.cycle])
        ended = {}
        for exit_ in exits:
            membership = exit_.membership
            end_date = ended.get(membership) or membership.end_date
            if end_date:
                raise ExitError(gettext(
                        'avec_group.msg_exit_ended',
                        member=membership.rec_name,
                        date=format_date(end_date)))
            ended[membership] = exit_.date
            if exit_.date < membership.start_date:
                raise ExitError(gettext(
                        'avec_group.msg_exit_before_start',
                        member=membership.rec_name,
                        date=format_date(membership.start_date)))
        for meeting in Meeting.search([
                    ('cycle', 'in', [e.cycle.id for e in exits if e.cycle]),
                    ('state', 'in', ['held', 'posted']),
                    ], order=[('date', 'ASC')]):
            for exit_ in exits:
                if exit_.cycle == meeting.cycle:
                    exit_._check_meeting(meeting)
        cls.check_cash(exits)

    def _check_meeting(self, meeting):
        if meeting.state == 'held':
            raise ExitError(gettext(
                    'avec_group.msg_exit_held_meeting',
                    member=self.membership.rec_name,
                    meeting=meeting.rec_name))
        if meeting.date > self.date:
            raise ExitError(gettext(
                    'avec_group.msg_exit_before_meeting',
                    member=self.membership.rec_name,
                    meeting=meeting.rec_name))

    @classmethod
    def check_cash(cls, exits):
        "Check that the loan fund holds what is to be paid"
        cash = ledger.fund_balances(
            list({e.cycle for e in exits if e.cycle}),
            ['loan_fund_cash'])['loan_fund_cash']
        for exit_ in exits:
            if not exit_.cycle:
                continue
            needed = exit_._loan_fund_payment()
            cash[exit_.cycle.id] -= needed
            if cash[exit_.cycle.id] < 0:
                raise ExitError(gettext(
                        'avec_group.msg_exit_cash',
                        member=exit_.membership.rec_name,
                        payable=format_amount(needed, exit_.currency),
                        cash=format_amount(
                            cash[exit_.cycle.id] + needed,
                            exit_.currency)))

    def _loan_fund_payment(self):
        "Return what is taken from the loan fund"
        return self.payable

    def _get_move_lines(self):
        entries = [
            ('avec_savings', self.membership.party, self.savings),
            ('avec_surplus_distributed', None, self.surplus),
            ('avec_loan_fund_cash', None, -self.payable),
            ]
        return [
            self._get_move_line(n, a, party=p) for n, p, a in entries if a]

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = (
            [*names, 'cycle', 'reason', 'savings', 'surplus', 'deductions',
                'payable'], moves)
        return events

    @classmethod
    def sealed_member(cls):
        return 'membership'

    @classmethod
    def sealed_group(cls, table):
        membership = Pool().get('avec.membership').__table__()
        return (
            table.join(
                membership, condition=table.membership == membership.id),
            membership.group)

    @classmethod
    def _end_memberships(cls, exits):
        pool = Pool()
        Membership = pool.get('avec.membership')
        Officer = pool.get('avec.group.officer')
        memberships = []
        officers = []
        for exit_ in exits:
            membership = exit_.membership
            membership.end_date = exit_.date
            membership.end_reason = exit_.reason
            memberships.append(membership)
            for officer in membership.officers:
                if not officer.end_date or officer.end_date > exit_.date:
                    officer.end_date = max(exit_.date, officer.start_date)
                    officers.append(officer)
        Membership.save(memberships)
        Officer.save(officers)

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, exits):
        pool = Pool()
        Membership = pool.get('avec.membership')
        Officer = pool.get('avec.group.officer')
        cls.check_cycle([e for e in exits if e.cycle])
        cls._cancel_moves(exits)
        Membership.write([e.membership for e in exits], {
                'end_date': None,
                'end_reason': None,
                })
        Officer.write([
                o for e in exits for o in e.membership.officers
                if o.end_date == e.date], {
                'end_date': None,
                })

    @classmethod
    def check_later(cls, exits):
        super().check_later([e for e in exits if e.cycle])

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} ({format_date(self.date)})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
