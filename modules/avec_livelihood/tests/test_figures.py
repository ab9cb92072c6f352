# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from collections import Counter
from decimal import Decimal
from unittest.mock import patch

from trytond.modules.avec_group.tests.office import create_group, create_party
from trytond.modules.avec_livelihood import figures
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from .office import (
    START, bureau, create_activity, create_cooperative, create_employment,
    create_self_employment, record)

DAY = dt.timedelta(days=1)
BEFORE = START - DAY
LATER = dt.date(2025, 6, 15)


def rows(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return list(cursor_dict(cursor))


def states(query):
    return Counter(r['state'] for r in rows(query))


class FiguresTestCase(TestCase):
    "What the livelihoods count for as at a day"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_livelihood')

    @with_transaction()
    def test_activities_by_state_as_at_a_day(self):
        "An idea is no activity, what stopped counts as created"
        with bureau() as company:
            group = create_group("Tissage", ["A", "B", "C"])
            a, b, c = group.memberships
            create_activity([a], running_date=LATER)
            create_activity(
                [b], state='stopped', stop_date=LATER, stop_reason='other')
            create_activity(
                [c], state='idea', running_date=None)
            for date, expected in [
                    (BEFORE, {}),
                    (START, {'started': 1, 'running': 1}),
                    (LATER, {'running': 1, 'stopped': 1})]:
                with self.subTest(date=date):
                    self.assertEqual(
                        states(figures.activities(company.id, date)),
                        expected)

    @with_transaction()
    def test_person_with_two_activities_is_one_person(self):
        with bureau() as company:
            group = create_group("Tissage", ["A", "B"])
            a, b = group.memberships
            create_activity([a])
            create_activity([a, b])
            people = rows(figures.activity_people(company.id, START))
            self.assertEqual(len(people), 3)
            self.assertEqual(
                {r['party'] for r in people}, {a.party.id, b.party.id})
            self.assertEqual({r['group'] for r in people}, {group.id})

    @with_transaction()
    def test_owner_for_a_time(self):
        Owner = Pool().get('avec.activity.owner')
        with bureau() as company:
            group = create_group("Tissage", ["A", "B"])
            a, b = group.memberships
            activity = create_activity([a])
            Owner.write(list(activity.owners), {'end_date': LATER - DAY})
            Owner(activity=activity, membership=b, start_date=LATER).save()
            for date, owner in [(START, a), (LATER, b)]:
                people = rows(figures.activity_people(company.id, date))
                self.assertEqual(
                    [r['membership'] for r in people], [owner.id])

    @with_transaction()
    def test_income_changes_need_both_figures(self):
        with bureau() as company:
            group = create_group("Tissage", ["A", "B", "C"])
            both, before, months = [
                create_activity([m]) for m in group.memberships]
            for activity in [both, before]:
                activity.baseline_income = Decimal(200)
                activity.baseline_date = START
                activity.save()
            for activity in [both, months]:
                record(activity, START, 100)
                record(activity, LATER, 300)
            for date, expected in [
                    (START, {
                            both: (200, 100, Decimal('0.5')),
                            before: (200, None, None),
                            months: (None, 100, None)}),
                    (LATER, {
                            both: (200, 200, 1),
                            before: (200, None, None),
                            months: (None, 200, None)})]:
                self.assertEqual(
                    figures.income_changes(company.id, date), expected)

    @with_transaction()
    def test_cooperatives_count_from_their_registration(self):
        with bureau() as company:
            group = create_group("Tissage", ["A", "B"])
            create_cooperative(group)
            registered = create_cooperative(
                group, "Honey", state='dissolved', registration_number='1',
                registration_date=START + DAY, dissolution_date=LATER,
                dissolution_reason="Bees")
            for date, expected in [
                    (START, {}), (START + DAY, {'registered': 1}),
                    (LATER, {'dissolved': 1})]:
                self.assertEqual(
                    states(figures.cooperatives(company.id, date)), expected)
            people = rows(figures.cooperative_people(company.id, LATER))
            self.assertEqual(
                {r['party'] for r in people},
                {m.party.id for m in registered.members})

    @with_transaction()
    def test_auto_entrepreneurs(self):
        with bureau() as company:
            group = create_group("Tissage", ["A", "B"])
            a, b = group.memberships
            create_self_employment(a)
            create_self_employment(
                b, state='registered', registration_number='1',
                registration_date=LATER)
            for date, expected in [
                    (BEFORE, {}), (START, {'in_progress': 2}),
                    (LATER, {'in_progress': 1, 'registered': 1})]:
                self.assertEqual(
                    states(figures.self_employments(company.id, date)),
                    expected)

    @with_transaction()
    def test_jobs_found_and_kept(self):
        FollowUp = Pool().get('avec.employment.follow_up')
        with bureau() as company:
            group = create_group("Tissage", ["A", "B"])
            a, b = group.memberships
            kept = create_employment(a)
            create_employment(b, end_date=LATER, end_reason='contract')
            FollowUp.write([kept.follow_ups[0]], {
                    'in_post': 'yes', 'done_date': LATER})
            for date, months, expected in [
                    (BEFORE, None, []), (START, None, [1, 1]),
                    (LATER, None, [0, 1]), (LATER - DAY, 3, []),
                    (LATER, 3, [1]), (LATER, 6, [])]:
                with self.subTest(date=date, months=months):
                    self.assertEqual(
                        sorted(r['in_post'] for r in rows(
                                figures.employments(
                                    company.id, date, months))),
                        expected)

    @with_transaction()
    def test_figures_of_a_list_are_read_once(self):
        "However many activities and figures are asked for"
        Activity = Pool().get('avec.activity')
        with bureau():
            group = create_group("Tissage", ["A", "B", "C"])
            ids = [create_activity([m]).id for m in group.memberships]
            with patch.object(
                    Activity, 'recorded', wraps=Activity.recorded) as read:
                Activity.read(ids, [
                        'sales', 'costs', 'profit', 'monthly_profit',
                        'income_change', 'months'])
            self.assertEqual(read.call_count, 1)

    @with_transaction()
    def test_other_company(self):
        "The figures of an office are its own"
        with bureau():
            group = create_group("Tissage", ["A"])
            create_activity(group.memberships)
            other = create_party("Elsewhere")
            for query in [
                    figures.activities, figures.activity_people,
                    figures.cooperatives, figures.cooperative_people,
                    figures.self_employments, figures.employments]:
                self.assertFalse(rows(query(other.id + 1000, START)))
