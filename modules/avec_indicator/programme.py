# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval


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

    iati_identifier = fields.Char(
        "IATI Identifier",
        help="The identifier under which the programme is published.")
    iati_organisation = fields.Char(
        "IATI Organisation",
        help="The identifier of the organisation that reports.")
    iati_organisation_type = fields.Selection([
            (None, ""),
            ('10', "Government"),
            ('21', "International NGO"),
            ('22', "National NGO"),
            ('60', "Foundation"),
            ('90', "Other"),
            ], "IATI Organisation Type", sort=False,
        states={
            'required': Bool(Eval('iati_organisation')),
            })

    @classmethod
    def default_snapshot_interval(cls):
        return 'quarter'
