# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Back up a database on PostgreSQL and prove that it can be restored

dump writes the file and, beside it, what was in the database at that moment:
the rows of each table and, of each company, group and account, the sums of
what is posted.  check restores the file to a database that is thrown away and
compares, restore keeps it.  The status is not zero when anything differs."""
import argparse
import hashlib
import json
import os
import secrets
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

__all__ = ['BackupError', 'check', 'compare', 'dump', 'main', 'restore']

# Passwords do not stand on the command line, where others could read them
_ENVIRON = {
    'host': 'PGHOST', 'hostaddr': 'PGHOSTADDR', 'port': 'PGPORT',
    'user': 'PGUSER', 'password': 'PGPASSWORD', 'sslmode': 'PGSSLMODE',
    'sslrootcert': 'PGSSLROOTCERT', 'sslcert': 'PGSSLCERT',
    'sslkey': 'PGSSLKEY', 'service': 'PGSERVICE', 'passfile': 'PGPASSFILE'}
_BOOKS = """
    SELECT c.id, COALESCE(g.code, ''), a.code, COUNT(*),
        SUM(l.debit), SUM(l.credit)
    FROM account_move_line l
    JOIN account_move m ON m.id = l.move
    JOIN account_account a ON a.id = l.account
    JOIN company_company c ON c.id = m.company
    LEFT JOIN avec_group g ON g.id = m.avec_group
    WHERE m.state = 'posted'
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    """
_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
    ORDER BY 1
    """


class BackupError(Exception):
    "Why there is no backup, or none that can be trusted"


class Server:
    "The server of PostgreSQL that the address names"

    def __init__(self, uri):
        self._values = conninfo.conninfo_to_dict(uri)
        self._values.pop('dbname', None)

    def connect(self, database, **options):
        "Return a connection, to be closed"
        return closing(psycopg.connect(conninfo.make_conninfo(
                    **{**self._values, 'dbname': database}), **options))

    def run(self, *command):
        "Run a program of PostgreSQL"
        environ = {
            **os.environ,
            **{_ENVIRON[k]: str(v) for k, v in self._values.items()
                if k in _ENVIRON}}
        try:
            process = subprocess.run(
                command, env=environ, stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True)
        except FileNotFoundError:
            raise BackupError(
                f"{command[0]} is not installed: it comes with the client "
                "programs of PostgreSQL") from None
        if process.returncode:
            raise BackupError(f"{command[0]}: {process.stderr.strip()}")


def figures(connection):
    "Return what is in the database: rows by table and sums by account"
    rows = {}
    cursor = connection.cursor()
    for name, in cursor.execute(_TABLES).fetchall():
        (rows[name],), = cursor.execute(
            sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(name)))
    if 'account_move_line' not in rows or 'avec_group' not in rows:
        raise BackupError("This database has no books of savings groups")
    return {
        'rows': rows,
        'books': [
            [company, group, account, count, f'{debit:f}', f'{credit:f}']
            for company, group, account, count, debit, credit
            in cursor.execute(_BOOKS)],
        }


def differences(before, after):
    "Return the lines that tell what is different"
    result = []
    for name in sorted(before['rows'].keys() | after['rows'].keys()):
        counts = [f['rows'].get(name, "none") for f in [before, after]]
        if counts[0] != counts[1]:
            result.append(f"rows of {name}: {counts[0]}, now {counts[1]}")
    books = [
        {tuple(b[:3]): b[3:] for b in f['books']} for f in [before, after]]
    for key in sorted(books[0].keys() | books[1].keys()):
        values = [b.get(key) for b in books]
        if values[0] != values[1]:
            company, group, account = key
            result.append(
                f"company {company}, group {group or '-'}, account "
                f"{account}: {_amounts(values[0])}, now "
                f"{_amounts(values[1])}")
    return result


def _amounts(values):
    if not values:
        return "nothing"
    count, debit, credit = values
    return f"{count} lines, debit {debit}, credit {credit}"


def _manifest(file):
    return file.with_name(f'{file.name}.json')


def _digest(file):
    digest = hashlib.sha256()
    with open(file, 'rb') as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def dump(server, database, file):
    "Write the backup of the database and what was in it"
    # Nobody but the owner reads the backup
    os.umask(0o077)
    for path in [file, _manifest(file)]:
        if path.exists():
            raise BackupError(f"{path} exists already")
    with server.connect(database) as connection:
        # Both see the same moment, whatever users post meanwhile
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        (snapshot,), = connection.execute("SELECT pg_export_snapshot()")
        found = figures(connection)
        server.run(
            'pg_dump', '--format=custom', f'--snapshot={snapshot}',
            f'--file={file}', database)
    _manifest(file).write_text(json.dumps({
                'database': database, 'sha256': _digest(file), **found},
            indent=1), encoding='utf-8')
    return found


def _read_manifest(file):
    try:
        return json.loads(_manifest(file).read_text(encoding='utf-8'))
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} is missing") from None


def compare(server, file, database):
    "Check that what was dumped is what is in the database"
    with server.connect(database) as connection:
        found = figures(connection)
    if lines := differences(_read_manifest(file), found):
        raise BackupError('\n'.join([
                    f"{database} is not what was dumped to {file}:", *lines]))
    return found


def restore(server, file, database):
    "Restore the backup to a new database and compare"
    if _digest(file) != _read_manifest(file)['sha256']:
        raise BackupError(f"{file} changed since it was written")
    with server.connect('postgres', autocommit=True) as connection:
        name = sql.Identifier(database)
        try:
            connection.execute(sql.SQL(
                    "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"
                    ).format(name))
        except psycopg.errors.DuplicateDatabase as error:
            raise BackupError(f"{error}".strip()) from None
    server.run(
        'pg_restore', '--exit-on-error', '--no-owner', '--no-privileges',
        f'--dbname={database}', str(file))
    return compare(server, file, database)


def check(server, file):
    "Restore the backup to a database that is thrown away, and compare"
    database = f'avec_check_{secrets.token_hex(4)}'
    try:
        return restore(server, file, database)
    finally:
        with server.connect('postgres', autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(
                    sql.Identifier(database)))


def main(arguments=None):
    "Do what the arguments say, or raise"
    parser = argparse.ArgumentParser(
        prog='trytond_avec_backup', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '-c', '--config', metavar='FILE', help="the trytond config file")
    parser.add_argument(
        '--uri', help="the server, instead of the one of the configuration")
    commands = parser.add_subparsers(dest='command', required=True)
    for name, help_, arguments_ in [
            ('dump', "back up a database", ['database', 'file']),
            ('check', "try to restore, and compare", ['file']),
            ('restore', "restore to a new database", ['file', 'database']),
            ('compare', "compare with a database", ['file', 'database'])]:
        command = commands.add_parser(name, help=help_)
        for argument in arguments_:
            command.add_argument(
                argument, type=Path if argument == 'file' else str)
    options = parser.parse_args(arguments)
    server = Server(options.uri or _configured(options.config))
    if options.command == 'dump':
        found = dump(server, options.database, options.file)
    elif options.command == 'check':
        found = check(server, options.file)
    elif options.command == 'restore':
        found = restore(server, options.file, options.database)
    else:
        found = compare(server, options.file, options.database)
    print("{}: {} rows in {} tables, {} accounts of groups".format(
            options.command, sum(found['rows'].values()), len(found['rows']),
            len(found['books'])))


def _configured(file):
    from trytond import config
    config.update_etc(file)
    return config.get('database', 'uri')


def run():
    try:
        main()
    except (BackupError, psycopg.Error) as error:
        sys.exit(f"{error}")


if __name__ == '__main__':
    run()
