# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Take what members owe from what they get of a share-out.

The principal owed is an asset of the fund that is shared, so a member who owes
more than he or she gets keeps money with which the others cannot be paid: what
stays owed is left out of what is shared.  A service charge taken from a
share-out is income of the fund, so it is added to what is shared.
"""
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from .repayment import Amounts, total

__all__ = ['Borrower', 'net']

ZERO = Decimal(0)


@dataclass(frozen=True)
class Borrower:
    """What a member owes, and how a payment of it is split

    pay returns the Amounts paid by an amount that is not more than owed.
    """
    owed: Amounts = Amounts()
    pay: Callable = lambda amount: Amounts()

    def pay_from(self, gross):
        return self.pay(max(min(self.owed.total, gross), ZERO))


def net(members, borrowers, share):
    """Return the result of sharing with what members owe taken from it

    members: dataclasses that have a field deductions.
    borrowers: a Borrower for each member.
    share: function of the members and of an amount to add to what is shared;
    returns a result whose lines have a gross amount, in the same order.

    At first all the charges are counted on.  Each round then adds what the
    members can pay from what they get: the less there is, the less they pay,
    so it only goes down and the rounds come to an end.
    """
    members = [
        replace(m, deductions=b.owed.total)
        for m, b in zip(members, borrowers)]
    added = sum((_income(b.owed) for b in borrowers), ZERO)
    while True:
        result = share(members, added)
        paid = [
            b.pay_from(l.gross) for b, l in zip(borrowers, result.lines)]
        left = (
            total(b.owed for b in borrowers).principal
            - total(paid).principal)
        now = sum(map(_income, paid), ZERO) - left
        if now >= added:
            # A part may grow when there is less, by the coin of a remainder
            return replace(result, leftover=result.leftover + now - added)
        added = now


def _income(amounts):
    return amounts.charge + amounts.penalty
