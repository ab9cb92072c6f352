# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What training adds to what is held on a person"
from trytond.pool import PoolMeta


class PartySheet(metaclass=PoolMeta):
    __name__ = 'avec.party.sheet'

    @classmethod
    def _get_sections(cls, parties):
        sections = super()._get_sections(parties)
        for party in parties:
            sections[party.id] += filter(None, [
                    cls._table(
                        'avec_training.msg_party_sheet_attendances',
                        'avec.training.attendance',
                        ['session', 'attendance', 'hours', 'note'],
                        cls._find('avec.training.attendance', None, party)),
                    cls._table(
                        'avec_training.msg_party_sheet_assessments',
                        'avec.training.assessment',
                        ['curriculum', 'moment', 'date', 'score', 'note'],
                        cls._find('avec.training.assessment', None, party)),
                    cls._table(
                        'avec_training.msg_party_sheet_skills',
                        'avec.training.skill', ['skill', 'date'],
                        cls._find('avec.training.skill', None, party)),
                    ])
        return sections
