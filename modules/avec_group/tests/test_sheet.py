# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.model.exceptions import (
    DomainValidationError, RequiredValidationError, SQLConstraintError)
from trytond.modules.avec_group.exceptions import (
    DocumentOrderError, SheetError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import (
    OfficeTestCase, count_boxes, create_group, create_party, create_sheet,
    office, run_cycle)

NAMES = ["Aicha", "Fatima", "Hind", "Khadija"]


class SheetTestCase(OfficeTestCase):
    "A sheet with a fault is refused with its fault and leaves nothing behind"

    @contextmanager
    def sheet(self, **rules):
        "A group of four with a draft sheet, everyone present with a share"
        with office():
            self.group = create_group("Tissage", NAMES)
            self.cycle = run_cycle(self.group, **rules)
            yield create_sheet(self.cycle)

    def assertFaults(self, meeting, *faults):
        "Check that hold and post name the faults and change nothing"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        Move = pool.get('account.move')
        meeting = Meeting(meeting.id)
        with self.assertRaises(SheetError) as context:
            Meeting.hold([meeting])
        self.assertEqual(
            context.exception.description.splitlines(), list(faults))
        meeting = Meeting(meeting.id)
        self.assertEqual(meeting.state, 'draft')
        # A sheet may go wrong after it was held
        Meeting.write([meeting], {'state': 'held'})
        with self.assertRaises(SheetError):
            Meeting.post(Meeting.browse([meeting]))
        meeting = Meeting(meeting.id)
        self.assertEqual(
            (meeting.state, meeting.number, meeting.move),
            ('held', None, None))
        self.assertEqual(Move.search([]), [])
        self.assertEqual(self.cycle.savings, 0)

    def assertHeld(self, meeting):
        Meeting = Pool().get('avec.meeting')
        meeting = Meeting(meeting.id)
        Meeting.hold([meeting])
        self.assertEqual(meeting.state, 'held')

    def write(self, line, **values):
        "Write on the line and count the boxes again"
        pool = Pool()
        line.__class__.write([line], values)
        meeting = pool.get('avec.meeting')(line.meeting.id)
        count_boxes(meeting)
        return meeting

    def operate(self, meeting, **values):
        pool = Pool()
        Operation = pool.get('avec.meeting.operation')
        operation = Operation(meeting=meeting, **values)
        operation.save()
        meeting = pool.get('avec.meeting')(meeting.id)
        count_boxes(meeting)
        return meeting

    @with_transaction()
    def test_no_fault(self):
        "A sheet that follows the rules is held"
        with self.sheet() as meeting:
            self.assertEqual(meeting.loan_fund_expected, 40)
            self.assertEqual(meeting.social_fund_expected, 8)
            self.assertHeld(meeting)

    @with_transaction()
    def test_quorum(self):
        "Too few members are present"
        with self.sheet(quorum=Decimal('0.6')) as meeting:
            for line in meeting.lines[:2]:
                self.write(
                    line, attendance='absent', shares=0,
                    social_fund=Decimal(0))
            self.assertFaults(
                meeting,
                "Quorum: 2 of 4 members are present, 3 are needed.")

    @with_transaction()
    def test_quorum_reached(self):
        "Half of the members is enough for half"
        with self.sheet(quorum=Decimal('0.5')) as meeting:
            for line in meeting.lines[:2]:
                self.write(
                    line, attendance='excused', shares=0,
                    social_fund=Decimal(0))
            self.write(meeting.lines[2], attendance='late')
            self.assertHeld(meeting)

    @with_transaction()
    def test_absent_buys(self):
        "An absent member buys nothing"
        with self.sheet() as meeting:
            self.write(meeting.lines[1], attendance='absent')
            self.assertFaults(
                meeting,
                "2 - Fatima: 1 shares bought by an absent member who is "
                "not represented.")

    @with_transaction()
    def test_represented_buys(self):
        "Somebody may bring the shares of an absent member"
        with self.sheet() as meeting:
            self.write(
                meeting.lines[1], attendance='absent', represented=True)
            self.assertHeld(meeting)

    @with_transaction()
    def test_too_many_shares(self):
        "A member buys no more than the rules say"
        with self.sheet() as meeting:
            self.write(meeting.lines[0], shares=6)
            self.assertFaults(
                meeting,
                "1 - Aicha: 6 shares; the constitution says 1 to 5.")

    @with_transaction()
    def test_represented_too_many_shares(self):
        "Who is represented keeps to the rules too"
        with self.sheet() as meeting:
            self.write(
                meeting.lines[0], attendance='absent', represented=True,
                shares=6)
            self.assertFaults(
                meeting,
                "1 - Aicha: 6 shares; the constitution says 1 to 5.")

    @with_transaction()
    def test_too_few_shares(self):
        "A member who is present buys the least that the rules say"
        with self.sheet(min_shares=2, max_shares=4) as meeting:
            self.assertFaults(meeting, *[
                    f"{i} - {n}: 1 shares; the constitution says 2 to 4."
                    for i, n in enumerate(NAMES, 1)])

    @with_transaction()
    def test_no_share_empty(self):
        "An empty cell counts as no share"
        with self.sheet() as meeting:
            self.write(meeting.lines[0], shares=None)
            self.assertFaults(
                meeting,
                "1 - Aicha: 0 shares; the constitution says 1 to 5.")

    @with_transaction()
    def test_contribution_without_reason(self):
        "Less than the contribution needs a reason"
        with self.sheet() as meeting:
            self.write(meeting.lines[2], social_fund=Decimal(1))
            self.assertFaults(
                meeting,
                "3 - Hind: usd1.00 paid to the social fund instead of "
                "usd2.00, without a reason.")

    @with_transaction()
    def test_contribution_with_reason(self):
        "Less than the contribution is accepted with a reason"
        with self.sheet() as meeting:
            self.write(
                meeting.lines[2], social_fund=Decimal(1), note="Pays later")
            self.assertHeld(meeting)

    @with_transaction()
    def test_contribution_of_absent(self):
        "An absent member contributes nothing and needs no reason"
        with self.sheet() as meeting:
            self.write(
                meeting.lines[2], attendance='absent', shares=0,
                social_fund=None)
            self.assertHeld(meeting)

    @with_transaction()
    def test_box_negative(self):
        "No more is taken out than the box holds"
        with self.sheet() as meeting:
            meeting = self.operate(
                meeting, kind='expense', fund='loan_fund',
                amount=Decimal(41), description="A new box")
            self.assertFaults(
                meeting,
                "Loan Fund: more is taken out than the box holds (-usd1.00).")

    @with_transaction()
    def test_social_fund_box_negative(self):
        "A grant takes no more than the box of the social fund holds"
        with self.sheet() as meeting:
            meeting = self.operate(
                meeting, kind='grant', fund='social_fund',
                amount=Decimal(9), party=self.group.memberships[0].party)
            self.assertFaults(
                meeting,
                "Social Fund: more is taken out than the box holds "
                "(-usd1.00).")

    @with_transaction()
    def test_box_emptied(self):
        "All may be taken out"
        with self.sheet() as meeting:
            meeting = self.operate(
                meeting, kind='fund_transfer', fund='loan_fund',
                amount=Decimal(40))
            self.assertEqual(meeting.social_fund_expected, 48)
            self.assertHeld(meeting)

    @with_transaction()
    def test_box_not_counted(self):
        "Both boxes are counted, even when empty"
        with self.sheet() as meeting:
            meeting.loan_fund_counted = None
            meeting.social_fund_counted = None
            meeting.save()
            self.assertFaults(
                meeting,
                "Loan Fund: the box is not counted.",
                "Social Fund: the box is not counted.")

    @with_transaction()
    def test_box_difference(self):
        "What is counted is what is expected"
        with self.sheet() as meeting:
            meeting.loan_fund_counted += Decimal('0.50')
            meeting.social_fund_counted -= 1
            meeting.save()
            self.assertFaults(
                meeting,
                "Loan Fund: usd40.00 is expected, the difference of usd0.50 "
                "is not explained.",
                "Social Fund: usd8.00 is expected, the difference of -usd1.00 "
                "is not explained.")

    @with_transaction()
    def test_money_beyond_whole_shares(self):
        "Of 20, 10, 23 and 0 brought at 5 a share, 3 buy no share"
        with self.sheet(
                min_shares=0, share_value=Decimal(5),
                social_fund_contribution=Decimal(0)) as meeting:
            for line, shares in zip(meeting.lines, [4, 2, 4, 0]):
                meeting = self.write(line, shares=shares)
            self.assertEqual(meeting.loan_fund_expected, 50)
            meeting.loan_fund_counted = Decimal(53)
            meeting.save()
            self.assertFaults(
                meeting,
                "Loan Fund: usd50.00 is expected, the difference of usd3.00 "
                "is not explained.")
            meeting.__class__.write([meeting], {'state': 'draft'})
            meeting = self.operate(
                meeting, kind='cash_difference', fund='loan_fund',
                amount=Decimal(3), description="Beyond whole shares")
            self.assertEqual(meeting.loan_fund_counted, 53)
            self.assertHeld(meeting)

    @with_transaction()
    def test_date(self):
        "A sheet is in the cycle"
        Meeting = Pool().get('avec.meeting')
        with self.sheet() as meeting:
            for date in [dt.date(2026, 1, 11), dt.date(2026, 12, 1)]:
                Meeting.write([meeting], {'date': date})
                self.assertFaults(
                    meeting,
                    f"Date: {date:%m/%d/%Y} is not in the cycle, which goes "
                    "from 01/12/2026 to 11/30/2026.")
                Meeting.write([meeting], {'state': 'draft'})

    @with_transaction()
    def test_member_missing(self):
        "Every active member is on the sheet"
        pool = Pool()
        Line = pool.get('avec.meeting.line')
        Meeting = pool.get('avec.meeting')
        with self.sheet() as meeting:
            Line.delete(meeting.lines[3:])
            meeting = Meeting(meeting.id)
            count_boxes(meeting)
            self.assertFaults(
                meeting, "4 - Khadija: the active member is not on the sheet.")
            Meeting.write([meeting], {'state': 'draft'})
            Meeting.fill([meeting])
            meeting = Meeting(meeting.id)
            self.assertEqual(len(meeting.lines), 4)
            count_boxes(meeting)
            self.assertHeld(meeting)

    @with_transaction()
    def test_member_inactive(self):
        "Nobody is on the sheet before having joined"
        pool = Pool()
        Line = pool.get('avec.meeting.line')
        Membership = pool.get('avec.membership')
        with self.sheet() as meeting:
            late = Membership(
                group=self.group, party=create_party("Latifa"),
                start_date=dt.date(2026, 1, 13))
            late.save()
            Line(
                meeting=meeting, membership=late, shares=1,
                social_fund=Decimal(2)).save()
            meeting = self.write(late_line(meeting, late))
            self.assertFaults(
                meeting,
                "5 - Latifa: the member is not active on that day.")

    @with_transaction()
    def test_grant_to_somebody_else(self):
        "A grant goes to a member"
        with self.sheet() as meeting:
            meeting = self.operate(
                meeting, kind='grant', fund='social_fund',
                amount=Decimal(5), party=create_party("Stranger"))
            self.assertFaults(
                meeting, "Stranger: the grant goes to somebody who is not "
                "a member.")

    @with_transaction()
    def test_all_faults_at_once(self):
        "Every fault of the sheet is named, in the order of the sheet"
        with self.sheet() as meeting:
            self.write(meeting.lines[0], shares=9)
            meeting = self.write(meeting.lines[1], social_fund=Decimal(0))
            meeting.loan_fund_counted = None
            meeting.save()
            self.assertFaults(
                meeting,
                "1 - Aicha: 9 shares; the constitution says 1 to 5.",
                "2 - Fatima: usd0.00 paid to the social fund instead of "
                "usd2.00, without a reason.",
                "Loan Fund: the box is not counted.")

    @with_transaction()
    def test_posting_one_faulty_sheet_of_two(self):
        "Two sheets are posted together or not at all"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        Move = pool.get('account.move')
        with self.sheet() as first:
            self.assertHeld(first)
            second = create_sheet(self.cycle, date=dt.date(2026, 1, 19))
            self.assertHeld(second)
            Meeting.write([second], {'loan_fund_counted': Decimal(1)})
            with self.assertRaises(SheetError):
                Meeting.post(Meeting.browse([first, second]))
            self.assertEqual(
                [m.state for m in Meeting.browse([first, second])],
                ['held', 'held'])
            self.assertEqual(Move.search([]), [])

    @with_transaction()
    def test_two_sheets_of_one_day(self):
        "A cycle has one sheet a day"
        Meeting = Pool().get('avec.meeting')
        with self.sheet() as first:
            second = create_sheet(self.cycle)
            with self.assertRaises(DocumentOrderError):
                Meeting.hold([first, second])
            self.assertHeld(first)
            with self.assertRaises(DocumentOrderError):
                Meeting.hold([Meeting(second.id)])

    @with_transaction()
    def test_cycle_not_running(self):
        "No sheet is held once the cycle is being shared out"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Meeting = pool.get('avec.meeting')
        with self.sheet() as meeting:
            Cycle.write([self.cycle], {'state': 'sharing'})
            with self.assertRaises(DocumentOrderError):
                Meeting.hold([Meeting(meeting.id)])

    @with_transaction()
    def test_line_twice(self):
        "A member is once on the sheet"
        Line = Pool().get('avec.meeting.line')
        with self.sheet() as meeting, \
                self.assertRaises(SQLConstraintError):
            Line(
                meeting=meeting,
                membership=meeting.lines[0].membership).save()

    @with_transaction()
    def test_impossible_amounts(self):
        "Nothing negative is bought, paid or taken"
        with self.sheet() as meeting:
            Line = Pool().get('avec.meeting.line')
            Operation = Pool().get('avec.meeting.operation')
            for values in [
                    {'shares': -1},
                    {'social_fund': Decimal(-1)},
                    {'fine': Decimal(-1)}]:
                with self.subTest(**values), \
                        self.assertRaises(DomainValidationError):
                    Line.write([meeting.lines[0]], values)
            party = create_party("Aicha")
            for values in [
                    {'kind': 'expense', 'amount': Decimal(-1)},
                    {'kind': 'income', 'amount': Decimal(0)},
                    {'kind': 'fund_transfer', 'amount': Decimal(-1)},
                    {'kind': 'cash_difference', 'amount': Decimal(0)},
                    {'kind': 'grant', 'amount': Decimal(1),
                        'fund': 'loan_fund', 'party': party}]:
                with self.subTest(**values), \
                        self.assertRaises(DomainValidationError):
                    Operation(
                        meeting=meeting, description="?", **values).save()
            for kind in ['expense', 'income', 'cash_difference', 'grant']:
                fund = 'social_fund' if kind == 'grant' else 'loan_fund'
                with self.subTest(kind=kind), \
                        self.assertRaises(RequiredValidationError):
                    Operation(
                        meeting=meeting, kind=kind, fund=fund,
                        amount=Decimal(1)).save()

    @with_transaction()
    def test_member_of_another_group(self):
        "A member of another group is not on the sheet"
        Line = Pool().get('avec.meeting.line')
        with self.sheet() as meeting:
            other = create_group("Miel", ["Mina"])
            with self.assertRaises(DomainValidationError):
                Line(
                    meeting=meeting,
                    membership=other.memberships[0]).save()


def late_line(meeting, membership):
    "Return the line of the member on the sheet"
    Line = Pool().get('avec.meeting.line')
    line, = Line.search([
            ('meeting', '=', meeting.id),
            ('membership', '=', membership.id),
            ])
    return line
