# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the members live of beside their groups (standard library only)

The plan says who does what and since when.  Whether a loan of the group began
it depends on what was lent."""
import datetime as dt
import random
from dataclasses import dataclass, field, replace
from typing import Optional

from .calendar import add_months
from .people import spread
from .places import PROVINCES
from .plan import SEED

__all__ = [
    'ACTIVITIES', 'COOPERATIVES', 'JOBS', 'LAST_MONTH', 'SELF_EMPLOYED',
    'Trade', 'Venture', 'counts', 'ventures']

# The activities that the programme claims, of which so many of each province
ACTIVITIES = {
    'MA-BEM': 59, 'MA-AZI': 34, 'MA-FQH': 29, 'MA-KHN': 29, 'MA-KHO': 23,
    'MA-HAJ': 29, 'MA-GUF': 23, 'MA-SIL': 17}
LAST_MONTH = dt.date(2026, 10, 1)
# Which groups, by their rank, found a cooperative
COOPERATIVES = {
    0: ("Coopérative Zitoune Nwaman / تعاونية زيتون نوامان", '10'),
    2: ("Coopérative Assafou Noufella / تعاونية أسافو نوفلا", '13'),
    5: ("Coopérative Tamment Zitoun / تعاونية تامنت الزيتون", '01'),
    7: ("Coopérative Tasslit Noufella / تعاونية تاسليت نوفلا", '10'),
    10: ("Coopérative Tigmmi n'Tmazirt / تعاونية تيكمي نتمازيرت", '14'),
    14: ("Coopérative Azour Mellouln / تعاونية أزور ملولن", '02'),
    31: ("Coopérative Lalla Mimouna / تعاونية لالة ميمونة", '10'),
    # Still preparing
    21: ("Coopérative Anzar Lkhir / تعاونية أنزار الخير", '01'),
    }
PREPARING = {21}
# Which groups have an auto-entrepreneur: the first one only applied
SELF_EMPLOYED = {3: 'in_progress', 18: 'registered', 33: 'registered'}
# Which groups have members who found a job
JOBS = [1, 4, 6, 9, 11, 13, 16, 19, 22, 25, 27, 30, 34, 38, 41]


@dataclass(frozen=True)
class Trade:
    "What can be done, with what it takes to start and brings in a month"
    fr: str
    ar: str
    # The division of the classification of activities
    division: str
    weight: int
    start_up: tuple[int, int]
    sales: tuple[int, int]
    # The part of the sales that costs take, and that the household uses
    cost: float = 0.55
    own: float = 0.0
    # The months in which more is sold
    season: tuple[int, ...] = ()
    men: bool = False

    @property
    def name(self):
        return f'{self.fr} / {self.ar}'


TRADES = [
    Trade("Poules pondeuses", "تربية الدجاج البياض", '01', 14,
        (1200, 4000), (900, 2600), own=0.10),
    Trade("Élevage de brebis", "تربية النعاج", '01', 12,
        (3000, 9000), (600, 3200), own=0.05, season=(5, 6)),
    Trade("Chèvres et lait", "تربية الماعز والحليب", '01', 8,
        (2500, 7000), (700, 2200), own=0.20),
    Trade("Ruches et miel", "تربية النحل والعسل", '01', 6,
        (2000, 8000), (500, 3500), cost=0.35, own=0.05, season=(5, 6, 7)),
    Trade("Maraîchage", "زراعة الخضروات", '01', 8,
        (800, 3000), (800, 2800), own=0.15, season=(4, 5, 6, 9)),
    Trade("Cuniculture", "تربية الأرانب", '01', 4,
        (900, 2500), (600, 1800), own=0.10),
    Trade("Engraissement de veaux", "تسمين العجول", '01', 4,
        (6000, 14000), (1500, 5500), cost=0.70, men=True),
    Trade("Cueillette de plantes aromatiques", "جني النباتات العطرية", '02',
        4, (300, 1200), (500, 1800), cost=0.30, season=(4, 5, 6)),
    Trade("Couscous roulé à la main", "الكسكس المفتول يدويا", '10', 10,
        (600, 2500), (1000, 3200), cost=0.60, own=0.05),
    Trade("Pâtisserie marocaine", "الحلويات المغربية", '10', 10,
        (700, 3000), (1100, 3600), cost=0.60, season=(3, 4, 6)),
    Trade("Pain et msemen", "الخبز والمسمن", '10', 8,
        (400, 2000), (1200, 3000), cost=0.60, own=0.05),
    Trade("Huile d'olive", "زيت الزيتون", '10', 5,
        (2000, 7000), (800, 4500), own=0.08, season=(11, 12, 1)),
    Trade("Fromage frais", "الجبن الطري", '10', 3,
        (800, 2500), (700, 2000), own=0.10),
    Trade("Tissage de tapis", "نسج الزرابي", '13', 14,
        (800, 3500), (700, 3600), cost=0.45),
    Trade("Broderie", "الطرز", '13', 6,
        (400, 1500), (500, 1900), cost=0.35),
    Trade("Couture et djellabas", "الخياطة والجلابيب", '14', 12,
        (2500, 6000), (1000, 3500), cost=0.45, season=(3, 4, 6)),
    Trade("Vannerie de doum", "صناعة سلال الدوم", '16', 4,
        (200, 800), (400, 1500), cost=0.25),
    Trade("Savon et cosmétiques", "الصابون ومواد التجميل", '20', 3,
        (600, 2500), (600, 2200), cost=0.50),
    Trade("Poterie", "صناعة الفخار", '23', 2,
        (800, 3000), (600, 2200), cost=0.40),
    Trade("Épicerie du douar", "بقالة الدوار", '47', 9,
        (3000, 9000), (2500, 7000), cost=0.82, own=0.02),
    Trade("Vente au souk hebdomadaire", "البيع في السوق الأسبوعي", '47', 8,
        (1200, 5000), (1800, 5500), cost=0.75),
    Trade("Vente de vêtements", "بيع الملابس", '47', 5,
        (1500, 5000), (1200, 4000), cost=0.70, season=(3, 4, 6)),
    Trade("Repas et traiteur", "إعداد الوجبات والحفلات", '56', 6,
        (1200, 4500), (1300, 4800), cost=0.60, season=(6, 7, 8)),
    Trade("Transport en triporteur", "النقل بالدراجة ثلاثية العجلات", '49',
        3, (9000, 16000), (2000, 4500), cost=0.55, men=True),
    Trade("Gîte rural", "مأوى قروي", '55', 2,
        (5000, 15000), (800, 4500), cost=0.50, season=(4, 5, 10)),
    Trade("Garderie d'enfants", "حضانة الأطفال", '88', 2,
        (1500, 4500), (1200, 2800), cost=0.50),
    Trade("Réparation de téléphones", "إصلاح الهواتف", '95', 3,
        (1500, 4000), (1200, 3200), cost=0.45, men=True),
    Trade("Coiffure", "الحلاقة", '96', 5,
        (1200, 4500), (1000, 2800), cost=0.40, season=(6, 7, 8)),
    ]
_STOP_REASONS = [
    'unprofitable', 'money', 'market', 'disaster', 'family', 'other_work']


@dataclass(frozen=True)
class Venture:
    "An activity that members begin (months: month, sales, costs, own, jobs)"
    trade: Trade
    # The ranks of the owners among the members
    owners: tuple[int, ...]
    state: str
    start: Optional[dt.date]
    # Whether a loan of the group pays for it if an owner has one
    borrows: bool = False
    start_up: int = 0
    grant: int = 0
    baseline: Optional[int] = None
    stop: Optional[dt.date] = None
    stop_reason: Optional[str] = None
    months: tuple = field(default=(), repr=False)

    @property
    def running(self):
        "Return when it began to sell"
        if self.state == 'started' or not self.start:
            return None
        running = add_months(self.start, 1)
        return min(running, self.stop) if self.stop else running

    def begun(self, date):
        "Return the same, begun on the day instead"
        return replace(self, start=date, months=tuple(
                m for m in self.months if m[0] >= date.replace(day=1)))


def counts():
    "Return how many activities the members of each group began, by rank"
    rng = random.Random(f'{SEED} activities')
    result, rank = {}, 0
    for province in PROVINCES:
        for count in spread(
                rng, province.groups, ACTIVITIES[province.code], 3, 9):
            result[rank] = count
            rank += 1
    return result


def ventures(plan):
    "Return what the members of the group began, and one idea"
    rng = plan.random('ventures')
    ranks = [i for i, m in enumerate(plan.members) if not m.leaving]
    rng.shuffle(ranks)
    result = []
    for i in range(counts()[plan.rank]):
        # Somebody has two activities, some are shared
        owners = [ranks[i % len(ranks)]] if i != 4 else [ranks[0]]
        if rng.random() < 0.12:
            owners += rng.sample(
                [r for r in ranks if r not in owners], rng.randint(1, 3))
        result.append(_venture(rng, plan, tuple(owners)))
    if plan.rank % 3 == 0:
        result.append(Venture(
                _trade(rng, plan, (ranks[-1],)), (ranks[-1],), 'idea', None))
    return result


def _trade(rng, plan, owners):
    men = all(plan.members[o].person.gender == 'male' for o in owners)
    trades = [t for t in TRADES if men or not t.men]
    return rng.choices(trades, [t.weight for t in trades])[0]


def _venture(rng, plan, owners):
    trade = _trade(rng, plan, owners)
    since = max(plan.members[o].since for o in owners)
    first = max(add_months(since, 2), dt.date(2023, 1, 1))
    days = max((dt.date(2026, 8, 1) - first).days, 1)
    start = first + dt.timedelta(days=rng.randrange(days))
    state, stop, reason = 'running', None, None
    if start > dt.date(2026, 6, 1):
        state = 'started' if rng.random() < 0.5 else 'running'
    elif rng.random() < 0.09:
        state = 'stopped'
        stop = min(
            start + dt.timedelta(days=rng.randint(120, 600)),
            dt.date(2026, 10, 20))
        reason = rng.choice(_STOP_REASONS)
    start_up = rng.randint(*trade.start_up) // 50 * 50
    return Venture(
        trade=trade, owners=owners, state=state, start=start,
        borrows=rng.random() < 0.7, start_up=start_up * len(owners),
        grant=start_up // 2 if rng.random() < 0.15 else 0,
        baseline=(rng.randint(18, 60) * 50 * len(owners)
            if rng.random() < 0.86 else None),
        stop=stop, stop_reason=reason,
        months=_months(rng, trade, len(owners), start, stop))


def _months(rng, trade, owners, start, stop):
    "Return what was recorded, of the last months at most"
    last = min(LAST_MONTH, stop or LAST_MONTH).replace(day=1)
    first = max(
        start.replace(day=1),
        add_months(last, -rng.choice([5, 8, 11, 11, 14, 17])))
    usual = rng.randint(*trade.sales) * owners
    result = []
    month = first
    while month <= last:
        part = 1.5 if month.month in trade.season else 1.0
        if month == start.replace(day=1):
            part = 0.2
        sales = round(usual * part * rng.uniform(0.75, 1.2) / 10) * 10
        costs = round(sales * trade.cost * rng.uniform(0.8, 1.15) / 10) * 10
        own = round(usual * trade.own / 10) * 10
        jobs = owners - 1 if owners > 2 else int(usual > 3500)
        result.append((month, sales, costs, own, jobs))
        month = add_months(month, 1)
    return tuple(result)
