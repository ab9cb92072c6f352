# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What loans cost: their plans, the sheets with them and what is overdue"
from decimal import Decimal

from trytond.modules.avec_loan.amortization import Loan, Rounding, schedule
from trytond.pool import Pool

from . import bulk, groups
from .measure import alternate, count_queries, seconds, spread, stopwatch

__all__ = [
    'create_product', 'measure_overdue', 'measure_posting',
    'measure_queries', 'measure_schedules']

REPAYMENTS, DISBURSEMENTS = 5, 3
ROWS = 12
# At least as long as the meetings that are measured
TERM = 20
AMOUNTS = ['outstanding', 'overdue', 'days_overdue']
# When the second instalment of the bulk is two weeks late
LATE = groups.week(10)
SCHEDULES = {
    'flat': {'method': 'flat', 'amortization': 'equal_principal'},
    'declining': {
        'method': 'declining', 'amortization': 'equal_instalments'},
    }


def create_product():
    "Create a product of loans repaid at each meeting, return its id"
    Product = Pool().get('avec.loan.product')
    product = Product(
        name="Loan", method='flat', amortization='equal_principal',
        rate=Decimal('0.02'), period='meeting', rounding=Decimal(1),
        savings_multiple=Decimal(100), max_open_loans=100)
    product.save()
    return product.id


# -- plans

def _plans(loan, count):
    for _ in range(count):
        rows = schedule(loan)
    return len(rows)


def measure_schedules(count, runs):
    "Return how many plans of a year are made in a second"
    result = {'rows': ROWS}
    for name, terms in SCHEDULES.items():
        loan = Loan(
            principal=Decimal(1200), term=ROWS, start=groups.FIRST_MEETING,
            rate=Decimal('0.02'), rate_period='month', period='month',
            rounding=Rounding(quantum=Decimal(1)), **terms)
        times = seconds(_plans, loan, count, runs=runs)
        result[f'{name}_per_second'] = spread([count / t for t in times], 1)
    return result


# -- sheets

def _request(cycle_id, product, ranks, principal, term, day):
    "Return the ids of loans that members of the ranks are granted"
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Loan = pool.get('avec.loan')
    memberships = Cycle(cycle_id).group.active_memberships(day)
    loans = [
        Loan(
            membership=memberships[r], cycle=cycle_id, product=product,
            principal=principal, term=term, request_date=day)
        for r in ranks]
    Loan.save(loans)
    Loan.approve(loans)
    return [l.id for l in loans]


def _sheet(cycle_id, day, repaid, lent, less=0):
    """Return the values of a sheet on which loans are repaid and paid out

    less: what is missing from each repayment."""
    Loan = Pool().get('avec.loan')
    values = groups.sheet(cycle_id, day)
    repayments = []
    for loan in Loan.browse(repaid):
        instalment = next(i for i in loan.instalments if i.due_date >= day)
        repayments.append({
                'loan': loan.id, 'amount': instalment.amount - less})
    values['repayments'] = [('create', repayments)]
    values['disbursements'] = [('create', [{'loan': l} for l in lent])]
    values['loan_fund_counted'] += (
        sum(r['amount'] for r in repayments)
        - sum(l.principal for l in Loan.browse(lent)))
    return values


class _Group:
    "A group some of whose members repay at each meeting"

    def __init__(self, books, product, members, borrowers, name, term=TERM):
        self.books, self.product, self.members = books, product, members
        self.cycle, = books.without_access(
            lambda: groups.create(
                1, members, name, loan_products=[product]))
        self.week = 0
        self.repaid = []
        # Who borrows must have saved before
        self._meet([], [])
        self.repaid = self._lend(range(borrowers), 100, term, run=True)

    def _lend(self, ranks, principal, term, run=False):
        lent = self.books.without_access(
            _request, self.cycle, self.product, ranks, Decimal(principal),
            term, groups.week(self.week))
        if run:
            self._meet([], lent)
        return lent

    def _meet(self, repaid, lent):
        meeting = self.save(repaid, lent)
        self.books.run(groups.hold, meeting)
        self.books.run(groups.post, meeting)

    def save(self, repaid, lent, less=0):
        "Save the sheet of the next meeting and return its id"
        values = self.books.run(
            _sheet, self.cycle, groups.week(self.week), repaid, lent, less)
        self.week += 1
        meeting, = self.books.run(groups.save, values)
        return meeting

    def next(self, disbursements, less=0):
        "Save a sheet with as many loans paid out to others in turn"
        first = len(self.repaid) + self.week * disbursements
        others = self.members - len(self.repaid)
        ranks = [
            len(self.repaid) + (first + i) % others
            for i in range(disbursements)]
        return self.save(self.repaid, self._lend(ranks, 50, 3), less)


