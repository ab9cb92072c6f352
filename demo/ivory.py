# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The office of Côte d'Ivoire beside that of Morocco

It is set up by what the administrator's wizard calls, and its groups go
through the same documents, in whole francs."""
import datetime as dt
from collections import defaultdict
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from .calendar import LAST_POSTED
from .calendar import monday as monday_of
from .cycles import Cycles
from .endings import ShareOuts
from .groups import Committees
from .ivory_plan import COUNTRY, DISTRICTS, borrowings
from .loader import Loader
from .meetings import Meetings
from .office import Office, translate
from .part import Part
from .sheets import Operation
from .users import IVORY_USERS

__all__ = ['IvoryLoader', 'can_load']

CHART = 'account_syscohada.root_2016_fr'
NAME = "Bureau Côte d'Ivoire (démonstration)"
_MODULES = {'account_syscohada', 'avec_office'}


def can_load(database):
    "Return if the modules that the office needs are activated"
    with Transaction().start(database, 1, readonly=True):
        Module = Pool().get('ir.module')
        return _MODULES <= {
            m.name for m in Module.search([('state', '=', 'activated')])}


def load_ivory_office():
    "Set the office up and return it"
    from trytond.modules.avec_office.part import Start
    pool = Pool()
    SetUp = pool.get('avec.office')
    settings = SetUp.propose(Start(
            date=dt.date(2026, 1, 1), currency='XOF', rounding=Decimal(1),
            country=COUNTRY.code, template=CHART))
    settings.update(_country())
    settings['users'] = [{
            'login': u.login, 'name': u.name, 'password': u.password,
            'email': f'{u.login}@example.org', 'language': u.language,
            'role': u.groups[0].removeprefix('avec_group.group_'),
            } for u in IVORY_USERS]
    company, _ = SetUp.set_up(settings)
    office = Office(company.id)
    with Transaction().set_context(
            company=company.id, companies=[company.id]):
        users = pool.get('res.user').search([
                ('login', 'in', [u.login for u in IVORY_USERS])])
        for user in users:
            # The parts of the demonstration know them by their role
            office.users[user.login.removesuffix('.ci')] = user.id
            if user.login == IVORY_USERS[0].login:
                office.field_officers.append(user.employee.id)
        office.subdivisions = _districts()
        office.programme = _programme(company.id)
    return office


def _country():
    "Return the settings of the country"
    from trytond.modules.avec_office import countries
    known = countries.COUNTRIES[COUNTRY.code]
    return {
        'currency': dict(countries.CURRENCIES[known.currency]),
        'company': {
            'name': NAME, 'currency': known.currency,
            'timezone': known.timezone, 'country': COUNTRY.code,
            'country_names': known.names},
        }


def _districts():
    pool = Pool()
    Country = pool.get('country.country')
    Subdivision = pool.get('country.subdivision')
    country, = Country.search([('code', '=', COUNTRY.code)])
    result = {}
    for district in DISTRICTS:
        subdivision = Subdivision(
            country=country, code=district.code, name=district.fr,
            type='district')
        subdivision.save()
        translate(
            subdivision, 'name', fr=district.fr, ar=district.ar,
            en=district.fr)
        result[district.code] = subdivision.id
    return result


def _programme(company):
    pool = Pool()
    Party = pool.get('party.party')
    Programme = pool.get('avec.programme')
    donor = Party(name="Fonds d'épargne rurale (démonstration)")
    donor.save()
    programme = Programme(
        name="Épargne et résilience des femmes rurales", code='ERFR',
        company=company, donor=donor, start_date=dt.date(2025, 10, 1),
        indirect_method='households')
    programme.save()
    return programme.id


class IvoryMeetings(Meetings):
    "Sheets in francs, with few operations"

    def _operations(self, rng, book, cycle, members, first):
        pool = Pool()
        Line = pool.get('avec.meeting.operation')
        if not first:
            return []
        operation = Operation(
            'expense', 'loan_fund', Decimal(500), "Cahiers et cadenas")
        return [Line(
                kind=operation.kind, fund=operation.fund,
                amount=operation.amount, description=operation.description)]


class IvoryLoans(Part):
    "Loans asked for before a meeting, repaid as they fall due"
    module = 'avec_loan'

    def prepare(self, books):
        Product = Pool().get('avec.loan.product')
        self._product, = Product.search([
                ('company', '=', self.office.company),
                ('fund', '=', 'loan_fund'),
                ])
        self._debts = {}

    def cycle(self, book, plan, cycle):
        cycle.loan_products = [self._product.id]

    def week(self, books, monday):
        from trytond.modules.avec_loan import debts
        Loan = Pool().get('avec.loan')
        asked = []
        for book in books:
            days = book.plan.cycles[-1].meetings
            # The week may have been begun already, without a lock it needs
            book.loans = [l for l, day in self._lent(book) if day < monday]
            for borrowing in borrowings(book.plan):
                day = days[borrowing.meeting]
                if monday_of(day) == monday:
                    asked.append((book, borrowing, day))
        asked = self._asked(asked)
        loans = [l for _, l in asked]
        Loan.save(loans)
        with Transaction().set_user(self.office.users['finance']):
            Loan.approve(loans)
        for book, loan in asked:
            book.loans.append(loan.id)
        self._debts = debts.read(
            Loan.browse([l for b in books for l in b.loans]))

    @staticmethod
    def _lent(book):
        "Return (id, day asked for) of the loans of the group"
        Loan = Pool().get('avec.loan')
        return [
            (l.id, l.request_date) for l in Loan.search([
                    ('membership', 'in', book.memberships),
                    ], order=[('id', 'ASC')])]

    def _asked(self, asked):
        "Return the groups with the unsaved loans that savings allow"
        pool = Pool()
        Loan = pool.get('avec.loan')
        Membership = pool.get('avec.membership')
        memberships = Membership.browse(
            [b.memberships[w.member] for b, w, _ in asked])
        result = []
        for (book, wish, day), membership in zip(asked, memberships):
            principal = membership.savings * wish.multiple // 500 * 500
            if principal:
                result.append((book, Loan(
                            membership=membership, cycle=book.cycles[-1],
                            product=self._product, principal=principal,
                            term=wish.term, request_date=monday_of(day),
                            purpose=wish.purpose,
                            requested_by=self.office.field_officers[0])))
        return result

    def sheet(self, book, meeting, rng):
        pool = Pool()
        Disbursement = pool.get('avec.meeting.disbursement')
        Repayment = pool.get('avec.meeting.repayment')
        lines = {l.membership.id: l for l in meeting.lines}
        disbursements, repayments = [], []
        for loan_id in book.loans:
            debt = self._debts[loan_id]
            line = lines[debt.loan.membership.id]
            if debt.loan.state == 'approved' and line.is_present:
                disbursements.append(Disbursement(loan=debt.loan))
            elif debt.loan.state == 'disbursed' and line.is_present:
                amount = sum(
                    d.unpaid.total for d in debt.dues(meeting.date)
                    if d.due_date <= meeting.date)
                if amount:
                    repayments.append(
                        Repayment(loan=debt.loan, amount=amount))
        meeting.repayments = repayments
        meeting.disbursements = disbursements

    def check(self, books):
        Loan = Pool().get('avec.loan')
        states = defaultdict(int)
        for loan in Loan.search([('company', '=', self.office.company)]):
            states[loan.state] += 1
        if not {'disbursed', 'repaid'} <= states.keys():
            yield f"loans of Côte d'Ivoire: {dict(states)}"


class IvoryFigures(Part):
    "What the records of the office say"

    def check(self, books):
        yield from self._check_groups(books)
        yield from self._check_cycles(books)
        yield from self._check_francs()
        yield from self._check_seals(books)

    def _check_groups(self, books):
        pool = Pool()
        Group = pool.get('avec.group')
        Membership = pool.get('avec.membership')
        groups = Group.search([('programme', '=', self.office.programme)])
        members = Membership.search([
                ('group', 'in', [g.id for g in groups]),
                ], count=True)
        expected = (
            len(books), sum(len(b.plan.members) for b in books))
        if (len(groups), members) != expected:
            yield (f"Côte d'Ivoire: {len(groups)} groups and {members} "
                f"members, not {expected}")

    @staticmethod
    def _check_cycles(books):
        "The boxes hold what was counted last, a closed cycle holds nothing"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Meeting = pool.get('avec.meeting')
        cycles = Cycle.browse([c for b in books for c in b.cycles])
        last = {
            m.cycle: m for m in Meeting.search([
                    ('cycle', 'in', [c.id for c in cycles]),
                    ('state', '=', 'posted'),
                    ], order=[('date', 'ASC')])}
        for cycle in cycles:
            counted = last[cycle].loan_fund_counted
            if cycle.state == 'closed':
                counted = 0
            if cycle.loan_fund_cash != counted:
                yield f"{cycle.rec_name}: the box holds {counted}"

    @staticmethod
    def _check_seals(books):
        pool = Pool()
        Group = pool.get('avec.group')
        Seal = pool.get('avec.seal')
        checks = Seal.verify(Group.browse([b.group for b in books]))
        for check in checks.values():
            yield from (b.message for b in check.breaks)

    def _check_francs(self):
        "There is no part of a franc"
        Line = Pool().get('account.move.line')
        for line in Line.search([
                    ('move.company', '=', self.office.company),
                    ]):
            if (line.debit + line.credit) % 1:
                yield f"{line.move.rec_name}: a part of a franc"


class IvoryLoader(Loader):
    "Load the groups of Côte d'Ivoire"
    parts = [
        Committees, Cycles, IvoryLoans, IvoryMeetings, ShareOuts,
        IvoryFigures]
    make_office = staticmethod(load_ivory_office)

    def weeks(self):
        "Return the weeks in which something happens"
        days = set()
        for plan in self.plans:
            for cycle in plan.cycles:
                days |= {cycle.start_date, *cycle.meetings}
                if cycle.share_out_date:
                    days.add(cycle.share_out_date)
        return sorted({monday_of(d) for d in days if d <= LAST_POSTED})
