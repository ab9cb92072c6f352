# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .cycle import FUNDS
from .document import DocumentLineMixin, format_amount


class SheetLineMixin(DocumentLineMixin):
    "What stands on the sheet of a meeting and moves money"
    __slots__ = ()

    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('meeting')

    @classmethod
    def _document_field(cls):
        return 'meeting'

    @fields.depends('meeting', '_parent_meeting.currency')
    def on_change_with_currency(self, name=None):
        return self.meeting.currency if self.meeting else None

    def entries(self, meeting):
        """Return the entries of the record.

        Returns [(field of the account in the configuration, party or None,
        amount), ...], debits positive.
        """
        return []

    @classmethod
    def is_summed(cls, name):
        "Return if the sheet makes one line of the entries on the account"
        return name.endswith('_cash')

    def cash_effect(self, meeting):
        """Return what the record puts in the boxes, {fund: amount}.

        It is also called while the record is typed.
        """
        return {}

    def _faults(self):
        "Yield the message of each fault of the record"
        yield from ()


class MeetingLine(SheetLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.meeting.line'
    __string__ = "Meeting Line"

    meeting = fields.Many2One(
        'avec.meeting', "Meeting", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        domain=[
            ('group', '=', Eval('_parent_meeting', {}).get('group', -1)),
            ],
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    attendance = fields.Selection([
            ('present', "Present"),
            ('late', "Late"),
            ('excused', "Excused"),
            ('absent', "Absent"),
            ], "Attendance", required=True, sort=False)
    represented = fields.Boolean(
        "Represented",
        states={
            'readonly': Eval('attendance').in_(['present', 'late']),
            },
        help="Somebody brought the shares of the absent member.")
    shares = fields.Integer(
        "Shares", domain=[
            If(Eval('shares', 0), ('shares', '>=', 0), ()),
            ])
    amount = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency',
            help="The value of the shares bought."),
        'on_change_with_amount')
    social_fund = Monetary(
        "Social Fund", currency='currency', digits='currency',
        domain=[
            If(Eval('social_fund', 0), ('social_fund', '>=', 0), ()),
            ])
    fine = Monetary(
        "Fine", currency='currency', digits='currency',
        domain=[
            If(Eval('fine', 0), ('fine', '>=', 0), ()),
            ],
        help="The fine paid at the meeting.")
    note = fields.Char(
        "Reason", help="Why the member paid less than voted.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('membership_unique',
                Unique(table, table.meeting, table.membership),
                'avec_group.msg_meeting_line_membership_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.membership, Index.Range())))
        cls._order.insert(0, ('meeting', 'DESC'))
        cls._order.insert(1, ('membership.number', 'ASC'))

    @classmethod
    def sealed_member(cls):
        return 'membership'

    @classmethod
    def default_attendance(cls):
        return 'present'

    @classmethod
    def default_represented(cls):
        return False

    @classmethod
    def default_shares(cls):
        return 0

    @classmethod
    def new_for(cls, meeting, membership, fine=Decimal(0)):
        """Return the line of the member as it stands on a blank sheet.

        fine: what the member owes from the last meeting.
        """
        cycle = meeting.cycle
        return cls(
            membership=membership,
            attendance='present',
            represented=False,
            shares=cycle.min_shares,
            amount=cycle.min_shares * cycle.share_value,
            social_fund=cycle.social_fund_contribution,
            fine=fine,
            currency=cycle.currency)

    @property
    def is_present(self):
        return getattr(self, 'attendance', None) in {'present', 'late'}

    @fields.depends('shares', 'meeting', '_parent_meeting.cycle')
    def on_change_with_amount(self, name=None):
        if self.meeting and self.meeting.cycle:
            return (self.shares or 0) * self.meeting.cycle.share_value

    @fields.depends(
        'attendance', 'represented', 'shares', 'social_fund', 'fine',
        'membership', 'meeting', '_parent_meeting.cycle',
        '_parent_meeting.date', methods=['on_change_with_amount'])
    def on_change_attendance(self):
        if not self.meeting or not self.meeting.cycle:
            return
        cycle = self.meeting.cycle
        if self.is_present:
            self.represented = False
            self.fine = cycle.fine_amount(self.attendance) + self._fine_owed()
            self.shares = self.shares or cycle.min_shares
            self.social_fund = (
                self.social_fund or cycle.social_fund_contribution)
        else:
            self.shares = 0
            self.social_fund = self.fine = Decimal(0)
        self.amount = self.on_change_with_amount()

    def _fine_owed(self):
        "Return the fine for an absence at the last meeting, paid at this one"
        if self.membership and self.meeting.date:
            return self.meeting.fines_owed([self.membership]).get(
                self.membership.id, Decimal(0))
        return Decimal(0)

    @classmethod
    def is_summed(cls, name):
        return True

    def entries(self, meeting):
        cycle = meeting.cycle
        savings = (self.shares or 0) * cycle.share_value
        social_fund = self.social_fund or Decimal(0)
        fine = self.fine or Decimal(0)
        return [e for e in [
                ('avec_loan_fund_cash', None, savings),
                ('avec_savings', self.membership.party, -savings),
                ('avec_social_fund_cash', None, social_fund),
                ('avec_social_fund', None, -social_fund),
                (f'avec_{cycle.fine_fund}_cash', None, fine),
                ('avec_fine_income', None, -fine),
                ] if e[2]]

    def cash_effect(self, meeting):
        cycle = meeting.cycle
        effect = {
            'loan_fund': (
                (getattr(self, 'shares', None) or 0)
                * (cycle.share_value or 0)),
            'social_fund': getattr(self, 'social_fund', None) or Decimal(0),
            }
        effect[cycle.fine_fund] += getattr(self, 'fine', None) or Decimal(0)
        return effect

    def _faults(self):
        yield from self._check_shares()
        yield from self._check_contribution()

    def _check_shares(self):
        cycle = self.meeting.cycle
        shares = self.shares or 0
        if self.is_present or self.represented:
            if not (cycle.min_shares <= shares <= cycle.max_shares):
                yield gettext(
                    'avec_group.msg_sheet_shares',
                    member=self.membership.rec_name, shares=shares,
                    least=cycle.min_shares, most=cycle.max_shares)
        elif shares:
            yield gettext(
                'avec_group.msg_sheet_absent_shares',
                member=self.membership.rec_name, shares=shares)

    def _check_contribution(self):
        voted = self.meeting.cycle.social_fund_contribution
        paid = self.social_fund or Decimal(0)
        if not self.is_present or self.note:
            return
        if paid < voted:
            yield gettext(
                'avec_group.msg_sheet_contribution',
                member=self.membership.rec_name,
                paid=format_amount(paid, self.currency),
                voted=format_amount(voted, self.currency))

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.meeting.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]


