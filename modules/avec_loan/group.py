# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import PoolMeta


class Group(metaclass=PoolMeta):
    __name__ = 'avec.group'

    loans_outstanding = fields.Function(Monetary(
            "Loans Outstanding", currency='currency', digits='currency',
            help="What the loan fund has lent and is not repaid."),
        'get_balances')
