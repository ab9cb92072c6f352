# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a field officer and an auditor find in the web client, and what not"
from pathlib import Path

from lxml import etree
from playwright.sync_api import expect

from tests import permissions
from tests.client import action, settle, text
from tests.office import OfficeTestCase

MODULES = Path(__file__).resolve().parent.parent / 'modules'

ALL = 'model:ir.action.act_window.domain,name:act_meeting_form_domain_all'
SHEET = 'meeting_line_list_sheet'
MENU = 'model:ir.ui.menu,name:{}'


def lists():
    "Return the models of ours that have a list, and that auditors read"
    return sorted({
            record.findtext("field[@name='model']")
            for path in MODULES.glob('*/*.xml')
            for record in etree.parse(str(path)).iter('record')
            if record.get('model') == 'ir.ui.view'
            and record.findtext("field[@name='type']") == 'tree'
            } & {m for m, row in permissions.MODELS.items()
            if 'r' in row.auditor})


class RolesTestCase(OfficeTestCase):

    def assertNoMenu(self, *names):
        menu = self.page.locator('#menu')
        for name in names:
            with self.subTest(menu=name):
                expect(menu.get_by_text(name, exact=True)).to_have_count(0)

    def assertNoTool(self, *tools):
        "Check that the tools of the tab cannot be used"
        for tool in tools:
            with self.subTest(tool=tool):
                expect(self.client.tab.locator(
                        f'.toolbar button#{tool}')).to_be_disabled()


class FieldOfficerTest(RolesTestCase):
    "Works on the sheets of own groups"

    def test_menus(self):
        "There is no ledger, no configuration and nobody to erase"
        self.enter('animateur', 'act_group_form')
        self.assertNoMenu(
            text(MENU.format('menu_configuration')),
            action('act_party_past_retention'), "Finance", "Financier",
            "Administration")
        expect(self.client.grid('group_list').rows).to_have_count(1)

    def test_posted_sheet(self):
        "A posted sheet is read, and there is no button to post or cancel"
        self.enter('animateur', 'act_meeting_form')
        client = self.client
        client.show(text(ALL))
        expect(client.grid('meeting_list').rows).to_have_count(1)
        client.grid('meeting_list').open("Tissage Atlas")
        self.assertState('posted')
        for button in ['post', 'cancel']:
            expect(client.button(button)).to_have_count(0)

    def test_loan(self):
        "A loan is requested, and nobody is there to approve it"
        self.enter('animateur', 'act_loan_form', menu='menu_loan')
        client = self.client
        client.new()
        for button in ['approve', 'reject', 'write_off', 'reschedule']:
            expect(client.button(button)).to_have_count(0)


class AuditorTest(RolesTestCase):
    "Reads all and writes nothing"

    def test_menus(self):
        self.enter('auditeur', 'act_group_form')
        self.assertNoMenu(
            text(MENU.format('menu_configuration')),
            action('act_party_past_retention'), "Administration")
        expect(self.client.grid('group_list').rows).to_have_count(2)

    def test_sheet(self):
        "Of a sheet, everything is read and nothing can be pressed"
        self.enter('auditeur', 'act_meeting_form')
        client = self.client
        client.show(text(ALL))
        expect(client.grid('meeting_list').rows).to_have_count(3)
        self.assertNoTool('new_')
        client.grid('meeting_list').open("Tissage Atlas")
        self.assertState('posted')
        expect(client.tab.locator('button[name]:visible')).to_have_count(0)
        self.assertNoTool('new_', 'save')
        expect(client.field('date')).not_to_be_editable()

    def test_share_out(self):
        self.enter('auditeur', 'act_cycle_form')
        client = self.client
        client.show(text(
                'model:ir.action.act_window.domain,'
                'name:act_cycle_form_domain_all'))
        client.grid('cycle_list').open("Safran Taliouine")
        self.assertState('sharing')
        for button in ['run', 'share', 'close', 'amend']:
            expect(client.button(button)).to_have_count(0)

    def test_every_list_opens(self):
        "The client knows how to show each column"
        self.enter('auditeur', 'act_group_form')
        models = lists()
        self.assertGreater(len(models), 40)
        for model in models:
            with self.subTest(model=model):
                self.page.evaluate(
                    "m => Sao.Tab.create({model: m, mode: ['tree', 'form']})",
                    model)
                settle(self.page)
                expect(self.client.dialog).to_have_count(0)
                self.client.grid().element.wait_for()
                self.assertEqual(self.page_errors, [])
                self.page.evaluate('() => Sao.Tab.tabs.get_current().close()')
