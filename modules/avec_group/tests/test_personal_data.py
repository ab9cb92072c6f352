# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import csv
import datetime as dt
import io
from unittest.mock import patch

from trytond.model.exceptions import AccessError
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, without_check_access

from ..beneficiary import age_band
from .office import (
    OfficeTestCase, acting_as, count_boxes, create_group, create_party,
    create_sheet, create_user, office, run_cycle)

LONG_AGO = dt.date(2019, 5, 1)


class RetentionTestCase(OfficeTestCase):
    "Who left long ago, settled, is proposed for erasure"

    def past(self):
        Party = Pool().get('party.party')
        with Transaction().set_context(active_test=False):
            return {
                p.name for p in Party.search([
                        ('avec_past_retention', '=', True)])}

    def leave(self, membership, date):
        "Have left on the day, as an exit writes it"
        Membership = Pool().get('avec.membership')
        membership.start_date = date - dt.timedelta(days=90)
        membership.end_date = date
        with patch.object(Membership, 'check_modification'):
            membership.save()

    @with_transaction()
    def test_years(self):
        "After the years of the company, and not before"
        Configuration = Pool().get('avec.configuration')
        today = Pool().get('ir.date').today()
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            first, second, _ = group.memberships
            self.leave(first, today.replace(day=1, year=today.year - 6))
            self.leave(second, today.replace(day=1, year=today.year - 4))
            self.assertEqual(self.past(), {"Aicha"})
            self.assertTrue(first.party.avec_past_retention)
            self.assertFalse(second.party.avec_past_retention)
            self.assertEqual(first.party.avec_left_date, first.end_date)
            Configuration(1).set_multivalue('retention_years', 3)
            self.assertEqual(self.past(), {"Aicha", "Fatima"})

    @with_transaction()
    def test_member_of_another_group(self):
        "Who is a member still, or again, or elsewhere, is kept"
        Membership = Pool().get('avec.membership')
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima"])
            for membership in group.memberships:
                self.leave(membership, LONG_AGO)
            other = create_group("Miel", [])
            Membership(
                group=other, party=group.memberships[0].party,
                start_date=LONG_AGO).save()
            self.assertEqual(self.past(), {"Fatima"})
            self.assertIsNone(group.memberships[0].party.avec_left_date)

    @with_transaction()
    def test_owed(self):
        "Who has savings in the books is kept"
        Meeting = Pool().get('avec.meeting')
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima"])
            sheet = create_sheet(run_cycle(group, min_shares=0), shares=0)
            sheet.lines[0].shares = 2
            sheet.lines[0].save()
            sheet = Meeting(sheet.id)
            count_boxes(sheet)
            Meeting.hold([sheet])
            Meeting.post([sheet])
            for membership in group.memberships:
                self.leave(membership, LONG_AGO)
            self.assertEqual(self.past(), {"Fatima"})

    @with_transaction()
    def test_another_company(self):
        "Each company proposes its own"
        with office():
            group = create_group("Tissage", ["Aicha"])
            self.leave(group.memberships[0], LONG_AGO)
            self.assertEqual(self.past(), {"Aicha"})
        with office("Elsewhere", create_currency('eur')):
            self.assertEqual(self.past(), set())

    @with_transaction()
    def test_erased(self):
        "Who was erased is not proposed again, and keeps the pseudonym"
        pool = Pool()
        Erase = pool.get('party.erase', type='wizard')
        Party = pool.get('party.party')
        with office():
            group = create_group("Tissage", ["Aicha"])
            self.leave(group.memberships[0], LONG_AGO)
            party = group.memberships[0].party
            pseudonym = party.avec_pseudonym
            party.active = False
            party.save()
            self.assertEqual(self.past(), {"Aicha"})
            session_id, _, _ = Erase.create()
            wizard = Erase(session_id)
            wizard.ask.party = party
            wizard.transition_erase()
            self.assertEqual(self.past(), set())
            values, = Party.read([party.id], ['avec_pseudonym', 'name'])
            self.assertEqual(
                (values['avec_pseudonym'], values['name']),
                (pseudonym, None))


