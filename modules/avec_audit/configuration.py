# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, Id

_FIELDS = {'audit_finding_sequence', 'audit_late_days'}


class Configuration(metaclass=PoolMeta):
    __name__ = 'avec.configuration'

    audit_finding_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Audit Finding Sequence", required=True,
            domain=[
                ('company', 'in',
                    [Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=',
                    Id('avec_audit', 'sequence_type_finding')),
                ],
            help="Used to give a number to the findings of auditors."))
    audit_late_days = fields.MultiValue(fields.Integer(
            "Days to Record", required=True,
            domain=[
                ('audit_late_days', '>=', 0),
                ],
            help="A document recorded more days after its date is an "
            "exception for the auditors."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in _FIELDS:
            return pool.get('avec.configuration.value')
        return super().multivalue_model(field)

    @classmethod
    def default_audit_finding_sequence(cls, **pattern):
        return cls.multivalue_model(
            'audit_finding_sequence').default_audit_finding_sequence()

    @classmethod
    def default_audit_late_days(cls, **pattern):
        return cls.multivalue_model(
            'audit_late_days').default_audit_late_days()


class ConfigurationValue(metaclass=PoolMeta):
    __name__ = 'avec.configuration.value'

    audit_finding_sequence = fields.Many2One(
        'ir.sequence', "Audit Finding Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=', Id('avec_audit', 'sequence_type_finding')),
            ])
    audit_late_days = fields.Integer("Days to Record", required=True)

    @classmethod
    def default_audit_finding_sequence(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_audit', 'sequence_finding')
        except KeyError:
            return None

    @classmethod
    def default_audit_late_days(cls):
        return 30
