# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import random
from decimal import Decimal

from trytond.modules.avec_group.tests.office import create_group, create_party
from trytond.modules.avec_training import outcomes
from trytond.modules.avec_training.completion import required_topics
from trytond.modules.company.tests import create_company, set_company
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.transaction import Transaction

from .office import (
    assess, create_curriculum, create_session, days, hold, office, train)

MEMBERS = ["Aicha", "Fatima", "Hind", "Zahra"]


def fetch(query, *names):
    "Return the rows of the query as a set of the columns"
    cursor = Transaction().connection.cursor()
    cursor.execute(*query.select(*(getattr(query, n) for n in names)))
    return set(cursor.fetchall())


class OutcomesTestCase(TestCase):
    "What members learnt follows from what they attended"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_training')

    def states(self, date, **where):
        "Return {(member, curriculum): state} at the date"
        Progress = Pool().get('avec.training.progress')
        with Transaction().set_context(avec_date=date):
            return {
                (p.party.name, p.curriculum.code): (p.state, p.trained_date)
                for p in Progress.search([
                        (n, '=', v) for n, v in where.items()])}

    @with_transaction()
    def test_random_histories(self):
        "Lists say the same as the rule applied by hand to each history"
        rng = random.Random(4)
        with office():
            group = create_group("Atlas", MEMBERS)
            curricula = [
                create_curriculum(
                    code='TOP', topics=(1, 2, 3, 1, 2),
                    share_required=Decimal('0.6')),
                create_curriculum(
                    'technical', code='HOU', topics=(3, 2, 4), rule='hours',
                    hours_required=Decimal('7.5')),
                ]
            history = []
            for i in range(16):
                curriculum = rng.choice(curricula)
                topics = rng.sample(range(len(curriculum.topics)), 2)
                date = days(rng.randrange(30))
                present = set(rng.sample(MEMBERS, rng.randint(1, 4)))
                left = {
                    m: Decimal(rng.choice(['0.5', '1.25', '2']))
                    for m in present if rng.random() < 0.3}
                session = create_session(
                    curriculum, [group], topics, date, hours=3)
                with Transaction().set_context(_skip_warnings=True):
                    hold(
                        session,
                        {m: 'late' if m in present else 'excused'
                            for m in MEMBERS}, left)
                history.append((curriculum, topics, date, present, left))
            reached = 0
            for date in map(days, range(0, 32, 3)):
                states = self.states(date)
                for member in MEMBERS:
                    for curriculum in curricula:
                        done = self.completed_on(
                            curriculum, [
                                (d, topics, left.get(member, Decimal(3)))
                                for c, topics, d, present, left in history
                                if c == curriculum and member in present
                                and d <= date])
                        _, found = states[member, curriculum.code]
                        self.assertEqual(
                            found, done, (member, curriculum.code, date))
                        reached += bool(done)
            self.assertGreater(reached, 20)

    @staticmethod
    def completed_on(curriculum, attended):
        "Return when the rule is met, day by day, None if never"
        hours, topics = Decimal(0), set()
        needed = required_topics(
            curriculum.share_required or 1, len(curriculum.topics))
        for date in sorted({d for d, _, _ in attended}):
            for day, covered, lasted in attended:
                if day == date:
                    hours += lasted
                    topics.update(covered)
            if curriculum.rule == 'hours':
                if hours >= curriculum.hours_required:
                    return date
            elif len(topics) >= needed:
                return date

    @with_transaction()
    def test_required_in_sql_as_in_python(self):
        "No share is rounded up once too often"
        Curriculum = Pool().get('avec.training.curriculum')
        with office():
            for share in ['0.55', '0.07', '0.3333', '0.29', '0.7', '1']:
                create_curriculum(
                    topics=(1,) * 20, skills=False,
                    share_required=Decimal(share))
            found = dict(fetch(
                    outcomes.requirements(), 'curriculum', 'required'))
            for curriculum in Curriculum.search([]):
                self.assertEqual(
                    int(found[curriculum.id]), curriculum.topics_required,
                    curriculum.share_required)

    @with_transaction()
    def test_curriculum_without_topics_trains_nobody(self):
        with office():
            group = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum(topics=())
            train(curriculum, [group], topics=())
            self.assertEqual(
                {s for s, _ in self.states(days(1)).values()},
                {'in_progress'})

    @with_transaction()
    def test_person_who_came_back(self):
        "Who left and came back, or is in two groups, is one person"
        Membership = Pool().get('avec.membership')
        with office():
            atlas = create_group("Atlas", ["Aicha", "Fatima"])
            miel = create_group("Miel", ["Hind"])
            curriculum = create_curriculum(topics=(2, 2), share_required=1)
            train(curriculum, [atlas], (0,), days(0))
            aicha = atlas.memberships[0]
            Membership.write([aicha], {
                    'end_date': days(3), 'end_reason': 'left'})
            self.assertEqual(
                self.states(days(4), member=True).keys(),
                {('Fatima', curriculum.code), ('Hind', curriculum.code)})
            self.assertEqual(
                self.states(days(4), member=False),
                {('Aicha', curriculum.code): ('in_progress', None)})
            for group, date in [(atlas, days(6)), (miel, days(6))]:
                Membership(
                    group=group, party=aicha.party, start_date=date).save()
            train(curriculum, [miel], (1,), days(7), absent=["Hind"])
            states = self.states(days(7))
            self.assertEqual(len(states), 3)
            self.assertEqual(
                states['Aicha', curriculum.code], ('trained', days(7)))
            self.assertEqual(
                fetch(outcomes.trained_by_axis(days(7)), 'party'),
                {(aicha.party.id,)})

    @with_transaction()
    def test_axis_by_any_of_its_curricula(self):
        "Who completed one curriculum of an axis is trained in it, once"
        with office():
            group = create_group("Atlas", MEMBERS)
            first, second = [
                create_curriculum(topics=(2,)) for _ in range(2)]
            train(first, [group], date=days(2), absent=MEMBERS[2:])
            train(second, [group], date=days(5), absent=MEMBERS[3:])
            parties = {m.party.name: m.party.id for m in group.memberships}
            dates = [days(2), days(2), days(5)]
            self.assertEqual(
                fetch(
                    outcomes.trained_by_axis(days(9)), 'party', 'axis'),
                {(parties[m], first.axis.id) for m in MEMBERS[:3]})
            Progress = Pool().get('avec.training.progress')
            found = Progress.search([('trained', '=', True)])
            self.assertEqual(
                {(p.party.name, p.trained_date) for p in found},
                {*zip(MEMBERS, dates),
                    *((m, days(5)) for m in MEMBERS[:3])})

    @with_transaction()
    def test_hours_by_axis(self):
        "Hours are summed from a day to a day"
        with office():
            group = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum()
            for day in [0, 5, 10]:
                train(curriculum, [group], date=days(day))
            for start, end, hours in [
                    (None, 10, 6), (None, 5, 4), (1, 10, 4), (1, 4, None)]:
                query = outcomes.hours_by_axis(
                    days(end), start and days(start))
                rows = fetch(query, 'party', 'hours')
                with self.subTest(start=start, end=end):
                    self.assertEqual(
                        {h for _, h in rows}, {hours} if hours else set())
                    self.assertEqual(
                        len(rows), len(MEMBERS) if hours else 0)

    @with_transaction()
    def test_score_gain(self):
        "The first score before and the last one after, as at a day"
        Gain = Pool().get('avec.training.gain')
        Session = Pool().get('avec.training.session')
        with office():
            group = create_group("Atlas", MEMBERS)
            aicha, fatima, *_ = group.memberships
            curriculum = create_curriculum()
            session = train(curriculum, [group], date=days(9))
            for moment, day, score in [
                    ('before', 0, 5), ('before', 1, 8), ('after', 5, 12),
                    ('after', 7, 10)]:
                assess(aicha, curriculum, moment, days(day), score)
            assess(aicha, curriculum, 'after', days(8), None)
            assess(
                aicha, curriculum, 'after', days(9), 20, session=session)
            assess(fatima, curriculum, 'before', days(0), 3)

            def gains(day):
                with Transaction().set_context(avec_date=days(day)):
                    return {
                        g.party.name: (g.before, g.after, g.gain)
                        for g in Gain.search([])}
            quarter = Decimal('0.25')
            first = {
                'Aicha': (quarter, None, None),
                'Fatima': (Decimal('0.15'), None, None)}
            self.assertEqual(gains(4), first)
            self.assertEqual(gains(8)['Aicha'], (
                    quarter, Decimal('0.5'), quarter))
            self.assertEqual(gains(9)['Aicha'], (
                    quarter, Decimal(1), Decimal('0.75')))
            session.cancel_reason = "Not held"
            session.save()
            Session.cancel([session])
            self.assertEqual(gains(9)['Aicha'], (
                    quarter, Decimal('0.5'), quarter))

    @with_transaction()
    def test_skills_fall_away_and_come_again(self):
        "The first session at which a topic was attended proves its skill"
        pool = Pool()
        Session = pool.get('avec.training.session')
        Skill = pool.get('avec.training.skill')
        with office():
            group = create_group("Atlas", MEMBERS[:2])
            curriculum = create_curriculum()
            first = train(
                curriculum, [group], (0, 1), days(0), absent=["Fatima"])
            second = train(curriculum, [group], (1, 2), days(5))

            def proofs(day):
                with Transaction().set_context(avec_date=days(day)):
                    return {
                        (s.party.name, s.skill.name): s.session
                        for s in Skill.search([])}
            self.assertEqual(proofs(1), {
                    ("Aicha", "Skill 0"): first,
                    ("Aicha", "Skill 1"): first})
            after = {
                ("Aicha", "Skill 2"): second, ("Fatima", "Skill 1"): second,
                ("Fatima", "Skill 2"): second}
            self.assertEqual(proofs(5), {**proofs(1), **after})
            first.cancel_reason = "Not held"
            first.save()
            Session.cancel([first])
            self.assertEqual(
                proofs(5), {**after, ("Aicha", "Skill 1"): second})

    @with_transaction()
    def test_companies_do_not_mix(self):
        "A person in the groups of two companies has a line in each"
        Membership = Pool().get('avec.membership')
        aicha = create_party("Aicha")
        companies = []
        for name, currency in [("One", 'usd'), ("Two", 'eur')]:
            company = create_company(name, currency=create_currency(currency))
            companies.append(company)
        curriculum = create_curriculum(topics=(2,))
        for company in companies:
            with set_company(company):
                group = create_group(company.rec_name, [])
                Membership(
                    group=group, party=aicha, start_date=days(0)).save()
                if company == companies[0]:
                    train(curriculum, [group], date=days(1))
        Progress = Pool().get('avec.training.progress')
        self.assertEqual(
            {(p.company, p.trained) for p in Progress.search([])},
            {(companies[0], True), (companies[1], False)})

    @with_transaction()
    def test_retired_curriculum(self):
        "A curriculum no longer taught is nobody's to start, but counts"
        with office():
            group = create_group("Atlas", MEMBERS)
            curriculum = create_curriculum(topics=(2,))
            train(curriculum, [group], absent=MEMBERS[1:])
            curriculum.active = False
            curriculum.save()
            self.assertEqual(
                self.states(days(1)),
                {("Aicha", curriculum.code): ('trained', days(0))})
            self.assertEqual(
                len(fetch(outcomes.trained(days(1)), 'party')), 1)
            self.assertEqual(fetch(
                    outcomes.trained(days(0) - dt.timedelta(days=1)),
                    'party'), set())
