# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Divide an amount between members without losing or creating a coin.

The method is the largest remainder (Hamilton): each claim gets its exact quota
rounded down to the quantum, and the quanta that are left go one by one to the
claims with the largest remainders.  The smallest rank (the member number) wins
a tie, so the order of the input never matters.

Amounts are Decimals in one currency.  A quantum is the smallest amount that
can be paid out, such as the smallest coin.  Quotas are computed as fractions,
so no precision is lost before the rounding.

Rounding down is always towards minus infinity: a gain is never rounded up nor
a loss rounded in favour of the member, so what is left is never negative and
stays in the box.
"""
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Optional

__all__ = [
    'Allocation', 'AllocationError', 'Claim', 'FloorPrice', 'ShareOutLine',
    'ShareOutMember', 'ShareOutResult', 'allocate', 'equal_parts',
    'floor_price', 'share_out']

ZERO = Decimal(0)


class AllocationError(ValueError):
    pass


@dataclass(frozen=True)
class Claim:
    "A weight on the pool; the rank settles ties and is unique in a list"
    rank: int
    weight: Decimal


@dataclass(frozen=True)
class Allocation:
    "Parts in the order of the claims; sum(parts) + left is the pool"
    parts: tuple[Decimal, ...]
    left: Decimal


@dataclass(frozen=True)
class FloorPrice:
    "price for one share; paid + left is the pool"
    price: Decimal
    paid: Decimal
    left: Decimal


@dataclass(frozen=True)
class ShareOutMember:
    """What a member brings to the share-out

    savings is the amount paid for the shares, deductions what the member owes,
    social whether the member has a part of a divided social fund.
    """
    rank: int
    shares: int
    savings: Decimal
    deductions: Decimal = ZERO
    social: bool = True


@dataclass(frozen=True)
class ShareOutLine:
    """What a member gets

    savings + surplus + social_fund = gross = repaid + payable
    and repaid + unpaid = deductions of the member.
    A loss is a negative surplus.
    """
    rank: int
    savings: Decimal
    surplus: Decimal
    social_fund: Decimal
    deductions: Decimal

    @property
    def gross(self):
        return self.savings + self.surplus + self.social_fund

    @property
    def repaid(self):
        return min(self.deductions, self.gross)

    @property
    def unpaid(self):
        return self.deductions - self.repaid

    @property
    def payable(self):
        return self.gross - self.repaid


@dataclass(frozen=True)
class ShareOutResult:
    """Lines in the order of the members

    The savings of all members and the surplus are equal to the sum of savings
    and surplus of the lines and the leftover.
    The social fund is equal to the sum of social_fund of the lines and
    social_fund_left.
    share_price is the exact worth of one share, not rounded, None if there is
    no share.
    """
    lines: tuple[ShareOutLine, ...]
    leftover: Decimal
    share_price: Optional[Decimal]
    social_fund_left: Decimal


def allocate(pool, claims, quantum, keep_remainder=False):
    """Divide the pool in proportion to the weights of the claims

    Each part is a multiple of the quantum and less than a quantum off its
    exact share.  Without keep_remainder, left is the part of the pool which is
    smaller than a quantum.  With keep_remainder, each part is rounded down and
    left has all the remainders.

    A pool may be negative, it is then a loss to bear.
    Raise AllocationError for a quantum that is not positive, a negative
    weight, a rank used twice, or a pool that nobody has a claim on.
    """
    _check_quantum(quantum)
    _check_claims(claims)
    if not pool:
        return Allocation((ZERO,) * len(claims), ZERO)
    quotas = _quotas(pool, claims, quantum)
    units = [floor(q) for q in quotas]
    if not keep_remainder:
        missing = floor(Fraction(pool) / Fraction(quantum)) - sum(units)
        for i in _largest_remainders(quotas, claims)[:missing]:
            units[i] += 1
    parts = tuple(u * quantum for u in units)
    return Allocation(parts, pool - sum(parts))


def _check_quantum(quantum):
    if quantum <= 0:
        raise AllocationError(f"quantum {quantum} is not positive")


def _check_claims(claims):
    if len({c.rank for c in claims}) != len(claims):
        raise AllocationError("a rank is used twice")
    if any(c.weight < 0 for c in claims):
        raise AllocationError("a weight is negative")


def _quotas(pool, claims, quantum):
    "The exact number of quanta for each claim"
    total = sum(Fraction(c.weight) for c in claims)
    if not total:
        raise AllocationError("nobody has a claim on the pool")
    quanta = Fraction(pool) / Fraction(quantum)
    return [quanta * Fraction(c.weight) / total for c in claims]


def _largest_remainders(quotas, claims):
    def key(i):
        return floor(quotas[i]) - quotas[i], claims[i].rank
    return sorted(range(len(claims)), key=key)


def equal_parts(pool, ranks, quantum, keep_remainder=False):
    """Divide the pool in parts that differ by at most a quantum

    The members with the smallest ranks get the larger parts.
    """
    claims = [Claim(r, Decimal(1)) for r in ranks]
    return allocate(pool, claims, quantum, keep_remainder=keep_remainder)


def floor_price(pool, shares, quantum):
    """Return what one share is paid if the price is a multiple of the quantum

    The price is rounded down and the rest is left for the next cycle.
    Raise AllocationError if there is no share.
    """
    _check_quantum(quantum)
    if shares <= 0:
        raise AllocationError("there is no share")
    price = floor(Fraction(pool) / shares / Fraction(quantum)) * quantum
    paid = price * shares
    return FloorPrice(price, paid, pool - paid)


def share_out(
        members, surplus, social_fund, quantum,
        keep_remainder=False, social_shared=False):
    """Divide savings and surplus by shares, and the social fund equally

    What a member gets for the shares is a multiple of the quantum: the whole
    of savings and surplus is divided, the surplus of a member is the
    difference with the savings.  What the member owes is then taken from the
    gross amount.  The social fund is left whole unless social_shared.

    Raise AllocationError if the loss is greater than the savings, if the
    social fund is negative, or for the reasons of allocate.
    """
    pool = sum((m.savings for m in members), ZERO) + surplus
    _check_funds(pool, social_fund)
    by_shares = allocate(
        pool, [Claim(m.rank, Decimal(m.shares)) for m in members],
        quantum, keep_remainder=keep_remainder)
    social = _share_social_fund(
        members, social_fund if social_shared else ZERO,
        quantum, keep_remainder)
    return ShareOutResult(
        lines=tuple(map(_line, members, by_shares.parts, social.parts)),
        leftover=by_shares.left,
        share_price=_share_price(pool, sum(m.shares for m in members)),
        social_fund_left=social_fund - sum(social.parts))


def _check_funds(pool, social_fund):
    if pool < 0:
        raise AllocationError("the loss is greater than the savings")
    if social_fund < 0:
        raise AllocationError("the social fund is negative")


def _share_social_fund(members, pool, quantum, keep_remainder):
    claims = [Claim(m.rank, Decimal(m.social)) for m in members]
    return allocate(pool, claims, quantum, keep_remainder=keep_remainder)


def _share_price(pool, shares):
    return pool / shares if shares else None


def _line(member, part, social_fund):
    return ShareOutLine(
        rank=member.rank,
        savings=member.savings,
        surplus=part - member.savings,
        social_fund=social_fund,
        deductions=member.deductions)
