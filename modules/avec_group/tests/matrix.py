# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What each role may do with the models and the buttons of a module"
from trytond.model import ValueMixin
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import ROLES, acting_as, create_user, office

__all__ = ['MatrixMixin']


class MatrixMixin:
    """Hold the access of the roles to what a table says

    matrix: {model: [what each role may do, in the order of ROLES]}.
    buttons: {(model, button): the roles that may press it}.
    followers: the table has the models that follow the access of another too.
    """
    matrix = {}
    buttons = {}
    followers = False

    def _models(self):
        "Yield the names of the models of the module and the models"
        pool = Pool()
        Model = pool.get('ir.model')
        for record in Model.search([('module', '=', self.module)]):
            yield record.name, pool.get(record.name)

    @with_transaction()
    def test_models_by_role(self):
        "Each role reads and writes what the design says"
        Access = Pool().get('ir.model.access')
        with office() as company:
            for role in ROLES:
                with acting_as(create_user(role, company)):
                    access = Access.get_access(list(self.matrix))
                for model, expected in self.matrix.items():
                    with self.subTest(role=role, model=model):
                        self.assertEqual(
                            {m for m, ok in access[model].items() if ok},
                            expected[ROLES.index(role)])

    @with_transaction()
    def test_every_model_is_in_the_matrix(self):
        "No model is forgotten"
        self.assertLessEqual({
                name for name, model in self._models()
                if hasattr(model, 'read')
                and (self.followers or not model.__access__)
                and not issubclass(model, ValueMixin)},
            self.matrix.keys())

    @with_transaction()
    def test_buttons_by_role(self):
        "Each button has the roles that the design says, none is forgotten"
        pool = Pool()
        Button = pool.get('ir.model.button')
        ModelData = pool.get('ir.model.data')
        self.assertEqual({
                (name, button) for name, model in self._models()
                for button in getattr(model, '_buttons', {})},
            self.buttons.keys())
        for (model, name), roles in self.buttons.items():
            with self.subTest(model=model, button=name):
                self.assertEqual(Button.get_groups(model, name), {
                        ModelData.get_id('avec_group', f'group_{role}')
                        for role in roles})
