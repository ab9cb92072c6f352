# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Invent people whose figures add up (standard library only)"
import datetime as dt
from dataclasses import dataclass
from typing import Optional

from .names import FAMILIES, FEMALE, MALE

__all__ = ['HOUSEHOLD_FACTOR', 'Namer', 'Person', 'people', 'spread']

# Other people in the household of a member, on average
HOUSEHOLD_FACTOR = 4
WOMEN = 0.78
CONSENT = 0.88
_OF_AGE = 18
# (youngest, oldest, weight) at the day of reference
_AGES = [(18, 24, 14), (25, 34, 27), (35, 49, 36), (50, 69, 23)]
_REFERENCE = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Person:
    name: str
    gender: str
    birth_date: dt.date
    household_size: int
    consent_date: Optional[dt.date]


def spread(rng, count, total, least, most):
    "Return as many integers between least and most that sum to total"
    if not count * least <= total <= count * most:
        raise ValueError(f"{count} figures cannot sum to {total}")
    mean = total / count
    figures = [
        min(max(round(rng.gauss(mean, (most - least) / 5)), least), most)
        for _ in range(count)]
    while left := total - sum(figures):
        step = 1 if left > 0 else -1
        i = rng.randrange(count)
        if least <= figures[i] + step <= most:
            figures[i] += step
    return figures


class Namer:
    "Give each person another name"

    def __init__(self, rng):
        self._rng = rng
        self._given = set()

    def name(self, gender):
        firsts = FEMALE if gender == 'female' else MALE
        while True:
            first, family = self._rng.choice(firsts), self._rng.choice(
                FAMILIES)
            if (first, family) not in self._given:
                self._given.add((first, family))
                return (f'{first[0]} {family[0]} / {first[1]} {family[1]}')


def people(rng, namer, count, joined):
    """Return people who joined a group on a day

    The other people in their households are four times as many as they are.
    """
    others = spread(rng, count, count * HOUSEHOLD_FACTOR, 1, 9)
    return [_person(rng, namer, n, joined) for n in others]


def _person(rng, namer, others, joined):
    gender = 'female' if rng.random() < WOMEN else 'male'
    consent = None
    if rng.random() < CONSENT:
        consent = joined + dt.timedelta(days=rng.randrange(0, 60, 7))
    return Person(
        name=namer.name(gender),
        gender=gender,
        birth_date=_birth_date(rng, joined),
        household_size=others + 1,
        consent_date=consent)


def _birth_date(rng, joined):
    # Everybody was of age when joining
    youngest = _OF_AGE + max((_REFERENCE - joined).days // 365 + 1, 0)
    ages = [a for a in _AGES if a[1] >= youngest]
    (least, most, _), = rng.choices(ages, [w for _, _, w in ages])
    days = rng.randint(max(least, youngest) * 366, (most + 1) * 365)
    return _REFERENCE - dt.timedelta(days=days)
