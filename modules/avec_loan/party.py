# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool, PoolMeta


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def check_erase_company(self, party, company):
        Loan = Pool().get('avec.loan')
        super().check_erase_company(party, company)
        for loan in Loan.search([
                    ('party', '=', party.id),
                    ('company', '=', company.id),
                    ('state', 'in', ['request', 'approved', 'disbursed']),
                    ], limit=1):
            raise EraseError(gettext(
                    'avec_loan.msg_erase_party_loan',
                    party=party.rec_name, loan=loan.number,
                    company=company.rec_name))

    def to_erase(self, party_id):
        Loan = Pool().get('avec.loan')
        return super().to_erase(party_id) + [
            (Loan, [('party', '=', party_id)], True,
                ['purpose', 'note'], [None, None]),
            ]
