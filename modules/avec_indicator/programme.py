# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta


class Programme(metaclass=PoolMeta):
    __name__ = 'avec.programme'

    snapshot_interval = fields.Selection([
            (None, "By Hand"),
            ('month', "Every Month"),
            ('quarter', "Every Quarter"),
            ('half_year', "Every Half-year"),
            ('year', "Every Year"),
            ], "Figures Are Kept", sort=False,
        help="How often the figures of the programme are stored, when the "
        "period has ended.")

    @classmethod
    def default_snapshot_interval(cls):
        return 'quarter'
