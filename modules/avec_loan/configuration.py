# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, Id


class Configuration(metaclass=PoolMeta):
    __name__ = 'avec.configuration'

    loan_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Loan Sequence", required=True,
            domain=[
                ('company', 'in',
                    [Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=',
                    Id('avec_loan', 'sequence_type_loan')),
                ],
            help="Used to give a number to the loans."))
    loan_four_eyes = fields.MultiValue(fields.Boolean(
            "Loans Approved by Another",
            help="Check to let nobody approve a loan that he or she "
            "requested."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in {'loan_sequence', 'loan_four_eyes'}:
            return pool.get('avec.configuration.value')
        return super().multivalue_model(field)

    @classmethod
    def default_loan_sequence(cls, **pattern):
        return cls.multivalue_model('loan_sequence').default_loan_sequence()

    @classmethod
    def default_loan_four_eyes(cls, **pattern):
        return cls.multivalue_model(
            'loan_four_eyes').default_loan_four_eyes()


class ConfigurationValue(metaclass=PoolMeta):
    __name__ = 'avec.configuration.value'

    loan_sequence = fields.Many2One(
        'ir.sequence', "Loan Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=', Id('avec_loan', 'sequence_type_loan')),
            ])
    loan_four_eyes = fields.Boolean("Loans Approved by Another")

    @classmethod
    def default_loan_sequence(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_loan', 'sequence_loan')
        except KeyError:
            return None

    @classmethod
    def default_loan_four_eyes(cls):
        return False
