# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta


class Loan(metaclass=PoolMeta):
    __name__ = 'avec.loan'

    activity_fundings = fields.One2Many(
        'avec.activity.funding', 'loan', "Activities Financed",
        readonly=True,
        help="The income-generating activities that the loan started.")

    @classmethod
    def copy(cls, loans, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('activity_fundings', None)
        return super().copy(loans, default=default)
