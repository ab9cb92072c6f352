# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, Id

_FIELDS = {
    'activity_sequence', 'cooperative_min_members',
    'cooperative_min_capital', 'cooperative_min_share_value',
    'cooperative_min_paid', 'turnover_warning'}


def _sequence(company):
    return fields.Many2One(
        'ir.sequence', "Activity Sequence", required=True,
        domain=[
            ('company', 'in', [company, None]),
            ('sequence_type', '=',
                Id('avec_livelihood', 'sequence_type_activity')),
            ],
        help="Used to give a number to the activities.")


class Configuration(metaclass=PoolMeta):
    __name__ = 'avec.configuration'

    activity_sequence = fields.MultiValue(
        _sequence(Eval('context', {}).get('company', -1)))
    cooperative_min_members = fields.MultiValue(fields.Integer(
            "Fewest Members of a Cooperative", required=True,
            domain=[
                ('cooperative_min_members', '>=', 1),
                ],
            help="A cooperative with fewer members is not registered."))
    cooperative_min_capital = fields.MultiValue(fields.Numeric(
            "Least Capital of a Cooperative", required=True,
            domain=[
                ('cooperative_min_capital', '>=', 0),
                ],
            help="What the members must have subscribed together."))
    cooperative_min_share_value = fields.MultiValue(fields.Numeric(
            "Least Value of a Capital Share", required=True,
            domain=[
                ('cooperative_min_share_value', '>=', 0),
                ]))
    cooperative_min_paid = fields.MultiValue(fields.Numeric(
            "Part of the Capital Paid", required=True,
            domain=[
                ('cooperative_min_paid', '>=', 0),
                ('cooperative_min_paid', '<=', 1),
                ],
            help="What must be paid of the capital subscribed."))
    turnover_warning = fields.MultiValue(fields.Numeric(
            "Warn of the Ceiling From", required=True,
            domain=[
                ('turnover_warning', '>', 0),
                ('turnover_warning', '<=', 1),
                ],
            help="The part of the ceiling from which the turnover of an "
            "auto-entrepreneur is said to near it."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in _FIELDS:
            return pool.get('avec.configuration.value')
        return super().multivalue_model(field)

    @classmethod
    def default_activity_sequence(cls, **pattern):
        return cls.multivalue_model(
            'activity_sequence').default_activity_sequence()

    @classmethod
    def default_cooperative_min_members(cls, **pattern):
        return cls.multivalue_model(
            'cooperative_min_members').default_cooperative_min_members()

    @classmethod
    def default_cooperative_min_capital(cls, **pattern):
        return cls.multivalue_model(
            'cooperative_min_capital').default_cooperative_min_capital()

    @classmethod
    def default_cooperative_min_share_value(cls, **pattern):
        return cls.multivalue_model(
            'cooperative_min_share_value'
            ).default_cooperative_min_share_value()

    @classmethod
    def default_cooperative_min_paid(cls, **pattern):
        return cls.multivalue_model(
            'cooperative_min_paid').default_cooperative_min_paid()

    @classmethod
    def default_turnover_warning(cls, **pattern):
        return cls.multivalue_model(
            'turnover_warning').default_turnover_warning()


class ConfigurationValue(metaclass=PoolMeta):
    __name__ = 'avec.configuration.value'

    activity_sequence = _sequence(Eval('company', -1))
    cooperative_min_members = fields.Integer(
        "Fewest Members of a Cooperative", required=True)
    cooperative_min_capital = fields.Numeric(
        "Least Capital of a Cooperative", required=True)
    cooperative_min_share_value = fields.Numeric(
        "Least Value of a Capital Share", required=True)
    cooperative_min_paid = fields.Numeric(
        "Part of the Capital Paid", required=True)
    turnover_warning = fields.Numeric(
        "Warn of the Ceiling From", required=True)

    @classmethod
    def default_activity_sequence(cls):
        ModelData = Pool().get('ir.model.data')
        try:
            return ModelData.get_id('avec_livelihood', 'sequence_activity')
        except KeyError:
            return None

    # As the law of Morocco has it

    @classmethod
    def default_cooperative_min_members(cls):
        return 5

    @classmethod
    def default_cooperative_min_capital(cls):
        return Decimal(1000)

    @classmethod
    def default_cooperative_min_share_value(cls):
        return Decimal(100)

    @classmethod
    def default_cooperative_min_paid(cls):
        return Decimal('0.25')

    @classmethod
    def default_turnover_warning(cls):
        return Decimal('0.80')
