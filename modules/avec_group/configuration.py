# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import (
    CompanyMultiValueMixin, CompanyValueMixin)
from trytond.pool import Pool
from trytond.pyson import Eval, Id

from .constitution import FIELDS as CONSTITUTION
from .constitution import ConstitutionMixin
from .trail import HistoryMixin, TrailMixin


class Configuration(
        ConstitutionMixin(wrap=fields.MultiValue), TrailMixin,
        ModelSingleton, ModelSQL, ModelView, CompanyMultiValueMixin):
    __name__ = 'avec.configuration'
    __string__ = "Savings Groups Configuration"

    group_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Group Sequence", required=True,
            domain=[
                ('company', 'in',
                    [Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=',
                    Id('avec_group', 'sequence_type_group')),
                ],
            help="Used to give a code to the groups."))
    min_members = fields.MultiValue(fields.Integer(
            "Fewest Members", required=True,
            domain=[
                ('min_members', '>=', 0),
                ],
            help="A smaller group gets a warning when its cycle starts."))
    max_members = fields.MultiValue(fields.Integer(
            "Most Members", required=True,
            domain=[
                ('max_members', '>=', 0),
                ],
            help="A larger group gets a warning when its cycle starts."))
    retention_years = fields.MultiValue(fields.Integer(
            "Years of Retention", required=True,
            domain=[
                ('retention_years', '>=', 0),
                ],
            help="How long after leaving a person who owes nothing and is "
            "owed nothing is kept before being proposed for erasure."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in {
                'group_sequence', 'min_members', 'max_members',
                'retention_years', *CONSTITUTION}:
            return pool.get('avec.configuration.value')
        return super().multivalue_model(field)

    @classmethod
    def read(cls, ids, fields_names):
        result = super().read(ids, fields_names)
        for values in result:
            # Before the first change there is no record, nor a list
            if 'trail' in values:
                values['trail'] = list(values['trail'] or [])
        return result

    @classmethod
    def default_group_sequence(cls, **pattern):
        return cls.multivalue_model(
            'group_sequence').default_group_sequence()

    @classmethod
    def default_min_members(cls, **pattern):
        return cls.multivalue_model('min_members').default_min_members()

    @classmethod
    def default_max_members(cls, **pattern):
        return cls.multivalue_model('max_members').default_max_members()

    @classmethod
    def default_retention_years(cls, **pattern):
        return cls.multivalue_model(
            'retention_years').default_retention_years()


class ConfigurationValue(
        ConstitutionMixin(), HistoryMixin, ModelSQL, CompanyValueMixin):
    __name__ = 'avec.configuration.value'
    __string__ = "Savings Groups Configuration Value"

    group_sequence = fields.Many2One(
        'ir.sequence', "Group Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=', Id('avec_group', 'sequence_type_group')),
            ])
    min_members = fields.Integer("Fewest Members", required=True)
    max_members = fields.Integer("Most Members", required=True)
    retention_years = fields.Integer("Years of Retention", required=True)

    @classmethod
    def default_group_sequence(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_group', 'sequence_group')
        except KeyError:
            return None

    @classmethod
    def default_min_members(cls):
        return 15

    @classmethod
    def default_max_members(cls):
        return 30

    @classmethod
    def default_retention_years(cls):
        return 5
