# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import io
import shutil
import unittest
import zipfile
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from lxml import etree

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group import ledger
from trytond.modules.avec_group.report import Section
from trytond.modules.avec_group.tests.office import (
    ROLES, OfficeTestCase, acting_as, create_user)
from trytond.modules.avec_group.tests.test_account import (
    YEAR, create_party, new_move, office)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

NAMES = ["Hind", "Latifa", "Mina"]
REPORTS = {
    'avec.meeting.sheet': 'avec.meeting',
    'avec.meeting.blank_sheet': 'avec.meeting',
    'avec.membership.passbook': 'avec.membership',
    'avec.cycle.statement': 'avec.cycle',
    'avec.share_out.sheet': 'avec.share_out',
    }
WRITING_MODE = (
    '{urn:oasis:names:tc:opendocument:xmlns:style:1.0}writing-mode')


def create_language():
    Lang = Pool().get('ir.lang')
    lang = Lang(
        code='ar', name="العربية", direction='rtl', date='%d/%m/%Y',
        grouping='[3, 3, 0]', decimal_point=',', thousands_sep='.',
        mon_grouping='[3, 3, 0]', mon_decimal_point=',',
        mon_thousands_sep='.')
    lang.save()
    return lang


def translate(report, source, text):
    Translation = Pool().get('ir.translation')
    Translation.create([{
                'lang': 'ar', 'type': 'report', 'name': report,
                'src': source, 'value': text, 'module': 'avec_group',
                'fuzzy': False, 'res_id': -1,
                }])


def live_through(company):
    "Make a group that met once and shared out"
    pool = Pool()
    ShareOut = pool.get('avec.share_out')
    cycle = run_cycle(create_members(company))
    hold_meeting(cycle)
    pool.get('avec.cycle').share([cycle])
    share_out = ShareOut(cycle=cycle, date=dt.date(2024, 10, 1))
    share_out.save()
    ShareOut.compute([share_out])
    ShareOut.post([share_out])


@contextmanager
def story():
    "The records of the group that met once, {model: record}"
    pool = Pool()
    with office():
        share_out, = pool.get('avec.share_out').search([])
        cycle = share_out.cycle
        meeting, = cycle.meetings
        yield {
            'avec.meeting': meeting,
            'avec.membership': cycle.group.memberships[0],
            'avec.cycle': cycle,
            'avec.share_out': share_out,
            }


def create_members(company):
    pool = Pool()
    Group = pool.get('avec.group')
    Membership = pool.get('avec.membership')
    Officer = pool.get('avec.group.officer')
    group = Group(
        party=create_party("Safran Taliouine"), company=company,
        formation_date=YEAR)
    group.save()
    memberships = [
        Membership(group=group, party=create_party(n), start_date=YEAR)
        for n in NAMES]
    Membership.save(memberships)
    Officer(
        group=group, membership=memberships[1], role='treasurer',
        start_date=YEAR).save()
    return group


def run_cycle(group):
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Warning = pool.get('res.user.warning')
    cycle = Cycle(
        group=group, start_date=YEAR, end_date=dt.date(2024, 10, 31),
        share_value=Decimal(10), social_fund_contribution=Decimal(2),
        cash_rounding=Decimal(1), leftover='next_cycle',
        fines=[{'kind': 'late', 'amount': Decimal(1)}])
    cycle.save()
    with patch.object(Warning, 'check', return_value=False):
        Cycle.run([cycle])
    return cycle


def hold_meeting(cycle):
    pool = Pool()
    Line = pool.get('avec.meeting.line')
    Meeting = pool.get('avec.meeting')
    Operation = pool.get('avec.meeting.operation')
    meeting = Meeting(cycle=cycle, date=dt.date(2024, 1, 15))
    meeting.lines = [
        Line(
            membership=membership, attendance=attendance, shares=shares,
            social_fund=Decimal(2), fine=fine)
        for membership, attendance, shares, fine in zip(
            cycle.group.memberships, ['present', 'late', 'present'],
            [5, 3, 2], [None, Decimal(1), None])]
    meeting.operations = [
        Operation(
            kind='income', fund='loan_fund', amount=Decimal(22),
            description="Sale of saffron threads")]
    meeting.loan_fund_counted = Decimal(123)
    meeting.social_fund_counted = Decimal(6)
    meeting.save()
    Meeting.hold([meeting])
    Meeting.post([meeting])
    return meeting


