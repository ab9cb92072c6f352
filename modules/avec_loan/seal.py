# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta


class Seal(metaclass=PoolMeta):
    __name__ = 'avec.seal'

    @classmethod
    def document_models(cls):
        return super().document_models() + [
            'avec.loan.write_off', 'avec.loan.rescheduling']
