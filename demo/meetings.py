# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The sheets of the meetings, held and posted in the order of the weeks"
from trytond.pool import Pool
from trytond.transaction import Transaction

from .calendar import LAST_POSTED
from .calendar import monday as monday_of
from .groups import chunks
from .part import Part
from .sheets import operations, rows

__all__ = ['Meetings']

# About a hundred lines
SHEETS_PER_SAVE = 5


class Meetings(Part):
    "One sheet for each meeting of the plan"

    def week(self, books, monday):
        Meeting = Pool().get('avec.meeting')
        sheets = self._typed(books, monday)
        meetings = [m for _, m in sheets]
        for part in chunks(meetings, SHEETS_PER_SAVE):
            Meeting.save(part)
        held = [m for b, m in sheets if self._fate(b, m) != 'draft']
        posted = [m for b, m in sheets if self._fate(b, m) == 'posted']
        Meeting.hold(held)
        with Transaction().set_user(self.office.users['finance']):
            Meeting.post(posted)
        for book, meeting in sheets:
            if self._is_corrected(book, meeting):
                self._correct(meeting)

    @staticmethod
    def _fate(book, meeting):
        "Return the state in which the sheet is left"
        return 'posted' if meeting.date <= LAST_POSTED else book.plan.waiting

    @staticmethod
    def _is_corrected(book, meeting):
        plan = book.plan
        return (plan.corrected is not None and meeting.date
            == plan.cycles[-1].meetings[plan.corrected])

    def _typed(self, books, monday):
        "Return the (book, unsaved sheet) of the week"
        Cycle = Pool().get('avec.cycle')
        days = []
        for book in books:
            for cycle_id, plan in zip(book.cycles, book.plan.cycles):
                days += [
                    (book, cycle_id, plan, d) for d in plan.meetings
                    if monday_of(d) == monday]
        # The boxes of all the cycles are read together
        cycles = Cycle.browse([c for _, c, _, _ in days])
        return [
            (book, self._sheet(book, cycle, plan, day))
            for (book, _, plan, day), cycle in zip(days, cycles)]

    def _sheet(self, book, cycle, plan, day):
        Meeting = Pool().get('avec.meeting')
        rng = book.plan.random('sheet', day)
        members = book.active(day)
        meeting = Meeting(
            cycle=cycle, date=day,
            held_by=self.office.field_officers[book.plan.field_officer],
            lines=self._lines(rng, book, cycle, plan, members),
            operations=self._operations(
                rng, book, cycle, members, day == plan.meetings[0]))
        for part in self.office.parts:
            part.sheet(book, meeting, rng)
        self._count(meeting)
        return meeting

    @staticmethod
    def _count(meeting):
        "Count what the boxes must hold at the close"
        cycle = meeting.cycle
        effect = meeting.cash_effect()
        meeting.loan_fund_counted = (
            cycle.loan_fund_cash + effect['loan_fund'])
        meeting.social_fund_counted = (
            cycle.social_fund_cash + effect['social_fund'])

    def _lines(self, rng, book, cycle, plan, members):
        Line = Pool().get('avec.meeting.line')
        habits = [book.plan.members[i].habit for i in members]
        lines = []
        for i, row in zip(members, rows(rng, habits, plan.rules)):
            line = Line(membership=book.memberships[i], **vars(row))
            if line.social_fund:
                # As amended
                line.social_fund = cycle.social_fund_contribution
            lines.append(line)
        return lines

    def _operations(self, rng, book, cycle, members, first):
        pool = Pool()
        Membership = pool.get('avec.membership')
        Operation = pool.get('avec.meeting.operation')
        result = []
        for planned in operations(
                rng, len(members), first,
                cycle.loan_fund_cash, cycle.social_fund_cash):
            operation = Operation(
                kind=planned.kind, fund=planned.fund, amount=planned.amount,
                description=planned.description)
            if planned.member is not None:
                helped = book.memberships[members[planned.member]]
                operation.party = Membership(helped).party
            result.append(operation)
        return result

    def _correct(self, meeting):
        "Cancel the sheet and enter it again without its mistake"
        Meeting = Pool().get('avec.meeting')
        finance = self.office.users['finance']
        with Transaction().set_user(finance):
            Meeting.cancel([meeting])
        corrected, = Meeting.copy([meeting], default={
                'note': "Feuille ressaisie : une part avait été oubliée.",
                'held_by': meeting.held_by.id,
                })
        line = next(
            l for l in corrected.lines
            if 0 < l.shares < meeting.cycle.max_shares)
        line.shares += 1
        corrected.lines = corrected.lines
        corrected.cycle = corrected.cycle.__class__(corrected.cycle.id)
        for part in self.office.parts:
            part.correct(meeting, corrected)
        self._count(corrected)
        Meeting.save([corrected])
        Meeting.hold([corrected])
        with Transaction().set_user(finance):
            Meeting.post([corrected])
