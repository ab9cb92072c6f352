# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_group.tests.matrix import MatrixMixin
from trytond.modules.avec_group.tests.office import (
    ROLES, acting_as, create_employee, create_group, create_user)
from trytond.modules.avec_training.exceptions import SessionError
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

from .office import (
    FIRST, assess, create_curriculum, create_session, days, hold, office,
    train)

NONE, READ = set(), {'read'}
ALL = {'read', 'write', 'create', 'delete'}
EVERYBODY = [READ] * 5
# What each role may do, in the order of ROLES
SETTING = [READ, READ, READ, READ, ALL]
WORK = [ALL, READ, ALL, READ, READ]
MATRIX = {
    'avec.training.axis': SETTING,
    'avec.training.skill.kind': SETTING,
    'avec.training.curriculum': SETTING,
    'avec.training.topic': SETTING,
    'avec.training.topic-avec.training.skill.kind': SETTING,
    'avec.training.session': WORK,
    'avec.training.session-avec.group': WORK,
    'avec.training.session-avec.training.topic': WORK,
    'avec.training.attendance': WORK,
    'avec.training.assessment': WORK,
    'avec.training.gain': EVERYBODY,
    'avec.training.progress': EVERYBODY,
    'avec.training.skill': EVERYBODY,
    }
BUTTONS = {
    ('avec.training.session', name): {'field_officer', 'programme'}
    for name in ['fill', 'assess', 'plan', 'hold', 'cancel']}
# The models of which each group has records
OF_GROUP = [m for m in MATRIX if MATRIX[m] != SETTING]