def measure_posting(books, product, runs):
    "Return the rate of posting sheets with loans"
    group = _Group(
        books, product, groups.MEMBERS, REPAYMENTS, "Lending")
    times = {'hold': [], 'post': []}
    for _ in range(runs + 1):
        meeting = group.next(DISBURSEMENTS)
        for name, step in [('hold', groups.hold), ('post', groups.post)]:
            times[name].append(stopwatch(books.run, step, meeting)[0])
    times = {n: t[1:] for n, t in times.items()}
    return {
        'members': groups.MEMBERS,
        'repayments': REPAYMENTS,
        'disbursements': DISBURSEMENTS,
        'meetings_per_second': spread(
            [1 / sum(t) for t in zip(*times.values())], 2),
        'seconds': {n: spread(t) for n, t in times.items()},
        }


def _count(step, meeting_id):
    # Now and then Tryton estimates again how large the tables are
    reads, _ = count_queries(
        step, meeting_id, apart=('INSERT', 'UPDATE', 'SELECT COUNT(*)'))
    return reads


def measure_queries(books, product):
    """Return the number of queries to hold and post a sheet with loans.

    For groups of few and of many members, with few and with many loans; the
    first group fills the caches and is not counted.  What is written of each
    record and what Tryton reads to reconcile an instalment are apart."""
    counts = {}
    for name, members, repaid, lent, less in [
            ('warm', 10, 2, 1, 0), ('few', 10, 2, 1, 1),
            ('members', 30, 2, 1, 1), ('loans', 30, 10, 6, 1),
            ('settled', 30, 10, 6, 0)]:
        group = _Group(
            books, product, members, repaid, f"Counted {name}", term=ROWS)
        meeting = group.next(lent, less)
        counts[name] = {
            step: books.run(_count, function, meeting)
            for step, function in [
                ('hold', groups.hold), ('post', groups.post)]}
    return {
        step: {
            '10_members_3_loans': counts['few'][step],
            '30_members_3_loans': counts['members'][step],
            '30_members_16_loans': counts['loans'][step],
            'growth_with_members': (
                counts['members'][step] - counts['few'][step]),
            'growth_with_loans': (
                counts['loans'][step] - counts['members'][step]),
            'for_an_instalment_settled': (
                counts['settled'][step] - counts['loans'][step]) / 10,
            } for step in ['hold', 'post']}


# -- what is overdue

def _ids(limit):
    Loan = Pool().get('avec.loan')
    return [
        l.id for l in Loan.search(
            [('number', 'like', f'{bulk.MARK}%')], limit=limit)]


def _read(ids):
    Loan = Pool().get('avec.loan')
    return Loan.read(ids, AMOUNTS)


def measure_overdue(books, product, few, runs):
    "Return what reading the arrears of all the loans at once costs"
    books.run(bulk.fill_loans, product, books.context['company'])
    books.run(bulk.analyze)
    everything = books.run(_ids, None)
    # Tryton reads by as many records as it keeps: here, all
    context = {'avec_date': LATE, '_record_cache_size': len(everything)}
    queries = {}
    for ids in [everything[:few], everything]:
        queries[len(ids)], _ = books.run(
            count_queries, _read, ids, **context)
    times, bare = alternate(
        runs,
        lambda: books.run(_read, everything, avec_date=LATE),
        lambda: books.run(
            _read, everything, avec_date=LATE, _check_access=False))
    first = books.run(_read, everything[:1], avec_date=LATE)[0]
    return {
        'loans': len(everything),
        'seconds': spread(times),
        # The rules of access cost more than the arrears on SQLite
        'seconds_without_access': spread(bare),
        'queries': {str(n): q for n, q in queries.items()},
        'growth_with_loans': queries[len(everything)] - queries[few],
        'first': {n: str(first[n]) for n in AMOUNTS},
        }
