# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from . import debts


class Membership(metaclass=PoolMeta):
    __name__ = 'avec.membership'

    loans = fields.One2Many(
        'avec.loan', 'membership', "Loans", readonly=True)

    @classmethod
    def get_amounts(cls, memberships, names):
        # A loan follows its member even out of the group
        result = super().get_amounts(
            memberships, [n for n in names if n != 'balance_due'])
        if 'balance_due' in names:
            result['balance_due'] = cls._get_outstanding(memberships)
        return result

    @classmethod
    def _get_outstanding(cls, memberships):
        Loan = Pool().get('avec.loan')
        loans = Loan.search([
                ('membership', 'in', [m.id for m in memberships]),
                ('state', 'in', debts.DISBURSED),
                ])
        owed = debts.outstanding(
            loans, date=Transaction().context.get('avec_date'))
        result = {m.id: Decimal(0) for m in memberships}
        for loan in loans:
            result[loan.membership.id] += sum(owed[loan.id].values())
        return result

    @classmethod
    def copy(cls, memberships, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('loans', None)
        return super().copy(memberships, default=default)
