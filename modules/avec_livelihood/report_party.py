# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What livelihoods add to what is held on a person"
from trytond.pool import PoolMeta


class PartySheet(metaclass=PoolMeta):
    __name__ = 'avec.party.sheet'

    @classmethod
    def _get_sections(cls, parties):
        sections = super()._get_sections(parties)
        for party in parties:
            sections[party.id] += filter(None, [
                    cls._table(
                        'avec_livelihood.msg_party_sheet_activities',
                        'avec.activity', [
                            'name', 'kind', 'sector', 'start_date', 'profit',
                            'state', 'note'],
                        cls._find(
                            'avec.activity', 'owners.membership', party)),
                    cls._table(
                        'avec_livelihood.msg_party_sheet_cooperatives',
                        'avec.cooperative.member', [
                            'cooperative', 'start_date', 'end_date',
                            'subscribed', 'paid'],
                        cls._find('avec.cooperative.member', None, party)),
                    cls._table(
                        'avec_livelihood.msg_party_sheet_self_employments',
                        'avec.self_employment', [
                            'activity_name', 'registration_number',
                            'application_date', 'registration_date', 'state',
                            'note'],
                        cls._find('avec.self_employment', None, party)),
                    cls._table(
                        'avec_livelihood.msg_party_sheet_employments',
                        'avec.employment', [
                            'job', 'employer_name', 'contract', 'start_date',
                            'end_date', 'note'],
                        cls._find('avec.employment', None, party)),
                    ])
        return sections
