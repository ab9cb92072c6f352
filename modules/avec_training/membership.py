# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Membership(metaclass=PoolMeta):
    __name__ = 'avec.membership'

    def _has_documents(self, domain):
        Attendance = Pool().get('avec.training.attendance')
        return super()._has_documents(domain) or bool(Attendance.search([
                    ('membership', '=', self.id),
                    ('session', 'where', [
                            ('state', '=', 'held'),
                            *domain,
                            ]),
                    ], limit=1))
