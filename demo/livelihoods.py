# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What members begin, found, register and find, beside their groups"
import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from . import trades
from .calendar import LAST_WEEK, add_months
from .groups import chunks
from .part import Part

__all__ = ['Livelihoods']

_MEMBERS = 7
_MONTH = dt.timedelta(days=31)
# So that it sells before the story ends
_LAST_START = dt.date(2026, 9, 30)
_TURNOVERS = [
    (2025, (9000, 14000, 12500, 16000)), (2026, (52000, 61000, 48000))]
_JOBS = [
    ("Tri des olives / فرز الزيتون", "Conserverie du Dir", '10',
        'seasonal', 'programme'),
    ("Couture en atelier / الخياطة في معمل", "Atelier Zohor", '14',
        'fixed_term', 'programme'),
    ("Aide en cuisine / المساعدة في المطبخ", "Auberge de la Source", '55',
        'unwritten', 'family'),
    ("Travaux de pépinière / أشغال المشتل", "Pépinière Tassaout", '01',
        'fixed_term', 'agency'),
    ("Tenue de caisse / مسك الصندوق", "Supérette Al Baraka", '47',
        'insertion', 'agency'),
    ("Encadrement d'enfants / تأطير الأطفال", "Crèche Annajah", '88',
        'permanent', 'programme'),
    ]


