# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.company.model import reset_employee, set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval

from . import ledger
from .document import DocumentMixin, format_amount, format_date, signature
from .exceptions import DocumentOrderError, SheetError
from .sealed import sealed

FUND_NAMES = ['loan_fund', 'social_fund']
_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Meeting(DocumentMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.meeting'
    __string__ = "Meeting"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='RESTRICT',
        domain=[
            ('state', 'in', ['running', 'sharing', 'closed']),
            ],
        states={
            'readonly': (
                (Eval('state') != 'draft') | Eval('lines', [0])),
            })
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    number = fields.Integer(
        "Number", readonly=True,
        help="The number of the meeting in the cycle, given when posted.")
    date = fields.Date("Date", required=True, states=_STATES)
    lines = fields.One2Many(
        'avec.meeting.line', 'meeting', "Members", states=_STATES)
    operations = fields.One2Many(
        'avec.meeting.operation', 'meeting', "Operations", states=_STATES)
    note = fields.Text("Note", states=_STATES)
    present_count = fields.Function(
        fields.Integer("Present"), 'on_change_with_present_count')
    shares = fields.Function(
        fields.Integer("Shares"), 'on_change_with_shares')
    state = fields.Selection([
            ('draft', "Draft"),
            ('held', "Held"),
            ('posted', "Posted"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    held_by = signature("Held By")
    posted_by = signature("Posted By")
    cancelled_by = signature("Cancelled By")

    loan_fund_opening = fields.Function(Monetary(
            "Loan Fund at Opening", currency='currency', digits='currency'),
        'get_funds')
    loan_fund_expected = fields.Function(Monetary(
            "Loan Fund Expected", currency='currency', digits='currency',
            help="What must be in the box after the meeting."),
        'get_funds')
    loan_fund_counted = Monetary(
        "Loan Fund Counted", currency='currency', digits='currency',
        states=_STATES, help="What was counted in the box at the close.")
    loan_fund_difference = fields.Function(Monetary(
            "Loan Fund Difference", currency='currency', digits='currency'),
        'get_funds')
    social_fund_opening = fields.Function(Monetary(
            "Social Fund at Opening", currency='currency',
            digits='currency'),
        'get_funds')
    social_fund_expected = fields.Function(Monetary(
            "Social Fund Expected", currency='currency', digits='currency',
            help="What must be in the box after the meeting."),
        'get_funds')
    social_fund_counted = Monetary(
        "Social Fund Counted", currency='currency', digits='currency',
        states=_STATES, help="What was counted in the box at the close.")
    social_fund_difference = fields.Function(Monetary(
            "Social Fund Difference", currency='currency',
            digits='currency'),
        'get_funds')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.cycle, table.number),
                'avec_group.msg_meeting_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table,
                    (table.cycle, Index.Range()),
                    (table.date, Index.Range(order='DESC'))),
                Index(table, (table.state, Index.Equality(
                            cardinality='low')),
                    where=table.state.in_(['draft', 'held'])),
                })
        cls._order.insert(0, ('date', 'DESC'))
        cls._transitions |= {
            ('draft', 'held'),
            ('held', 'draft'),
            ('held', 'posted'),
            ('posted', 'cancelled'),
            }
        cls._buttons.update({
                'fill': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'draft': {
                    'invisible': Eval('state') != 'held',
                    'depends': ['state'],
                    },
                'hold': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'post': {
                    'invisible': Eval('state') != 'held',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': Eval('state') != 'posted',
                    'depends': ['state'],
                    },
                })

    @fields.depends('cycle', '_parent_cycle.group')
    def on_change_with_group(self, name=None):
        return self.cycle.group if self.cycle else None

    @classmethod
    def search_group(cls, name, clause):
        return [('cycle.' + clause[0], *clause[1:])]

    @fields.depends('lines')
    def on_change_with_present_count(self, name=None):
        return sum(1 for l in self.lines or [] if l.is_present)

    @fields.depends('lines')
    def on_change_with_shares(self, name=None):
        return sum(l.shares or 0 for l in self.lines or [])

    # -- the sheet

    @fields.depends(
        methods=['_bring_members', '_propose_date', '_set_openings'])
    def on_change_cycle(self):
        self._propose_date()
        self._bring_members()
        self._set_openings()

    @fields.depends(methods=['_bring_members', '_set_openings'])
    def on_change_date(self):
        self._bring_members()
        self._set_openings()

    @fields.depends('cycle', 'date')
    def _propose_date(self):
        if self.cycle and not self.date:
            self.date = self._next_date(self.cycle)

    @classmethod
    def _next_date(cls, cycle):
        "Return the day of the next meeting of the cycle"
        last = cls.search([
                ('cycle', '=', cycle.id),
                ('state', '!=', 'cancelled'),
                ], order=[('date', 'DESC')], limit=1)
        if last:
            return last[0].date + cycle.interval
        return cycle.start_date

    @fields.depends('cycle', 'date', 'lines', 'id')
    def _bring_members(self):
        "Add a line for each active member who has none"
        if not self.cycle or not self.date:
            return
        self.lines = [*(self.lines or []), *self._missing_lines()]

    def _missing_lines(self, active=None):
        Line = Pool().get('avec.meeting.line')
        there = {l.membership.id for l in self.lines or []
            if getattr(l, 'membership', None)}
        if active is None:
            active = self.cycle.group.active_memberships(self.date)
        missing = [m for m in active if m.id not in there]
        owed = self.fines_owed(missing)
        return [
            Line.new_for(self, m, fine=owed.get(m.id, Decimal(0)))
            for m in missing]

    def fines_owed(self, memberships):
        """Return what the members owe for an absence at the last meeting.

        Who is absent cannot pay, so the fine is proposed on the next sheet.
        Returns {membership id: amount}.
        """
        Line = Pool().get('avec.meeting.line')
        amount = self.cycle.fine_amount('absent')
        last = amount and self.search([
                ('cycle', '=', self.cycle.id),
                ('date', '<', self.date),
                ('state', 'in', ['held', 'posted']),
                ], order=[('date', 'DESC')], limit=1)
        if not last:
            return {}
        return {
            l.membership.id: amount for l in Line.search([
                    ('meeting', '=', last[0].id),
                    ('membership', 'in', [m.id for m in memberships]),
                    ('attendance', '=', 'absent'),
                    ])}

    @classmethod
    @ModelView.button
    def fill(cls, meetings):
        "Bring the lines of the members who are missing on the sheets"
        Line = Pool().get('avec.meeting.line')
        lines = []
        for meeting in meetings:
            if meeting.state == 'draft':
                for line in meeting._missing_lines():
                    line.meeting = meeting
                    lines.append(line)
        Line.save(lines)

    # -- the boxes

    @classmethod
    def get_funds(cls, meetings, names):
        sheets = [m for m in meetings if m.state in {'draft', 'held'}]
        openings = cls._openings(sheets)
        result = {n: {} for n in names}
        for meeting in meetings:
            if meeting.state in {'draft', 'held'}:
                amounts = meeting._fund_amounts(openings[meeting])
                for name in names:
                    result[name][meeting.id] = amounts[name]
        for meeting, opening, expected in cls._posted_funds(
                [m for m in meetings if m not in sheets]):
            amounts = meeting._difference(opening, expected)
            for name in names:
                result[name][meeting.id] = amounts[name]
        return result

    @classmethod
    def _posted_funds(cls, meetings):
        "Yield (meeting, opening, expected) of posted meetings"
        moves = ledger.cash_moves({m.cycle for m in meetings})
        for meeting in meetings:
            opening = dict.fromkeys(FUND_NAMES, Decimal(0))
            closing = None
            for move, amounts in moves[meeting.cycle.id]:
                if not meeting.move or move >= meeting.move.id:
                    if meeting.move and move == meeting.move.id:
                        closing = {
                            f: opening[f] + amounts[f] for f in FUND_NAMES}
                    break
                for fund in FUND_NAMES:
                    opening[fund] += amounts[fund]
            yield meeting, opening, closing or opening

    @classmethod
    def _openings(cls, meetings):
        """Return what was in the boxes before the sheets were typed.

        It is the ledger and the sheets held before but not yet posted, as
        they are posted in one go long after they were held.
        Returns {meeting: {'loan_fund': Decimal, 'social_fund': Decimal}}.
        """
        cycles = {m.cycle for m in meetings if m.cycle}
        balances = ledger.fund_balances(
            list(cycles), ['loan_fund_cash', 'social_fund_cash'])
        waiting = defaultdict(list)
        for held in cls.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', '=', 'held'),
                    ]):
            waiting[held.cycle].append((held, held.cash_effect()))
        result = {}
        for meeting in meetings:
            opening = {
                f: balances[f + '_cash'].get(
                    meeting.cycle.id if meeting.cycle else None, Decimal(0))
                for f in FUND_NAMES}
            for held, effect in waiting[meeting.cycle]:
                if (held.id != meeting.id
                        and meeting.date and held.date < meeting.date):
                    for fund in FUND_NAMES:
                        opening[fund] += effect[fund]
            result[meeting] = opening
        return result

    def cash_effect(self):
        """Return what the sheet puts in the boxes.

        Returns {'loan_fund': Decimal, 'social_fund': Decimal}, negative for
        what is taken out.
        """
        effect = dict.fromkeys(FUND_NAMES, Decimal(0))
        for movement in self._cash_movements():
            for fund, amount in movement.items():
                effect[fund] += amount
        return effect

    def _records(self):
        "Return what moves money on the sheet"
        return [*(self.lines or []), *(self.operations or [])]

    def _cash_movements(self):
        "Return the effect of each record of the sheet on the boxes"
        return [r.cash_effect(self) for r in self._records()]

    def _fund_amounts(self, opening):
        effect = self.cash_effect()
        return self._difference(
            opening, {f: opening[f] + effect[f] for f in FUND_NAMES})

    def _difference(self, opening, expected):
        amounts = {}
        for fund in FUND_NAMES:
            counted = getattr(self, fund + '_counted', None)
            amounts[fund + '_opening'] = opening[fund]
            amounts[fund + '_expected'] = expected[fund]
            amounts[fund + '_difference'] = (
                None if counted is None else counted - expected[fund])
        return amounts

    @fields.depends('id', 'state', 'cycle', '_parent_cycle.group', 'date')
    def _set_openings(self):
        # Read once for the sheet and not at each amount that is typed
        openings = dict.fromkeys(FUND_NAMES)
        if self.cycle:
            openings, = self._openings([self]).values()
        for fund, amount in openings.items():
            setattr(self, fund + '_opening', amount)

    @fields.depends(
        'state', 'date', 'cycle',
        '_parent_cycle.share_value', '_parent_cycle.fine_fund',
        'lines', 'operations', 'loan_fund_opening', 'social_fund_opening',
        'loan_fund_counted', 'social_fund_counted')
    def _on_change_fund(self, name):
        opening = {f: getattr(self, f + '_opening') for f in FUND_NAMES}
        if (not self.cycle or self.state not in {'draft', 'held'}
                or None in opening.values()):
            return
        return self._fund_amounts(opening)[name]

    @fields.depends(methods=['_on_change_fund'])
    def on_change_with_loan_fund_expected(self):
        return self._on_change_fund('loan_fund_expected')

    @fields.depends(methods=['_on_change_fund'])
    def on_change_with_loan_fund_difference(self):
        return self._on_change_fund('loan_fund_difference')

    @fields.depends(methods=['_on_change_fund'])
    def on_change_with_social_fund_expected(self):
        return self._on_change_fund('social_fund_expected')

    @fields.depends(methods=['_on_change_fund'])
    def on_change_with_social_fund_difference(self):
        return self._on_change_fund('social_fund_difference')

    # -- the checks

    @classmethod
    def check_sheets(cls, meetings):
        """Check the sheets against the constitution and the boxes.

        Raises a SheetError with one line for each fault of the first sheet
        that has some.
        """
        cls.check_cycle(meetings)
        cls.check_order(meetings)
        openings = cls._openings(meetings)
        active = cls._active(meetings)
        before = defaultdict(list)
        for meeting in sorted(meetings, key=lambda m: m.date):
            opening = openings[meeting]
            for effect in before[meeting.cycle]:
                for fund in FUND_NAMES:
                    opening[fund] += effect[fund]
            faults = list(meeting._faults(opening, active[meeting]))
            if faults:
                raise SheetError(
                    gettext('avec_group.msg_sheet_faults',
                        meeting=meeting.rec_name),
                    '\n'.join(faults))
            if meeting.state == 'draft':
                before[meeting.cycle].append(meeting.cash_effect())

    @classmethod
    def _active(cls, meetings):
        "Return {meeting: members active on its day}"
        pool = Pool()
        Membership = pool.get('avec.membership')
        by_group = defaultdict(list)
        for membership in Membership.search([
                    ('group', 'in', list({
                                m.cycle.group.id for m in meetings})),
                    ], order=[('number', 'ASC')]):
            by_group[membership.group.id].append(membership)
        return {
            m: [p for p in by_group[m.cycle.group.id] if p.is_active(m.date)]
            for m in meetings}

    @classmethod
    def check_order(cls, meetings):
        "Check that no sheet comes before one already held or posted"
        ids = [m.id for m in meetings]
        last = {}
        for other in cls.search([
                    ('cycle', 'in', list({m.cycle.id for m in meetings})),
                    ('state', 'in', ['held', 'posted']),
                    ('id', 'not in', ids),
                    ], order=[('date', 'ASC')]):
            last[other.cycle] = other
        days = set()
        for meeting in meetings:
            other = last.get(meeting.cycle)
            if (meeting.state == 'draft'
                    and other and other.date >= meeting.date):
                raise DocumentOrderError(gettext(
                        'avec_group.msg_meeting_before_last',
                        meeting=meeting.rec_name, last=other.rec_name))
            if (meeting.cycle, meeting.date) in days:
                raise DocumentOrderError(gettext(
                        'avec_group.msg_meeting_same_day',
                        meeting=meeting.rec_name))
            days.add((meeting.cycle, meeting.date))

    def _faults(self, opening, active):
        "Yield the message of each fault of the sheet"
        yield from self._check_date()
        yield from self._check_members(active)
        yield from self._check_quorum(active)
        for record in self._records():
            yield from record._faults()
        yield from self._check_boxes(opening)

    def _check_date(self):
        cycle = self.cycle
        if not (cycle.start_date <= self.date <= cycle.end_date):
            yield gettext(
                'avec_group.msg_sheet_date',
                date=format_date(self.date),
                start=format_date(cycle.start_date),
                end=format_date(cycle.end_date))

    def _check_members(self, active):
        there = {l.membership.id for l in self.lines}
        for membership in active:
            if membership.id not in there:
                yield gettext(
                    'avec_group.msg_sheet_member_missing',
                    member=membership.rec_name)
        active = {m.id for m in active}
        for line in self.lines:
            if line.membership.id not in active:
                yield gettext(
                    'avec_group.msg_sheet_member_inactive',
                    member=line.membership.rec_name)

    def _check_quorum(self, active):
        present = sum(1 for l in self.lines if l.is_present)
        needed = self.cycle.quorum * len(active)
        if present < needed:
            yield gettext(
                'avec_group.msg_sheet_quorum',
                present=present, members=len(active),
                needed=int(needed.to_integral_value('ROUND_CEILING')))

    def _check_boxes(self, opening):
        amounts = self._fund_amounts(opening)
        Operation = Pool().get('avec.meeting.operation')
        labels = dict(Operation.fields_get(['fund'])['fund']['selection'])
        for fund in FUND_NAMES:
            expected = amounts[fund + '_expected']
            difference = amounts[fund + '_difference']
            label = labels[fund]
            if expected < 0:
                yield gettext(
                    'avec_group.msg_sheet_box_negative',
                    fund=label,
                    amount=format_amount(expected, self.currency))
            if difference is None:
                yield gettext('avec_group.msg_sheet_not_counted', fund=label)
            elif difference:
                yield gettext(
                    'avec_group.msg_sheet_box_difference',
                    fund=label,
                    expected=format_amount(expected, self.currency),
                    difference=format_amount(difference, self.currency))

    # -- the life of the sheet

    @classmethod
    @ModelView.button
    @Workflow.transition('draft')
    @reset_employee('held_by')
    def draft(cls, meetings):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('held')
    @set_employee('held_by')
    def hold(cls, meetings):
        cls.check_sheets(meetings)

    @classmethod
    @ModelView.button
    @sealed('posted')
    @Workflow.transition('posted')
    @set_employee('posted_by')
    def post(cls, meetings):
        meetings = sorted(meetings, key=lambda m: (m.cycle.id, m.date))
        cls.check_sheets(meetings)
        cls.check_held_before(meetings)
        cls._set_numbers(meetings)
        cls._post_moves(meetings)

    @classmethod
    def check_held_before(cls, meetings):
        "Check that the sheets are posted in the order they were held"
        ids = [m.id for m in meetings]
        for held in cls.search([
                    ('cycle', 'in', list({m.cycle.id for m in meetings})),
                    ('state', '=', 'held'),
                    ('id', 'not in', ids),
                    ]):
            for meeting in meetings:
                if (meeting.cycle == held.cycle
                        and held.date < meeting.date):
                    raise DocumentOrderError(gettext(
                            'avec_group.msg_meeting_held_before',
                            meeting=meeting.rec_name, held=held.rec_name))

    @classmethod
    def _set_numbers(cls, meetings):
        last = defaultdict(int)
        for numbered in cls.search([
                    ('cycle', 'in', list({m.cycle.id for m in meetings})),
                    ('number', '!=', None),
                    ], order=[('number', 'ASC')]):
            last[numbered.cycle.id] = numbered.number
        for meeting in meetings:
            last[meeting.cycle.id] += 1
            meeting.number = last[meeting.cycle.id]

    @classmethod
    @ModelView.button
    @sealed('cancelled')
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, meetings):
        cls.check_cycle(meetings)
        cls._cancel_moves(meetings)

    @classmethod
    def sealed_events(cls):
        events = super().sealed_events()
        names, moves = events['posted']
        events['posted'] = (
            [*names, 'cycle', 'number', 'loan_fund_counted',
                'social_fund_counted'], moves)
        return events

    @classmethod
    def sealed_lines(cls):
        return {
            **super().sealed_lines(),
            'lines': [
                'membership', 'attendance', 'represented', 'shares',
                'social_fund', 'fine'],
            'operations': ['kind', 'fund', 'amount', 'party'],
            }

    def _get_move_lines(self):
        entries, summed = [], defaultdict(Decimal)
        for record in self._records():
            for name, party, amount in record.entries(self):
                if party or not record.is_summed(name):
                    entries.append((name, amount, party, record))
                else:
                    summed[name] += amount
        entries.extend((n, a, None, None) for n, a in summed.items() if a)
        return self._get_lines(entries)

    def get_rec_name(self, name):
        date = format_date(self.date) if self.date else ''
        if self.number:
            return f'{self.cycle.rec_name} / {self.number} ({date})'
        return f'{self.cycle.rec_name} ({date})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('cycle.rec_name', *clause[1:])]
