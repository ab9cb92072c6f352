# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What loans add to what is held on a person"
from trytond.pool import PoolMeta


class PartySheet(metaclass=PoolMeta):
    __name__ = 'avec.party.sheet'

    @classmethod
    def _get_sections(cls, parties):
        sections = super()._get_sections(parties)
        for party in parties:
            sections[party.id] += filter(None, [
                    cls._table(
                        'avec_loan.msg_party_sheet_loans', 'avec.loan', [
                            'number', 'product', 'principal', 'purpose',
                            'disbursement_date', 'outstanding', 'state'],
                        cls._find('avec.loan', None, party)),
                    cls._table(
                        'avec_loan.msg_party_sheet_guarantees',
                        'avec.loan.guarantor', ['loan', 'membership'],
                        cls._find('avec.loan.guarantor', 'membership', party)),
                    ])
        return sections
