# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"See in the web client which groups need help, and why"
from playwright.sync_api import expect

from tests import office
from tests.client import Client, action, text

ALL = (
    'model:ir.action.act_window.domain,name:act_group_ratio_domain_all')
UTILISATION = text('field:avec.group.ratio,loan_fund_utilisation:')
REASON = f"{UTILISATION} : 0,0 %, rouge en dessous de 25,0 %"


def set_up(config):
    "Watch the ratios of the office by the thresholds that are proposed"
    from proteus import Wizard

    office.set_up(config)
    Wizard('avec.indicator.threshold.propose')


class RatioTest(office.OfficeTestCase):
    "From the lights to the reasons"
    setup_database = staticmethod(set_up)

    def enter_indicators(self, login, *names):
        "Log in and follow the names below the menu of the indicators"
        if self.client:
            self.open_page()
        self.login(login)
        self.client = Client(self.page)
        menus = ['menu_avec', 'menu_indicator', *names[:-1]]
        self.client.menu(
            *[text(office.MENU.format(m)) for m in menus], action(names[-1]))

    def test_lights(self):
        "Finance reads why groups that lend nothing are red"
        self.enter_indicators('finance', 'menu_ratio', 'act_group_ratio')
        client = self.client
        for group in ["Tissage Atlas", "Safran Taliouine"]:
            expect(client.grid().row(group)).to_contain_text(REASON)
        client.show(text(ALL))
        expect(client.grid().row("Safran Taliouine")).to_contain_text(
            text('selection:avec.group.ratio,light:Red'))
        client.grid().open("Safran Taliouine")
        expect(client.field('reasons')).to_have_value(REASON)

    def test_field_officer(self):
        "A field officer sees the group that he or she follows"
        self.enter_indicators('animateur', 'menu_ratio', 'act_group_ratio')
        expect(self.client.grid().row("Tissage Atlas")).to_be_visible()
        expect(self.client.grid().row("Safran Taliouine")).to_have_count(0)

    def test_board(self):
        "The board shows the groups in red and the charts"
        self.enter_indicators('finance', 'act_board_finance')
        board = self.page.locator('.board')
        expect(board.locator('.board-action')).to_have_count(4)
        expect(board).to_contain_text(REASON)
        expect(board.locator('svg').first).to_be_visible()
