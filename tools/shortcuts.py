# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the tests need not do again and again

Locks and imports change nothing of what a test finds.  What Tryton validates
in tests only must be left to another run."""
from contextlib import contextmanager
from functools import cache, wraps
from unittest.mock import patch

from trytond.cache import Cache
from trytond.model import ModelSQL
from trytond.pool import Pool
from trytond.tests import test_tryton
from trytond.tools import misc
from trytond.transaction import Transaction, TransactionError

__all__ = ['Locks', 'shortcuts']


class Locks:
    """The tables that tests locked in this process

    A test that lacks a lock starts again from its beginning.  The tests after
    it start with the lock, none of them has the database to share."""

    def __init__(self):
        self._tables = set()

    def with_transaction(self, user=1, context=None):
        "As the function of trytond of this name, with the locks known"
        def decorator(func):
            @wraps(func)
            def wrapper(*args, **kwargs):
                extras = {'_lock_tables': self._known()}
                while True:
                    try:
                        with _rolled_back(user, context, extras):
                            return func(*args, **kwargs)
                    except TransactionError as error:
                        error.fix(extras)
                        self._learn(extras)
            return wrapper
        return decorator

    def _known(self):
        "Return the known tables of the database"
        tables = {
            cls._table for _, cls in Pool(test_tryton.DB_NAME).iterobject()
            if issubclass(cls, ModelSQL)}
        return sorted(self._tables & tables)

    def _learn(self, extras):
        self._tables.update(extras['_lock_tables'])
        self._tables.update(extras.get('_lock_records', ()))


@contextmanager
def _rolled_back(user, context, extras):
    with Transaction().start(
            test_tryton.DB_NAME, user, context=context,
            **extras) as transaction:
        try:
            yield
        finally:
            transaction.rollback()
            transaction.tasks.clear()
            Cache.drop(test_tryton.DB_NAME)


@contextmanager
def shortcuts(validated):
    """Take the shortcuts, before the tests are imported.

    validated: keep what Tryton validates in tests only, fields that are
    computed and never stored among them.
    """
    with (patch.object(
                test_tryton, 'with_transaction', Locks().with_transaction),
            patch.object(Pool, 'test', validated),
            # Looked for among all that is installed, thousands of times for
            # each database
            patch.object(misc, 'import_module', cache(misc.import_module))):
        yield
