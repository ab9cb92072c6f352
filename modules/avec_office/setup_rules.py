# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The screen on which the rules of the groups of an office are set"
from trytond.model import ModelView, fields
from trytond.modules.avec_group.constitution import FIELDS, ConstitutionMixin
from trytond.pool import Pool, PoolMeta


class SetupRules(ConstitutionMixin(), ModelView):
    __name__ = 'avec.office.setup.rules'
    __string__ = "Rules of the Groups"

    min_members = fields.Integer(
        "Fewest Members", required=True, domain=[('min_members', '>=', 0)])
    max_members = fields.Integer(
        "Most Members", required=True, domain=[('max_members', '>=', 0)])

    @classmethod
    def lists(cls):
        "Return {section of the settings: its field with lines}"
        return {}

    @classmethod
    def get_values(cls, proposed):
        "Return the values of the screen"
        values = dict(proposed['groups'])
        for name in FIELDS:
            values[name] = proposed['constitution'][
                name.removeprefix('cycle_')]
        for section, name in cls.lists().items():
            Line = Pool().get(cls._fields[name].model_name)
            values[name] = [
                Line.get_line(e) for e in proposed.get(section) or []]
        return values

    def get_settings(self):
        "Return the sections that were decided on the screen"
        result = {
            'groups': {n: getattr(self, n) for n in [
                    'min_members', 'max_members']},
            'constitution': {
                n.removeprefix('cycle_'): getattr(self, n, None)
                for n in FIELDS},
            }
        for section, name in self.lists().items():
            result[section] = [
                l.get_entry() for l in getattr(self, name) or []]
        return result


class SetupRulesLoan(metaclass=PoolMeta):
    __name__ = 'avec.office.setup.rules'

    loan_products = fields.One2Many(
        'avec.office.setup.product', None, "Loan Products")

    @classmethod
    def lists(cls):
        return {**super().lists(), 'loan_products': 'loan_products'}


class SetupRulesTraining(metaclass=PoolMeta):
    __name__ = 'avec.office.setup.rules'

    training_axes = fields.One2Many(
        'avec.office.setup.axis', None, "Training Axes")

    @classmethod
    def lists(cls):
        return {**super().lists(), 'training_axes': 'training_axes'}


class SetupRulesLivelihood(metaclass=PoolMeta):
    __name__ = 'avec.office.setup.rules'

    cooperative_steps = fields.One2Many(
        'avec.office.setup.step', None, "Steps of Cooperatives")
    ceilings = fields.One2Many(
        'avec.office.setup.ceiling', None, "Ceilings")

    @classmethod
    def lists(cls):
        return {
            **super().lists(),
            'cooperative_steps': 'cooperative_steps',
            'ceilings': 'ceilings',
            }
