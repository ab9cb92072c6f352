# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Members borrow, repay and sometimes do not"
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from . import lending
from .calendar import LAST_WEEK
from .calendar import monday as monday_of
from .groups import chunks
from .office import translate
from .part import Part

__all__ = ['LoanChanges', 'Loans']

_DAY = LAST_WEEK.resolution
_LANGUAGES = ['fr', 'ar', 'en']
_REJECTED = "L'assemblée a jugé le projet trop risqué."
_CANCELLED = "La membre a renoncé : la famille a trouvé l'argent."
_NOT_PAID_OUT = "Le cycle se termine avant le versement."
_LOST = (
    "Le troupeau est mort de maladie : l'assemblée a voté d'abandonner la "
    "dette.")
_RESCHEDULED = (
    "La récolte a manqué : l'assemblée a accordé de nouvelles échéances.")


@dataclass
class Asked:
    "A loan that a member asked for"
    wish: lending.Wish
    id: int
    # Once it was rescheduled it is repaid as planned
    resumed: bool = False

    def habits(self):
        if self.resumed:
            return lending.punctual(self.wish)
        return self.wish


class Loans(Part):
    "Loans are asked for before a meeting, paid out and repaid at meetings"
    module = 'avec_loan'

    def prepare(self, books):
        self._products = _products(self.office.company)
        self._wishes = defaultdict(list)
        self._waiting = []
        self._debts = {}
        for book in books:
            for wish in lending.wishes(book.plan):
                if wish.fate in {'request', 'approved'}:
                    self._waiting.append((book, wish))
                else:
                    self._wishes[monday_of(wish.date)].append((book, wish))

    def cycle(self, book, plan, cycle):
        number = book.plan.cycles.index(plan)
        cycle.loan_products = [
            self._products[p] for p in lending.offered(book.plan, number)]
        if lending.carries(book.plan, number):
            cycle.loans_at_share_out = 'carry'

    # -- what is asked for

    def week(self, books, monday):
        for book in books:
            # The week may have been begun already, without a lock it needs
            book.loans = [
                a for a in book.loans if monday_of(a.wish.date) < monday]
        self._read([
                b for b in books if any(
                    monday_of(d) == monday
                    for c in b.plan.cycles for d in c.meetings)])
        self._ask(self._wishes[monday])

    def _read(self, books):
        "Read what is owed by the members of the groups that meet"
        from trytond.modules.avec_loan import debts
        Loan = Pool().get('avec.loan')
        self._debts = debts.read(Loan.browse(
                [l.id for b in books for l in b.loans]))
        for book in books:
            book.loans = [
                l for l in book.loans if self._is_open(l)]

    def _is_open(self, asked):
        state = self._debts[asked.id].loan.state
        return state in {'approved', 'disbursed'} or (
            state == 'written_off' and asked.wish.recovery_date)

    def _ask(self, wished):
        "Make the loans that members ask for and what is decided on them"
        if not wished:
            return
        Loan = Pool().get('avec.loan')
        asked = list(self._asked(wished))
        loans = [l for _, _, l in asked]
        for part in chunks(loans):
            Loan.save(part)
        fates = defaultdict(list)
        for book, wish, loan in asked:
            fates[wish.fate].append(loan)
            if wish.fate == 'lent':
                book.loans.append(Asked(wish, loan.id))
        with Transaction().set_user(self.office.users['finance']):
            Loan.approve(fates['lent'] + fates['approved'])
            Loan.reject(fates['rejected'])
        Loan.cancel(fates['cancelled'])
        # Sheets read them together with the older ones
        self._debts.update(self._read_new(fates['lent']))

    @staticmethod
    def _read_new(loans):
        from trytond.modules.avec_loan import debts
        Loan = Pool().get('avec.loan')
        return debts.read(Loan.browse(loans))

    def _asked(self, wished):
        "Give (book, wish, unsaved loan)"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Membership = pool.get('avec.membership')
        # The money of all is read together
        memberships = iter(Membership.browse(
                [b.memberships[w.member] for b, w in wished]))
        cycles = iter(Cycle.browse([b.cycles[w.cycle] for b, w in wished]))
        lent = defaultdict(Decimal)
        for book, wish in wished:
            membership, cycle = next(memberships), next(cycles)
            if any(a.wish.member == wish.member for a in book.loans):
                continue
            fund = lending.PRODUCTS[wish.product]['fund']
            cash = getattr(cycle, f'{fund}_cash') - lent[cycle, fund]
            amount = lending.principal(wish, membership.savings, cash)
            if amount:
                lent[cycle, fund] += amount
                yield book, wish, self._loan(book, wish, amount)

    def _loan(self, book, wish, amount):
        Loan = Pool().get('avec.loan')
        rng = book.plan.random('loan', wish.date, wish.member)
        notes = {'rejected': _REJECTED, 'cancelled': _CANCELLED}
        guarantors = []
        if lending.PRODUCTS[wish.product].get('min_guarantors'):
            guarantors.append(book.memberships[wish.guarantor])
        return Loan(
            membership=book.memberships[wish.member],
            cycle=book.cycles[wish.cycle],
            product=self._products[wish.product],
            principal=amount,
            term=wish.term,
            request_date=wish.date - rng.randint(1, 4) * _DAY,
            purpose=wish.purpose,
            guarantors=guarantors,
            note=notes.get(wish.fate),
            requested_by=self.office.field_officers[book.plan.field_officer])

    # -- the sheets

    def sheet(self, book, meeting, rng):
        closing = any(
            c.share_out_date and c.meetings[-1] == meeting.date
            for c in book.plan.cycles)
        lines = {l.membership.id: l for l in meeting.lines}
        meeting.repayments = [
            r for a in book.loans
            if (r := self._repayment(book, a, meeting, lines, closing))]
        meeting.disbursements = []
        meeting.disbursements = self._disbursements(
            book, meeting, lines, closing)

    def _repayment(self, book, asked, meeting, lines, closing):
        Repayment = Pool().get('avec.meeting.repayment')
        debt = self._debts[asked.id]
        line = lines[book.memberships[asked.wish.member]]
        if debt.loan.state == 'written_off':
            amount = Decimal(0)
            if asked.wish.recovery_date == meeting.date:
                amount = debt.to_recover // 2
        elif debt.loan.state != 'disbursed':
            return None
        elif closing and asked.wish.ending not in {
                'netted', 'carried', 'written_off'}:
            amount = debt.settlement(meeting.date).total
        elif line.is_present or line.represented:
            amount = lending.payment(
                asked.habits(),
                [(d.due_date, d.unpaid.total)
                    for d in debt.dues(meeting.date)],
                debt.settlement(meeting.date).total, meeting.date)
        else:
            amount = Decimal(0)
        if not amount:
            return None
        return Repayment(loan=debt.loan, amount=amount)

    def _disbursements(self, book, meeting, lines, closing):
        "Return what is paid out, but for loans that nobody came for"
        Disbursement = Pool().get('avec.meeting.disbursement')
        cash = meeting.cash_effect()
        for fund in cash:
            cash[fund] += getattr(meeting.cycle, f'{fund}_cash')
        result = []
        for asked in book.loans:
            loan = self._debts[asked.id].loan
            line = lines[book.memberships[asked.wish.member]]
            if (loan.state != 'approved' or closing or not line.is_present
                    or loan.principal > cash[loan.product.fund]):
                continue
            cash[loan.product.fund] -= loan.principal
            result.append(Disbursement(loan=loan))
        return result

    def correct(self, meeting, corrected):
        pool = Pool()
        Disbursement = pool.get('avec.meeting.disbursement')
        Repayment = pool.get('avec.meeting.repayment')
        corrected.repayments = [
            Repayment(loan=r.loan, amount=r.amount)
            for r in meeting.repayments]
        corrected.disbursements = [
            Disbursement(loan=d.loan) for d in meeting.disbursements]

    def finish(self, books):
        self._read(books)
        self._ask(self._waiting)

    # -- what must be true

    def check(self, books):
        yield from self._check_cycles(books)
        yield from self._check_groups(books)

    @staticmethod
    def _check_cycles(books):
        "The plans of the loans add up to the ledger and closed cycles to nil"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Loan = pool.get('avec.loan')
        owed = defaultdict(Decimal)
        for loan in Loan.search([('product.fund', '=', 'loan_fund')]):
            owed[loan.group] += loan.outstanding
        ledger = defaultdict(Decimal)
        for cycle in Cycle.browse([c for b in books for c in b.cycles]):
            ledger[cycle.group] += cycle.loans_outstanding
            if cycle.state == 'closed' and cycle.loans_outstanding:
                yield f"{cycle.rec_name}: lends {cycle.loans_outstanding}"
        for group, amount in ledger.items():
            if owed[group] != amount:
                yield f"{group.rec_name}: {owed[group]} lent, not {amount}"

    @staticmethod
    def _check_groups(books):
        "Each group lends, and no loan waits in a cycle that has ended"
        Loan = Pool().get('avec.loan')
        for book in books:
            if not Loan.search_count([
                        ('group', '=', book.group),
                        ('state', 'in', ['disbursed', 'repaid']),
                        ]):
                yield f"{book.plan.name}: no loans"
        for loan in Loan.search([
                    ('cycle.state', '=', 'closed'),
                    ('state', 'in', ['request', 'approved']),
                    ]):
            yield f"{loan.rec_name}: still waits"


