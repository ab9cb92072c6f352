# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, acting_as, create_group, create_user, office)
from trytond.modules.avec_livelihood import figures
from trytond.modules.avec_livelihood.tests.office import (
    START, create_activity, create_cooperative, create_employment,
    create_self_employment, record, sector)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .tools import trace

DAY = dt.date(2026, 6, 30)
CODES = [
    'IGA-1', 'IGA-2', 'IGA-3', 'IGA-4', 'IGA-5', 'COP-1', 'SEM-1', 'SEM-2',
    'JOB-1', 'JOB-2']


class LivelihoodIndicatorTestCase(OfficeTestCase):
    """What the members of a group live of

    Aicha keeps hens, Hind stopped her weaving, all three grow herbs together
    since March 2026; the herbs have no income before.  There are a
    cooperative registered and one prepared, an auto-entrepreneur registered
    and one in progress, and two jobs of which one was kept six months."""
    module = 'avec_indicator'
    extras = ['avec_livelihood']

    def live(self):
        pool = Pool()
        FollowUp = pool.get('avec.employment.follow_up')
        group = create_group("Tissage", ["Aicha", "Hind", "Omar"])
        for membership, gender in zip(
                group.memberships, ['female', 'female', 'male']):
            membership.party.avec_gender = gender
            membership.party.save()
        aicha, hind, omar = group.memberships
        hens = create_activity(
            [aicha], baseline_income=Decimal(200), baseline_date=START)
        weaving = create_activity(
            [hind], "Weaving", '13', state='stopped',
            stop_date=dt.date(2026, 2, 1), stop_reason='other',
            baseline_income=Decimal(100), baseline_date=START)
        herbs = create_activity(
            [aicha, hind, omar], "Herbs", start_date=dt.date(2026, 3, 1),
            running_date=None, state='started')
        for activity, profits in [
                (hens, [100] * 12 + [40]), (weaving, [10, 20]),
                (herbs, [500])]:
            for i, profit in enumerate(profits):
                record(
                    activity, dt.date(2025 + i // 12, i % 12 + 1, 1)
                    if activity != herbs else dt.date(2026, 3, 1), profit)
        create_cooperative(
            group, "Saffron", state='registered', registration_number="1",
            registration_date=dt.date(2026, 5, 2))
        create_cooperative(group, "Argan")
        create_self_employment(
            aicha, state='registered', registration_number="7",
            registration_date=dt.date(2026, 5, 3))
        create_self_employment(omar)
        for membership, in_post in [(hind, 'yes'), (omar, 'no')]:
            job = create_employment(membership)
            follow_up, = FollowUp.search([
                    ('employment', '=', job.id), ('months', '=', 6)])
            follow_up.in_post = in_post
            follow_up.done_date = dt.date(2025, 7, 20)
            follow_up.save()
        return group

    def values(self, company, **context):
        Value = Pool().get('avec.indicator.value')
        with Transaction().set_context(**{
                    'company': company.id, 'avec_date': DAY, **context}):
            return {
                (v.indicator.code, v.cell_name): v for v in Value.search([
                        ('indicator.theme', '=', 'livelihood')])}

    def figures(self, company, **context):
        values = self.values(company, **context)
        return [values[c, ''].value for c in CODES]

    @with_transaction()
    def test_as_at_a_day(self):
        with office() as company:
            self.live()
            # Hens: (11 x 100 + 40) / 12 = 95, of 200; weaving: 15 of 100
            self.assertEqual(
                self.figures(company),
                [3, 3, Decimal('0.5'), Decimal('0.3125'), Decimal('0.3125'),
                    1, 1, 1, 2, Decimal('0.5')])
            self.assertEqual(
                self.figures(company, avec_date=dt.date(2025, 7, 1)),
                [2, 2, None, Decimal('0.325'), Decimal('0.325'),
                    0, 0, 2, 2, None])
            self.assertEqual(
                self.figures(
                    company, avec_date=START - dt.timedelta(days=1)),
                [0, 0, None, None, None, 0, 0, 0, 0, None])

    @with_transaction()
    def test_income_as_the_activity_shows_it(self):
        with office() as company:
            self.live()
            changes = [
                c for *_, c in figures.income_changes(
                    company.id, DAY).values() if c is not None]
            value = self.values(company)['IGA-5', '']
            self.assertEqual(value.count, len(changes))
            self.assertEqual(value.value, sum(changes) / len(changes))

    @with_transaction()
    def test_by_sector_and_by_sex(self):
        with office() as company:
            self.live()
            values = self.values(company, avec_cut='detail')
            self.assertEqual({
                    n: v.value for (c, n), v in values.items()
                    if c == 'IGA-1'}, {
                    sector('A').rec_name: 2, sector('C').rec_name: 1})
            values = self.values(company, avec_cut='sex')
            self.assertEqual({
                    n: v.value for (c, n), v in values.items()
                    if c == 'IGA-1'}, {"Women": 3, "Men": 1})

    @with_transaction()
    def test_median_of_many(self):
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Hind"])
            aicha, _ = group.memberships
            for profit, expected in [
                    (10, '0.1'), (50, '0.3'), (20, '0.2'), (90, '0.35')]:
                activity = create_activity(
                    [aicha], baseline_income=Decimal(100),
                    baseline_date=START)
                record(activity, START, profit)
                value = self.values(company)['IGA-4', '']
                self.assertEqual(value.value, Decimal(expected))

    @with_transaction()
    def test_who_follows_the_group_counts_it(self):
        with office() as company:
            group = self.live()
            mine = create_user('field_officer', company)
            other = create_user('field_officer', company, 'other')
            group.field_officer = mine.employee
            group.save()
            for user, count in [(mine, 1), (other, 0)]:
                with acting_as(user):
                    values = self.values(company)
                    self.assertEqual(values['COP-1', ''].value, count)
                    self.assertEqual(values['SEM-1', ''].value, count)

    @with_transaction()
    def test_trace(self):
        with office() as company:
            self.live()
            for cut in [None, 'subdivision', 'sex', 'detail']:
                values = self.values(company, avec_cut=cut)
                self.assertTrue(values)
                for value in values.values():
                    with self.subTest(cut=cut, value=value.rec_name), \
                            Transaction().set_context(value._context):
                        self.assertEqual(trace(value), value.value)
