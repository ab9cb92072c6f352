# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta
from trytond.transaction import Transaction

# What begins with an underscore is for the server to set, but for these
_FOR_CLIENTS = {'_datetime', '_request'}


class UserApplication(metaclass=PoolMeta):
    __name__ = 'res.user.application'

    @classmethod
    def check(cls, key, application):
        # REST takes the context as the client sends it, JSON-RPC does not:
        # with _groups or _companies it would be anybody's
        transaction = Transaction()
        transaction.context = {
            '_rest': True,
            **{k: v for k, v in transaction.context.items()
                if not k.startswith('_') or k in _FOR_CLIENTS}}
        return super().check(key, application)