class BeneficiaryTestCase(OfficeTestCase):
    "What is exported of members does not tell who they are"

    def export(self, records, name='', form='csv'):
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        report_name = 'avec.beneficiary.export' + name
        Report = pool.get(report_name, type='report')
        with without_check_access():
            action, = ActionReport.search([
                    ('report_name', '=', report_name),
                    ('extension', '=', 'csv' if form == 'csv' else '')])
        _, content, _, _ = Report.execute([r.id for r in records], {
                'action_id': action.id,
                'model': records[0].__name__})
        return content

    def rows(self, records, name=''):
        content = self.export(records, name).decode('utf-8-sig')
        return list(csv.DictReader(io.StringIO(content)))

    def prepare_group(self, **values):
        group = create_group("Tissage", ["Aicha", "Omar"], **values)
        first, second = [m.party for m in group.memberships]
        first.avec_gender = 'female'
        first.birth_date = dt.date(1990, 5, 1)
        first.household_size = 6
        first.save()
        second.avec_gender = 'male'
        second.save()
        return group

    @with_transaction()
    def test_no_identity(self):
        "A pseudonym, an age band and places, and no name in any form"
        pool = Pool()
        Programme = pool.get('avec.programme')
        with office(), Transaction().set_context(
                avec_date=dt.date(2026, 4, 30)):
            programme = Programme(
                name="Drosos", code="D", start_date=dt.date(2026, 1, 1))
            programme.save()
            group = self.prepare_group()
            group.programme = programme
            group.save()
            rows = self.rows([group])
            self.assertEqual(rows, self.rows([programme]))
            for content in [
                    self.export([group]), self.export([group], form='ods')]:
                for name in [b'Aicha', b'Omar', b'1990']:
                    self.assertNotIn(name, content)
            woman, = [r for r in rows if r['Gender'] == 'Female']
            self.assertEqual(
                {k: woman[k] for k in [
                        'Age', 'Household Size', 'Group', 'Joined', 'Left',
                        'Programme']}, {
                    'Age': '35-49', 'Household Size': '6',
                    'Group': group.code, 'Joined': '2026-01-05', 'Left': '',
                    'Programme': 'D'})
            # 35 from the next day on
            self.assertEqual(
                woman['Person'],
                group.memberships[0].party.avec_pseudonym)

    @with_transaction()
    def test_stable(self):
        "The same person has the same pseudonym, and no two share one"
        with office():
            group = self.prepare_group()
            first, again = [
                [r['Person'] for r in self.rows([group])] for _ in range(2)]
            self.assertEqual(first, again)
            self.assertEqual(len(set(first)), 2)
            # Parties made together do not share one
            Party = Pool().get('party.party')
            made = Party.create([{'name': str(i)} for i in range(20)])
            self.assertEqual(len({p.avec_pseudonym for p in made}), 20)
            copy, = Party.copy(made[:1])
            self.assertNotEqual(copy.avec_pseudonym, made[0].avec_pseudonym)

    @with_transaction()
    def test_identity_by_role(self):
        "Names are given to the field officer and the programme only"
        with office() as company:
            officer = create_user('field_officer', company)
            group = self.prepare_group(field_officer=officer.employee)
            for role in ['finance', 'auditor', 'admin']:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    self.assertEqual(len(self.rows([group])), 2)
                    with self.assertRaises(AccessError):
                        self.export([group], '.identity')
                    # Nor by the action of the other export
                    Report = Pool().get(
                        'avec.beneficiary.export.identity', type='report')
                    ActionReport = Pool().get('ir.action.report')
                    open_, = ActionReport.search([
                            ('report_name', '=', 'avec.beneficiary.export'),
                            ('extension', '=', 'csv')])
                    with self.assertRaises(AccessError):
                        Report.execute([group.id], {
                                'action_id': open_.id,
                                'model': 'avec.group'})
            for user in [officer, create_user('programme', company)]:
                with acting_as(user):
                    names = {r['Name'] for r in self.rows(
                            [group], '.identity')}
                    self.assertEqual(names, {"Aicha", "Omar"})

    @with_transaction()
    def test_another_model(self):
        with office():
            party = create_party("Aicha")
            with self.assertRaises(AccessError):
                self.export([party])

    def test_age_bands(self):
        day = dt.date(2026, 5, 1)
        for birth, band in [
                (None, None), (dt.date(2026, 5, 2), None),
                (dt.date(2026, 5, 1), (0, 17)),
                (dt.date(2008, 5, 2), (0, 17)),
                (dt.date(2008, 5, 1), (18, 24)),
                (dt.date(1991, 5, 2), (25, 34)),
                (dt.date(1991, 5, 1), (35, 49)),
                (dt.date(1961, 5, 1), (65, None))]:
            with self.subTest(birth=birth):
                self.assertEqual(age_band(birth, day), band)


class PartySheetTestCase(OfficeTestCase):
    "One page tells what is held on a person"

    def sheet(self, party):
        Report = Pool().get('avec.party.sheet', type='report')
        with patch.object(Report, '_converter', return_value=None):
            _, content, _, _ = Report.execute([party.id], {})
        return self.text(content)

    def text(self, content):
        import zipfile
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read('content.xml').decode()

    @with_transaction()
    def test_what_is_held(self):
        pool = Pool()
        Identifier = pool.get('party.identifier')
        Meeting = pool.get('avec.meeting')
        Note = pool.get('ir.note')
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima"])
            party = group.memberships[0].party
            party.birth_date = dt.date(1990, 5, 1)
            party.avec_consent_date = dt.date(2026, 1, 5)
            party.save()
            Identifier(party=party, code="I123456").save()
            Note(resource=party, message="Called").save()
            sheet = create_sheet(run_cycle(group), shares=3)
            sheet.lines[0].note = "Came with her child"
            sheet.lines[0].save()
            Meeting.hold([Meeting(sheet.id)])
            Meeting.post([Meeting(sheet.id)])
            text = self.sheet(party)
            for found in [
                    "Aicha", "1990", "I123456", "Tissage", "30.00",
                    "Came with her child", "Attachments and Notes"]:
                with self.subTest(found=found):
                    self.assertIn(found, text)
            self.assertNotIn("Fatima", text)

    @with_transaction()
    def test_reader_sees_own_groups_only(self):
        "What the reader may not see is not on the page"
        with office() as company:
            user = create_user('field_officer', company)
            other = create_group("Elsewhere Group", ["Aicha"])
            party = other.memberships[0].party
            own = create_group("Own Group", [], field_officer=user.employee)
            Membership = Pool().get('avec.membership')
            Membership(
                group=own, party=party,
                start_date=dt.date(2026, 1, 5)).save()
            with acting_as(user):
                text = self.sheet(party)
            self.assertIn("Own Group", text)
            self.assertNotIn("Elsewhere Group", text)
