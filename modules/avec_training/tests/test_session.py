# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal
from unittest.mock import patch

from trytond.model.exceptions import AccessError, ValidationError
from trytond.modules.avec_group.tests.office import create_group, create_party
from trytond.modules.avec_training.exceptions import (
    AttendanceValidationError, OverlapWarning, SessionError,
    SessionFrozenError, SessionStateError, SessionValidationError)
from trytond.modules.company.tests import create_company, set_company
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.transaction import Transaction, check_access

from .office import (
    FIRST, assess, create_curriculum, create_session, days, hold, office,
    train)

MEMBERS = ["Aicha", "Fatima", "Hind"]


class SessionTestCase(TestCase):
    "The rules of a session, from its planning to its end"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_training')

    @with_transaction()
    def test_each_fault_is_named(self):
        "All that is missing is told at once, and nothing is held"
        Session = Pool().get('avec.training.session')
        with office():
            atlas, miel = create_group("Atlas", MEMBERS), create_group(
                "Miel", [])
            curriculum = create_curriculum()
            tomorrow = dt.date.today() + dt.timedelta(days=1)
            session = create_session(
                curriculum, [atlas, miel], topics=(), date=tomorrow)
            Session.write([session], {'trainer': None})
            for line in session.attendances:
                line.attendance = 'absent'
                line.save()
            session = Session(session.id)
            with self.assertRaises(SessionError) as raised:
                Session.hold([session])
            faults = raised.exception.description.splitlines()
            self.assertEqual(len(faults), 5)
            for words in [
                    "still to come", "trainer", curriculum.rec_name,
                    "Nobody", miel.rec_name]:
                self.assertIn(words, raised.exception.description)
            self.assertEqual(Session(session.id).state, 'planned')

    @with_transaction()
    def test_held_today_but_not_tomorrow(self):
        pool = Pool()
        Date = pool.get('ir.date')
        with office():
            session = create_session(
                create_curriculum(), [create_group("Atlas", MEMBERS)])
            with patch.object(
                    Date, 'today', return_value=FIRST - dt.timedelta(1)):
                with self.assertRaisesRegex(SessionError, session.number):
                    hold(session)
            with patch.object(Date, 'today', return_value=FIRST):
                self.assertEqual(hold(session).state, 'held')

    @with_transaction()
    def test_scope_and_hours(self):
        Session = Pool().get('avec.training.session')
        with office():
            session = create_session(
                create_curriculum(), [create_group("Atlas", MEMBERS)])
            for values in [
                    {'groups': [('remove', [
                                    g.id for g in session.groups])]},
                    {'hours': Decimal('2.01')},
                    {'end_time': dt.time(10, 59)}]:
                with self.subTest(values=values), \
                        self.assertRaises(ValidationError):
                    Session.write([session], values)
            for values in [
                    {'hours': Decimal(0)}, {'end_time': dt.time(9)}]:
                with self.subTest(values=values), \
                        self.assertRaises(ValidationError):
                    Session.write([session], values)

    @with_transaction()
    def test_lines_that_do_not_belong(self):
        "Each line that has no place on the sheet is refused by its rule"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Membership = pool.get('avec.membership')
        elsewhere = create_company(
            "Elsewhere", currency=create_currency('eur'))
        with set_company(elsewhere):
            foreign = create_group("Foreign", ["Nadia"])
        with office():
            atlas = create_group("Atlas", MEMBERS)
            miel = create_group("Miel", ["Zahra"])
            curriculum = create_curriculum()
            session = create_session(curriculum, [atlas])
            late, left, twin = [
                Membership(
                    group=g, party=p, start_date=d)
                for g, p, d in [
                    (atlas, create_party("Late"), days(1)),
                    (atlas, create_party("Left"), days(-5)),
                    (miel, atlas.memberships[0].party, days(-5))]]
            Membership.save([late, left, twin])
            Membership.write([left], {
                    'end_date': FIRST, 'end_reason': 'left'})
            both = create_session(
                curriculum, [atlas, miel], date=FIRST, start=14)
            for sheet, membership, rule in [
                    (session, late, "is not a member"),
                    (session, left, "is not a member"),
                    (session, miel.memberships[0], "is not for the group"),
                    (session, foreign.memberships[0], "of the company"),
                    (both, twin, "is twice on the sheet")]:
                with self.subTest(rule=rule), self.assertRaisesRegex(
                        AttendanceValidationError, rule):
                    Attendance.create([{
                                'session': sheet.id,
                                'membership': membership.id,
                                'attendance': 'present'}])
                self.cleaned(sheet, membership)
            line = session.attendances[0]
            with self.assertRaisesRegex(
                    AttendanceValidationError, "more hours"):
                Attendance.write([line], {'hours': Decimal('2.5')})

    def cleaned(self, session, membership):
        # What is refused would be rolled back by the client
        Attendance = Pool().get('avec.training.attendance')
        Attendance.delete(Attendance.search([
                    ('session', '=', session.id),
                    ('membership', '=', membership.id),
                    ]))

    @with_transaction()
    def test_session_moved_before_the_group(self):
        "A session is not moved to a day on which its members were none"
        Session = Pool().get('avec.training.session')
        with office():
            session = create_session(
                create_curriculum(), [create_group("Atlas", MEMBERS)])
            with self.assertRaisesRegex(
                    AttendanceValidationError, "is not a member"):
                Session.write([session], {'date': dt.date(2025, 12, 31)})

    @with_transaction()
    def test_changing_day_or_groups_brings_who_was_there(self):
        "While it is typed the sheet follows the day and the groups"
        Membership = Pool().get('avec.membership')
        Session = Pool().get('avec.training.session')
        with office():
            atlas = create_group("Atlas", MEMBERS)
            Membership(
                group=atlas, party=create_party("Zahra"),
                start_date=days(5)).save()
            atlas = atlas.__class__(atlas.id)

            def names():
                return [l.membership.party.name for l in session.attendances]
            session = Session(date=FIRST, groups=[atlas])
            session.on_change_groups()
            self.assertEqual(names(), MEMBERS)
            session.date = days(5)
            session.on_change_date()
            self.assertEqual(names(), [*MEMBERS, "Zahra"])
            session.date = days(4)
            session.on_change_date()
            self.assertEqual(names(), MEMBERS)
            session.groups = []
            session.on_change_groups()
            self.assertEqual(names(), [])

    @with_transaction()
    def test_hours_follow_what_is_typed(self):
        Session = Pool().get('avec.training.session')
        with office():
            curriculum = create_curriculum(topics=(2, '1.5'))
            session = Session(
                curriculum=curriculum, start_time=dt.time(9),
                topics=list(curriculum.topics))
            session.on_change_topics()
            self.assertEqual(session.hours, Decimal('3.5'))
            self.assertEqual(session.end_time, dt.time(12, 30))
            session.start_time = dt.time(14)
            session.on_change_start_time()
            self.assertEqual(session.end_time, dt.time(17, 30))
            session.end_time = dt.time(16)
            session.on_change_end_time()
            self.assertEqual(session.hours, 2)
            other = create_curriculum()
            session.curriculum = other
            session.on_change_curriculum()
            self.assertEqual(list(session.topics), [])

    @with_transaction()
    def test_bring_members_reads_once(self):
        "Many sheets are filled with as many queries as a few"
        Session = Pool().get('avec.training.session')
        with office():
            curriculum = create_curriculum()
            groups = [
                create_group(f"Group {i}", MEMBERS) for i in range(4)]
            sessions = []
            for group in groups:
                session = create_session(curriculum, [group])
                session.attendances = []
                session.save()
                sessions.append(session)
            Session.fill(Session.browse(sessions))
            self.assertEqual(
                [len(s.attendances) for s in Session.browse(sessions)],
                [3] * 4)
            # Nobody is brought twice
            Session.fill(Session.browse(sessions))
            self.assertEqual(
                [len(s.attendances) for s in Session.browse(sessions)],
                [3] * 4)

    @with_transaction()
    def test_overlap_names_both_sessions(self):
        "A person or a trainer at two places at once is a warning"
        with office():
            atlas = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum()
            trainer = create_party("The Trainer")
            first = create_session(
                curriculum, [atlas], trainer=trainer, hours=3)
            hold(first)
            with self.assertRaisesRegex(OverlapWarning, "The Trainer"):
                create_session(
                    curriculum, [atlas], trainer=trainer, start=11)
            with Transaction().set_context(_skip_warnings=True):
                create_session(
                    curriculum, [atlas], trainer=trainer, start=11)
            # The next session begins when the first one ends
            create_session(curriculum, [atlas], trainer=trainer, start=15)
            second = create_session(curriculum, [atlas], start=11)
            with self.assertRaises(OverlapWarning) as raised:
                hold(second)
            for words in ["Aicha", first.number, second.number]:
                self.assertIn(words, raised.exception.message)
            second = second.__class__(second.id)
            # Who was not at both is at one only
            with self.assertRaisesRegex(OverlapWarning, "Hind"):
                hold(second, {"Aicha": 'absent', "Fatima": 'excused'})

    @with_transaction()
    def test_held_session_is_frozen(self):
        "Nothing of a held session is changed, added or deleted"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Group = pool.get('avec.training.session-avec.group')
        Membership = pool.get('avec.membership')
        Session = pool.get('avec.training.session')
        Topic = pool.get('avec.training.session-avec.training.topic')
        with office():
            atlas, miel = [
                create_group(n, MEMBERS) for n in ["Atlas", "Miel"]]
            curriculum = create_curriculum()
            held = train(curriculum, [atlas])
            missing = Membership(
                group=atlas, party=create_party("Zahra"), start_date=FIRST)
            missing.save()
            planned = create_session(curriculum, [atlas], date=days(3))
            line = held.attendances[0]
            link, = Group.search([('session', '=', held.id)])
            covered, = Topic.search([('session', '=', held.id)])
            free_line = planned.attendances[0]
            free_link, = Group.search([('session', '=', planned.id)])
            changes = [
                (held, {'date': days(1)}), (held, {'hours': Decimal(1)}),
                (held, {'state': 'planned'}), (held, {'number': "1"}),
                (held, {'topics': [('remove', [curriculum.topics[0].id])]}),
                (held, {'groups': [('add', [miel.id])]}),
                (held, {'attendances': [('delete', [line.id])]}),
                (planned, {'state': 'held'}),
                (planned, {'held_by': None}),
                (line, {'attendance': 'absent'}), (line, {'hours': None}),
                (line, {'session': planned.id}),
                (free_line, {'session': held.id}),
                (link, {'group': miel.id}),
                (free_link, {'session': held.id}),
                (covered, {'topic': curriculum.topics[1].id}),
                ]
            for record, values in changes:
                with self.subTest(record=record, values=values), \
                        check_access(), self.assertRaises(AccessError):
                    record.__class__.write([record], values)
            for record in [held, line, link, covered]:
                with self.subTest(record=record), check_access(), \
                        self.assertRaises(AccessError):
                    record.__class__.delete([record])
            with check_access(), self.assertRaises(AccessError):
                Attendance.create([{
                            'session': held.id,
                            'membership': missing.id,
                            'attendance': 'present'}])
            with check_access(), self.assertRaises(AccessError):
                Session.create([{
                            'curriculum': curriculum.id, 'date': FIRST,
                            'start_time': dt.time(9),
                            'end_time': dt.time(10), 'hours': Decimal(1),
                            'groups': [('add', [atlas.id])],
                            'state': 'held'}])
            with check_access():
                Session.write([held], {'note': "It rained"})
                Session.delete([planned])

    @with_transaction()
    def test_held_session_keeps_its_members(self):
        "A member who attended keeps the group, the name and the first day"
        pool = Pool()
        Membership = pool.get('avec.membership')
        with office():
            atlas = create_group("Atlas", MEMBERS)
            miel = create_group("Miel", [])
            train(create_curriculum(), [atlas])
            member = atlas.memberships[0]
            for values in [
                    {'group': miel.id},
                    {'party': create_party("Nadia").id},
                    {'start_date': days(1)}]:
                with self.subTest(values=values), check_access(), \
                        self.assertRaises(AccessError):
                    Membership.write([member], values)
            with check_access():
                Membership.write([member], {'start_date': FIRST})

    @with_transaction()
    def test_states(self):
        "Where each button leads, and what stands in its way"
        Session = Pool().get('avec.training.session')
        with office():
            atlas = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum()
            planned = create_session(curriculum, [atlas])
            Session.cancel([planned])
            self.assertEqual(planned.state, 'cancelled')
            with self.assertRaises(SessionFrozenError):
                Session.delete([planned])
            Session.plan([planned])
            held = hold(Session(planned.id))
            with self.assertRaisesRegex(SessionStateError, "reason"):
                Session.cancel([held])
            Session.plan([held])
            held = hold(Session(held.id))
            assess(
                atlas.memberships[0], curriculum, 'after', FIRST, 12,
                session=held)
            held = Session(held.id)
            with self.assertRaisesRegex(SessionStateError, "assessed"):
                Session.plan([held])
            held.cancel_reason = "Entered twice"
            held.save()
            Session.cancel([held])
            self.assertEqual(Session(held.id).state, 'cancelled')

    @with_transaction()
    def test_copy_starts_anew(self):
        "A copy is planned, with a number and a sheet of its own"
        Session = Pool().get('avec.training.session')
        with office():
            held = train(
                create_curriculum(), [create_group("Atlas", MEMBERS)])
            copy, = Session.copy([held])
            self.assertEqual(copy.state, 'planned')
            self.assertNotEqual(copy.number, held.number)
            self.assertEqual(list(copy.attendances), [])
            self.assertEqual(copy.groups, held.groups)
            self.assertEqual(copy.topics, held.topics)

    @with_transaction()
    def test_assess_brings_who_was_present(self):
        "Before the training at first, then after it, once at a session"
        Session = Pool().get('avec.training.session')
        with office():
            atlas = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum()
            first = train(curriculum, [atlas], absent=["Hind"])
            last = train(curriculum, [atlas], date=days(7))
            for session, moments in [
                    (first, {"Aicha": 'before', "Fatima": 'before'}),
                    (last, {
                            "Aicha": 'after', "Fatima": 'after',
                            "Hind": 'before'})]:
                for _ in range(2):
                    Session.assess([session])
                session = Session(session.id)
                self.assertEqual(
                    {a.party.name: a.moment for a in session.assessments},
                    moments)
                self.assertEqual(len(session.assessments), len(moments))
                self.assertEqual(
                    {a.date for a in session.assessments}, {session.date})

    @with_transaction()
    def test_assessment_of_who_is_no_member(self):
        with office():
            atlas = create_group("Atlas", MEMBERS)
            with self.assertRaisesRegex(
                    AttendanceValidationError, "not a member"):
                assess(
                    atlas.memberships[0], create_curriculum(), 'before',
                    dt.date(2025, 12, 1), 12)

    @with_transaction()
    def test_code_is_unique_in_the_company(self):
        "A company has a code of its own beside the shared one, once"
        Axis = Pool().get('avec.training.axis')
        with office() as company:
            Axis(name="Own", code='life', company=company).save()
            with self.assertRaises(ValidationError):
                Axis(name="Again", code='life', company=company).save()

    @with_transaction()
    def test_code_is_unique_among_the_shared(self):
        Axis = Pool().get('avec.training.axis')
        with self.assertRaises(ValidationError):
            Axis(name="Again", code='life').save()

    @with_transaction()
    def test_unsaved_session_has_no_scope(self):
        Session = Pool().get('avec.training.session')
        with office():
            with self.assertRaises(SessionValidationError):
                Session(
                    curriculum=create_curriculum(), date=FIRST,
                    start_time=dt.time(9), end_time=dt.time(10),
                    hours=Decimal(1)).save()
