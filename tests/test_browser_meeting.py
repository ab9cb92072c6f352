# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Work through the web client as the people of an office do"
from playwright.sync_api import expect

from tests.client import action, text
from tests.office import OfficeTestCase

ALL = (
    'model:ir.action.act_window.domain,name:act_meeting_form_domain_all')
SHEET = 'meeting_line_list_sheet'


class MeetingTest(OfficeTestCase):
    "Type, hold and post the sheet of a meeting, then read its entries"

    def test_meeting(self):
        "Finance types a sheet as on paper and posts it"
        self.enter('finance', 'act_meeting_form')
        client = self.client
        client.new()
        client.choose('cycle', "Tissage Atlas")

        sheet = client.grid(SHEET)
        expect(sheet.rows).to_have_count(5)
        # What was saved at the first meeting, and a share of each
        self.assertValues(
            loan_fund_opening='80,00', loan_fund_expected='130,00',
            social_fund_opening='10,00', social_fund_expected='20,00')

        sheet.type("Fatima Ouhmi", 'shares', '3')
        self.assertValues(loan_fund_expected='150,00')
        sheet.type("Hind Alaoui", 'attendance', "En retard")
        sheet.expect("Hind Alaoui", 'fine', '1,00DH')
        self.assertValues(loan_fund_expected='151,00')
        sheet.type("Khadija Amrani", 'shares', '9')
        self.assertValues(loan_fund_expected='231,00')
        client.type('loan_fund_counted', '230')
        self.assertValues(loan_fund_difference='-1,00')
        client.type('social_fund_counted', '20')
        self.assertValues(social_fund_difference='0,00')
        client.tool('save')
        self.assertState('draft')

        client.press('hold')
        expect(client.dialog).to_contain_text(
            text('model:ir.message,text:msg_sheet_shares') % {
                'member': "4 - Khadija Amrani", 'shares': 9,
                'least': 1, 'most': 5})
        client.dismiss()
        self.assertState('draft')

        sheet.type("Khadija Amrani", 'shares', '2')
        self.assertValues(loan_fund_expected='161,00')
        client.type('loan_fund_counted', '161')
        client.press('hold')
        self.assertState('held')
        expect(client.button('hold')).to_have_count(0)
        client.press('post', confirm=True)
        self.assertState('posted')
        self.assertValues(number='2', loan_fund_expected='161,00')

        client.menu(action('act_group_form'))
        self.open_ledger("Tissage Atlas")
        ledger = client.grid()
        for account, debit, credit in [
                ('4463', '0,00DH', '160,00DH'),
                ('4488', '0,00DH', '20,00DH'),
                ('5161', '161,00DH', '0,00DH'),
                ('5162', '20,00DH', '0,00DH')]:
            ledger.expect(account, "Débit", debit)
            ledger.expect(account, "Crédit", credit)
        lines = self.open_ledger_lines('4463')
        # One for each member of each meeting
        expect(lines.rows).to_have_count(10)
        self.assertEqual(
            sorted(lines.texts("Crédit")),
            ['10,00DH'] * 6 + ['20,00DH'] * 2 + ['30,00DH'] * 2)

    def test_meeting_in_arabic(self):
        "An auditor reads the same form in Arabic, from right to left"
        self.enter('moudaqiq', 'act_meeting_form', language='ar')
        client = self.client
        self.assertEqual(
            self.page.evaluate('document.documentElement.dir'), 'rtl')
        client.show(text(ALL, 'ar'))
        client.grid('meeting_list').open("Tissage Atlas")
        for name in ['date', 'number', 'state']:
            expect(client.tab.get_by_text(
                    text(f'field:avec.meeting,{name}:', 'ar')).first
                ).to_be_visible()
        expect(client.grid(SHEET).rows).to_have_count(5)
        first, last = [
            client.grid(SHEET).cell("Zahra Idrissi", name).bounding_box()
            for name in ['membership', 'fine']]
        self.assertGreater(first['x'], last['x'])


class ShareOutTest(OfficeTestCase):
    "Share out the savings of a cycle"

    def test_share_out(self):
        "Finance computes, posts, pays and prints a share-out"
        self.enter('finance', 'act_share_out_form')
        client = self.client
        client.new()
        client.choose('cycle', "Safran Taliouine")
        client.press('compute')
        lines = client.grid('share_out_line_list')
        for member, payable in [
                ("Latifa Saïdi", '100,00DH'),
                ("Mina Tahiri", '78,00DH'),
                ("Rqia Aït Baha", '44,00DH')]:
            lines.expect(member, 'payable', payable)
        self.assertValues(
            savings='200,00', surplus='22,00', total_shares='20',
            payable='222,00')
        client.press('post', confirm=True)
        self.assertState('posted')
        client.press('pay', confirm=True)
        self.assertState('paid')

        with self.page.expect_download() as download:
            client.launch('print', action('report_share_out_sheet'))
        self.assertGreater(download.value.path().stat().st_size, 1000)


class RolesTest(OfficeTestCase):
    "What each role sees, and may do"

    def test_field_officer(self):
        "A field officer sees the groups followed, and posts nothing"
        self.enter('animateur', 'act_group_form')
        client = self.client
        groups = client.grid('group_list')
        expect(groups.rows).to_have_count(1)
        expect(groups.rows).to_contain_text("Tissage Atlas")

        client.menu(action('act_meeting_form'))
        client.new()
        client.choose('cycle', "Tissage Atlas")
        expect(client.grid(SHEET).rows).to_have_count(5)
        self.assertValues(loan_fund_expected='130,00')
        client.type('loan_fund_counted', '130')
        client.type('social_fund_counted', '20')
        client.press('hold')
        self.assertState('held')
        expect(client.button('draft')).to_be_enabled()
        expect(client.button('post')).to_have_count(0)

    def test_auditor(self):
        "An auditor goes from a group to the sheet behind an entry"
        self.enter('auditeur', 'act_group_form')
        client = self.client
        self.open_ledger("Tissage Atlas")
        lines = self.open_ledger_lines('4463')
        expect(lines.rows).to_have_count(5)
        lines.follow("Aïcha Benali", "Mouvement")
        expect(client.field('avec_group')).to_have_value(
            "[AVEC-0001] Tissage Atlas")
        sheet = client.follow('origin')
        expect(sheet.field('state')).to_have_value('"posted"')
        expect(sheet.field('number')).to_have_value('1')
        expect(sheet.grid(SHEET).rows).to_have_count(5)
        # The one to cancel is not there
        expect(sheet.tab.locator('button[name]:visible')).to_have_count(0)
