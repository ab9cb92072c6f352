# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Column

from trytond.i18n import gettext
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool, PoolMeta


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    @classmethod
    def _avec_named_by(cls):
        pool = Pool()
        activity = pool.get('avec.activity').__table__()
        employment = pool.get('avec.employment').__table__()
        funding = pool.get('avec.activity.funding').__table__()
        membership = pool.get('avec.membership').__table__()
        return super()._avec_named_by() + [
            (funding.join(
                    activity, condition=funding.activity == activity.id),
                funding.donor, activity.group),
            (employment.join(
                    membership,
                    condition=employment.membership == membership.id),
                employment.employer, membership.group),
            ]


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            ('avec.activity.funding', 'donor'),
            ('avec.cooperative', 'party'),
            ('avec.cooperative.member', 'party'),
            ('avec.self_employment', 'party'),
            ('avec.employment', 'party'),
            ('avec.employment', 'employer'),
            ]


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def check_erase_company(self, party, company):
        Member = Pool().get('avec.cooperative.member')
        super().check_erase_company(party, company)
        for member in Member.search([
                    ('party', '=', party.id),
                    ('cooperative.company', '=', company.id),
                    ('cooperative.state', '!=', 'dissolved'),
                    ('end_date', '=', None),
                    ], limit=1):
            raise EraseError(gettext(
                    'avec_livelihood.msg_erase_party_cooperative',
                    party=party.rec_name,
                    cooperative=member.cooperative.rec_name,
                    company=company.rec_name))

    def to_erase(self, party_id):
        pool = Pool()
        Activity = pool.get('avec.activity')
        Employment = pool.get('avec.employment')
        FollowUp = pool.get('avec.employment.follow_up')
        Funding = pool.get('avec.activity.funding')
        Payment = pool.get('avec.cooperative.payment')
        Record = pool.get('avec.activity.record')
        SelfEmployment = pool.get('avec.self_employment')
        owned = [('owners.membership.party', '=', party_id)]
        own = [*owned, ('kind', '=', 'individual')]
        activities = [a.id for a in Activity.search(owned)]
        return super().to_erase(party_id) + [
            (Activity, owned, True, ['note'], [None]),
            # It may be named after its owner
            (Activity, own, False, ['name'], [_number]),
            (Record, [('activity', 'in', activities)], True,
                ['note'], [None]),
            (Funding, [('activity', 'in', activities)], True,
                ['description'], [None]),
            (SelfEmployment, [('party', '=', party_id)], True,
                ['registration_number', 'note'], [None, None]),
            (Employment, [('party', '=', party_id)], True,
                ['employer_name', 'note'], [None, None]),
            (FollowUp, [('employment.party', '=', party_id)], True,
                ['note'], [None]),
            (Payment, [('member.party', '=', party_id)], True,
                ['description'], [None]),
            ]


def _number(column):
    return Column(column.table, 'number')
