# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    acting_as, create_employee, create_sheet, create_user)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import EXTRAS, MEETING, AuditTestCase, recorded, tamper

LATER = MEETING + dt.timedelta(weeks=1)


class FindMixin:
    "Ask for the exceptions"

    def found(self, kind=None, **context):
        "Return the exceptions, {reason: [exception, ...]}"
        Exception_ = Pool().get('avec.audit.exception')
        domain = [('kind', '=', kind)] if kind else []
        result = {}
        with Transaction().set_context(**context):
            exceptions = Exception_.search(domain)
            self.assertEqual(
                Exception_.search_count(domain), len(exceptions))
            for exception in exceptions:
                self.assertTrue(exception.explanation)
                self.assertTrue(exception.rec_name)
                self.assertNotIn('%(', exception.explanation)
                result.setdefault(exception.reason, []).append(exception)
        return result

    def assertFound(self, reason, count=1, kind=None, **context):
        "Check that nothing else is found, and return the first one"
        found = self.found(kind, **context)
        self.assertEqual(
            {r: len(es) for r, es in found.items()}, {reason: count})
        return found[reason][0]


class ExceptionTestCase(FindMixin, AuditTestCase):
    "Each exception is found where it happened, and nothing else"

    @with_transaction()
    def test_clean_world(self):
        "Nothing is found where all is as it must be"
        with self.world():
            self.meet(LATER, shares=5)
            self.share_out()
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_box_counted_short(self):
        Operation = Pool().get('avec.meeting.operation')

        def prepare(sheet):
            Operation(
                meeting=sheet, kind='cash_difference', fund='loan_fund',
                amount=Decimal(-3), description="Lost").save()
        with self.world():
            meeting = self.meet(LATER, prepare=prepare)
            exception = self.assertFound('cash_short')
            self.assertEqual(exception.kind, 'cash_difference')
            self.assertEqual(exception.document, meeting)
            self.assertEqual(exception.group, self.group)
            self.assertEqual(exception.cycle, self.cycle)
            self.assertEqual(exception.date, LATER)
            self.assertEqual(exception.amount, Decimal(-3))
            self.assertIn("Lost", exception.explanation)

    @with_transaction()
    def test_box_counted_over(self):
        Operation = Pool().get('avec.meeting.operation')

        def prepare(sheet):
            Operation(
                meeting=sheet, kind='cash_difference', fund='social_fund',
                amount=Decimal(2), description="Found").save()
        with self.world():
            self.meet(LATER, prepare=prepare)
            self.assertEqual(
                self.assertFound('cash_over').amount, Decimal(2))

    @with_transaction()
    def test_count_that_is_not_in_the_ledger(self):
        "The first of two sheets was changed in the database"
        with self.world():
            self.meet(LATER)
            tamper(self.meeting, social_fund_counted=Decimal(7))
            exception = self.assertFound('box_mismatch')
            self.assertEqual(exception.document, self.meeting)
            self.assertEqual(exception.amount, Decimal(1))

    @with_transaction()
    def test_cancelled_meeting(self):
        Meeting = Pool().get('avec.meeting')
        with self.world() as company:
            second = self.meet(LATER)
            user = create_user('finance', company)
            with acting_as(user):
                Meeting.cancel(Meeting.browse([second]))
            exception = self.assertFound('cancelled')
            self.assertEqual(exception.document, second)
            self.assertEqual(exception.employee, user.employee)
            self.assertEqual(exception.amount, Decimal(36))

    @with_transaction()
    def test_cancelled_exit_and_share_out(self):
        pool = Pool()
        Exit = pool.get('avec.membership.exit')
        ShareOut = pool.get('avec.share_out')
        with self.world():
            member = self.group.memberships[0]
            exit_ = Exit(membership=member, date=LATER)
            exit_.save()
            Exit.post([exit_])
            Exit.cancel([recorded(exit_)])
            share_out = self.share_out()
            ShareOut.cancel([share_out])
            found = self.found('cancelled')['cancelled']
            self.assertEqual({e.document for e in found}, {exit_, share_out})
            self.assertEqual(
                {e.membership for e in found}, {member, None})
            self.assertEqual({*self.found()}, {'cancelled'})

    @with_transaction()
    def test_sheet_recorded_late(self):
        with self.world():
            recorded(self.meeting, days=31)
            exception = self.assertFound('recorded_late')
            self.assertEqual(exception.document, self.meeting)
            self.assertEqual(exception.found, 31)
            recorded(self.meeting, days=30)
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_days_to_record_of_the_office(self):
        Configuration = Pool().get('avec.configuration')
        with self.world():
            recorded(self.meeting, days=10)
            self.assertEqual(self.found(), {})
            configuration = Configuration(1)
            configuration.audit_late_days = 9
            configuration.save()
            self.assertFound('recorded_late')
            self.assertEqual(self.found(avec_late_days=10), {})

    @with_transaction()
    def test_draft_dated_before_what_is_posted(self):
        "It cannot be held and waits among the drafts"
        with self.world():
            self.meet(LATER)
            attempt = recorded(create_sheet(self.cycle, MEETING))
            exception = self.assertFound('backdated_attempt')
            self.assertEqual(exception.kind, 'backdated')
            self.assertEqual(exception.document, attempt)
            self.assertEqual(exception.found, 7)

    @with_transaction()
    def test_draft_of_the_next_meeting(self):
        with self.world():
            recorded(create_sheet(self.cycle, LATER))
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_posted_out_of_order(self):
        "A date that was changed behind the documents"
        with self.world():
            second = self.meet(LATER)
            tamper(second, date=MEETING - dt.timedelta(days=1))
            second = recorded(second.__class__(second.id))
            exception = self.assertFound('out_of_order')
            self.assertEqual(exception.document, second)
            self.assertEqual(exception.found, 1)

    @with_transaction()
    def test_sheet_cancelled_and_held_again_earlier(self):
        "It is no exception of dates"
        Meeting = Pool().get('avec.meeting')
        with self.world():
            Meeting.cancel([self.meet(LATER)])
            self.meet(LATER - dt.timedelta(days=2))
            self.assertEqual({*self.found()}, {'cancelled'})

    @with_transaction()
    def test_sheet_posted_by_its_author(self):
        Meeting = Pool().get('avec.meeting')
        with self.world() as company:
            user = create_user('finance', company)
            sheet = create_sheet(self.cycle, LATER)
            with acting_as(user):
                Meeting.hold(Meeting.browse([sheet]))
                Meeting.post(Meeting.browse([sheet]))
            recorded(Meeting(sheet.id))
            exception = self.assertFound('self_posted')
            self.assertEqual(exception.document, sheet)
            self.assertEqual(exception.employee, user.employee)

    @with_transaction()
    def test_sheet_posted_by_another(self):
        Meeting = Pool().get('avec.meeting')
        with self.world() as company:
            sheet = create_sheet(self.cycle, LATER)
            with acting_as(create_user('finance', company, 'first')):
                Meeting.hold(Meeting.browse([sheet]))
            with acting_as(create_user('finance', company, 'second')):
                Meeting.post(Meeting.browse([sheet]))
            recorded(Meeting(sheet.id))
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_share_out_posted_by_who_computed_it(self):
        with self.world() as company:
            share_out = self.share_out()
            employee = create_employee(company, "Finance")
            tamper(share_out,
                computed_by=employee.id, posted_by=employee.id)
            exception = self.assertFound('self_posted')
            self.assertEqual(exception.document, share_out)

    @with_transaction()
    def test_exit_posted_by_who_made_it(self):
        "Who posts it computes it again, but made it or not"
        Exit = Pool().get('avec.membership.exit')
        with self.world() as company:
            maker = create_user('finance', company, 'maker')
            for user, found in [
                    (create_user('finance', company, 'other'), False),
                    (maker, True)]:
                with acting_as(maker):
                    exit_, = Exit.create([{
                                'membership': self.group.memberships[0].id,
                                'date': LATER}])
                with acting_as(user):
                    Exit.post(Exit.browse([exit_]))
                exit_ = recorded(Exit(exit_.id))
                self.assertEqual(
                    [e.document for e in self.found('self_posted').get(
                            'self_posted', [])],
                    [exit_] if found else [])
                Exit.cancel([exit_])

    @with_transaction()
    def test_too_many_shares(self):
        "The sheet refuses them, so they were written in the database"
        with self.world():
            line = self.meeting.lines[0]
            tamper(line, shares=6)
            exception = self.assertFound('shares_over', kind='member_limit')
            self.assertEqual(exception.membership, line.membership)
            self.assertEqual(exception.found, 6)
            self.assertEqual(exception.allowed, 5)
            self.assertEqual(exception.amount, Decimal(10))
            tamper(line, shares=0)
            exception = self.assertFound('shares_under', kind='member_limit')
            self.assertEqual(exception.amount, Decimal(-10))

    @with_transaction()
    def test_shares_of_who_is_absent(self):
        with self.world():
            line = self.meeting.lines[0]
            tamper(line, attendance='absent', shares=1)
            self.assertFound('shares_over', kind='member_limit')
            tamper(line, represented=True)
            self.assertEqual(self.found('member_limit'), {})

    @with_transaction()
    def test_contribution_below_what_was_voted(self):
        "Which the sheet lets pass for a reason"
        with self.world():
            def prepare(sheet):
                line = sheet.lines[1]
                line.social_fund = Decimal(1)
                line.note = "Sick child"
                line.save()
            self.meet(LATER, prepare=prepare)
            exception = self.assertFound('contribution')
            self.assertEqual(
                exception.membership, self.group.memberships[1])
            self.assertEqual(exception.amount, Decimal(-1))
            self.assertIn("Sick child", exception.explanation)

    @with_transaction()
    def test_rules_are_those_of_the_day(self):
        "What was right before an amendment stays right"
        pool = Pool()
        Amendment = pool.get('avec.cycle.amendment')
        Change = pool.get('avec.cycle.amendment.change')
        with self.world():
            self.meet(LATER, shares=5)
            amendment = Amendment(
                cycle=self.cycle, date=LATER + dt.timedelta(days=1),
                reason="Voted")
            amendment.save()
            Change.save([
                    Change(amendment=amendment, rule=r, old=o, new=n)
                    for r, o, n in [
                        ('max_shares', '5', '3'),
                        ('social_fund_contribution', '2', '4')]])
            tamper(self.cycle, max_shares=3,
                social_fund_contribution=Decimal(4))
            self.assertEqual(self.found(), {})
            tamper(amendment, date=LATER)
            self.assertEqual(
                {r: len(es) for r, es in self.found().items()},
                {'shares_over': 3, 'contribution': 3})

    @with_transaction()
    def test_rounding_left_for_the_next_cycle(self):
        self.rounding('next_cycle', 'rounding_next')

    @with_transaction()
    def test_rounding_left_to_the_social_fund(self):
        self.rounding('social_fund', 'rounding_social')

    def rounding(self, leftover, reason):
        "A gift of 10 for three members leaves 1"
        with self.world():
            tamper(self.cycle, leftover=leftover)
            self.cycle = self.cycle.__class__(self.cycle.id)
            self.meet(LATER, prepare=self.add_income(10))
            share_out = self.share_out()
            exception = self.assertFound(reason)
            self.assertEqual(exception.document, share_out)
            self.assertEqual(exception.amount, Decimal(1))

    @with_transaction()
    def test_number_of_meeting_missing(self):
        with self.world():
            second = self.meet(LATER)
            tamper(second, number=3)
            exception = self.assertFound('meeting_gap')
            self.assertEqual(exception.document, second)
            self.assertEqual(
                (exception.found, exception.allowed), (3, 2))
            tamper(second, number=2)
            tamper(self.meeting, number=None)
            self.assertEqual(
                self.assertFound('meeting_gap').allowed, Decimal(1))

    @with_transaction()
    def test_number_of_move_missing(self):
        with self.world():
            second = self.meet(LATER)
            first = self.meeting.move.number
            self.assertEqual(int(second.move.number), int(first) + 1)
            tamper(second.move, number=str(int(first) + 9))
            exception = self.assertFound('move_gap')
            self.assertEqual(exception.document, second.move)
            self.assertEqual(exception.allowed, int(first) + 1)
            tamper(second.move, number=first)
            self.assertFound('move_gap')
            tamper(second.move, number='draft')
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_a_tab_finds_what_all_find(self):
        "To look for one kind only changes nothing of it"
        Exception_ = Pool().get('avec.audit.exception')
        with self.world():
            tamper(self.meeting.lines[0], shares=6)
            tamper(self.meeting, number=2, loan_fund_counted=Decimal(1))
            recorded(self.meeting, days=99)
            everything = Exception_.search([])
            kinds = {e.kind for e in everything}
            self.assertEqual(len(kinds), 4)
            by_kind = [
                e for k in kinds for e in Exception_.search(
                    [['kind', '=', k]])]
            self.assertEqual(set(everything), set(by_kind))
            self.assertEqual(
                Exception_.search_count(['OR',
                        ('kind', '=', 'number_gap'),
                        ('kind', '=', 'box_mismatch')]), 2)
            self.assertEqual(
                {e.kind for e in Exception_.search([
                            ('kind', 'in', ['number_gap', 'box_mismatch'])])},
                {'number_gap', 'box_mismatch'})
            number, = Exception_.search([
                    ('group', '=', self.group.id),
                    [('kind', '=', 'number_gap')]])
            self.assertEqual(number.reason, 'meeting_gap')


