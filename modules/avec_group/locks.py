# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.transaction import TransactionError

__all__ = ['lock_together']


class MissingLocksError(TransactionError):
    "The transaction starts again with all of the locks"

    def __init__(self, errors):
        super().__init__()
        self._errors = errors

    def fix(self, extras):
        super().fix(extras)
        for error in self._errors:
            error.fix(extras)


def lock_together(*asks):
    """Call the functions, each of which asks for locks.

    Tryton starts the transaction again for a lock that is missing: once for
    all of them instead of once for each.
    """
    errors = []
    for ask in asks:
        try:
            ask()
        except TransactionError as error:
            errors.append(error)
    if errors:
        raise MissingLocksError(errors)
