# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from lxml import etree

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

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
