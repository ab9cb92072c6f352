# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from .exceptions import HouseholdValidationError


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    avec_gender = fields.Selection([
            (None, ""),
            ('female', "Female"),
            ('male', "Male"),
            ], "Gender", sort=False)
    birth_date = fields.Date("Birth Date")
    household_size = fields.Integer(
        "Household Size",
        domain=['OR',
            ('household_size', '=', None),
            ('household_size', '>=', 1),
            ],
        help="The number of people living in the household, "
        "the person included.")
    household_head = fields.Many2One(
        'party.party', "Household Of", ondelete='SET NULL',
        domain=[
            ('id', '!=', Eval('id', -1)),
            ],
        help="The person under whom the household is recorded, the same for "
        "all who live in it.\n"
        "Leave empty for that person and for who is alone in the records.")
    avec_memberships = fields.One2Many(
        'avec.membership', 'party', "Memberships", readonly=True)
    avec_consent_date = fields.Date(
        "Consent Date",
        help="When the person agreed that personal data be held.")

    @classmethod
    def household_key(cls, table):
        "Return the expression that is the same for all of a household"
        return Coalesce(table.household_head, table.id)

    @classmethod
    def validate_fields(cls, parties, field_names):
        super().validate_fields(parties, field_names)
        cls.check_household(parties, field_names)

    @classmethod
    def check_household(cls, parties, field_names=None):
        "Check that no household is recorded under two persons"
        if field_names and 'household_head' not in field_names:
            return
        members = [p for p in parties if p.household_head]
        for party in members:
            if party.household_head.household_head:
                raise HouseholdValidationError(gettext(
                        'avec_group.msg_household_head',
                        party=party.rec_name,
                        head=party.household_head.rec_name,
                        other=party.household_head.household_head.rec_name))
        if heads := cls.search([
                    ('household_head', 'in', [p.id for p in members]),
                    ], limit=1):
            head, = heads
            raise HouseholdValidationError(gettext(
                    'avec_group.msg_household_head',
                    party=head.rec_name,
                    head=head.household_head.rec_name,
                    other=head.household_head.household_head.rec_name))

    @classmethod
    def _avec_personal_fields(cls):
        "Return the fields that identify a person, emptied by erasure"
        # Gender and household stay: they only count, anonymous
        return ['birth_date', 'avec_consent_date']


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            ('party.party', 'household_head'),
            ('avec.programme', 'donor'),
            ('avec.group', 'party'),
            ('avec.membership', 'party'),
            ('avec.meeting.operation', 'party'),
            ]


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def check_erase_company(self, party, company):
        Membership = Pool().get('avec.membership')
        super().check_erase_company(party, company)
        memberships = Membership.search([
                ('party', '=', party.id),
                ('group.company', '=', company.id),
                ('end_date', '=', None),
                ], limit=1)
        if memberships:
            membership, = memberships
            raise EraseError(gettext(
                    'avec_group.msg_erase_party_member',
                    party=party.rec_name,
                    group=membership.group.rec_name,
                    company=company.rec_name))

    def to_erase(self, party_id):
        pool = Pool()
        Party = pool.get('party.party')
        Exit = pool.get('avec.membership.exit')
        Line = pool.get('avec.meeting.line')
        Membership = pool.get('avec.membership')
        Operation = pool.get('avec.meeting.operation')
        personal = Party._avec_personal_fields()
        memberships = [
            m.id for m in Membership.search([('party', '=', party_id)])]
        return super().to_erase(party_id) + [
            (Party, [('id', '=', party_id)], True,
                personal, [None] * len(personal)),
            (Line, [('membership', 'in', memberships)], True,
                ['note'], [None]),
            (Exit, [('membership', 'in', memberships)], True,
                ['note'], [None]),
            # Only a grant does without its description
            (Operation, [('party', '=', party_id), ('kind', '=', 'grant')],
                True, ['description'], [None]),
            ]