class Operation(SheetLineMixin, ModelSQL, ModelView):
    __name__ = 'avec.meeting.operation'
    __string__ = "Meeting Operation"

    meeting = fields.Many2One(
        'avec.meeting', "Meeting", required=True, ondelete='CASCADE')
    kind = fields.Selection([
            ('grant', "Grant"),
            ('expense', "Expense"),
            ('income', "Income"),
            ('fund_transfer', "Fund Transfer"),
            ('cash_difference', "Cash Difference"),
            ], "Kind", required=True, sort=False)
    kind_string = kind.translated('kind')
    fund = fields.Selection(
        FUNDS, "Fund", required=True, sort=False,
        domain=[
            If(Eval('kind') == 'grant', ('fund', '=', 'social_fund'), ()),
            ],
        help="The box concerned; for a transfer, the box it is taken from.")
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=[
            If(Eval('kind') == 'cash_difference',
                ('amount', '!=', 0),
                ('amount', '>', 0)),
            ],
        help="For a cash difference, negative when the box is short.")
    party = fields.Many2One(
        'party.party', "Party", ondelete='RESTRICT',
        states={
            'required': Eval('kind') == 'grant',
            'invisible': Eval('kind').in_(
                ['fund_transfer', 'cash_difference']),
            },
        context={
            'company': Eval('_parent_meeting', {}).get('company', -1),
            },
        depends={'meeting'})
    description = fields.Char(
        "Description",
        states={
            'required': Eval('kind').in_(
                ['expense', 'income', 'cash_difference']),
            })

    @classmethod
    def default_fund(cls):
        return 'loan_fund'

    @fields.depends('kind', 'fund')
    def on_change_kind(self):
        if self.kind == 'grant':
            self.fund = 'social_fund'

    @classmethod
    def sealed_rows(cls, rows):
        "Tell who is paid by the membership then, as a party is replaced"
        members = cls._members({r['id'] for r in rows if r['party']})
        for row in rows:
            row['membership'] = members.get(row['id'])
            del row['party']
        return rows

    @classmethod
    def _members(cls, ids):
        "Return {operation id: membership id of the party on the day}"
        if not ids:
            return {}
        pool = Pool()
        cycle = pool.get('avec.cycle').__table__()
        meeting = pool.get('avec.meeting').__table__()
        membership = pool.get('avec.membership').__table__()
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table
            .join(meeting, condition=table.meeting == meeting.id)
            .join(cycle, condition=meeting.cycle == cycle.id)
            .join(membership, condition=(membership.party == table.party)
                & (membership.group == cycle.group)
                & (membership.start_date <= meeting.date)
                & ((membership.end_date == Null)
                    | (membership.end_date >= meeting.date)))
            .select(
                table.id, membership.id,
                where=fields.SQL_OPERATORS['in'](table.id, list(ids)),
                # The first of those that end and begin on the day
                order_by=[
                    membership.start_date.desc, membership.id.desc]))
        return dict(cursor)

    @classmethod
    def _counterparts(cls):
        return {
            'grant': ('avec_social_fund', -1),
            'expense': ('avec_expense', -1),
            'income': ('avec_other_income', 1),
            'cash_difference': ('avec_cash_difference', 1),
            }

    def entries(self, meeting):
        entries = [
            (f'avec_{f}_cash', None, a)
            for f, a in self.cash_effect(meeting).items()]
        if self.kind in self._counterparts():
            name, sign = self._counterparts()[self.kind]
            entries.append((name, None, -sign * self.amount))
        return entries

    def cash_effect(self, meeting):
        kind = getattr(self, 'kind', None)
        fund = getattr(self, 'fund', None)
        amount = getattr(self, 'amount', None) or Decimal(0)
        if not kind or not fund:
            return {}
        if kind == 'fund_transfer':
            other, = {f for f, _ in FUNDS} - {fund}
            return {fund: -amount, other: amount}
        if kind not in self._counterparts():
            return {}
        _, sign = self._counterparts()[kind]
        return {fund: sign * amount}

    def _faults(self):
        if self.kind == 'grant' and self.party:
            Membership = Pool().get('avec.membership')
            if not Membership.search([
                        ('group', '=', self.meeting.cycle.group.id),
                        ('party', '=', self.party.id),
                        ], limit=1):
                yield gettext(
                    'avec_group.msg_sheet_grant_member',
                    party=self.party.rec_name)

    def get_rec_name(self, name):
        return f'{self.kind_string} @ {self.meeting.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('meeting.rec_name', *clause[1:])]
