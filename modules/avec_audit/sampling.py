# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Draw samples that anybody draws again from the seed.

The digest of an element is the SHA-256 of the seed, a vertical bar and the key
of the element, in UTF-8 and written in hexadecimal.  The sample is made of the
elements with the smallest digests.  A sheet of calculation or a shell gives
the same, on any machine and with any version of any language.
"""
import hashlib
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

__all__ = ['Drawn', 'digest', 'draw', 'population_digest', 'sample_size']


@dataclass(frozen=True)
class Drawn:
    "An element of a sample, the rank starting from 1"
    rank: int
    key: str
    digest: str


def digest(seed, key):
    "Return what decides if the element is drawn, as hexadecimal digits"
    return hashlib.sha256(f'{seed}|{key}'.encode()).hexdigest()


def draw(seed, keys, size):
    """Return the elements drawn, [Drawn, ...] by their digests.

    keys: the keys of the population, in any order; one that comes twice
    counts once.
    """
    ranked = sorted((digest(seed, k), k) for k in set(keys))
    return [
        Drawn(rank, key, hexadecimal)
        for rank, (hexadecimal, key) in enumerate(ranked[:size], 1)]


def population_digest(keys):
    """Return the digest by which two populations are known to be the same.

    It is the SHA-256 of the keys in the order of their characters, with a
    line feed after each.
    """
    lines = ''.join(f'{k}\n' for k in sorted(set(keys)))
    return hashlib.sha256(lines.encode()).hexdigest()


def sample_size(population, percentage):
    """Return how many elements make at least the percentage of the population

    percentage: a Decimal, 5 for 5 %.
    """
    exact = Decimal(population) * percentage / 100
    return min(
        population, int(exact.to_integral_value(rounding=ROUND_CEILING)))