class Livelihoods(Part):
    "Made in the end, when it is known who borrowed"
    module = 'avec_livelihood'

    def finish(self, books):
        # The dates are fixed: today may be before them
        with Transaction().set_context(avec_date=LAST_WEEK):
            self._sectors()
            self._activities(books)
            self._cooperatives(books)
            self._self_employments(books)
            self._jobs(books)

    def _sectors(self):
        Sector = Pool().get('avec.sector')
        self._divisions = {
            s.code: s for s in Sector.search([('parent', '!=', None)])}

    def _sector(self, division):
        sector = self._divisions[division]
        return {'sector': sector.parent, 'sub_sector': sector}

    def _place(self, plan):
        return {
            'subdivision': self.office.subdivisions[plan.province.code],
            'locality': plan.village}

    # -- activities

    def _activities(self, books):
        pool = Pool()
        Activity = pool.get('avec.activity')
        Record = pool.get('avec.activity.record')
        loans = self._loans(books)
        planned = []
        for book in books:
            for venture in trades.ventures(book.plan):
                loan = self._loan(book, venture, loans)
                if loan:
                    venture = venture.begun(loan.disbursement_date)
                planned.append((book, venture, loan))
        made = []
        for part in chunks(planned):
            activities = [self._activity(b, v, l) for b, v, l in part]
            Activity.save(activities)
            made.extend(zip(activities, (v for _, v, _ in part)))
        records = [
            Record(
                activity=a, month=m, sales=Decimal(s), costs=Decimal(c),
                own_consumption=Decimal(o), paid_jobs=j)
            for a, v in made for m, s, c, o, j in v.months]
        for part in chunks(records, 200):
            Record.save(part)

    @staticmethod
    def _loans(books):
        "Return the loans paid out, by membership"
        result = defaultdict(list)
        try:
            Loan = Pool().get('avec.loan')
        except KeyError:
            return result
        for loan in Loan.search([
                    ('state', 'in', ['disbursed', 'repaid']),
                    ('product.fund', '=', 'loan_fund'),
                    ('membership', 'in', [
                            m for b in books for m in b.memberships]),
                    ], order=[('disbursement_date', 'ASC'), ('id', 'ASC')]):
            result[loan.membership.id].append(loan)
        return result

    @staticmethod
    def _loan(book, venture, loans):
        "Return a loan of an owner that began the activity, which is taken"
        if not venture.borrows:
            return None
        last = min(venture.stop or _LAST_START, _LAST_START) - _MONTH
        for owner in venture.owners:
            waiting = loans[book.memberships[owner]]
            for loan in waiting:
                if loan.disbursement_date < last:
                    waiting.remove(loan)
                    return loan
        return None

    def _activity(self, book, venture, loan):
        pool = Pool()
        Activity = pool.get('avec.activity')
        Owner = pool.get('avec.activity.owner')
        activity = Activity(
            name=venture.trade.name,
            group=book.group,
            kind='individual' if len(venture.owners) == 1 else 'collective',
            state=venture.state,
            start_date=venture.start, running_date=venture.running,
            stop_date=venture.stop, stop_reason=venture.stop_reason,
            owners=[
                Owner(membership=book.memberships[o])
                for o in venture.owners],
            fundings=list(self._fundings(venture, loan)),
            **self._sector(venture.trade.division),
            **self._place(book.plan))
        if venture.baseline:
            activity.baseline_income = Decimal(venture.baseline)
            activity.baseline_date = venture.start - dt.timedelta(days=15)
        return activity

    def _fundings(self, venture, loan):
        Funding = Pool().get('avec.activity.funding')
        rest = Decimal(venture.start_up)
        if not rest:
            return
        if loan:
            amount = min(loan.principal, rest)
            rest -= amount
            yield Funding(
                kind='loan', amount=amount, loan=loan,
                date=loan.disbursement_date)
        if venture.grant:
            amount = min(rest, Decimal(venture.grant))
            if amount:
                rest -= amount
                yield Funding(
                    kind='grant', amount=amount, date=venture.start,
                    description="Kit de démarrage / عدة البداية")
        if rest:
            yield Funding(kind='own', amount=rest, date=venture.start)

    # -- cooperatives

    def _cooperatives(self, books):
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Party = pool.get('party.party')
        founded = [b for b in books if b.plan.rank in trades.COOPERATIVES]
        parties = [
            Party(name=trades.COOPERATIVES[b.plan.rank][0]) for b in founded]
        Party.save(parties)
        cooperatives = [
            self._cooperative(b, p) for b, p in zip(founded, parties)]
        Cooperative.save(cooperatives)
        self._capital(cooperatives)
        registered = []
        for book, cooperative in zip(founded, Cooperative.browse(
                    cooperatives)):
            if book.plan.rank not in trades.PREPARING:
                self._steps(cooperative)
                cooperative.registration_number = (
                    f'{100 + book.plan.rank}/2025')
                cooperative.registration_date = (
                    cooperative.assembly_date + dt.timedelta(days=60))
                registered.append(cooperative)
            else:
                self._steps(cooperative, 3)
        Cooperative.save(registered)
        Cooperative.register(registered)

    def _cooperative(self, book, party):
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Member = pool.get('avec.cooperative.member')
        Membership = pool.get('avec.membership')
        _, division = trades.COOPERATIVES[book.plan.rank]
        rng = book.plan.random('cooperative')
        ranks = rng.sample([
                i for i, m in enumerate(book.plan.members)
                if not m.leaving], _MEMBERS)
        day = dt.date(2025, 2, 3) + dt.timedelta(weeks=rng.randrange(50))
        members = Membership.browse([book.memberships[r] for r in ranks])
        return Cooperative(
            party=party, groups=[book.group], assembly_date=day,
            share_value=Decimal(100), members=[
                Member(
                    membership=m, party=m.party, start_date=day,
                    founder=True)
                for m in members],
            **self._sector(division), **self._place(book.plan))

    def _capital(self, cooperatives):
        "Every member subscribes and pays a half"
        Payment = Pool().get('avec.cooperative.payment')
        payments = []
        for cooperative in cooperatives:
            for i, member in enumerate(cooperative.members):
                shares = 2 + i % 3
                values = {
                    'cooperative': cooperative, 'member': member,
                    'date': cooperative.assembly_date}
                payments += [
                    Payment(
                        kind='subscription', shares=shares,
                        amount=Decimal(100 * shares), **values),
                    Payment(
                        kind='payment', amount=Decimal(50 * shares),
                        **values)]
        for part in chunks(payments):
            Payment.save(part)
        with Transaction().set_user(self.office.users['finance']):
            Payment.post(payments)

    @staticmethod
    def _steps(cooperative, count=None):
        "Take the steps, or the first of them"
        Step = Pool().get('avec.cooperative.step')
        steps = list(cooperative.steps)[:count]
        for i, step in enumerate(steps):
            step.date = cooperative.assembly_date + dt.timedelta(
                days=7 * (i - 2))
            if step.document_required:
                step.reference = f'{cooperative.id:03}-{i + 1}'
        Step.save(steps)
        Step.do(steps)

    # -- auto-entrepreneurs

    def _self_employments(self, books):
        pool = Pool()
        SelfEmployment = pool.get('avec.self_employment')
        records = []
        for book in books:
            if state := trades.SELF_EMPLOYED.get(book.plan.rank):
                records.append(self._self_employment(book, state))
        SelfEmployment.save(records)

    def _self_employment(self, book, state):
        pool = Pool()
        Membership = pool.get('avec.membership')
        SelfEmployment = pool.get('avec.self_employment')
        Turnover = pool.get('avec.self_employment.turnover')
        rng = book.plan.random('self_employment')
        member = Membership(book.memberships[rng.choice([
                    i for i, m in enumerate(book.plan.members)
                    if not m.leaving])])
        record = SelfEmployment(
            membership=member, party=member.party,
            activity_name="Réparation et service / الإصلاح والخدمات",
            category='services', state=state,
            **self._sector('95'), **self._place(book.plan))
        if state == 'in_progress':
            record.application_date = dt.date(2026, 10, 5)
        else:
            record.application_date = dt.date(2025, 1, 6)
            record.registration_date = dt.date(2025, 2, 3)
            record.registration_number = f'{550000 + book.plan.rank}'
            # One nears the ceiling, the other does not
            part = 1 if book.plan.rank == 18 else Decimal('0.4')
            record.turnovers = [
                Turnover(
                    year=year, quarter=str(q), amount=amount * Decimal(part))
                for year, amounts in _TURNOVERS
                for q, amount in enumerate(amounts, 1)]
        return record

    # -- jobs

    def _jobs(self, books):
        Employment = Pool().get('avec.employment')
        jobs = [
            self._job(b) for b in books if b.plan.rank in trades.JOBS]
        Employment.save(jobs)
        self._follow_up(Employment.browse(jobs))

    def _job(self, book):
        pool = Pool()
        Employment = pool.get('avec.employment')
        Membership = pool.get('avec.membership')
        rng = book.plan.random('job')
        job, employer, division, contract, found_by = rng.choice(_JOBS)
        member = Membership(book.memberships[rng.choice([
                    i for i, m in enumerate(book.plan.members)
                    if not m.leaving])])
        return Employment(
            membership=member, party=member.party, job=job,
            employer_name=employer, contract=contract, found_by=found_by,
            start_date=add_months(
                dt.date(2026, 9, 7), -rng.choice([1, 3, 5, 8, 11, 14])),
            **self._sector(division), **self._place(book.plan))

    @staticmethod
    def _follow_up(jobs):
        "Ask those whose follow-up was due some weeks ago"
        FollowUp = Pool().get('avec.employment.follow_up')
        done = []
        for i, job in enumerate(jobs):
            for follow_up in job.follow_ups:
                date = follow_up.due_date + dt.timedelta(days=9)
                if date > LAST_WEEK - dt.timedelta(days=30):
                    break
                follow_up.in_post = 'no' if i % 5 == 4 else 'yes'
                follow_up.done_date = date
                done.append(follow_up)
                if follow_up.in_post == 'no':
                    break
        FollowUp.save(done)

    # -- what must be true

    def check(self, books):
        provinces = [None, *self.office.subdivisions]
        for code in provinces:
            expected = self._expected([
                    b.plan for b in books
                    if code in {None, b.plan.province.code}])
            found = self._found(self.office.subdivisions.get(code))
            if found != expected:
                yield f"{code or 'programme'}: {found}, not {expected}"

    @staticmethod
    def _expected(plans):
        count = trades.counts()
        ranks = {p.rank for p in plans}
        states = Counter(
            s for r, s in trades.SELF_EMPLOYED.items() if r in ranks)
        return {
            'activities': sum(count[r] for r in ranks),
            'cooperatives': len(
                ranks & set(trades.COOPERATIVES) - trades.PREPARING),
            'registered': states['registered'],
            'in_progress': states['in_progress'],
            'jobs': len(ranks & set(trades.JOBS)),
            }

    def _found(self, subdivision):
        "Return what the records say, as an indicator would count"
        from trytond.modules.avec_livelihood import figures
        found = {
            'activities': figures.activities,
            'cooperatives': figures.cooperatives,
            'jobs': figures.employments,
            }
        result = {
            n: len(self._rows(q, subdivision)) for n, q in found.items()}
        states = Counter(
            r[-1] for r in self._rows(figures.self_employments, subdivision))
        return {
            **result, **{s: states[s] for s in ['registered', 'in_progress']}}

    def _rows(self, query, subdivision):
        rows = query(self.office.company, LAST_WEEK)
        if subdivision:
            rows.where &= rows.columns[
                [c.output_name for c in rows.columns].index('subdivision')
                ].expression == subdivision
        cursor = Transaction().connection.cursor()
        cursor.execute(*rows)
        return cursor.fetchall()
