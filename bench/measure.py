# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Time calls, count queries and tell the spread"
import gc
import statistics
import time
from contextlib import contextmanager

from proteus import config as proteus_config
from trytond.transaction import Transaction, TransactionError

__all__ = [
    'Books', 'alternate', 'count_queries', 'ratio', 'seconds', 'spread',
    'stopwatch', 'watch']


def stopwatch(function, *args):
    "Return how long the call took and its result"
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        result = function(*args)
        return time.perf_counter() - started, result
    finally:
        gc.enable()


def seconds(function, *args, runs):
    "Return how long each of the runs took, after one that is not counted"
    function(*args)
    return [stopwatch(function, *args)[0] for _ in range(runs)]


def alternate(runs, *functions):
    """Return how long each of the functions took in each of the runs.

    They take turns, so that what else the machine does hits all of them, and
    the first turn is not counted."""
    rounds = [
        [stopwatch(f)[0] for f in functions] for _ in range(runs + 1)]
    return list(zip(*rounds[1:]))


def spread(values, digits=6):
    "Return the median, the extremes and the number of the values"
    return {
        'median': round(statistics.median(values), digits),
        'min': round(min(values), digits),
        'max': round(max(values), digits),
        'runs': len(values),
        }


def ratio(numerators, denominators, digits=2):
    "Return the ratio of the medians, and the spread of those of each run"
    result = spread(
        [n / d for n, d in zip(numerators, denominators)], digits)
    result['median'] = round(
        statistics.median(numerators) / statistics.median(denominators),
        digits)
    return result


class Books:
    "Run functions in transactions, as the server does for a user"

    def __init__(self, database, user, company):
        self.database = database
        self.user = user
        self.context = {
            'company': company,
            '_check_access': True,
            '_skip_warnings': True,
            }

    def run(self, function, *args, **context):
        "Run in one transaction, started again for the locks it needs"
        extras = {}
        while True:
            with Transaction().start(
                    self.database, self.user,
                    context={**self.context, **context},
                    **extras) as transaction:
                try:
                    return function(*args)
                except TransactionError as error:
                    transaction.rollback()
                    transaction.tasks.clear()
                    error.fix(extras)

    def without_access(self, function, *args):
        "Run without the checks of what a user may do"
        return self.run(function, *args, _check_access=False)


class _Counter:
    "Pass everything on to a connection or cursor and count what it executes"

    def __init__(self, wrapped, queries):
        self._wrapped = wrapped
        self._queries = queries

    def __getattr__(self, name):
        return getattr(self._wrapped, name)

    def __iter__(self):
        return iter(self._wrapped)

    def __enter__(self):
        self._wrapped.__enter__()
        return self

    def __exit__(self, *args):
        return self._wrapped.__exit__(*args)

    def cursor(self, *args, **kwargs):
        return _Counter(
            self._wrapped.cursor(*args, **kwargs), self._queries)

    def execute(self, sql, *args, **kwargs):
        self._queries.append(sql)
        return self._wrapped.execute(sql, *args, **kwargs)

    def executemany(self, sql, *args, **kwargs):
        self._queries.append(sql)
        return self._wrapped.executemany(sql, *args, **kwargs)


def count_queries(function, *args, apart=('INSERT',)):
    """Return the numbers of queries and of those apart in this transaction

    Tryton inserts the rows one by one on SQLite, so they are apart."""
    transaction = Transaction()
    connection, queries = transaction.connection, []
    transaction.connection = _Counter(connection, queries)
    try:
        function(*args)
    finally:
        transaction.connection = connection
    count = sum(str(q).startswith(apart) for q in queries)
    return len(queries) - count, count


@contextmanager
def watch():
    "Give the list of (model.method, seconds) of the calls of proteus"
    Method = proteus_config._TrytondMethod
    call, calls = Method.__call__, []

    def timed(method, *args, **kwargs):
        spent, result = stopwatch(call, method, *args, **kwargs)
        calls.append((f'{method._object.__name__}.{method._name}', spent))
        return result

    Method.__call__ = timed
    try:
        yield calls
    finally:
        Method.__call__ = call
