# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    @classmethod
    def _avec_public(cls):
        # Who trains the groups of others is named on the own sessions too
        return super()._avec_public() + [
            Pool().get('avec.training.session').__table__().trainer]


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            ('avec.training.session', 'trainer'),
            ]


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        pool = Pool()
        Assessment = pool.get('avec.training.assessment')
        Attendance = pool.get('avec.training.attendance')
        # What was attended and scored stays: it only counts, anonymous
        return super().to_erase(party_id) + [
            (Model, [('party', '=', party_id)], True, ['note'], [None])
            for Model in [Attendance, Assessment]]
