# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The cycles with their rules, openings and amendments"
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from .calendar import monday as monday_of
from .part import Part

__all__ = ['Amendments', 'Cycles']

REASON = (
    "La caisse de solidarité ne suffisait plus : voté par toutes les "
    "membres présentes.")


class Cycles(Part):
    "Cycles start when the rules have been voted"

    def week(self, books, monday):
        Cycle = Pool().get('avec.cycle')
        starting = [
            (b, i) for b in books for i, c in enumerate(b.plan.cycles)
            if self._week(b, c) == monday]
        cycles = [self._cycle(b, b.plan.cycles[i]) for b, i in starting]
        Cycle.save(cycles)
        Cycle.run(cycles)
        for (book, i), cycle in zip(starting, cycles):
            book.cycles[i] = cycle.id
        self._open([
                (b, c) for (b, i), c in zip(starting, cycles)
                if b.plan.opening_date and i == 0])

    def _week(self, book, cycle):
        # The office keeps books from the opening on
        if book.plan.opening_date and cycle is book.plan.cycles[0]:
            return monday_of(book.plan.opening_date)
        return monday_of(cycle.start_date)

    def _cycle(self, book, plan):
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Fine = pool.get('avec.cycle.fine')
        cycle = Cycle(
            group=book.group, number=plan.number,
            start_date=plan.start_date, end_date=plan.end_date,
            fines=[Fine(kind=k, amount=a) for k, a in plan.rules.fines],
            **plan.rules.values())
        for part in self.office.parts:
            part.cycle(book, plan, cycle)
        return cycle

    def _open(self, opened):
        Opening = Pool().get('avec.opening')
        openings = [self._opening(b, c) for b, c in opened]
        Opening.save(openings)
        with Transaction().set_user(self.office.users['finance']):
            Opening.post(openings)

    def _opening(self, book, cycle):
        pool = Pool()
        Opening = pool.get('avec.opening')
        Line = pool.get('avec.opening.line')
        rng = book.plan.random('opening')
        date = book.plan.opening_date
        shares = {
            i: rng.randint(1, 3) * book.plan.members[i].habit
            for i in book.active(date)}
        social_fund = Decimal(rng.randrange(200, 900, 5))
        surplus = Decimal(rng.randrange(20, 180, 5))
        return Opening(
            cycle=cycle, date=date,
            lines=[
                Line(membership=book.memberships[i], shares=s)
                for i, s in shares.items()],
            loan_fund_cash=sum(shares.values()) * cycle.share_value + surplus,
            social_fund_cash=social_fund,
            social_fund=social_fund,
            surplus=surplus)


class Amendments(Part):
    "Rules that all members agreed to change in mid-cycle"

    def week(self, books, monday):
        for book in books:
            if book.plan.amended is not None:
                day = book.plan.cycles[-1].meetings[book.plan.amended]
                if monday_of(day) == monday:
                    self._amend(book.cycles[-1], day)

    def _amend(self, cycle, day):
        pool = Pool()
        Amend = pool.get('avec.cycle.amend', type='wizard')
        Cycle = pool.get('avec.cycle')
        session, _, _ = Amend.create()
        with Transaction().set_context(
                active_model=Cycle.__name__, active_id=cycle,
                active_ids=[cycle]):
            defaults = Amend.execute(session, {}, 'start')['view']['defaults']
            # Without the names that go with the ids
            start = {n: v for n, v in defaults.items() if '.' not in n}
            start.update(
                date=day, reason=REASON, agreed=True,
                social_fund_contribution=(
                    start['social_fund_contribution'] + 1))
            Amend.execute(session, {'start': start}, 'amend')
        Amend.delete(session)
