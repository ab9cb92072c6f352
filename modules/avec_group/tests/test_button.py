# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from lxml import etree

from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

from .office import ROLES, OfficeTestCase, acting_as, create_user, office
from .test_access import BUTTONS


class ButtonTestCase(OfficeTestCase):
    "The buttons that a role may not press are not on its screens"

    def buttons(self, model, type='form'):
        view = Pool().get(model).fields_view_get(view_type=type)
        return set(etree.fromstring(view['arch']).xpath('//button/@name'))

    @with_transaction()
    def test_buttons_on_screens(self):
        everything = {}
        for model, name in BUTTONS:
            everything[model] = self.buttons(model)
        with office() as company:
            for role in ROLES:
                with acting_as(create_user(role, company)):
                    for model, names in everything.items():
                        with self.subTest(role=role, model=model):
                            self.assertEqual(self.buttons(model), {
                                    n for n in names
                                    if role in BUTTONS.get((model, n), [])})

    @with_transaction()
    def test_administrator_sees_all(self):
        "Who has all the roles"
        self.assertLessEqual(
            {'hold', 'post', 'cancel'}, self.buttons('avec.meeting'))


class RestAccessTestCase(OfficeTestCase):
    "Over REST, a model of which nobody said who may follows its relations"

    @with_transaction()
    def test_relation_of_user_and_group(self):
        Access = Pool().get('ir.model.access')
        name = 'res.user-res.group'
        with office() as company:
            user = create_user('field_officer', company)
            with acting_as(user), Transaction().set_context(_rest=True):
                self.assertFalse(any(
                        Access.get_access([name])[name][m]
                        for m in ['write', 'create', 'delete']))
                with self.assertRaises(AccessError):
                    Pool().get(name).create([{
                                'user': user.id, 'group': 1}])
            with check_access(), Transaction().set_context(_rest=True):
                # The administrator of Tryton may
                self.assertTrue(Access.get_access([name])[name]['create'])

    @with_transaction()
    def test_others_are_as_they_were(self):
        Access = Pool().get('ir.model.access')
        models = ['avec.group', 'avec.meeting', 'party.party', 'res.user']
        with office() as company:
            for role in ROLES:
                with acting_as(create_user(role, company)):
                    before = Access.get_access(models)
                    with Transaction().set_context(_rest=True):
                        self.assertEqual(Access.get_access(models), before)

    @with_transaction()
    def test_context_of_client(self):
        "What only the server may set does not come from a client"
        pool = Pool()
        Application = pool.get('res.user.application')
        Group = pool.get('res.group')
        User = pool.get('res.user')
        with office() as company:
            user = create_user('field_officer', company)
            application = Application(user=user, application='rest')
            application.save()
            everything = [g.id for g in Group.search([])]
            with Transaction().set_context(
                    _groups=everything, _companies=[company.id + 1],
                    _check_access=False, language='en'):
                self.assertEqual(
                    Application.check(application.key, 'rest'), application)
                self.assertEqual(
                    {k for k in Transaction().context if k[0] == '_'},
                    {'_rest'})
                with Transaction().set_user(user.id):
                    self.assertEqual(len(User.get_groups()), 1)
                    self.assertEqual(
                        list(User.get_companies()), [company.id])
            self.assertIsNone(Application.check('another', 'rest'))


class ActionTestCase(OfficeTestCase):
    "An action does not stand for another one"

    @with_transaction()
    def test_groups(self):
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        ActionWizard = pool.get('ir.action.wizard')
        for Action, name, field, other in [
                (ActionWizard, 'avec.cycle.amend', 'wiz_name',
                    'party.replace'),
                (ActionReport, 'avec.beneficiary.export.identity',
                    'report_name', 'avec.meeting.sheet')]:
            with self.subTest(name=name):
                own = Action.search([(field, '=', name)])
                found, *_ = Action.search([(field, '=', other)])
                groups = Action.get_groups(name)
                self.assertTrue(groups)
                for action in own:
                    self.assertEqual(
                        Action.get_groups(name, action.id), groups)
                for id in [found.id, -1]:
                    self.assertEqual(Action.get_groups(name, id), groups)
