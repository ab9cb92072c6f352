# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is held on a person, for the person"
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access

from .report import Section
from .report_fields import FieldsReport


class PartySheet(FieldsReport):
    """All that the reader may see of what is held on a person

    Another module adds the sections of its models to _get_sections, for the
    memberships that the reader may see."""
    __name__ = 'avec.party.sheet'

    @classmethod
    def header_key(cls, record, data):
        # A person is of no company: the page is of the company that prints
        Company = Pool().get('company.company')
        company = Transaction().context.get('company')
        return (('company', Company(company) if company else None),)

    @classmethod
    def _get_context(cls, parties):
        # Nobody sees on paper what is hidden on the screen
        with check_access():
            Party = Pool().get('party.party')
            return super()._get_context(
                Party.browse([p.id for p in parties]))

    @classmethod
    def _get_figures(cls, party):
        return cls._texts(
            party, 'name', 'avec_gender', 'birth_date', 'household_size',
            'household_head', 'avec_consent_date')

    @classmethod
    def _get_sections(cls, parties):
        sections = super()._get_sections(parties)
        memberships = cls._of('avec.membership', parties)
        for party in parties:
            sections[party.id] += filter(None, [
                    *cls._identity(party),
                    cls._table(
                        'msg_party_sheet_memberships', 'avec.membership', [
                            'group', 'number', 'start_date', 'end_date',
                            'end_reason', 'savings', 'balance_due'],
                        memberships[party]),
                    cls._table(
                        'msg_party_sheet_officers', 'avec.group.officer', [
                            'membership', 'role', 'start_date', 'end_date'],
                        cls._find('avec.group.officer', 'membership', party)),
                    cls._table(
                        'msg_party_sheet_meetings', 'avec.meeting.line', [
                            'meeting', 'attendance', 'shares', 'social_fund',
                            'fine', 'note'],
                        cls._find('avec.meeting.line', 'membership', party)),
                    cls._table(
                        'msg_party_sheet_grants', 'avec.meeting.operation', [
                            'meeting', 'kind', 'amount', 'description'],
                        cls._find('avec.meeting.operation', None, party)),
                    cls._table(
                        'msg_party_sheet_exits', 'avec.membership.exit', [
                            'membership', 'date', 'reason', 'savings',
                            'payable', 'state', 'note'],
                        cls._find(
                            'avec.membership.exit', 'membership', party)),
                    cls._table(
                        'msg_party_sheet_share_outs', 'avec.share_out.line', [
                            'share_out', 'shares', 'savings', 'surplus',
                            'payable'],
                        cls._find(
                            'avec.share_out.line', 'membership', party))])
        return sections

    @classmethod
    def _identity(cls, party):
        "Return the sections of what tells who the person is"
        yield cls._table(
            'msg_party_sheet_identifiers', 'party.identifier',
            ['type', 'code'], party.identifiers)
        yield cls._table(
            'msg_party_sheet_addresses', 'party.address',
            ['full_address'], party.addresses)
        yield cls._table(
            'msg_party_sheet_contacts', 'party.contact_mechanism',
            ['value', 'type', 'comment'], party.contact_mechanisms)
        rows = [
            [r.rec_name, cls.format_day(r.create_date.date())]
            for model in ['ir.attachment', 'ir.note']
            for r in Pool().get(model).search([
                    ('resource', '=', str(party)),
                    ])]
        if rows:
            title = gettext('avec_group.msg_party_sheet_papers')
            date, = cls._strings('party.party', 'create_date')
            yield Section(title, [title, date], rows)

    @classmethod
    def _of(cls, model, parties):
        "Return the records of the model of each party"
        result = {p: [] for p in parties}
        for record in Pool().get(model).search([
                    ('party', 'in', [p.id for p in parties]),
                    ]):
            result[record.party].append(record)
        return result

    @classmethod
    def _find(cls, model, path, party):
        "Return the records of the model whose path leads to the party"
        name = f'{path}.party' if path else 'party'
        return Pool().get(model).search([(name, '=', party.id)])

    @classmethod
    def _table(cls, message, model, names, records):
        "Return a section of the fields of the records, None without any"
        if records:
            return cls._section(
                gettext(cls._message_id(message)), model, names, records)

    @classmethod
    def _message_id(cls, message):
        # Of this module, where no other one is named
        return message if '.' in message else f'avec_group.{message}'
