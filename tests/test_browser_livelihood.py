# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Record a month of an activity through the web client and see its chart"
import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from playwright.sync_api import expect

from tests import office
from tests.client import NEW, action, text, type_in
from tests.office import OfficeTestCase

ACTIVITY = "Poules pondeuses"
MONTH = dt.date.today() + relativedelta(months=-1, day=1)
RUNNING = (
    'model:ir.action.act_window.domain,name:act_activity_form_domain_running')


def set_up(config):
    "Make an activity of a member of the group, with three months recorded"
    from proteus import Model
    from trytond.modules.avec_livelihood.tests.tools import (
        create_activity, record_month)

    office.set_up(config)
    Membership = Model.get('avec.membership')
    aicha, = Membership.find([('party.name', '=', "Aïcha Benali")])
    start = MONTH + relativedelta(months=-3)
    activity = create_activity(ACTIVITY, [aicha], '01', start_date=start)
    activity.baseline_income = Decimal(1000)
    activity.baseline_date = start
    activity.click('start')
    activity.running_date = start
    activity.click('run')
    for i, sales in enumerate([100, 300, 500]):
        record_month(
            activity, start + relativedelta(months=i), sales, 100)


class LivelihoodTest(OfficeTestCase):
    "Follow what members live of"
    setup_database = staticmethod(set_up)

    def test_month(self):
        "A field officer types a month and sees its chart"
        self.enter('animateur', 'act_activity_form', menu='menu_livelihood')
        client = self.client
        client.show(text(RUNNING))
        client.grid('activity_list').open(ACTIVITY)
        client.show(text('field:avec.activity,records:'))
        self.assertValues(months='3', profit='600,00')
        client.tab.locator(
            f'.form-one2many button[title="{NEW}"]:visible').click()
        row = client.grid().element
        for name, value in [
                ('month', f'{MONTH:%d.%m.%Y}'), ('sales', '400'),
                ('costs', '150'), ('own_consumption', '50')]:
            type_in(row, name, value)
        client.tool('save')
        # 600 and what the month brings
        self.assertValues(
            months='4', profit='900,00', monthly_profit='225,00',
            income_change='22,50')

        client.launch('relate', action('act_activity_record_chart_relate'))
        chart = client.tab.locator('svg').first
        expect(chart).to_be_visible()
        for name in ['sales', 'costs', 'profit']:
            expect(chart).to_contain_text(
                text(f'field:avec.activity.record,{name}:'))
        # A line for each figure, with a point for each month
        expect(client.tab.locator('path.bb-line')).to_have_count(3)
        expect(client.tab.locator('circle.bb-circle')).to_have_count(12)
