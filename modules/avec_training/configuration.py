# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, Id


class Configuration(metaclass=PoolMeta):
    __name__ = 'avec.configuration'

    training_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Training Session Sequence", required=True,
            domain=[
                ('company', 'in',
                    [Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=',
                    Id('avec_training', 'sequence_type_session')),
                ],
            help="Used to give a number to the training sessions."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field == 'training_sequence':
            return pool.get('avec.configuration.value')
        return super().multivalue_model(field)

    @classmethod
    def default_training_sequence(cls, **pattern):
        return cls.multivalue_model(
            'training_sequence').default_training_sequence()


class ConfigurationValue(metaclass=PoolMeta):
    __name__ = 'avec.configuration.value'

    training_sequence = fields.Many2One(
        'ir.sequence', "Training Session Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=',
                Id('avec_training', 'sequence_type_session')),
            ])

    @classmethod
    def default_training_sequence(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_training', 'sequence_session')
        except KeyError:
            return None
