# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Members leave and cycles are shared out"
from trytond.pool import Pool
from trytond.transaction import Transaction

from .calendar import monday as monday_of
from .part import Part

__all__ = ['Exits', 'ShareOuts']


class Exits(Part):
    "Members leave after a meeting"

    def week(self, books, monday):
        Exit = Pool().get('avec.membership.exit')
        exits = []
        for book in books:
            for i, member in enumerate(book.plan.members):
                if not (leaving := member.leaving):
                    continue
                cycle = book.plan.cycles[leaving.cycle]
                day = cycle.meetings[leaving.meeting]
                if monday_of(day) == monday:
                    exits.append(Exit(
                            membership=book.memberships[i], date=day,
                            reason=leaving.reason))
        if not exits:
            return
        Exit.save(exits)
        with Transaction().set_user(self.office.users['finance']):
            Exit.post(exits)


class ShareOuts(Part):
    "What was saved goes back to the members with the surplus"

    def week(self, books, monday):
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        ShareOut = pool.get('avec.share_out')
        ending = [
            (book.cycles[i], plan) for book in books
            for i, plan in enumerate(book.plan.cycles)
            if plan.share_out_date
            and monday_of(plan.share_out_date) == monday]
        if not ending:
            return
        Cycle.share(Cycle.browse([c for c, _ in ending]))
        documents = [
            ShareOut(cycle=c, date=p.share_out_date) for c, p in ending]
        ShareOut.save(documents)
        with Transaction().set_user(self.office.users['finance']):
            ShareOut.compute(documents)
            self._settle(documents, [p.share_out for _, p in ending])

    def _settle(self, documents, fates):
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        ShareOut = pool.get('avec.share_out')
        ShareOut.post([
                d for d, f in zip(documents, fates) if f != 'draft'])
        paid = [d for d, f in zip(documents, fates) if f == 'paid']
        ShareOut.pay(paid)
        Cycle.close([d.cycle for d in paid])