class LoanExceptionTestCase(FindMixin, AuditTestCase):
    "With loans, their limits are looked at as on the day they were paid out"
    extras = EXTRAS

    def lend(self, *principals, **product):
        "Lend to the first member, who has saved 50, and give back the loans"
        from trytond.modules.avec_loan.tests.office import (
            create_loan, create_product, disburse, lending_group)
        product = create_product(max_open_loans=9, **product)
        group, cycle = lending_group(product, name="Lenders")
        for meeting in cycle.meetings:
            recorded(meeting)
        loans = [
            create_loan(group.memberships[0], cycle, product, p)
            for p in principals]
        loans = disburse(loans)
        Meeting = Pool().get('avec.meeting')
        for meeting in Meeting.search([('cycle', '=', cycle.id)]):
            recorded(meeting)
        return loans

    @with_transaction()
    def test_loans_within_the_limits(self):
        "90 and 10 are all that twice the savings of 50 allow"
        with self.world():
            self.lend(90, 10, savings_multiple=Decimal(2))
            self.assertEqual(self.found(), {})

    @with_transaction()
    def test_loan_over_the_savings(self):
        with self.world():
            first, second = self.lend(90, 10)
            tamper(first.product, savings_multiple=Decimal('1.9'))
            exception = self.assertFound('loan_savings')
            self.assertEqual(exception.kind, 'loan_limit')
            self.assertEqual(exception.document, second)
            self.assertEqual(exception.membership, second.membership)
            self.assertEqual(
                (exception.found, exception.allowed), (100, 95))
            tamper(first.product, savings_multiple=Decimal(1))
            self.assertFound('loan_savings', 2)

    @with_transaction()
    def test_loan_for_too_long(self):
        with self.world():
            loan, = self.lend(90)
            tamper(loan.product, max_term=2)
            exception = self.assertFound('loan_term')
            self.assertEqual(exception.document, loan)
            self.assertEqual((exception.found, exception.allowed), (3, 2))

    @with_transaction()
    def test_too_many_loans_open(self):
        with self.world():
            first, second = self.lend(60, 30)
            tamper(first.product, max_open_loans=1)
            exception = self.assertFound('loan_open')
            self.assertEqual(exception.document, second)
            self.assertEqual((exception.found, exception.allowed), (2, 1))

    @with_transaction()
    def test_loan_approved_by_who_requested_it(self):
        with self.world() as company:
            loan, = self.lend(90)
            employee = create_employee(company, "Finance")
            tamper(
                loan, requested_by=employee.id, approved_by=employee.id)
            exception = self.assertFound('self_approved')
            self.assertEqual(exception.document, loan)
            self.assertEqual(exception.amount, Decimal(90))

    @with_transaction()
    def test_number_of_loan_missing(self):
        with self.world():
            first, second = self.lend(60, 30)
            prefix, _, number = first.number.partition('-')
            tamper(second, number=f'{prefix}-{int(number) + 5:05d}')
            exception = self.assertFound('loan_gap')
            self.assertEqual(exception.document, second)
            self.assertEqual(exception.allowed, int(number) + 1)

    @with_transaction()
    def test_cancelled_write_off(self):
        "The documents of loans are looked at as all documents"
        WriteOff = Pool().get('avec.loan.write_off')
        with self.world():
            loan, = self.lend(90)
            write_off = WriteOff(
                loan=loan, date=MEETING + dt.timedelta(weeks=2))
            write_off.on_change_loan()
            write_off.save()
            WriteOff.post([write_off])
            WriteOff.cancel([recorded(write_off)])
            self.assertEqual(
                self.assertFound('cancelled').document, write_off)


class CompanyTestCase(FindMixin, AuditTestCase):
    "Nothing of another company is found"

    @with_transaction()
    def test_another_company(self):
        from trytond.modules.avec_group.tests.office import office
        from trytond.modules.currency.tests import create_currency
        pool = Pool()
        with self.world() as company:
            tamper(self.meeting, number=2)
            self.assertFound('meeting_gap')
            with acting_as(create_user('auditor', company)):
                self.assertFound('meeting_gap')
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            auditor = create_user('auditor', elsewhere, 'elsewhere')
            for asked in [elsewhere, company]:
                with acting_as(auditor), \
                        Transaction().set_context(company=asked.id):
                    for model in [
                            'avec.audit.exception', 'avec.audit.balance']:
                        with self.subTest(asked=asked, model=model):
                            self.assertEqual(pool.get(model).search([]), [])
