# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta


class Membership(metaclass=PoolMeta):
    __name__ = 'avec.membership'

    activities = fields.One2Many(
        'avec.activity.owner', 'membership', "Activities", readonly=True)

    @classmethod
    def copy(cls, memberships, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('activities', None)
        return super().copy(memberships, default=default)
