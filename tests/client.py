# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a user does with the web client

Fields are found by their names and columns by their place in the view, so that
only the texts that a test is about are written in it."""
import re
from functools import cache
from pathlib import Path

import polib
from lxml import etree
from playwright.sync_api import expect

__all__ = ['Client', 'NEW', 'action', 'text', 'type_in']

MODULES = Path(__file__).resolve().parent.parent / 'modules'
# The client asked nothing for a few frames: what it asked before is displayed
QUIET = """() => {
    window.quiet = window.jQuery.active ? 0 : (window.quiet || 0) + 1;
    return window.quiet > 5;
    }"""
PLAIN_CELL = (
    '> td:visible:not(.optional):not(.selection-state):not(:has(a, button))')
# A tool of the lists, in the words of the client
NEW = "Nouveau"
INPUT = '[name="{}"]:visible'


@cache
def _texts(language):
    return {
        _key(e): e.msgstr or e.msgid
        for path in sorted(MODULES.glob(f'*/locale/{language}.po'))
        for e in polib.pofile(str(path))}


def _key(entry):
    "Return the context, followed by the English of one of several options"
    key = entry.msgctxt
    return key + entry.msgid if key.startswith('selection:') else key


def text(context, language='fr'):
    "Return the text as translated, by its context"
    return _texts(language)[context]


def action(name, language='fr'):
    "Return the name of an action"
    return text(f'model:ir.action,name:{name}', language)


@cache
def _columns(view):
    "Return the columns of the view, without those that others add to it"
    for path in MODULES.glob(f'*/view/{view}.xml'):
        tree = etree.parse(str(path)).getroot()
        if tree.tag == 'tree':
            return [e.get('name') for e in tree]
    raise ValueError(view)


def settle(page):
    "Wait until the client has its answers, which could undo the typing"
    page.evaluate('window.quiet = 0')
    page.wait_for_function(QUIET)


def type_in(element, name, value):
    "Type the value in the field of the element and leave it with a tab"
    widget = element.locator(INPUT.format(name)).first
    if widget.evaluate('e => e.tagName') == 'SELECT':
        widget.select_option(label=value)
    else:
        # The input of a number is another once it is edited
        widget.click()
        widget.fill(value)
    widget.press('Tab')


class Grid:
    """A list of records

    Its columns are called as in the view, if given, else as on screen."""

    def __init__(self, element, view=None):
        self.element = element
        self.view = view

    @property
    def columns(self):
        if self.view:
            return _columns(self.view)
        # The menu and the selection have no label
        return self.element.locator('thead th label').all_inner_texts()

    @property
    def rows(self):
        return self.element.locator('tbody > tr')

    def row(self, words):
        "Return the row in which the words are"
        return self.rows.filter(has_text=words)

    def _cells(self, name):
        # The menu and the selection stand before the columns
        return f'> td:nth-child({3 + self.columns.index(name)})'

    def cell(self, words, name):
        return self.row(words).locator(self._cells(name))

    def texts(self, name):
        "Return what the cells of the column show, spaces left out"
        return [
            re.sub(r'\s', '', t)
            for t in self.rows.locator(self._cells(name)).all_inner_texts()]

    def expect(self, words, name, value):
        "Wait until the cell shows the value, spaces left out"
        expect(self.cell(words, name)).to_have_text(
            re.compile(r'\s*'.join(['^', *map(re.escape, value), '$'])))

    def type(self, words, name, value):
        "Type the value in the cell of the row and leave it with a tab"
        cell = self.cell(words, name)
        # The first click selects the row, the second edits it
        while not cell.locator(INPUT.format(name)).count():
            cell.click()
        type_in(cell, name, value)

    def open(self, words=''):
        "Open the first record in which the words are"
        # A link would open another record
        self.row(words).first.locator(PLAIN_CELL).first.dblclick()
        settle(self.element.page)

    def follow(self, words, name):
        "Open the record that the cell names"
        self.cell(words, name).locator('a').click()
        settle(self.element.page)


class Client:
    "The tab of the web client that is shown"

    def __init__(self, page):
        self.page = page

    @property
    def tab(self):
        return self.page.locator('#tabcontent > .tab-pane.active')

    @property
    def dialog(self):
        return self.page.locator('.modal:visible')

    def menu(self, *names):
        "Open the menu by its path"
        menu = self.page.locator('#menu .treeview tbody tr')
        for name in names:
            # An entry may have the name of the one above it
            menu.get_by_text(name, exact=True).last.click()
            settle(self.page)
        self.tab.wait_for()
        settle(self.page)

    def title(self):
        return self.tab.locator('.title-short')

    def field(self, name):
        "Return the input of the field on the form"
        return self.tab.locator(INPUT.format(name)).first

    def type(self, name, value):
        type_in(self.tab, name, value)

    def choose(self, name, words):
        "Type the words in the field and take the first that has them"
        self.field(name).press_sequentially(words)
        # The list is at the end of the page for a field in a row
        self.page.locator('.dropdown-completion:visible li').filter(
            has_text=words).first.click()
        settle(self.page)

    def add(self, name, words):
        "Add a row to the list that is shown and choose its field"
        self.tab.locator(
            f'.form-one2many button[title="{NEW}"]:visible').click()
        settle(self.page)
        self.choose(name, words)

    def tool(self, name):
        "Press a tool of the toolbar"
        self.tab.locator(f'.toolbar button#{name}').click()
        settle(self.page)

    def new(self):
        "Start a record, which has its default values when typing begins"
        self.tool('new_')
        # It ends by putting the cursor in the form
        self.tab.locator('.form-container :focus').wait_for(state='attached')
        settle(self.page)

    def launch(self, tool, name):
        "Choose the action in the menu of the tool"
        self.tool(tool)
        self.tab.locator('.toolbar .dropdown-menu:visible').get_by_text(
            name, exact=True).click()

    def grid(self, view=None):
        "Return the list that is shown"
        return Grid(self.tab.locator('.treeview:visible').first, view)

    def button(self, name):
        return self.tab.locator(f'button[name="{name}"]:visible')

    def press(self, name, confirm=False):
        "Press the button of the form and answer yes if asked"
        self.button(name).click()
        settle(self.page)
        if confirm:
            self.dismiss()

    def show(self, label):
        "Show the page of the notebook, or the tab of the list"
        # The number of records may follow the label
        self.tab.locator('.nav-tabs a:visible').filter(
            has_text=re.compile(rf'^\s*{re.escape(label)}\s*[\d+]*\s*$')
            ).click()
        settle(self.page)

    def dismiss(self):
        "Press the first button of the dialog"
        self.dialog.locator('.btn-primary').click()
        expect(self.page.locator('.modal')).to_have_count(0)
        settle(self.page)

    def answer(self, choice):
        "Take the choice of the dialog"
        self.dialog.get_by_text(choice, exact=True).click()
        self.dismiss()

    def follow(self, name):
        "Open the record that the field names and return its window"
        self.field(name).locator('xpath=..').locator('img').first.click()
        settle(self.page)
        return Window(self.page)


class Window(Client):
    "The window that is open above the tab"

    @property
    def tab(self):
        return self.page.locator('.modal.in .modal-content')
