# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What members borrow and how they repay it (standard library only)

The plan says who wishes what and how the story ends.  The amounts depend on
what the member saved and on what the box holds when the loan is asked for."""
import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Optional

from .calendar import LAST_POSTED, LAST_WEEK, add_months

__all__ = [
    'PRODUCTS', 'Wish', 'carries', 'offered', 'payment', 'principal',
    'punctual', 'wishes']

ZERO = Decimal(0)
# How many times the savings can be lent, and the notes that loans are in
MULTIPLE = 3
STEP = 50
PRODUCTS = {
    'small': {
        'fr': "Petit crédit",
        'ar': "قرض صغير",
        'en': "Small loan",
        'fund': 'loan_fund',
        'method': 'flat',
        'amortization': 'equal_principal',
        'rate': Decimal('0.02'),
        'max_term': 3,
        'late_penalty': Decimal(5),
        },
    'activity': {
        'fr': "Crédit d'activité",
        'ar': "قرض النشاط المدر للدخل",
        'en': "Activity loan",
        'fund': 'loan_fund',
        'method': 'declining',
        'amortization': 'equal_instalments',
        'rate': Decimal('0.015'),
        'max_term': 6,
        'min_guarantors': 1,
        'late_penalty': Decimal(10),
        },
    'month': {
        'fr': "Crédit d'un mois",
        'ar': "قرض شهر واحد",
        'en': "One-month loan",
        'fund': 'loan_fund',
        'method': 'flat',
        'amortization': 'bullet',
        'rate': Decimal('0.03'),
        'max_term': 1,
        'late_penalty': Decimal(5),
        },
    'emergency': {
        'fr': "Prêt de secours",
        'ar': "قرض الطوارئ",
        'en': "Emergency loan",
        'fund': 'social_fund',
        'method': 'flat',
        'amortization': 'equal_principal',
        'rate': ZERO,
        'max_term': 3,
        'late_penalty': ZERO,
        },
    }
_PURPOSES = {
    'small': [
        "Achat de laine", "Achat de poules pondeuses", "Semences de pois",
        "Achat de farine et d'huile", "Fil et aiguilles", "Ruches",
        "Achat de tissu", "Engrais pour la parcelle"],
    'activity': [
        "Achat de brebis", "Achat d'une chèvre", "Machine à coudre",
        "Engraissement d'un veau", "Métier à tisser", "Moulin à grains",
        "Étal au souk hebdomadaire", "Four à pain", "Plants d'oliviers",
        "Extraction de miel"],
    'month': [
        "Achat d'olives à la récolte", "Marchandises pour le souk",
        "Avance sur la vente de tapis", "Transport de la récolte",
        "Achat d'aliment pour le bétail"],
    'emergency': [
        "Frais d'hôpital", "Médicaments d'un enfant",
        "Réparation du toit après l'orage", "Frais d'accouchement",
        "Rentrée scolaire"],
    }
_HABITS = {'punctual': 66, 'early': 14, 'partly': 10, 'late': 10}
# How many loans are asked for at a meeting, with weights
_COUNTS = {
    'monthly': ([0, 1, 2], [45, 45, 10]),
    'fortnightly': ([0, 1, 2], [65, 30, 5]),
    }
# Which groups, by their rank, have which story in which cycle
WRITTEN_OFF = {(0, r) for r in [4, 15, 26, 37]} | {(1, 9), (1, 34)}
RECOVERED = {4, 26}
RESCHEDULED = {(0, 7), (0, 19)} | {(1, r) for r in [2, 10, 23, 29, 36, 41]}
NETTED = {(0, 6), (0, 32), (1, 12), (1, 21)}
CARRIED = 10
# The loans of today that are late, by the number of months
LATE = {
    1: {2, 8, 13, 19, 20, 25, 31, 38, 43},
    2: {4, 11, 17, 24, 30, 42},
    3: {4, 14, 23, 35, 40},
    4: {4, 16, 27, 33},
    }
# The member who died before the loan was repaid
DEBTOR_DIES = 22
# A due date falls on a day of the month, the meeting on a day of a week
TOLERANCE = dt.timedelta(days=7)


@dataclass(frozen=True)
class Wish:
    "A loan that a member asks for before the meeting of the date"
    cycle: int
    date: dt.date
    # The rank of the member and of who vouches for the loan
    member: int
    guarantor: int
    product: str
    term: int
    # Of the most that the savings allow
    part: Decimal
    purpose: str
    habit: str = 'punctual'
    # lent, rejected, cancelled, request or approved
    fate: str = 'lent'
    # The instalments due from this day on are not paid
    silent_from: Optional[dt.date] = None
    # rescheduled, written_off, netted or carried
    ending: Optional[str] = None
    # The meeting after which it is rescheduled or written off
    ending_date: Optional[dt.date] = None
    # The meeting at which a part of what was written off is recovered
    recovery_date: Optional[dt.date] = None


def offered(plan, cycle):
    "Return the products that the cycle offers"
    rng = plan.random('offered')
    others = ['month', 'emergency']
    if rng.random() < 0.4:
        others.remove(rng.choice(others))
    # A group lends for three months at most in its first cycle
    if plan.cycles[cycle].number > 1:
        others.insert(0, 'activity')
    return ['small', *others]


def carries(plan, cycle):
    "Return if the constitution carries the loans to the next cycle"
    return plan.rank == CARRIED and cycle == 0


def wishes(plan):
    "Return the wishes of the members of the group, by meeting"
    result = []
    for i in range(len(plan.cycles)):
        refused = {w.member for w in result if w.ending == 'written_off'}
        result.extend(_CycleWishes(plan, i, refused).draw())
    return result


class _CycleWishes:
    "The wishes of the members in a cycle"

    def __init__(self, plan, number, refused):
        self.plan = plan
        self.number = number
        self.cycle = plan.cycles[number]
        self.meetings = self.cycle.meetings
        # Loans are repaid by then
        self.last = self.cycle.share_out_date and self.meetings[-1]
        self.rng = plan.random('wishes', number)
        self.offered = offered(plan, number)
        # When the members may borrow again
        self.free = {
            i: self.cycle.start_date for i, m in enumerate(plan.members)
            if i not in refused and not m.leaving
            and m.since <= self.cycle.start_date}

    def draw(self):
        result = list(self._stories())
        first = 2 if self.cycle.rules.meeting_interval == 'fortnightly' else 1
        counts, weights = _COUNTS[self.cycle.rules.meeting_interval]
        for date in self.meetings[first:]:
            count, = self.rng.choices(counts, weights)
            for _ in range(count):
                if wish := self._wish(date):
                    result.append(replace(wish, fate=self._fate()))
        if not self.cycle.share_out_date:
            result.extend(self._waiting())
        return sorted(result, key=lambda w: w.date)

    def _fate(self):
        return self.rng.choices(
            ['lent', 'rejected', 'cancelled'], [91, 6, 3])[0]

    def _wish(self, date, product=None, term=None, member=None, **values):
        if member is None:
            member = self._member(date)
        product = product or self._product(date)
        if member is None or not product:
            return None
        if term is None:
            term = min(
                self.rng.randint(1, PRODUCTS[product]['max_term']),
                self._room(date))
        if member in self.free:
            self.free[member] = add_months(date, term + 1)
        guarantor = self.rng.choice([i for i in self.free if i != member])
        return Wish(
            cycle=self.number, date=date, member=member,
            guarantor=guarantor, product=product, term=term,
            purpose=self.rng.choice(_PURPOSES[product]), **{
                'part': Decimal(self.rng.randint(30, 95)) / 100,
                'habit': self.rng.choices(*zip(*_HABITS.items()))[0],
                **values})

    def _member(self, date):
        free = [i for i, since in self.free.items() if since <= date]
        return self.rng.choice(free) if free else None

    def _room(self, date):
        "Return how many months are left to repay"
        if not self.last:
            return 12
        return (self.last - date + TOLERANCE).days // 31

    def _product(self, date):
        if self._room(date) < 1:
            return None
        weights = {'small': 45, 'activity': 60, 'month': 15, 'emergency': 12}
        return self.rng.choices(
            self.offered, [weights[p] for p in self.offered])[0]

    def _waiting(self):
        "Give what waits for the members to decide, and for the next meeting"
        day = LAST_WEEK + dt.timedelta(days=1)
        if self.plan.rank % 3:
            yield self._wish(day, fate='request')
        if not self.plan.rank % 2:
            yield self._wish(day, fate='approved')

    # -- what can go wrong

    def _stories(self):
        key = (self.number, self.plan.rank)
        if key in WRITTEN_OFF:
            yield self._written_off()
        if key in RESCHEDULED:
            yield self._rescheduled()
        if key in NETTED:
            yield self._unpaid('netted', Decimal('0.30'))
        if carries(self.plan, self.number):
            yield self._unpaid('carried', Decimal('0.60'))
        if self.number and self.plan.rank == DEBTOR_DIES:
            yield self._debtor_dies()
        for months, ranks in LATE.items():
            if self.number and self.plan.rank in ranks:
                yield self._late(months)

    def _before(self, day):
        "Return the last meeting before the day that can lend"
        dates = [d for d in self.meetings[1:] if d <= day]
        return dates[-1] if dates else self.meetings[1]

    def _after(self, day):
        "Return the first meeting from the day on"
        posted = [d for d in self.meetings if d <= LAST_POSTED]
        return next((d for d in posted if d >= day), posted[-1])

    def _written_off(self):
        end = self.last or LAST_POSTED
        date = self._before(end - dt.timedelta(days=150))
        recovery = None
        if not self.number and self.plan.rank in RECOVERED:
            recovery = self.plan.cycles[1].meetings[:3][-1]
        return self._wish(
            date, 'small', 3, part=Decimal('0.7'), habit='punctual',
            silent_from=date + dt.timedelta(days=45),
            ending='written_off', ending_date=self._after(end),
            recovery_date=recovery)

    def _rescheduled(self):
        end = self.last or LAST_POSTED
        date = self._before(end - dt.timedelta(days=180))
        days = self.rng.choice([1, 45])
        return self._wish(
            date, 'small', 3, part=Decimal('0.8'), habit='punctual',
            silent_from=date + dt.timedelta(days=days),
            ending='rescheduled',
            ending_date=self._after(date + dt.timedelta(days=days + 50)))

    def _unpaid(self, ending, part):
        date = self._before(self.last - dt.timedelta(days=75))
        return self._wish(
            date, 'small', 3, part=part, habit='punctual',
            silent_from=self.last if ending == 'netted' else None,
            ending=ending)

    def _late(self, months):
        silent = LAST_WEEK - dt.timedelta(days=30 * months)
        return self._wish(
            self._before(silent - dt.timedelta(days=45)), 'small', 3,
            part=Decimal('0.5'), habit='punctual', silent_from=silent)

    def _debtor_dies(self):
        member = next(
            i for i, m in enumerate(self.plan.members) if m.leaving)
        leaving = self.plan.members[member].leaving
        return self._wish(
            self.meetings[max(leaving.meeting - 2, 1)], 'small', 3, member,
            part=Decimal('0.9'))


def punctual(wish):
    "Return the wish of who repays as planned"
    return replace(wish, habit='punctual', silent_from=None)


def principal(wish, savings, cash):
    "Return what is asked for, zero if there is not enough"
    amount = min(
        wish.part * MULTIPLE * savings, cash * Decimal('0.6'), Decimal(6000))
    return max(amount // STEP * STEP, ZERO)


def payment(wish, dues, settlement, day):
    """Return what the borrower pays at the meeting of the day

    dues: the due date of each instalment and what is not paid of it."""
    first = dues[0][0]
    until = day + TOLERANCE
    if wish.silent_from:
        until = min(until, wish.silent_from - dt.timedelta(days=1))
    payable = sum((a for d, a in dues if d <= until), ZERO)
    early_days = first + dt.timedelta(days=10)
    if day < early_days:
        if wish.habit == 'late':
            return ZERO
        if wish.habit == 'partly':
            return payable // 2
    elif wish.habit == 'early' and wish.term > 1:
        return settlement
    return min(payable, settlement)
