# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Log in to the web client"
from tests.browser import BrowserTestCase


class LoginTest(BrowserTestCase):
    "The menu of the administrator"

    def test_menu_in_french(self):
        "An administrator finds the menu in French, from left to right"
        self.login()
        menu = self.page.locator('#menu')
        menu.get_by_text("Tiers", exact=True).first.wait_for()
        self.assertEqual(
            self.page.evaluate('document.documentElement.dir'), 'ltr')
        self.assertEqual(self.page_errors, [])
