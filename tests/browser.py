# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Drive the web client in tests

A database is made once for the same modules and setup, then copied for each
test class.  The server runs in a process of its own."""
import atexit
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tools import VAR, database, sao, system, translations

__all__ = [
    'BrowserTestCase', 'MODULES', 'PASSWORD', 'browser', 'login', 'serve',
    'server', 'template']

DATABASE = 'avec'
# All, so that the databases of all the tests start from the same one
MODULES = translations.modules()
PASSWORD = 'browser-test-1'
START_TIMEOUT = 180
# Chromium as root has no sandbox, and must not look for its maker's services
CHROMIUM_FLAGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update',
    '--disable-sync']

_templates = {}
_template_folder = None


def template(modules, language, setup=None):
    "Return the file of a database that has the modules and the setup"
    global _template_folder
    key = (tuple(modules), language, setup)
    if key not in _templates:
        if _template_folder is None:
            _template_folder = Path(tempfile.mkdtemp(prefix='avec-browser-'))
            atexit.register(shutil.rmtree, _template_folder, True)
        # Another setup starts from the same modules
        base = setup and template(modules, language)
        name = f'template{len(_templates)}'
        config = _template_folder / f'{name}.conf'
        file = _template_folder / f'{name}.sqlite'
        database.write_config(config, _template_folder, 0, '')
        if setup:
            _copy(base, file)
            database.set_up(config, name, setup)
        else:
            database.create(config, name, modules, language, PASSWORD)
        _templates[key] = file
    return _templates[key]


def _copy(file, copy):
    "Copy the database, with what is still in its log"
    with closing(sqlite3.connect(file)) as source, \
            closing(sqlite3.connect(copy)) as target:
        source.backup(target)


class Server:
    "A running server"

    def __init__(self, folder, port):
        self.url = f'http://localhost:{port}'
        self.log = folder / 'server.log'
        self.config = folder / 'trytond.conf'


@contextmanager
def server(modules, language='fr', setup=None):
    """Serve a database with the modules until the end of the context

    The setup is a function at the top level of a module, called once with the
    configuration of proteus as config in another process."""
    with serve(template(modules, language, setup)) as result:
        yield result


@contextmanager
def serve(file, settings='', **options):
    """Serve a copy of the file of a database until the end of the context

    settings: what is added to the configuration of the server.
    options: those of tools.database.serve_command."""
    folder = Path(tempfile.mkdtemp(prefix='avec-server-'))
    try:
        _copy(file, folder / f'{DATABASE}.sqlite')
        port = system.free_port()
        result = Server(folder, port)
        database.write_config(result.config, folder, port, sao.path())
        with open(result.config, 'a', encoding='utf-8') as config:
            config.write(settings)
        with open(result.log, 'w', encoding='utf-8') as log:
            process = subprocess.Popen(
                database.serve_command(result.config, DATABASE, **options),
                env=database.environ(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
            try:
                _wait(process, result)
                yield result
            finally:
                process.terminate()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process, server):
    limit = time.monotonic() + START_TIMEOUT
    while True:
        try:
            urllib.request.urlopen(server.url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(
                    "The server did not start\n" + server.log.read_text())
            time.sleep(0.1)


@contextmanager
def browser():
    "Run Chromium until the end of the context, or skip the test"
    chromium = system.chromium()
    if not chromium:
        raise unittest.SkipTest("No Chromium: set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            yield instance
        finally:
            instance.close()


def login(page, url, user='admin', password=PASSWORD):
    "Log in and wait for the menu"
    page.goto(f'{url}/#{DATABASE}')
    # It appears with its name, without which Enter is refused
    page.locator('#database:visible').wait_for()
    page.locator('#login').fill(user)
    page.keyboard.press('Enter')
    page.locator('input[type=password]').fill(password)
    page.keyboard.press('Enter')
    page.locator('#menu .treeview tbody tr').first.wait_for()


class BrowserTestCase(unittest.TestCase):
    """A server and a browser for the tests of the class

    Each test gets a page of its own.  When it fails, the log of the server is
    printed and a picture of the page is left in var/browser."""
    modules = MODULES
    language = 'fr'
    # A staticmethod of a function at the top level of a module
    setup_database = None
    viewport = {'width': 1280, 'height': 800}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.browser = stack.enter_context(browser())
        cls.server = stack.enter_context(
            server(cls.modules, cls.language, cls.setup_database))

    def run(self, result=None):
        if result is None:
            result = self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        self.page = None
        super().run(result)
        if self.page:
            if len(result.failures) + len(result.errors) > before:
                self._show_failure()
            self.page.context.close()
        return result

    def setUp(self):
        super().setUp()
        self.page_errors = []
        self.open_page()

    def open_page(self):
        "Open the page of a browser in which nobody is logged in"
        if self.page:
            self.page.context.close()
        context = self.browser.new_context(
            locale=self.language, viewport=self.viewport,
            accept_downloads=True)
        self.page = context.new_page()
        self.page.on('pageerror', lambda e: self.page_errors.append(str(e)))

    def login(self, user='admin', password=PASSWORD):
        "Log in on the page of the test and wait for the menu"
        login(self.page, self.server.url, user, password)

    def _show_failure(self):
        picture = VAR / 'browser' / f'{self.id()}.png'
        picture.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=picture)
        print(f'Picture of the page: {picture}')
        for error in self.page_errors:
            print(f'Error on the page: {error}')
        print(f'Log of the server:\n{self.server.log.read_text()}')
