# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Measure on the database that the environment names"
import argparse
import gc
import json
import platform
import resource
import sys
import time
from importlib.metadata import version

from tools.templates import Templates
from trytond import backend, config
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['main']

GROUPS = ['avec_group']
ALL = ['avec_indicator', 'avec_livelihood', 'avec_loan', 'avec_training']
FULL = {
    'groups_with': GROUPS,
    'posting_runs': 9, 'groups': 40, 'meetings': 25, 'window': 20,
    'documents': 10, 'reading_runs': 2, 'bulk_groups': 10000,
    'form_runs': 10, 'keystrokes': 30,
    'chunk_groups': 25, 'chunk_runs': 1,
    'chunk_sizes': [1, 100, 1000],
    'loan_runs': 7, 'schedules': 200, 'few_loans': 1000,
    'bulk_loans': 10000, 'overdue_runs': 1,
    'indicator_groups': [500, 2000], 'indicator_meetings': 24,
    'indicator_runs': 1,
    }
QUICK = {
    # One database is made less
    'groups_with': ALL,
    'posting_runs': 1, 'groups': 2, 'meetings': 2, 'window': 1,
    'documents': 2, 'reading_runs': 1, 'bulk_groups': 20,
    'form_runs': 1, 'keystrokes': 1,
    'chunk_groups': 2, 'chunk_runs': 1, 'chunk_sizes': [1, 100],
    'loan_runs': 1, 'schedules': 1, 'few_loans': 2,
    'bulk_loans': 20, 'overdue_runs': 1,
    'indicator_groups': [2, 4], 'indicator_meetings': 2,
    'indicator_runs': 1,
    }


def _say(message, started=time.monotonic()):
    print(
        f'[{backend.name}] {time.monotonic() - started:4.0f} s {message}',
        file=sys.stderr, flush=True)


def _below(modules):
    "Return the modules of the database from which that of all is made"
    return GROUPS if len(modules) > len(GROUPS) else []


def _database(modules):
    "Make the database of an office and return the books of its user"
    from trytond.modules.avec_group.tests.tools import create_office
    from trytond.modules.company.tests.tools import create_company
    from trytond.tests import test_tryton, tools

    from . import groups
    from .measure import Books

    gc.unfreeze()
    # PostgreSQL does not replace a database that is connected to
    test_tryton.drop_db()
    # Not imported by its name, which the templates replace
    client = tools.activate_modules(modules, create_company)
    client.skip_warning = True
    create_office([groups.YEAR])
    # What only the test suite validates is not part of the cost
    Pool.test = False
    # Neither is the search for garbage in what never goes
    gc.collect()
    gc.freeze()
    return Books(
        client.database_name, client.user, client.context['company'])


def _engine():
    if backend.name == 'sqlite':
        import sqlite3
        return f'SQLite {sqlite3.sqlite_version}'
    cursor = Transaction().connection.cursor()
    cursor.execute('SHOW server_version')
    return f'PostgreSQL {cursor.fetchone()[0]}'


def _memory():
    "Return the peak of the resident memory, in megabytes"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes but for macOS
    return round(peak / (2 ** 20 if sys.platform == 'darwin' else 2 ** 10))


def _versions():
    return {
        'python': platform.python_version(),
        **{n: version(n) for n in [
                'trytond', 'trytond_account', 'python-sql']},
        'optimized': bool(sys.flags.optimize),
        }


def measure_groups(size):
    "Return what is measured of the groups alone"
    from . import bulk, groups, posting, queries, reading

    _say("making the database")
    books = _database(size['groups_with'])
    result = {
        'engine': books.run(_engine),
        'versions': _versions(),
        'memory': {'idle_megabytes': _memory()},
        }
    _say("posting and its ratios")
    cycle, = books.without_access(groups.create, 1)
    result['posting'] = posting.measure_posting(
        books, cycle, size['posting_runs'])
    _say("posting by chunks")
    cycles = books.without_access(
        groups.create, size['chunk_groups'], groups.MEMBERS, "Chunk")
    result['chunks'] = posting.measure_chunks(
        books, cycles, size['chunk_sizes'], size['chunk_runs'])
    _say("queries")
    result['queries'] = queries.measure_queries(books, size['documents'])
    _say("typing")
    cycle, = books.without_access(groups.create, 1, 30, "Typing")
    result['typing'] = reading.measure_typing(cycle, size['keystrokes'])
    result['form'] = reading.measure_form(books, cycle, size['form_runs'])
    result['memory']['after_typing_megabytes'] = _memory()
    _say("meetings of many groups")
    cycles = books.without_access(groups.create, size['groups'])
    result['growth'] = posting.measure_growth(
        books, cycles, size['meetings'], size['window'])
    books.run(bulk.analyze)
    _say("balances of members")
    result['balances'] = reading.measure_balances(
        books, cycles, size['reading_runs'])
    _say("list of groups")
    books.run(bulk.fill, size['bulk_groups'], books.context['company'])
    books.run(bulk.analyze)
    result['list'] = reading.measure_list(books, size['reading_runs'])
    result['memory']['peak_megabytes'] = _memory()
    _say("done")
    return result


def measure_loans(size):
    "Return what is measured once the groups lend"
    from . import bulk, loans

    _say("making the database with all modules")
    books = _database(ALL)
    product = books.without_access(loans.create_product)
    result = {}
    _say("schedules")
    result['schedules'] = loans.measure_schedules(
        size['schedules'], size['loan_runs'])
    _say("meetings with loans")
    result['lending'] = loans.measure_posting(
        books, product, size['loan_runs'])
    result['lending']['queries'] = loans.measure_queries(books, product)
    _say("what is overdue")
    books.run(bulk.fill, size['bulk_loans'], books.context['company'])
    result['overdue'] = loans.measure_overdue(
        books, product, size['few_loans'], size['overdue_runs'])
    _say("done")
    return result


def measure_indicators(size):
    "Return what is measured of the indicators"
    from . import indicators

    _say("making the database anew")
    books = _database(ALL)
    _say("the indicators of many groups")
    result = indicators.measure_indicators(
        books, *size['indicator_groups'], size['indicator_meetings'],
        size['indicator_runs'])
    _say("done")
    return {'indicators': result}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--folder', required=True)
    parser.add_argument('result')
    options = parser.parse_args()
    config.set('database', 'path', options.folder)
    size = QUICK if options.quick else FULL
    result = {}
    with Templates(_below):
        # The groups first, for the memory that they alone take
        for measure in [measure_groups, measure_loans, measure_indicators]:
            result.update(measure(size))
    with open(options.result, 'w', encoding='utf-8') as file:
        json.dump(result, file)


if __name__ == '__main__':
    main()
