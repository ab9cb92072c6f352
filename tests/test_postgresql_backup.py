# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A backup that is restored, and a server with no more rights than it needs"
import re
import secrets
import urllib.parse
from contextlib import ExitStack
from decimal import Decimal

from tests.test_postgresql import URI, PostgreSQLTestCase
from tools import ROOT


class BackupTest(PostgreSQLTestCase):
    "What was dumped is what is restored, or it is said"

    @classmethod
    def setUpClass(cls):
        from trytond.modules.avec_group.scripts import backup
        from trytond.tests.test_tryton import DB_NAME
        super().setUpClass()
        cls.backup = backup
        cls.database = DB_NAME

    def setUp(self):
        super().setUp()
        self.file = self.folder / 'avec.dump'
        self.copy = f'avec_copy_{secrets.token_hex(4)}'
        self.addCleanup(self.drop)

    def drop(self):
        with self.connect('postgres', autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS {self.copy}')

    def connect(self, database, **options):
        return self.backup.Server(URI).connect(database, **options)

    def do(self, *arguments):
        self.backup.main(['--uri', URI, *map(str, arguments)])

    def assertRefused(self, message, *arguments):
        with self.assertRaisesRegex(self.backup.BackupError, message):
            self.do(*arguments)

    def test_dump_and_check(self):
        "The backup is restored, equal to what it was, and nothing is left"
        self.do('dump', self.database, self.file)
        # Nobody else reads it
        self.assertEqual(self.file.stat().st_mode & 0o077, 0)
        with self.connect(self.database) as connection:
            connection.execute(
                "UPDATE party_party SET name = 'Renamed since'")
            connection.rollback()
        self.do('check', self.file)
        with self.connect('postgres') as connection:
            self.assertEqual(connection.execute(
                    "SELECT datname FROM pg_database "
                    "WHERE datname LIKE 'avec\\_check\\_%'").fetchall(), [])
        self.assertRefused("exists already", 'dump', self.database, self.file)

    def test_balances(self):
        "The sums that are compared are those of the ledger, by group"
        self.do('dump', self.database, self.file)
        found = self.backup._read_manifest(self.file)
        # Each of the seven groups met once: three members bought a share of
        # 10, and it was given 5
        boxes = {
            group: (count, Decimal(debit), Decimal(credit))
            for _, group, account, count, debit, credit in found['books']
            if account == '5161'}
        self.assertEqual(
            boxes, {f'AVEC-000{i}': (1, 35, 0) for i in range(1, 8)})

    def test_tampered_restore(self):
        "A line changed behind the ERP is found, with its group and account"
        self.do('dump', self.database, self.file)
        self.do('restore', self.file, self.copy)
        self.do('compare', self.file, self.copy)
        with self.connect(self.copy) as connection:
            connection.execute(
                "UPDATE account_move_line SET debit = debit + 1 WHERE id = ("
                "SELECT MIN(id) FROM account_move_line WHERE debit > 0)")
            connection.commit()
        self.assertRefused(
            r"group AVEC-000\d, account \d+: 1 lines, debit 35, credit 0,"
            r" now 1 lines, debit 36", 'compare', self.file, self.copy)
        with self.connect(self.copy) as connection:
            connection.execute(
                "DELETE FROM avec_meeting_line WHERE id = ("
                "SELECT MIN(id) FROM avec_meeting_line)")
            connection.commit()
        self.assertRefused(
            "rows of avec_meeting_line", 'compare', self.file, self.copy)
        self.assertRefused("already exists", 'restore', self.file, self.copy)

    def test_tampered_file(self):
        "A file that changed is not restored, nor one that is cut"
        self.do('dump', self.database, self.file)
        content = self.file.read_bytes()
        for damaged in [content[:-10], content + b'!']:
            self.file.write_bytes(damaged)
            self.assertRefused("changed since", 'check', self.file)
        self.backup._manifest(self.file).unlink()
        self.assertRefused("is missing", 'check', self.file)

    def test_no_books(self):
        "A database of something else is no backup of an office"
        self.assertRefused("no books", 'dump', 'postgres', self.file)


class RoleTest(PostgreSQLTestCase):
    "The server runs as a role that owns nothing"

    def setUp(self):
        super().setUp()
        from trytond.tests.test_tryton import DB_NAME
        self.database = DB_NAME
        word = secrets.token_hex(4)
        self.runner, self.owner = f'avec_run_{word}', f'avec_owner_{word}'
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.administrator = self.connect(stack, URI)
        for role in [self.runner, self.owner]:
            self.administrator.execute(
                f"CREATE ROLE {role} LOGIN PASSWORD '{word}'")
            stack.callback(self.drop, role)
        self.administrator.execute(self.script())
        self.uri = self.as_role(self.runner, word)
        self.stack = stack

    def script(self):
        "Return the script of the documentation for the roles of the test"
        text = (ROOT / 'doc/server/roles.sql').read_text(encoding='utf-8')
        for name, role in [
                ('avec_run', self.runner), ('avec_owner', self.owner)]:
            text = re.sub(rf'\b{name}\b', role, text)
        return text

    def drop(self, role):
        self.administrator.execute(f"DROP OWNED BY {role}")
        self.administrator.execute(f"DROP ROLE {role}")

    def as_role(self, role, password):
        parts = urllib.parse.urlsplit(URI)
        host = parts.netloc.rpartition('@')[2]
        return urllib.parse.urlunsplit(
            parts._replace(netloc=f'{role}:{password}@{host}'))

    def connect(self, stack, uri):
        from trytond.modules.avec_group.scripts import backup
        return stack.enter_context(backup.Server(uri).connect(
                self.database, autocommit=True))

    def test_office_at_work(self):
        "Users log in, post, make groups and look for them"
        with self.server(uri=self.uri):
            sheet, _ = self.held('AVEC-0001')
            client = self.client()
            self.assertIsNone(self.post(client, sheet))
            self.assertPosted(sheet, 2)
            party, = client.model(
                'party.party', 'create', [{'name': "Miel"}])
            group, = client.model('avec.group', 'create', [{'party': party}])
            code, = client.read('avec.group', group, 'code')
            self.assertEqual(
                client.model(
                    'avec.group', 'search', [('rec_name', 'ilike', code)]),
                [group])
            client.model('avec.group', 'delete', [group])

    def test_may_not_define(self):
        "It neither makes, changes nor drops tables, nor empties them"
        import psycopg
        connection = self.connect(self.stack, self.uri)
        for statement in [
                "CREATE TABLE x (id INTEGER)",
                "ALTER TABLE account_move ADD COLUMN x INTEGER",
                "DROP TABLE avec_meeting", "TRUNCATE account_move_line",
                "CREATE FUNCTION x() RETURNS INTEGER LANGUAGE SQL "
                "AS 'SELECT 1'",
                "ALTER TABLE account_move_line DISABLE TRIGGER ALL",
                "CREATE ROLE x", "COPY account_move TO PROGRAM 'true'"]:
            with self.subTest(statement=statement), \
                    self.assertRaises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    def test_what_an_update_adds(self):
        "A table that the owner makes can be used by who runs"
        self.administrator.execute(f"SET ROLE {self.owner}")
        self.administrator.execute("CREATE TABLE added (id SERIAL, name TEXT)")
        self.administrator.execute("RESET ROLE")
        connection = self.connect(self.stack, self.uri)
        connection.execute("INSERT INTO added (name) VALUES ('x')")
        self.assertEqual(
            connection.execute("SELECT id, name FROM added").fetchall(),
            [(1, 'x')])

    def test_others_do_not_enter(self):
        "A role that was given nothing does not connect"
        import psycopg
        other = f'{self.runner}_other'
        self.administrator.execute(f"CREATE ROLE {other} LOGIN PASSWORD 'x'")
        try:
            with self.assertRaisesRegex(
                    psycopg.OperationalError, 'permission denied'):
                self.connect(self.stack, self.as_role(other, 'x'))
        finally:
            self.administrator.execute(f"DROP ROLE {other}")
