# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Train members through the web client as field officers do"
import datetime as dt

from playwright.sync_api import expect

from tests import office
from tests.client import action, text

TODAY = dt.date.today()
TOMORROW = TODAY + dt.timedelta(days=1)
GRID = 'attendance_list_sheet'
TRAINED = (
    'model:ir.action.act_window.domain,name:act_progress_domain_trained')


def set_up(config):
    "Add a curriculum of two topics to the office"
    from trytond.modules.avec_training.tests.tools import create_curriculum

    office.set_up(config)
    create_curriculum('VIE', "Vivre ensemble", 'life', {
            "Communiquer": (2, ["Écoute active"]),
            "Gérer les conflits": (2, ["Médiation"]),
            })


class TrainingTest(office.OfficeTestCase):
    "From the plan of a session to who is trained"
    setup_database = staticmethod(set_up)

    def test_session(self):
        "A field officer types who came to a session and holds it"
        self.enter('animateur', 'act_session_form', menu='menu_training')
        client = self.client
        client.new()
        client.choose('curriculum', "Vivre ensemble")
        client.choose('groups', "Tissage Atlas")
        sheet = client.grid(GRID)
        sheet.element = client.tab.locator(
            '.form-one2many .treeview:visible')
        expect(sheet.rows).to_have_count(5)

        for topic in ["Communiquer", "Gérer les conflits"]:
            client.field('topics').locator('option', has_text=topic).click()
        self.assertValues(start_time='09:00', end_time='13:00', hours='4,00')

        # Nobody can have attended what is still to come
        client.type('date', f'{TOMORROW:%d.%m.%Y}')
        client.press('hold')
        expect(client.dialog).to_contain_text(
            text('model:ir.message,text:msg_session_future') % {
                'date': f'{TOMORROW:%d.%m.%Y}'})
        client.dismiss()
        self.assertState('planned')
        client.type('date', f'{TODAY:%d.%m.%Y}')
        sheet.type("Zahra Idrissi", 'attendance', "Absent(e)")
        sheet.type("Hind Alaoui", 'attendance', "En retard")
        sheet.type("Khadija Amrani", 'hours', '3')
        client.press('hold')
        self.assertState('held')
        self.assertValues(present_count='4')
        expect(client.button('hold')).to_have_count(0)

        client.menu(action('act_progress'))
        client.show(text(TRAINED))
        expect(client.grid().rows).to_have_count(4)
        expect(client.grid().row("Zahra Idrissi")).to_have_count(0)
        self.calendar()

    def calendar(self):
        "The session stands in the calendar of the month"
        client = self.client
        client.menu(action('act_session_calendar'))
        expect(client.tab.locator('.fc-event')).to_contain_text(
            "Vivre ensemble")

    def test_colleague_sees_nothing_of_it(self):
        "Another field officer follows other groups"
        self.enter('collegue', 'act_progress', menu='menu_training')
        rows = self.client.grid().rows
        expect(rows).to_have_count(3)
        self.assertNotIn("Tissage Atlas", ' '.join(rows.all_inner_texts()))
