# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import base64
import secrets
from collections import defaultdict

from sql import Literal, Null
from sql.conditionals import Coalesce
from sql.operators import Exists, Or

from trytond.i18n import gettext
from trytond.model import Unique, fields
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import retention
from .exceptions import HouseholdValidationError
from .ledger import fetch


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
    avec_pseudonym = fields.Char(
        "Pseudonym", readonly=True,
        help="Stands for the person where nobody needs to know who it is.\n"
        "It is drawn at random.")
    avec_left_date = fields.Function(fields.Date(
            "Left On",
            help="When the person left the last of all groups."),
        'get_avec_left_date')
    avec_past_retention = fields.Function(fields.Boolean(
            "Past Retention",
            help="The person left all groups longer ago than the years of "
            "retention of the company, owes nothing and is owed nothing."),
        'get_avec_past_retention', searcher='search_avec_past_retention')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('avec_pseudonym_unique', Unique(table, table.avec_pseudonym),
                'avec_group.msg_party_pseudonym_unique'),
            ]

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        # Who was a party before there were pseudonyms
        cursor.execute(*table.select(
                table.id, where=table.avec_pseudonym == Null))
        for party, in cursor.fetchall():
            cursor.execute(*table.update(
                    [table.avec_pseudonym], [_pseudonym()],
                    where=table.id == party))

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            # Drawn here and not as a default, which many records share
            values['avec_pseudonym'] = _pseudonym()
        return values

    avec_private = fields.Function(fields.Boolean(
            "Private",
            help="Check for a member or a group, which no field officer "
            "sees but those who follow it."),
        'get_avec_private')
    avec_field_officers = fields.Function(fields.Many2Many(
            'company.employee', None, None, "Field Officers",
            help="Who follows a group that the party is of, or deals with."),
        'get_avec_field_officers')
    avec_companies = fields.Function(fields.Many2Many(
            'company.company', None, None, "Companies of Groups",
            help="Whose groups the party is of, or deals with."),
        'get_avec_companies')

    @classmethod
    def get_avec_private(cls, parties, name):
        private = set(cls.search([
                    ('id', 'in', [p.id for p in parties]),
                    ('avec_private', '=', True),
                    ]))
        return {p.id: p in private for p in parties}

    @classmethod
    def domain_avec_private(cls, domain, tables):
        _, operator, value = domain
        table, _ = tables[None]

        # The members are many and the others few, so that each is looked up
        # for the party, or all of them once
        private = Or([
                Exists(c.table.select(Literal(1), where=c == table.id))
                for c in cls._avec_private()])
        private &= ~Or([
                table.id.in_(c.table.select(c, where=c != Null))
                for c in cls._avec_public()])
        if not isinstance(value, (list, tuple)):
            value = [value]
        expression = Or([
                private if v else ~private for v in set(map(bool, value))])
        if operator.startswith(('!', 'not')):
            expression = ~expression
        return expression

    @classmethod
    def _avec_private(cls):
        "Return the columns of the parties that are of a group"
        pool = Pool()
        return [
            pool.get('avec.membership').__table__().party,
            pool.get('avec.group').__table__().party,
            ]

    @classmethod
    def _avec_public(cls):
        "Return the columns of the parties that every field officer sees"
        return [Pool().get('company.employee').__table__().party]

    @classmethod
    def get_avec_field_officers(cls, parties, name):
        return cls._get_of_groups(parties, 'field_officer')

    @classmethod
    def get_avec_companies(cls, parties, name):
        return cls._get_of_groups(parties, 'company')

    @classmethod
    def _get_of_groups(cls, parties, name):
        "Return the ids in the field of the groups of each party"
        group = Pool().get('avec.group').__table__()
        column = getattr(group, name)
        result = defaultdict(set)
        for tables, party, group_id in cls._avec_named_by():
            for party_id, id_ in fetch(
                    tables.join(group, condition=group.id == group_id)
                    .select(
                        party.as_('party'), column.as_('of'),
                        where=fields.SQL_OPERATORS['in'](
                            party, [p.id for p in parties])
                        & (column != Null)),
                    [None, None]):
                result[party_id].add(id_)
        return {p.id: sorted(result[p.id]) for p in parties}

    @classmethod
    def domain_avec_field_officers(cls, domain, tables):
        return cls._domain_of_groups(domain, tables, 'field_officer')

    @classmethod
    def domain_avec_companies(cls, domain, tables):
        return cls._domain_of_groups(domain, tables, 'company')

    @classmethod
    def _domain_of_groups(cls, domain, tables, name):
        "Return the expression of the parties by the field of their groups"
        _, operator, value = domain
        table, _ = tables[None]
        group = Pool().get('avec.group').__table__()
        if not isinstance(value, (list, tuple)):
            value = [value]
        found = group.select(group.id, where=fields.SQL_OPERATORS['in'](
                getattr(group, name), list(value)))
        expression = Or([
                table.id.in_(tables.select(
                        party,
                        where=group_id.in_(found) & (party != Null)))
                for tables, party, group_id in cls._avec_named_by()])
        if operator.startswith(('!', 'not')):
            expression = ~expression
        return expression

    @classmethod
    def _avec_named_by(cls):
        """Return the groups that name parties, [(tables, party, group), ...]

        Who follows a group reads the parties that its records name."""
        pool = Pool()
        cycle = pool.get('avec.cycle').__table__()
        group = pool.get('avec.group').__table__()
        meeting = pool.get('avec.meeting').__table__()
        household = pool.get('avec.membership').__table__()
        membership = pool.get('avec.membership').__table__()
        operation = pool.get('avec.meeting.operation').__table__()
        person = cls.__table__()
        return [
            (group, group.party, group.id),
            (membership, membership.party, membership.group),
            (person.join(
                    household, condition=household.party == person.id),
                person.household_head, household.group),
            (operation
                .join(meeting, condition=operation.meeting == meeting.id)
                .join(cycle, condition=meeting.cycle == cycle.id),
                operation.party, cycle.group),
            ]

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
    def get_avec_left_date(cls, parties, name):
        Membership = Pool().get('avec.membership')
        dates = defaultdict(list)
        for sub_parties in grouped_slice(parties):
            # Of the groups that the user may see
            for membership in Membership.search([
                        ('party', 'in', [p.id for p in sub_parties]),
                        ]):
                dates[membership.party.id].append(membership.end_date)
        return {
            p.id: max(dates[p.id]) if dates[p.id] and all(dates[p.id])
            else None
            for p in parties}

    @classmethod
    def get_avec_past_retention(cls, parties, name):
        past = set()
        for sub_parties in grouped_slice(parties):
            past.update(p.id for p in cls.search([
                        ('id', 'in', [p.id for p in sub_parties]),
                        (name, '=', True),
                        ]))
        return {p.id: p.id in past for p in parties}

    @classmethod
    def search_avec_past_retention(cls, name, clause):
        pool = Pool()
        Company = pool.get('company.company')
        User = pool.get('res.user')
        _, operator, value = clause
        query = retention.query(Company.browse(User.get_companies()))
        if (operator == '=') == bool(value):
            return [('id', 'in', query)]
        return [('id', 'not in', query)]

    @classmethod
    def _avec_personal_fields(cls):
        "Return the fields that identify a person, emptied by erasure"
        # Gender and household stay: they only count, anonymous
        return ['birth_date', 'avec_consent_date']


def _pseudonym():
    # 60 bits are enough that no two are the same, and read out aloud
    return base64.b32encode(secrets.token_bytes(8))[:12].decode()


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
