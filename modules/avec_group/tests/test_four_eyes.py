# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who does a step does not do the next one, where the office says so"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.exceptions import FourEyesError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import (
    ROLES, OfficeTestCase, acting_as, create_group, create_sheet, create_user,
    office, run_cycle)


@contextmanager
def two_of_finance(name="Office"):
    "Two users of the office, its group with a cycle that runs"
    with office(name=name) as company:
        users = [
            create_user('finance', company, login=f'{name} {l}')
            for l in 'ab']
        cycle = run_cycle(create_group(f"Group {name}", ["Aicha", "Hind"]))
        yield company, users, cycle


def ask_for_two(company, **steps):
    "Have an administrator tick the steps, and untick the others"
    FourEyes = Pool().get('avec.four_eyes', type='wizard')
    users = Pool().get('res.user').search([
            ('login', '=', f'admin {company.id}')])
    admin = users[0] if users else create_user(
        'admin', company, login=f'admin {company.id}')
    with acting_as(admin):
        session, _, _ = FourEyes.create()
        wizard = FourEyes(session)
        wizard.start.company = company
        for name in wizard.start.read_steps(company):
            setattr(wizard.start, name, steps.get(name, False))
        with Transaction().set_context(_check_access=False):
            wizard.transition_apply()
        FourEyes.delete(session)