class AccessTestCase(MatrixMixin, TestCase):
    "The roles do their work on training, and no more"
    module = 'avec_training'
    matrix = MATRIX
    buttons = BUTTONS
    followers = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_training')

    def live_through(self, group, curriculum=None):
        "Give the group a session that was held and an assessment"
        curriculum = curriculum or create_curriculum()
        session = train(curriculum, [group])
        assess(group.memberships[0], curriculum, 'before', FIRST, 12)
        return session

    @with_transaction()
    def test_refused_models_and_buttons(self):
        "What a role may not do is refused when it is tried"
        pool = Pool()
        with office() as company:
            group = create_group("Atlas", ["Aicha", "Fatima"])
            self.live_through(group)
            for role in ROLES:
                user = create_user(role, company)
                group.field_officer = user.employee
                group.save()
                for model, modes in MATRIX.items():
                    self.refused(
                        user, model, ALL - modes[ROLES.index(role)])
                for (model, name), roles in BUTTONS.items():
                    if role in roles:
                        continue
                    Model = pool.get(model)
                    records = Model.search([], limit=1)
                    with self.subTest(role=role, model=model, button=name), \
                            acting_as(user), \
                            self.assertRaisesRegex(AccessButtonError, name):
                        getattr(Model, name)(Model.browse(records))

    def refused(self, user, model, modes):
        Model = Pool().get(model)
        if callable(Model.table_query):
            modes = modes & {'read'}
        records = Model.search([], limit=1)
        tries = {
            'read': lambda: Model.read([r.id for r in records], ['id']),
            'write': lambda: Model.write(Model.browse(records), {}),
            'create': lambda: Model.create([{}]),
            'delete': lambda: Model.delete(Model.browse(records)),
            }
        for mode in modes:
            with self.subTest(user=user.login, model=model, mode=mode), \
                    acting_as(user), self.assertRaises(AccessError):
                tries[mode]()

    @with_transaction()
    def test_field_officer_sees_own_groups(self):
        "A field officer sees the training of own groups and no other"
        with office() as company:
            user = create_user('field_officer', company)
            other = create_employee(company, "Colleague")
            curriculum = create_curriculum()
            for name, officer in [("Atlas", user.employee), ("Miel", other)]:
                self.live_through(
                    create_group(
                        name, ["Aicha", "Fatima"], field_officer=officer),
                    curriculum)
            for model in OF_GROUP:
                Model = Pool().get(model)
                with self.subTest(model=model):
                    everything = Model.search([])
                    with acting_as(user):
                        seen = Model.search([])
                        hidden = [r.id for r in everything if r not in seen]
                        self.assertTrue(seen)
                        self.assertEqual(len(seen) * 2, len(everything))
                        with self.assertRaises(AccessError):
                            Model.read(hidden, ['id'])
                        if callable(Model.table_query):
                            continue
                        with self.assertRaises(AccessError):
                            Model.write(Model.browse(hidden), {})
                        with self.assertRaises(AccessError):
                            Model.delete(Model.browse(hidden))

    @with_transaction()
    def test_shared_session(self):
        "Each field officer reaches own members of a session for two groups"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Session = pool.get('avec.training.session')
        with office() as company:
            mine, yours = [
                create_user('field_officer', company, login)
                for login in ['mine', 'yours']]
            atlas, miel = [
                create_group(n, m, field_officer=u.employee)
                for n, m, u in [
                    ("Atlas", ["Aicha"], mine), ("Miel", ["Hind"], yours)]]
            session = create_session(create_curriculum(), [atlas, miel])
            Attendance.delete(session.attendances)
            Session.write([session], {'attendances': []})

            def names():
                # As a client reads it
                values, = Session.read([session.id], ['attendances'])
                return [
                    l.party.name
                    for l in Attendance.browse(values['attendances'])]
            with acting_as(mine):
                Session.fill([Session(session.id)])
                self.assertEqual(names(), ["Aicha"])
                values, = Session.read([session.id], ['scope'])
                self.assertEqual(values['scope'], atlas.rec_name)
                # The members of the colleague are not yet on the sheet
                with self.assertRaisesRegex(SessionError, "Miel"):
                    Session.hold([Session(session.id)])
                with self.assertRaises(AccessError):
                    Attendance.create([{
                                'session': session.id,
                                'membership': miel.memberships[0].id,
                                'attendance': 'present'}])
            with acting_as(yours):
                Session.fill([Session(session.id)])
                self.assertEqual(names(), ["Hind"])
                line, = Attendance.search([])
                Attendance.write([line], {'attendance': 'late'})
            self.assertEqual(names(), ["Aicha", "Hind"])
            self.assertEqual(
                Session(session.id).scope,
                f"{atlas.rec_name}, {miel.rec_name}")
            with acting_as(mine):
                with self.assertRaises(AccessError):
                    Attendance.read([line.id], ['attendance'])
                with self.assertRaises(AccessError):
                    Attendance.write(
                        [Attendance(line.id)], {'attendance': 'absent'})
                Session.hold([Session(session.id)])
            self.assertEqual(Session(session.id).present_count, 2)

    @with_transaction()
    def test_session_of_the_whole_programme(self):
        "A field officer reads it with own members, and holds it not"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Programme = pool.get('avec.programme')
        Session = pool.get('avec.training.session')
        with office() as company:
            user = create_user('field_officer', company)
            other = create_user('programme', company)
            programme = Programme(name="Youth", start_date=FIRST)
            programme.save()
            for name, member, officer in [
                    ("Atlas", "Aicha", user.employee),
                    ("Miel", "Hind", other.employee)]:
                group = create_group(name, [member], field_officer=officer)
                group.programme = programme
                group.save()
            curriculum = create_curriculum()
            session = create_session(curriculum, [], programme=programme)
            self.assertEqual(len(session.attendances), 2)
            with acting_as(user):
                found, = Session.search([])
                values, = Session.read([found.id], ['attendances'])
                self.assertEqual(
                    [l.party.name for l in Attendance.browse(
                            values['attendances'])], ["Aicha"])
                for button in ['fill', 'hold', 'cancel']:
                    with self.subTest(button=button), \
                            self.assertRaises(AccessError):
                        getattr(Session, button)([found])
                with self.assertRaises(AccessError):
                    Attendance.write(
                        Attendance.search([]), {'attendance': 'absent'})
                with self.assertRaises(AccessError):
                    Session.write([found], {
                            'groups': [('add', [
                                        g.id for g in programme.groups])]})
                with self.assertRaises(AccessError):
                    create_session(
                        curriculum, [], date=days(1), programme=programme,
                        trainer=user.employee.party)
            with acting_as(other):
                Session.hold([Session(session.id)])
            self.assertEqual(Session(session.id).held_by, other.employee)

    @with_transaction()
    def test_no_link_is_made_from_outside(self):
        "A client cannot bring an own group into the session of others"
        Link = Pool().get('avec.training.session-avec.group')
        self.assertEqual(Link.__rpc__, {})

    @with_transaction()
    def test_field_officer_trains_own_group(self):
        "From the plan to the scores, all by a field officer"
        pool = Pool()
        Assessment = pool.get('avec.training.assessment')
        Progress = pool.get('avec.training.progress')
        Session = pool.get('avec.training.session')
        with office() as company:
            user = create_user('field_officer', company)
            group = create_group(
                "Atlas", ["Aicha"], field_officer=user.employee)
            other = create_group("Miel", ["Hind"])
            curriculum = create_curriculum(topics=(2,))

            def values(group):
                return {
                    'curriculum': curriculum.id, 'date': FIRST,
                    'start_time': dt.time(9), 'end_time': dt.time(11),
                    'hours': Decimal(2), 'groups': [('add', [group.id])],
                    'topics': [('add', [curriculum.topics[0].id])]}
            with acting_as(user):
                session, = Session.create([values(group)])
                self.assertEqual(session.trainer, user.employee.party)
                Session.fill([session])
                session = hold(Session(session.id))
                self.assertEqual(session.held_by, user.employee)
                Session.assess([session])
                assessment, = Session(session.id).assessments
                Assessment.write([assessment], {'score': Decimal(15)})
                progress, = Progress.search([])
                self.assertTrue(progress.trained)
                with self.assertRaises(AccessError):
                    Session.create([values(other)])

    @with_transaction()
    def test_person_in_groups_of_two_agents(self):
        "Each of them sees her under the own group"
        pool = Pool()
        Membership = pool.get('avec.membership')
        Progress = pool.get('avec.training.progress')
        with office() as company:
            users = [
                create_user('field_officer', company, login)
                for login in ['mine', 'yours']]
            atlas, miel = [
                create_group(n, m, field_officer=u.employee)
                for n, m, u in zip(["Atlas", "Miel"], [["Aicha"], []], users)]
            Membership(
                group=miel, party=atlas.memberships[0].party,
                start_date=FIRST).save()
            create_curriculum()
            self.assertEqual(len(Progress.search([])), 1)
            for user, group in zip(users, [atlas, miel]):
                with acting_as(user):
                    progress, = Progress.search([])
                    self.assertEqual(progress.group, group)

    @with_transaction()
    def test_other_company(self):
        "Nobody sees the training of another company"
        pool = Pool()
        Axis = pool.get('avec.training.axis')
        with office() as company:
            curriculum = create_curriculum(company=company)
            Axis(name="Own", code='own', company=company).save()
            self.live_through(
                create_group("Atlas", ["Aicha"]), curriculum)
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            users = [create_user(r, elsewhere) for r in ROLES]
        models = [m for m in MATRIX if m not in {
                'avec.training.axis', 'avec.training.skill.kind'}]
        for user in users:
            for model in models:
                Model = pool.get(model)
                ids = [r.id for r in Model.search([])]
                with self.subTest(user=user.login, model=model):
                    self.assertTrue(ids)
                    with acting_as(user):
                        self.assertEqual(Model.search([]), [])
                        with self.assertRaises(AccessError):
                            Model.read(ids, ['id'])
            with acting_as(user):
                # What has no company is shared
                self.assertEqual(
                    [a.code for a in Axis.search([])],
                    ['life', 'technical', 'access'])
