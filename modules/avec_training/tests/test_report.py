# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from trytond.modules.avec_group.tests.office import (
    ROLES, acting_as, create_employee, create_group, create_user)
from trytond.modules.avec_group.tests.test_report import (
    WRITING_MODE, create_language, render, text_of)
from trytond.modules.avec_training.exceptions import CertificateError
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

from .office import (
    FIRST, create_curriculum, create_session, days, hold, office, train)

TODAY = dt.date(2026, 3, 26)
REPORTS = {
    'avec.training.session.sheet': 'avec.training.session',
    'avec.training.session.blank_sheet': 'avec.training.session',
    'avec.training.certificate': 'avec.training.progress',
    'avec.training.follow_up': 'avec.group',
    }


@contextmanager
def story():
    "Aicha completed a curriculum, of which Fatima lacks a topic"
    pool = Pool()
    Date = pool.get('ir.date')
    Progress = pool.get('avec.training.progress')
    with office() as company, patch.object(Date, 'today', return_value=TODAY):
        group = create_group("Atlas", ["Aicha", "Fatima"])
        curriculum = create_curriculum(topics=(2, 3), share_required=1)
        train(curriculum, [group], (0,))
        session = create_session(
            curriculum, [group], (1,), days(7), hours=3, place="School")
        session = hold(
            session, {"Fatima": 'excused'}, {"Aicha": Decimal('2.5')})
        progress, lacking = Progress.search([])
        yield {
            'company': company,
            'avec.group': group,
            'avec.training.session': session,
            'avec.training.progress': progress,
            'lacking': lacking,
            }


def printed_text(name, record):
    return text_of(render(name, [record]))


class ReportTestCase(TestCase):
    "The papers of the training"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_training')

    @with_transaction()
    def test_attendance_sheet(self):
        with story() as records:
            session = records['avec.training.session']
            text = printed_text('avec.training.session.sheet', session)
            for words in [
                    "Attendance Sheet", session.number, "Curriculum",
                    "Topic 1", "School", "09:00", "12:00", "Trainer"]:
                self.assertIn(words, text)
            self.assertIn("1 Aicha Atlas Present 2.50", text)
            self.assertIn("2 Fatima Atlas Excused", text)

    @with_transaction()
    def test_blank_sheet(self):
        "It has the members of the day, brought or not, and no attendance"
        with story() as records:
            session = records['avec.training.session']
            planned = create_session(
                session.curriculum, [records['avec.group']],
                date=days(20))
            planned.attendances = []
            planned.save()
            for printed in [session, planned]:
                text = printed_text(
                    'avec.training.session.blank_sheet', printed)
                self.assertIn("1 Aicha Atlas 2 Fatima Atlas", text)

    @with_transaction()
    def test_certificate(self):
        "It names the member, the curriculum, the day and the topics"
        with story() as records:
            progress = records['avec.training.progress']
            for printed in [progress, progress.membership]:
                text = printed_text('avec.training.certificate', printed)
                for words in [
                        "Training Certificate", "This certifies that Aicha",
                        "Atlas", "Curriculum", "Life Skills and Harmony",
                        "01/19/2026", "Topic 0 01/12/2026",
                        "Topic 1 01/19/2026", "4.50"]:
                    self.assertIn(words, text)

    @with_transaction()
    def test_no_certificate_without_training(self):
        "The refusal names who, what and how far"
        with story() as records:
            lacking = records['lacking']
            with self.assertRaises(CertificateError) as raised:
                render('avec.training.certificate', [lacking])
            for words in ["Fatima", "Curriculum", "1 of 2 topics"]:
                self.assertIn(words, raised.exception.message)
            with self.assertRaisesRegex(CertificateError, "Fatima"):
                render('avec.training.certificate', [lacking.membership])

    @with_transaction()
    def test_follow_up(self):
        with story() as records:
            text = printed_text(
                'avec.training.follow_up', records['avec.group'])
            self.assertIn("Curriculum 1 2", text)
            self.assertIn(
                "Fatima Curriculum 2 1 2 Topics Attended Topic 1", text)
            self.assertNotIn("Aicha", text)

    @with_transaction()
    def test_roles_print(self):
        "Whoever reads a record prints its papers"
        with story() as records:
            group = records['avec.group']
            for role in ROLES:
                user = create_user(role, records['company'])
                group.field_officer = user.employee
                group.save()
                for report, model in REPORTS.items():
                    with self.subTest(role=role, report=report), \
                            acting_as(user):
                        self.assertTrue(
                            printed_text(report, records[model]))

    @with_transaction()
    def test_sheet_shows_own_groups_only(self):
        "A field officer prints a shared session with own members"
        with office() as company:
            user = create_user('field_officer', company)
            other = create_employee(company, "Colleague")
            groups = [
                create_group("Atlas", ["Aicha"], field_officer=user.employee),
                create_group("Miel", ["Hind"], field_officer=other)]
            session = create_session(create_curriculum(), groups)
            for report in [
                    'avec.training.session.sheet',
                    'avec.training.session.blank_sheet']:
                with acting_as(user):
                    text = printed_text(report, session)
                self.assertIn("Aicha", text)
                self.assertNotIn("Hind", text)
                self.assertIn("Hind", printed_text(report, session))

    @with_transaction()
    def test_arabic(self):
        "Papers are laid out from right to left in Arabic"
        with story() as records:
            create_language()
            for report, model in REPORTS.items():
                document = render(report, [records[model]], 'ar')
                with self.subTest(report=report):
                    self.assertEqual({
                            n.get(WRITING_MODE)
                            for tree in document.values()
                            for n in tree.iter() if n.get(WRITING_MODE)},
                        {'rl-tb'})

    @with_transaction()
    def test_several_records(self):
        "A selection prints one paper for each"
        with story() as records:
            session = records['avec.training.session']
            other = create_session(
                session.curriculum, [records['avec.group']], date=FIRST)
            text = text_of(
                render('avec.training.session.sheet', [session, other]))
            for printed in [session, other]:
                self.assertIn(printed.number, text)
