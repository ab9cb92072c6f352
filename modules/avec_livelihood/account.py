# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.avec_group.account import account_field
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from .exceptions import CapitalMoveError

_BALANCE = ('type.statement', '=', 'balance')


def CapitalAccountsMixin(company, wrap=lambda field: field):
    "The accounts that the capital of a cooperative is booked on"
    class Mixin:
        __slots__ = ()
        avec_cooperative_capital = wrap(account_field(
                "Cooperative Capital", company, _BALANCE,
                ('type.assets', '!=', True),
                help="The capital that the members subscribed."))
        avec_cooperative_capital_due = wrap(account_field(
                "Cooperative Capital to Pay", company,
                ('type.receivable', '=', True),
                ('party_required', '=', True),
                ('reconcile', '=', True),
                help="What the members subscribed and did not pay yet."))
        avec_cooperative_cash = wrap(account_field(
                "Cooperative Cash", company, _BALANCE,
                ('type.assets', '=', True),
                ('party_required', '!=', True),
                help="Where the members pay their capital."))

    return Mixin


class Configuration(
        CapitalAccountsMixin(
            Eval('context', {}).get('company', -1), wrap=fields.MultiValue),
        metaclass=PoolMeta):
    __name__ = 'account.configuration'


class ConfigurationAvec(
        CapitalAccountsMixin(Eval('company', -1)), metaclass=PoolMeta):
    __name__ = 'account.configuration.avec'


class CapitalOriginMixin:
    __slots__ = ()

    @classmethod
    def _get_avec_origin(cls):
        return super()._get_avec_origin() + ['avec.cooperative.payment']

    @property
    def avec_capital(self):
        "The document of the capital that made it or None"
        if (self.origin
                and self.origin.__name__ == 'avec.cooperative.payment'):
            return self.origin


class Move(CapitalOriginMixin, metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def check_avec_document(cls, moves):
        super().check_avec_document(moves)
        cls.check_avec_capital(moves)

    @classmethod
    def check_avec_capital(cls, moves):
        "Check that the moves are not those of the capital of cooperatives"
        for move in moves:
            if document := move.avec_capital:
                raise CapitalMoveError(gettext(
                        'avec_livelihood.msg_capital_move',
                        move=move.rec_name, payment=document.rec_name))

    @classmethod
    def check_modification(cls, mode, moves, values=None, external=False):
        super().check_modification(
            mode, moves, values=values, external=external)
        if external:
            cls.check_avec_capital(moves)


class MoveLine(CapitalOriginMixin, metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            for line in lines:
                line.move.check_avec_capital([line.move])
