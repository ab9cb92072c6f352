# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The training of the demonstration, as planned and as loaded"
import io
import unittest
from collections import defaultdict

from demo import learning
from demo.calendar import LAST_WEEK
from demo.groups import Book
from demo.loader import DemoError, Loader
from demo.plan import make_plan
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

# Together they plan, cancel, score, join late and leave
RANKS = {0, 1, 3, 7}


class LearningTest(unittest.TestCase):
    "What is planned before anything is loaded"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = make_plan()
        cls.lessons = [
            (p, list(learning.lessons(p, Book(p, None).active)))
            for p in cls.plans]

    def test_all_members_complete_two_curricula(self):
        "By the topics of the one and by the hours of the other"
        trained = 0
        for plan, lessons in self.lessons:
            topics, hours = defaultdict(set), defaultdict(int)
            for lesson in lessons:
                for line in lesson.lines:
                    if lesson.state == 'held' and line.attendance in {
                            'present', 'late'}:
                        if lesson.course == 'VIE':
                            topics[line.member].update(lesson.topics)
                        elif lesson.course == 'ENT':
                            hours[line.member] += lesson.hours
            for rank, member in enumerate(plan.members):
                if not member.leaving:
                    self.assertEqual(topics[rank], set(range(6)))
                    self.assertGreaterEqual(hours[rank], 10)
                    trained += 1
        self.assertEqual(trained, 887)

    def test_nobody_is_on_a_sheet_before_joining(self):
        for plan, lessons in self.lessons:
            for lesson in lessons:
                for line in lesson.lines:
                    self.assertLessEqual(
                        plan.members[line.member].since, lesson.date)

    def test_held_lessons_are_over(self):
        for _, lessons in self.lessons:
            for lesson in lessons:
                self.assertEqual(
                    lesson.state == 'planned', lesson.date > LAST_WEEK)

    def test_states_and_axes(self):
        lessons = [l for _, ls in self.lessons for l in ls]
        self.assertEqual(
            {l.state for l in lessons}, {'held', 'planned', 'cancelled'})
        self.assertEqual(
            {l.course for l in lessons if l.state == 'held'},
            {'VIE', 'ENT', 'EMP'})
        self.assertEqual(
            {l.moment for l in lessons}, {None, 'before', 'after'})

    def test_two_plans_are_the_same(self):
        self.assertEqual(self.lessons, [
                (p, list(learning.lessons(p, Book(p, None).active)))
                for p in make_plan()])


class TrainingTest(unittest.TestCase):
    "A part loaded by the code that loads the whole"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(drop_db)
        drop_db()
        activate_module(['avec_training'], lang='fr')
        cls.loader = Loader(
            DB_NAME, make_plan(ranks=RANKS, meetings=2), io.StringIO())
        cls.loader.load()

    @with_transaction()
    def test_every_state_can_be_seen(self):
        pool = Pool()
        Progress = pool.get('avec.training.progress')
        Session = pool.get('avec.training.session')
        self.assertEqual(
            {s.state for s in Session.search([])},
            {'planned', 'held', 'cancelled'})
        with Transaction().set_context(avec_date=LAST_WEEK):
            self.assertEqual(
                {p.state for p in Progress.search([])},
                {'not_started', 'trained'})
        with Transaction().set_context(
                avec_date=min(
                    p.formation_date for p in self.loader.plans)):
            self.assertNotIn(
                'trained', {p.state for p in Progress.search([])})

    @with_transaction()
    def test_all_members_are_trained(self):
        Progress = Pool().get('avec.training.progress')
        members = sum(
            1 for p in self.loader.plans for m in p.members if not m.leaving)
        for code in ['life', 'technical']:
            self.assertEqual(
                Progress.search_count([
                        ('axis.code', '=', code),
                        ('trained', '=', True),
                        ('member', '=', True),
                        ]),
                members)

    @with_transaction()
    def test_members_gain(self):
        "Whoever was scored twice has learnt something"
        Gain = Pool().get('avec.training.gain')
        gains = [g.gain for g in Gain.search([('gain', '!=', None)])]
        self.assertTrue(gains)
        self.assertGreaterEqual(min(gains), 0)

    @with_transaction()
    def test_no_trainer_is_at_two_places(self):
        Session = Pool().get('avec.training.session')
        sessions = Session.search([('state', '=', 'held')])
        self.assertEqual([
                (s, o) for s, o in Session._same_hours(sessions)
                if s.trainer == o.trainer], [])

    @with_transaction()
    def test_sessions_are_signed(self):
        pool = Pool()
        Session = pool.get('avec.training.session')
        user, = pool.get('res.user').search([('login', '=', 'programme')])
        self.assertEqual(
            {s.held_by for s in Session.search([('state', '=', 'held')])},
            {user.employee})

    def test_missing_attendance_stops_the_loading(self):
        "A member who missed a lesson is told"
        loader = self.loader

        @with_transaction(context={'company': loader.office.company})
        def miss():
            Attendance = Pool().get('avec.training.attendance')
            lines = Attendance.search([
                    ('membership', '=', loader.books[0].memberships[0]),
                    ('curriculum.code', '=', 'ENT'),
                    ])
            Attendance.write(lines, {'attendance': 'absent', 'hours': None})
            loader._check()
        with self.assertRaisesRegex(DemoError, "1 members .* technical"):
            miss()
