# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two users at the same time, and a server that is killed"
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

from tests import rpc
from tools import ROOT, system

URI = os.environ.get('TRYTOND_DATABASE_URI', '')
START_TIMEOUT = 60
TRIES = 50


@unittest.skipUnless(
    URI.startswith('postgresql://'),
    "needs PostgreSQL: TRYTOND_DATABASE_URI is not postgresql://")
class PostgreSQLTestCase(unittest.TestCase):
    "Servers for an office on PostgreSQL"

    @classmethod
    def setUpClass(cls):
        from trytond.tests.test_tryton import drop_db
        from trytond.tests.tools import activate_modules
        super().setUpClass()
        activate_modules('avec_group', rpc.set_up)
        cls.addClassCleanup(drop_db)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix='avec-postgresql-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.pause = self.folder / 'pause'

    @contextmanager
    def server(self, module='trytond.cli', uri=URI):
        "Run a server, as the process that the context gives"
        from trytond.tests.test_tryton import DB_NAME
        port = system.free_port()
        config = self.folder / 'trytond.conf'
        config.write_text(f'[web]\nlisten = localhost:{port}\n')
        with open(self.folder / 'log', 'w', encoding='utf-8') as log:
            process = subprocess.Popen(
                [sys.executable, '-m', module, '-c', config, '-d', DB_NAME],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env={
                    **os.environ, 'TRYTOND_DATABASE_URI': uri,
                    'AVEC_TEST_PAUSE': str(self.pause)})
            try:
                self.url = f'http://localhost:{port}'
                self.database = DB_NAME
                self.wait_for(lambda: self.answers(process))
                yield process
            finally:
                process.kill()
                process.wait()

    def answers(self, process):
        if process.poll() is not None:
            self.fail((self.folder / 'log').read_text())
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def wait_for(self, done):
        limit = time.monotonic() + START_TIMEOUT
        while not done():
            if time.monotonic() > limit:
                self.fail((self.folder / 'log').read_text())
            time.sleep(0.05)

    def client(self):
        return rpc.Client(self.url, self.database)

    def held(self, code):
        "Return the ids of the sheets of the group that wait to be posted"
        return self.client().model(
            'avec.meeting', 'search', [
                ('cycle.group.code', '=', code), ('state', '=', 'held')],
            0, None, [('date', 'ASC')])

    def post(self, client, sheet):
        "Return how the server refused to post the sheet or None"
        try:
            client.model('avec.meeting', 'post', [sheet])
        except rpc.Refused as refused:
            return str(refused)

    def post_together(self, sheets):
        "Post each sheet from a client of its own, all at the same moment"
        barrier = Barrier(len(sheets))
        clients = [self.client() for _ in sheets]

        def post(client, sheet):
            barrier.wait()
            return self.post(client, sheet)
        with ThreadPoolExecutor(len(sheets)) as executor:
            return list(executor.map(post, clients, sheets))

    def insist(self, sheets):
        "Post the sheets together, and again those that were refused"
        waiting = sheets
        for _ in range(TRIES):
            results = self.post_together(waiting)
            waiting = [
                s for s, refused in zip(waiting, results) if refused]
            if not waiting:
                return
        self.fail(f"never posted: {results}")

    def moves(self, sheet):
        "Return the ids of the moves that the sheet made"
        return self.client().model(
            'account.move', 'search', [
                ('origin', '=', f'avec.meeting,{sheet}')])

    def assertPosted(self, sheet, number):
        client = self.client()
        state, found, move = client.read(
            'avec.meeting', sheet, 'state', 'number', 'move')
        self.assertEqual((state, found), ('posted', number))
        self.assertEqual(self.moves(sheet), [move])
        self.assertEqual(
            client.read('account.move', move, 'state'), ['posted'])


class PostgreSQLTest(PostgreSQLTestCase):
    "Posting is done once and whole"

    def assertNothingPosted(self, sheet):
        self.assertEqual(
            self.client().read(
                'avec.meeting', sheet, 'state', 'number', 'move'),
            ['held', None, None])
        self.assertEqual(self.moves(sheet), [])

    def assertNoGap(self):
        "Check that the moves are numbered one after the other"
        moves = self.client().model(
            'account.move', 'search_read',
            [('state', '=', 'posted')], 0, None, None, ['number'])
        numbers = sorted(int(m['number']) for m in moves)
        self.assertEqual(
            numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def assertChained(self):
        "Check that the seals of each group follow each other"
        seals = self.client().model(
            'avec.seal', 'search_read', [], 0, None,
            [('group', 'ASC'), ('number', 'ASC')],
            ['group', 'number', 'previous', 'digest'])
        self.assertTrue(seals)
        last = {}
        for seal in seals:
            number, digest = last.get(seal['group'], (0, None))
            self.assertEqual(seal['number'], number + 1)
            if number:
                self.assertEqual(seal['previous'], digest)
            last[seal['group']] = seal['number'], seal['digest']
        # A sheet was sealed in the set-up, the others here
        self.assertGreater(max(n for n, _ in last.values()), 2)

    def test_same_sheet_twice(self):
        "Two users who post the same sheet at once post it once"
        with self.server():
            sheet, _ = self.held('AVEC-0001')
            results = self.post_together([sheet] * 4)
            self.assertIn(None, results)
            self.assertPosted(sheet, 2)
            self.assertNoGap()

    def test_second_user_while_the_first_posts(self):
        "Who comes while the sheet is being posted does not post it again"
        with self.server('tests.slow_server'), \
                ThreadPoolExecutor(1) as executor:
            sheet, _ = self.held('AVEC-0002')
            first = executor.submit(self.post, self.client(), sheet)
            self.wait_for(self.pause.exists)
            refused = self.post(self.client(), sheet)
            self.assertNothingPosted(sheet)
            self.pause.unlink()
            self.assertIsNone(first.result())
            self.assertIsNotNone(refused)
            self.assertPosted(sheet, 2)
            self.assertNoGap()

    def test_server_killed_while_posting(self):
        "A server that is killed leaves nothing, and the sheet is posted then"
        with self.server('tests.slow_server') as process, \
                ThreadPoolExecutor(1) as executor:
            sheet, _ = self.held('AVEC-0003')
            lost = executor.submit(self.post, self.client(), sheet)
            self.wait_for(self.pause.exists)
            process.kill()
            with self.assertRaises(OSError):
                lost.result()
        with self.server():
            self.assertNothingPosted(sheet)
            self.assertNoGap()
            self.assertIsNone(self.post(self.client(), sheet))
            self.assertPosted(sheet, 2)
            self.assertNoGap()

    def test_two_sheets_of_a_cycle(self):
        "Sheets of one cycle posted at once get numbers without gap"
        with self.server():
            sheets = self.held('AVEC-0004')
            self.insist(sheets)
            for number, sheet in enumerate(sheets, 2):
                self.assertPosted(sheet, number)
            self.assertNoGap()
            self.assertChained()

    def test_sheets_of_many_groups(self):
        "Sheets of different groups posted at once number their moves once"
        with self.server():
            sheets = [s for i in [5, 6, 7] for s in self.held(f'AVEC-000{i}')]
            self.assertEqual(len(sheets), 6)
            self.insist(sheets)
            for sheet, number in zip(sheets, [2, 3] * 3):
                self.assertPosted(sheet, number)
            self.assertNoGap()
            self.assertChained()


if __name__ == '__main__':
    unittest.main()