class FourEyesTestCase(OfficeTestCase):
    "Two persons for what moves money"

    def press(self, user, button, record):
        with acting_as(user):
            getattr(record.__class__, button)([
                    record.__class__(record.id)])

    def assertRefused(self, user, button, record, words=()):
        with self.assertRaises(FourEyesError) as refusal:
            self.press(user, button, record)
        for word in [record.rec_name, *words]:
            self.assertIn(word, refusal.exception.message)

    @with_transaction()
    def test_meeting(self):
        "Who held a sheet does not post it"
        Meeting = Pool().get('avec.meeting')
        with two_of_finance() as (company, (first, second), cycle):
            before = create_sheet(cycle, dt.date(2026, 1, 12))
            self.press(first, 'hold', before)
            ask_for_two(company, meeting_post=True)
            # Held before the rule was there
            self.assertRefused(first, 'post', before, ["Hold", "Office"])
            self.press(second, 'post', before)

            sheet = create_sheet(cycle, dt.date(2026, 1, 19))
            self.press(first, 'hold', sheet)
            # By the user, whoever the employee is said to be
            table = Meeting.__table__()
            cursor = Transaction().connection.cursor()
            cursor.execute(*table.update(
                    [table.held_by], [second.employee.id],
                    where=table.id == sheet.id))
            self.assertRefused(first, 'post', Meeting(sheet.id))
            self.assertEqual(Meeting(sheet.id).state, 'held')
            self.press(first, 'draft', sheet)
            self.press(second, 'hold', sheet)
            self.assertRefused(second, 'post', sheet)
            self.press(first, 'post', sheet)
            self.assertEqual(Meeting(sheet.id).state, 'posted')

            ask_for_two(company)
            alone = create_sheet(cycle, dt.date(2026, 1, 26))
            self.press(first, 'hold', alone)
            self.press(first, 'post', alone)

    @with_transaction()
    def test_in_a_list(self):
        "One sheet of one's own refuses the list, and nothing is posted"
        Meeting = Pool().get('avec.meeting')
        with two_of_finance() as (company, (first, second), cycle):
            ask_for_two(company, meeting_post=True)
            sheets = []
            for user, day in [(first, 12), (second, 19)]:
                sheets.append(create_sheet(cycle, dt.date(2026, 1, day)))
                self.press(user, 'hold', sheets[-1])
            with self.assertRaises(FourEyesError), acting_as(second):
                Meeting.post(Meeting.browse(sheets))
            self.assertEqual(
                {m.state for m in Meeting.browse(sheets)}, {'held'})

    @with_transaction()
    def test_share_out(self):
        "Who computed does not post, who posted does not pay"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Meeting = pool.get('avec.meeting')
        ShareOut = pool.get('avec.share_out')
        with two_of_finance() as (company, (first, second), cycle):
            ask_for_two(company, share_out_post=True, share_out_pay=True)
            sheet = create_sheet(cycle)
            Meeting.hold([sheet])
            Meeting.post([sheet])
            Cycle.share([cycle])
            share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
            share_out.save()
            self.press(second, 'compute', share_out)
            self.press(first, 'compute', share_out)
            self.assertRefused(first, 'post', share_out)
            self.press(second, 'post', share_out)
            self.assertRefused(second, 'pay', share_out)
            self.press(first, 'pay', share_out)
            self.assertEqual(ShareOut(share_out.id).state, 'paid')

    @with_transaction()
    def test_pay_only(self):
        "Who computed may post where only the payment asks for two"
        pool = Pool()
        ShareOut = pool.get('avec.share_out')
        with two_of_finance() as (company, (first, second), cycle):
            ask_for_two(company, share_out_pay=True)
            cycle.share([cycle])
            share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
            share_out.save()
            self.press(first, 'compute', share_out)
            self.press(first, 'post', share_out)
            self.assertRefused(first, 'pay', share_out)
            self.press(second, 'pay', share_out)

    @with_transaction()
    def test_exit_and_opening(self):
        "Who made or computed a document does not post it"
        pool = Pool()
        Exit = pool.get('avec.membership.exit')
        Opening = pool.get('avec.opening')
        with two_of_finance() as (company, (first, second), cycle):
            ask_for_two(company, exit_post=True, opening_post=True)
            with acting_as(first):
                opening, = Opening.create([{
                            'cycle': cycle.id, 'date': dt.date(2026, 1, 12),
                            'loan_fund_cash': Decimal(0),
                            'social_fund_cash': Decimal(0),
                            'social_fund': Decimal(0),
                            'surplus': Decimal(0)}])
            self.assertRefused(first, 'post', opening)
            self.press(second, 'post', opening)
            with acting_as(first):
                made, computed = Exit.create([{
                            'membership': m.id, 'date': dt.date(2026, 2, 2)}
                        for m in cycle.group.memberships])
            self.assertRefused(first, 'post', made)
            self.press(second, 'compute', computed)
            self.assertRefused(second, 'post', computed)
            self.press(second, 'post', made)

    @with_transaction()
    def test_by_office(self):
        "On in one office of the database, off in the other"
        with two_of_finance() as (company, (first, _), cycle):
            ask_for_two(company, meeting_post=True)
            sheet = create_sheet(cycle)
            self.press(first, 'hold', sheet)
            self.assertRefused(first, 'post', sheet)
        with two_of_finance("Other") as (other, (user, _), cycle):
            alone = create_sheet(cycle)
            self.press(user, 'hold', alone)
            self.press(user, 'post', alone)
            ask_for_two(other)
        with office():
            self.assertRefused(first, 'post', sheet)

    @with_transaction()
    def test_only_the_administration_switches(self):
        "The wizard is for the administration of the office"
        pool = Pool()
        FourEyes = pool.get('avec.four_eyes', type='wizard')
        Rule = pool.get('ir.model.button.rule')
        Start = pool.get('avec.four_eyes.start')
        with office(name="Other") as other:
            pass
        with office() as company:
            for role in ROLES:
                user = create_user(role, company)
                with self.subTest(role=role), acting_as(user):
                    if role != 'admin':
                        with self.assertRaises(AccessError):
                            FourEyes.create()
                        continue
                    session, _, _ = FourEyes.create()
                    wizard = FourEyes(session)
                    wizard.start.company = other
                    with self.assertRaises(AccessError):
                        wizard.transition_apply()
            for _ in range(2):
                ask_for_two(company, meeting_post=True)
            self.assertEqual(
                [n for n, on in Start.read_steps(company).items() if on],
                ['meeting_post'])
            self.assertEqual(
                Rule.search([('avec_company', '=', company.id)], count=True),
                2)
            ask_for_two(company)
            self.assertEqual(
                Rule.search([('avec_company', '=', company.id)]), [])