def render(name, records, language='en'):
    "Return the printed OpenDocument {name in the archive: tree}"
    Report = Pool().get(name, type='report')
    with (Transaction().set_context(language=language),
            patch.object(Report, '_converter', return_value=None)):
        extension, content, _, _ = Report.execute(
            [r.id for r in records], {'model': records[0].__name__})
    assert extension == 'odt', extension
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {
        n: etree.fromstring(archive.read(n))
        for n in ['content.xml', 'styles.xml']}


def text_of(document):
    return ' '.join(
        t.strip() for t in document['content.xml'].itertext() if t.strip())


class ReportTestCase(OfficeTestCase):
    "Test the printed papers"

    @classmethod
    def prepare(cls):
        with office() as company:
            live_through(company)

    @with_transaction()
    def test_meeting_sheet(self):
        "The sheet shows the members, the operations and the boxes"
        with story() as records:
            text = text_of(render(
                    'avec.meeting.sheet', [records['avec.meeting']]))
        for figure in [
                "Safran Taliouine", "01/15/2024", "Late", "50.00",
                "Sale of saffron threads", "22.00", "123.00", "Loan Fund"]:
            self.assertIn(figure, text)
        # The treasurer is a member and signs
        self.assertEqual(text.count("Latifa"), 2)

    @with_transaction()
    def test_blank_sheet(self):
        "The blank form names the members and the rules, from both models"
        with story() as records:
            for model in ['avec.meeting', 'avec.cycle']:
                text = text_of(render(
                        'avec.meeting.blank_sheet', [records[model]]))
                for expected in [
                        *NAMES, "Share Value", "usd10.00", "Late usd1.00"]:
                    self.assertIn(expected, text)
                self.assertNotIn("50.00", text)

    @with_transaction()
    def test_passbook(self):
        "The passbook follows the shares up to the share-out"
        with story() as records:
            member = records['avec.membership']
            text = text_of(render('avec.membership.passbook', [member]))
            self.assertEqual(member.party.name, "Hind")
        for figure in ["Hind", "01/15/2024", "Present", "50.00", "61.00"]:
            self.assertIn(figure, text)

    @with_transaction()
    def test_passbooks_of_a_group(self):
        "The passbooks of all the members are one document"
        with story() as records:
            members = records['avec.cycle'].group.memberships
            text = text_of(render('avec.membership.passbook', members))
        self.assertEqual(text.count("Member Passbook"), 3)

    @with_transaction()
    def test_cycle_statement(self):
        "The statement shows rules, meetings, members, results and balances"
        with story() as records:
            text = text_of(render(
                    'avec.cycle.statement', [records['avec.cycle']]))
        for figure in [
                "Quorum", "50%", "Weekly", "100.00", "7188", "22.00",
                "Income Less Expense", "23.00", "usd12.3000"]:
            self.assertIn(figure, text)

    @with_transaction()
    def test_statement_after_year_is_closed(self):
        "Closing the year does not hide what was earned"
        pool = Pool()
        Move = pool.get('account.move')
        with story() as records:
            cycle = records['avec.cycle']
            closing = new_move(cycle, dt.date(2024, 12, 31), {
                    'other_income': Decimal(22),
                    'surplus_carried': Decimal(-22),
                    })
            closing.origin = closing.period.fiscalyear
            closing.save()
            Move.post([closing])
            results = ledger.cycle_results([cycle])[cycle.id]
        self.assertEqual(
            [(a.code, b) for a, b in results],
            [('7188', Decimal(-22)), ('7581', Decimal(-1))])

    @with_transaction()
    def test_amendments(self):
        "The statement tells what was changed in the words of the reader"
        pool = Pool()
        Amendment = pool.get('avec.cycle.amendment')
        with story() as records:
            cycle = records['avec.cycle']
            Amendment.create([{
                        'cycle': cycle.id, 'date': dt.date(2024, 5, 1),
                        'reason': "Many came late",
                        'changes': [('create', [
                                    {'rule': 'fines', 'old': '',
                                        'new': 'absent 2, late 1'},
                                    {'rule': 'leftover', 'old': '',
                                        'new': 'next_cycle'},
                                    {'rule': 'quorum', 'old': '0.5',
                                        'new': '0.6'},
                                    {'rule': 'max_shares', 'old': '4',
                                        'new': '5'},
                                    ])],
                        }])
            text = text_of(render('avec.cycle.statement', [cycle]))
        for change in [
                "Fines Absent usd2.00, Late usd1.00",
                "Leftover Shared to the Last Coin Next Cycle",
                "Quorum 50% 60%", "Most Shares 4 5"]:
            self.assertIn("05/01/2024 Many came late " + change, text)

    @with_transaction()
    def test_every_role_prints(self):
        "Who reads the documents prints them, without access to the ledger"
        with story() as records:
            company = records['avec.cycle'].company
            for role in ROLES:
                user = create_user(role, company)
                if role == 'field_officer':
                    group = records['avec.cycle'].group
                    group.field_officer = user.employee
                    group.save()
                with acting_as(user):
                    for name, model in REPORTS.items():
                        with self.subTest(role=role, report=name):
                            document = render(name, [records[model]])
                            self.assertIn("Safran", text_of(document))

    @with_transaction()
    def test_other_groups_are_not_printed(self):
        "A field officer does not print the papers of another's group"
        with story() as records:
            user = create_user(
                'field_officer', records['avec.cycle'].company)
            for name, model in REPORTS.items():
                with (self.subTest(report=name), acting_as(user),
                        self.assertRaises(AccessError)):
                    render(name, [records[model]])

    @with_transaction()
    def test_share_out_sheet(self):
        "The share-out sheet shows the parts, the totals and the leftover"
        with story() as records:
            text = text_of(render(
                    'avec.share_out.sheet', [records['avec.share_out']]))
        for figure in ["61.00", "36.00", "24.00", "121.00", "2.00",
                "Next Cycle", "usd12.3000"]:
            self.assertIn(figure, text)

    @with_transaction()
    def test_languages(self):
        "Every paper prints in each language, turned round where it must"
        with story() as records:
            create_language()
            for name, model in REPORTS.items():
                for language, mode in [
                        ('en', 'lr-tb'), ('fr', 'lr-tb'), ('ar', 'rl-tb')]:
                    with self.subTest(report=name, language=language):
                        document = render(name, [records[model]], language)
                        self.assertEqual({
                                n.get(WRITING_MODE)
                                for tree in document.values()
                                for n in tree.iter()
                                if n.get(WRITING_MODE)}, {mode})
                        self.assertIn("Safran", text_of(document))

    @with_transaction()
    def test_arabic(self):
        "Texts are translated and figures keep their direction"
        with story() as records:
            create_language()
            translate('avec.meeting.sheet', "Members", "الأعضاء")
            text = text_of(render(
                    'avec.meeting.sheet', [records['avec.meeting']], 'ar'))
        self.assertIn("الأعضاء", text)
        self.assertIn('\u2066123,00\u2069', text)
        self.assertIn('\u206615/01/2024\u2069', text)

    @with_transaction()
    def test_texts_are_translatable(self):
        "The wizard of translations finds the texts of the papers"
        pool = Pool()
        Set = pool.get('ir.translation.set', type='wizard')
        Translation = pool.get('ir.translation')
        session_id, _, _ = Set.create()
        Set(session_id).set_report()
        for name in REPORTS:
            texts = {t.src for t in Translation.search([
                        ('type', '=', 'report'), ('name', '=', name),
                        ('module', '=', 'avec_group')])}
            self.assertLessEqual({"Group", "Province", "Currency"}, texts)

    @with_transaction()
    def test_other_modules_add_sections(self):
        "What another module adds is printed as a table"
        Report = Pool().get('avec.membership.passbook', type='report')
        with story() as records:
            member = records['avec.membership']
            section = Section(
                title="Seeds", columns=["Kind", "Weight"],
                rows=[["Saffron", "12 g"]])
            with patch.object(Report, '_get_sections',
                    return_value={member.id: [section]}):
                text = text_of(render('avec.membership.passbook', [member]))
        self.assertIn("Seeds Kind Weight Saffron 12 g", text)

    @unittest.skipUnless(shutil.which('soffice'), "LibreOffice is missing")
    @with_transaction()
    def test_pdf(self):
        "LibreOffice makes a PDF"
        Report = Pool().get('avec.share_out.sheet', type='report')
        with story() as records:
            extension, content, _, _ = Report.execute(
                [records['avec.share_out'].id], {})
        self.assertEqual(extension, 'pdf')
        self.assertEqual(content[:5], b'%PDF-')
