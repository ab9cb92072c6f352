# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The groups of the office of Côte d'Ivoire (standard library only)

A handful of groups in whole francs: the people and the villages are
invented."""
import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from .calendar import every_fortnight
from .people import Person, spread
from .places import Place, Province
from .plan import CyclePlan, GroupPlan, Member
from .rules import Rules

__all__ = [
    'COUNTRY', 'DISTRICTS', 'IVORY_COUNTS', 'Borrowing', 'borrowings',
    'make_ivory_plan']

SEED = 225
COUNTRY = Place('CI', "Côte d'Ivoire", "كوت ديفوار", "Côte d'Ivoire")
DISTRICTS = [
    Province('CI-VB', "Vallée du Bandama", "وادي بانداما",
        groups=2, members=34,
        villages=(("Kouakoukro", ""), ("N'Dakro", ""))),
    Province('CI-SV', "Savanes", "السافانا",
        groups=2, members=35,
        villages=(("Tiékaha", ""), ("Natiodougou", ""))),
    Province('CI-LC', "Lacs", "البحيرات",
        groups=1, members=16, villages=(("Assikro", ""),)),
    ]
IVORY_COUNTS = (
    sum(d.groups for d in DISTRICTS), sum(d.members for d in DISTRICTS))
_GROUPS = ["Étoile", "Djiguiya", "Wobê", "Sinignassigui", "Anouanzê"]
_WOMEN = (
    "Adjoua Affoué Akissi Amenan Aminata Awa Bintou Clarisse Djénéba Edwige "
    "Fanta Félicité Kadidia Lucie Maïmouna Nadège Odile Rokia Salimata "
    "Solange Ténin Viviane Yasmine Zéinab").split()
_MEN = "Adama Brou Drissa Ibrahim Jérôme Konan Moussa Yao".split()
_FAMILIES = (
    "Ahoua Assamoi Bamoro Coulou Dagnogo Djaha Ettien Fofié Gbané Kassi "
    "Konaté Kouamé Lamine Méité N'Dri Ouréga Sangaré Silué Tiéné "
    "Yéo").split()
_FORMED = dt.date(2025, 11, 3)
# Other people in a household, on average
_OTHERS = 5


@dataclass(frozen=True)
class Borrowing:
    "A loan paid out at a meeting of the last cycle (counted from 0)"
    meeting: int
    # The rank of the member
    member: int
    # How many times the savings are asked for
    multiple: Decimal
    term: int
    purpose: str


def make_ivory_plan(groups=None):
    "Return the groups of the plan, or only the first ones"
    rng = random.Random(SEED)
    names = _names(rng)
    plans = []
    for district in DISTRICTS:
        sizes = spread(rng, district.groups, district.members, 15, 20)
        for rank, size in enumerate(sizes):
            plans.append(_group(
                    rng, names, len(plans), district,
                    district.villages[rank % len(district.villages)], size))
    return plans[:groups]


def _names(rng):
    women = [f'{f} {n}' for f in _WOMEN for n in _FAMILIES]
    men = [f'{f} {n}' for f in _MEN for n in _FAMILIES]
    rng.shuffle(women)
    rng.shuffle(men)
    return {'female': iter(women), 'male': iter(men)}


def _group(rng, names, rank, district, village, size):
    formed = _FORMED + dt.timedelta(weeks=rank)
    return GroupPlan(
        rank=rank, name=_GROUPS[rank], province=district,
        village=village[0], field_officer=0, formation_date=formed,
        phases=(
            ('preparatory', formed),
            ('intensive', formed + dt.timedelta(weeks=4))),
        members=tuple(
            Member(p, formed, rng.choices([1, 2, 3, 5], [4, 3, 2, 1])[0])
            for p in _people(rng, names, size, formed)),
        cycles=_cycles(rank))


def _people(rng, names, size, joined):
    for others in spread(rng, size, size * _OTHERS, 1, 11):
        gender = 'female' if rng.random() < 0.8 else 'male'
        yield Person(
            name=next(names[gender]), gender=gender,
            birth_date=joined - dt.timedelta(
                days=rng.randint(19 * 366, 62 * 365)),
            household_size=others + 1, consent_date=joined)


def _cycles(rank):
    "The first group has shared a cycle out before"
    cycles = []
    if not rank:
        days = every_fortnight(dt.date(2026, 2, 3), dt.date(2026, 4, 20))
        cycles.append(CyclePlan(
                number=1, start_date=days[0], end_date=dt.date(2026, 4, 30),
                rules=_rules(500), meetings=tuple(days),
                share_out_date=days[-1] + dt.timedelta(weeks=1),
                share_out='paid'))
    days = every_fortnight(
        dt.date(2026, 7, 6) + dt.timedelta(days=rank), dt.date(2026, 11, 14))
    cycles.append(CyclePlan(
            number=len(cycles) + 1, start_date=days[0],
            end_date=dt.date(2027, 6, 30), rules=_rules([500, 1000][rank % 2]),
            meetings=tuple(days)))
    return tuple(cycles)


def _rules(share_value):
    return Rules(
        meeting_interval='fortnightly', share_value=Decimal(share_value),
        social_fund_contribution=Decimal(100), fine_fund='loan_fund',
        fines=(('late', Decimal(100)), ('noise', Decimal(50))),
        quorum=Decimal('0.5'), cash_rounding=Decimal(5),
        exit_on_death='savings', social_fund_at_share_out='keep',
        leftover='next_cycle')


def borrowings(plan):
    "Return what is lent in the last cycle of the group"
    rng = plan.random('borrowings')
    members = rng.sample(range(len(plan.members)), 5)
    purposes = [
        "Achat d'attiéké à revendre", "Semences de maraîchage",
        "Achat de pagnes", "Engrais pour les anacardes",
        "Fumage du poisson"]
    return [
        Borrowing(
            meeting=meeting, member=member,
            multiple=Decimal(rng.randrange(10, 30)) / 10, term=2,
            purpose=purpose)
        for meeting, member, purpose in zip([2, 3, 4, 6, 7],
            members, purposes)]
