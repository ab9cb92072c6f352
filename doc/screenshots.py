# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Take the pictures of the documentation from the demonstration

make screenshots ARGS="meeting-form-fr" takes one of them."""
import argparse
from pathlib import Path

from demo.users import IVORY_USERS, USERS
from tests.browser import browser, login, serve
from tests.client import Client, action, settle, text
from tools import demo
from tools.system import ToolError, run_tool, say

FOLDER = Path(__file__).resolve().parent / 'images'
SIZE = {'width': 1280, 'height': 800}
MAX_BYTES = 200_000
MENU = 'model:ir.ui.menu,name:menu_avec'
TAB = 'model:ir.action.act_window.domain,name:'


class Guide:
    "A user who goes to what the picture shows"

    def __init__(self, page, user):
        self.client = Client(page)
        self.language = user.language

    def enter(self, name, tab=None, menus=()):
        "Open the entry of the menu, and a tab of its list"
        self.client.menu(
            text(MENU, self.language),
            *(text(f'model:ir.ui.menu,name:{m}', self.language)
                for m in menus),
            action(name, self.language))
        if tab:
            self.client.show(text(f'{TAB}{name}_domain_{tab}', self.language))


def meeting_list(guide):
    guide.enter('act_meeting_form', 'posted')


def meeting_form(guide):
    guide.enter('act_meeting_form', 'held')
    guide.client.grid().open()


def group_form(guide):
    guide.enter('act_group_form', 'running')
    guide.client.grid().open()


def cycle_form(guide):
    guide.enter('act_cycle_form', 'running')
    guide.client.grid().open()


def loan_form(guide):
    guide.enter('act_loan_form', 'late', ['menu_loan'])
    guide.client.grid().open()


def loan_portfolio(guide):
    guide.enter(
        'act_portfolio_subdivision', menus=['menu_loan', 'menu_portfolio'])
    guide.client.tool('switch_')


def indicator_board(guide):
    guide.enter('act_board_programme', menus=['menu_indicator'])
    guide.client.tab.locator('svg').first.wait_for()
    settle(guide.client.page)


def group_ratio(guide):
    guide.enter('act_group_ratio', 'red', ['menu_indicator', 'menu_ratio'])


def training_session(guide):
    guide.enter('act_session_form', 'planned', ['menu_training'])
    guide.client.grid().open()


def activity_chart(guide):
    guide.enter('act_activity_form', 'running', ['menu_livelihood'])
    guide.client.grid().open()
    guide.client.launch('relate', action('act_activity_record_chart_relate'))
    guide.client.tab.locator('svg path.bb-line').first.wait_for()
    settle(guide.client.page)


def share_out_form(guide):
    guide.enter('act_share_out_form', 'paid')
    guide.client.grid().open()


def office_setup(guide):
    "The accounts that are proposed, on the second screen"
    page = guide.client.page
    menu = page.locator('#menu .treeview tbody tr')
    for name in [
            text(MENU), text('model:ir.ui.menu,name:menu_configuration'),
            action('wizard_setup')]:
        # A wizard opens no tab
        menu.get_by_text(name, exact=True).last.click()
        settle(page)
    guide.client.dialog.locator('.btn-primary').wait_for()
    settle(page)
    guide.client.dialog.locator('.btn-primary').click()
    guide.client.dialog.locator('.treeview:visible').first.wait_for()
    settle(page)


def general_ledger(guide):
    group_form(guide)
    guide.client.launch('relate', action('act_group_general_ledger'))
    settle(guide.client.page)
    # The columns of amounts need the room of the menu
    toggle = guide.client.page.locator('[data-toggle=menu]')
    toggle.click()
    toggle.blur()


# By picture, the login of the user and the way there
PICTURES = {
    'activity-chart-fr': ('finance', activity_chart),
    'cycle-form-fr': ('finance', cycle_form),
    'general-ledger-fr': ('finance', general_ledger),
    'group-form-fr': ('finance', group_form),
    'group-ratio-fr': ('finance', group_ratio),
    'indicator-board-fr': ('programme', indicator_board),
    'loan-form-fr': ('finance', loan_form),
    'loan-portfolio-fr': ('finance', loan_portfolio),
    'meeting-form-ar': ('auditeur', meeting_form),
    'meeting-form-fr': ('finance', meeting_form),
    'meeting-list-fr': ('finance', meeting_list),
    'office-setup-fr': ('administration.ci', office_setup),
    'share-out-form-fr': ('finance', share_out_form),
    'training-session-fr': ('finance', training_session),
    }


def take(page, server, name):
    "Take a picture on the page, where nobody is logged in"
    user_login, go = PICTURES[name]
    user, = (u for u in [*USERS, *IVORY_USERS] if u.login == user_login)
    login(page, server.url, user.login, user.password)
    go(Guide(page, user))
    path = FOLDER / f'{name}.png'
    page.screenshot(path=path, animations='disabled')
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ToolError(f"{path} is too big: {size} bytes")
    say(f"{path.name}, {size} bytes")


def main():
    "Take the pictures"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'names', nargs='*', metavar='name', help="by default all of them")
    options = parser.parse_args()
    names = options.names or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        parser.error(f"no picture is called {', '.join(sorted(unknown))}")
    FOLDER.mkdir(exist_ok=True)
    demo.prepare(port=0)
    with serve(demo.DATABASE) as server, browser() as chromium:
        for name in names:
            context = chromium.new_context(locale='fr', viewport=SIZE)
            take(context.new_page(), server, name)
            context.close()


if __name__ == '__main__':
    run_tool(main)