class LoanChanges(Part):
    "What the members decide on loans after a meeting"
    module = 'avec_loan'

    def week(self, books, monday):
        ended = defaultdict(list)
        stale = []
        for book in books:
            for asked in book.loans:
                if (asked.wish.ending_date
                        and monday_of(asked.wish.ending_date) == monday):
                    ended[asked.wish.ending].append(asked)
            stale += self._stale(book, monday)
        self._cancel(stale)
        with Transaction().set_user(self.office.users['finance']):
            self._post('avec.loan.write_off', ended['written_off'], _LOST)
            self._post(
                'avec.loan.rescheduling', ended['rescheduled'], _RESCHEDULED,
                term=4)
        for asked in ended['rescheduled']:
            asked.resumed = True

    @staticmethod
    def _stale(book, monday):
        "Return what can no longer be paid out in the cycle"
        for cycle in book.plan.cycles:
            if (cycle.share_out_date
                    and monday_of(cycle.meetings[-1]) == monday):
                return [a.id for a in book.loans]
        return []

    @staticmethod
    def _cancel(ids):
        Loan = Pool().get('avec.loan')
        stale = [l for l in Loan.browse(ids) if l.state == 'approved']
        for loan in stale:
            loan.note = _NOT_PAID_OUT
        Loan.save(stale)
        Loan.cancel(stale)

    @staticmethod
    def _post(name, ended, reason, **values):
        if not ended:
            return
        pool = Pool()
        Document = pool.get(name)
        Loan = pool.get('avec.loan')
        loans = Loan.browse([a.id for a in ended])
        documents = [
            Document(loan=l, date=a.wish.ending_date + _DAY, reason=reason,
                **values)
            for a, l in zip(ended, loans) if l.state == 'disbursed']
        Document.save(documents)
        Document.post(documents)


def _products(company):
    "Make the products of the office and return their ids by key"
    Product = Pool().get('avec.loan.product')
    products = {}
    for key, values in lending.PRODUCTS.items():
        products[key] = Product(
            name=values['fr'], company=company, rounding=Decimal(1),
            savings_multiple=lending.MULTIPLE,
            penalty_grace_days=lending.TOLERANCE.days, **{
                n: v for n, v in values.items() if n not in _LANGUAGES})
    Product.save(list(products.values()))
    for key, product in products.items():
        translate(product, 'name', **{
                l: lending.PRODUCTS[key][l] for l in _LANGUAGES})
    return {k: p.id for k, p in products.items()}
