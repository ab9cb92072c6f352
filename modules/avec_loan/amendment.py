# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from .cycle import DEBT_ON_DEATH, DEBT_ON_EXIT, LOANS_AT_SHARE_OUT


class AmendStart(metaclass=PoolMeta):
    __name__ = 'avec.cycle.amend.start'

    company = fields.Many2One('company.company', "Company")
    loan_products = fields.Many2Many(
        'avec.loan.product', None, None, "Loan Products",
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    loans_at_share_out = fields.Selection(
        LOANS_AT_SHARE_OUT, "Loans at Share-out", required=True, sort=False)
    debt_on_exit = fields.Selection(
        DEBT_ON_EXIT, "Debt of Who Leaves", required=True, sort=False)
    debt_on_death = fields.Selection(
        DEBT_ON_DEATH, "Debt of the Dead", required=True, sort=False)


class Amend(metaclass=PoolMeta):
    __name__ = 'avec.cycle.amend'

    def default_start(self, fields):
        values = super().default_start(fields)
        values['company'] = self.record.company.id
        return values
