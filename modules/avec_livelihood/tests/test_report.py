# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.modules.avec_group.tests.test_report import (
    WRITING_MODE, create_language, render, text_of)
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

from .office import (
    START, bureau, create_activity, create_cooperative, live_through, record)


class ReportTestCase(TestCase):
    "The papers of activities and cooperatives"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_livelihood')

    def text(self, name, records, language='en'):
        return text_of(render(name, records, language))

    @with_transaction()
    def test_activity_sheet(self):
        "It has the owners, the months and the profit"
        Activity = Pool().get('avec.activity')
        with bureau():
            live_through("Tissage")
            activity, = Activity.search([])
            activity.baseline_income = Decimal(80)
            activity.baseline_date = START
            activity.save()
            record(activity, START.replace(month=2), 300)
            text = self.text('avec.activity.sheet', [activity])
            for words in [
                    "Aicha", "Hens", "A - Agriculture", "01/01/2025",
                    "02/01/2025", "usd200.00", "250%", "Own Money",
                    "Months Recorded", "400.00"]:
                with self.subTest(words=words):
                    self.assertIn(words, text)
            self.assertNotIn("Stop Date", text)

    @with_transaction()
    def test_activity_that_stopped(self):
        with bureau():
            group = live_through("Tissage")
            activity = create_activity(
                [group.memberships[0]], "Goats", state='stopped',
                stop_date=START, stop_reason='disaster')
            text = self.text('avec.activity.sheet', [activity])
            self.assertIn("Drought, Disease or Accident", text)
            self.assertIn("–", text)

    @with_transaction()
    def test_cooperative_file(self):
        "It has the members, the capital and the checklist"
        pool = Pool()
        Payment = pool.get('avec.cooperative.payment')
        with bureau():
            group = live_through("Tissage")
            cooperative = create_cooperative(group)
            payment = Payment(
                cooperative=cooperative, member=cooperative.members[0],
                kind='subscription', shares=3, amount=Decimal(300),
                date=START)
            payment.save()
            Payment.post([payment])
            text = self.text('avec.cooperative.file', [cooperative])
            for words in [
                    "Saffron", "Aicha", "Hind", "300.00",
                    "Statutes adopted and signed", "Preparing"]:
                with self.subTest(words=words):
                    self.assertIn(words, text)

    @with_transaction()
    def test_languages(self):
        "Every paper prints several records, turned round where it must"
        pool = Pool()
        with bureau():
            create_language()
            live_through("Tissage")
            live_through("Safran")
            for name, model in [
                    ('avec.activity.sheet', 'avec.activity'),
                    ('avec.cooperative.file', 'avec.cooperative')]:
                records = pool.get(model).search([])
                for language, mode in [
                        ('en', 'lr-tb'), ('fr', 'lr-tb'), ('ar', 'rl-tb')]:
                    with self.subTest(name=name, language=language):
                        document = render(name, records, language)
                        self.assertEqual({
                                n.get(WRITING_MODE)
                                for tree in document.values()
                                for n in tree.iter()
                                if n.get(WRITING_MODE)}, {mode})
                        text = text_of(document)
                        self.assertIn("Tissage", text)
                        self.assertIn("Safran", text)
