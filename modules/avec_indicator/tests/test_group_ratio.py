# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The ratios that are read agree with the calculation and with the ledger"
import csv
import datetime as dt
import io
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group import ledger
from trytond.modules.avec_group.tests.office import (
    ROLES, OfficeTestCase, acting_as, create_employee, create_group,
    create_sheet, create_user, office, run_cycle)
from trytond.modules.avec_indicator import ratio
from trytond.modules.avec_indicator.group_ratio import RatioMixin
from trytond.modules.avec_indicator.savix import ITEMS
from trytond.modules.avec_loan.tests.office import (
    FIRST_MEETING, create_loan, create_product, disburse, lending_group, meet)
from trytond.modules.avec_loan.tests.test_report import Counter
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DATE = dt.date(2026, 6, 1)
OTHERS = ['programme', 'subdivision', 'field_officer', 'office']
SUMMED = [
    f.name for f in fields(ratio.Figures) if f.name != 'field_officers']


def read(company, kind=None, date=DATE, domain=()):
    "Return the ratios as at the date"
    Model = Pool().get('avec.group.ratio' + (f'.{kind}' if kind else ''))
    with Transaction().set_context(company=company.id, avec_date=date):
        return Model.search(list(domain), order=[('id', 'ASC')])


def figures(row):
    "Return the Figures of the row"
    return ratio.Figures(**{
            f.name: Decimal(str(getattr(row, f.name) or 0))
            for f in fields(ratio.Figures)})


def create_world():
    "Make three groups with loans of each fate and two field officers"
    pool = Pool()
    Country = pool.get('country.country')
    Exit = pool.get('avec.membership.exit')
    Programme = pool.get('avec.programme')
    WriteOff = pool.get('avec.loan.write_off')
    with office() as company:
        country = Country(name="Morocco", code='MA')
        country.save()
        Subdivision = pool.get('country.subdivision')
        provinces = [
            Subdivision(
                name=n, code=c, type='province', country=country)
            for n, c in [("Azilal", 'MA-AZI'), ("Béni Mellal", 'MA-BEM')]]
        Subdivision.save(provinces)
        programme = Programme(
            name="Savings", company=company, start_date=dt.date(2026, 1, 1))
        programme.save()
        officers = [create_employee(company, n) for n in ["Salma", "Youssef"]]
        product = create_product(rate=Decimal('0.05'))
        groups, loans = [], []
        for i in range(3):
            group, cycle = lending_group(
                product, name=f"Group {i}", field_officer=officers[i % 2])
            group.programme = programme
            group.subdivision = provinces[i // 2]
            group.save()
            wanted = [
                create_loan(m, cycle, product, principal=40 + 10 * i)
                for m in group.memberships[:i + 1]]
            loans.append(disburse(wanted, shares=i))
            groups.append(group)
        meet(loans[1][0].cycle, dt.date(2026, 3, 2),
            repay={loans[1][0]: Decimal('17.35'), loans[1][1]: 0})
        write_off = WriteOff(loan=loans[2][0], date=dt.date(2026, 3, 9))
        write_off.on_change_loan()
        write_off.save()
        WriteOff.post([write_off])
        leaving = Exit(
            membership=groups[0].memberships[2], date=dt.date(2026, 4, 6))
        leaving.save()
        Exit.post([leaving])


@contextmanager
def world():
    "Work in the office and return its company and groups"
    Group = Pool().get('avec.group')
    with office() as company:
        yield company, Group.search([], order=[('id', 'ASC')])


class GroupRatioTestCase(OfficeTestCase):
    "The ratios of groups with loans"
    module = 'avec_indicator'
    extras = ['avec_loan']

    @classmethod
    def prepare(cls):
        create_world()

    @with_transaction()
    def test_database_computes_as_python(self):
        "Each ratio read is that of the figures read"
        with world() as (company, _):
            rows = [
                r for k in [None, *OTHERS] for r in read(company, k)]
            self.assertEqual(len(rows), 3 + 1 + 2 + 2 + 1)
            for row in rows:
                self.assertIsInstance(row.members, int)
                self.assertIsInstance(row.savings, Decimal)
                values = ratio.compute(figures(row))
                for key, value in values.items():
                    with self.subTest(row=row.rec_name, ratio=key):
                        there = getattr(row, key)
                        if value is None:
                            self.assertIsNone(there)
                        else:
                            self.assertIsInstance(there, Decimal)
                            self.assertAlmostEqual(
                                there, value, delta=Decimal('0.0001'))

    @with_transaction()
    def test_profit_is_the_ledger_s(self):
        "What the loan fund owns beyond the savings is what was earned"
        with world() as (company, groups):
            for date in [FIRST_MEETING, dt.date(2026, 3, 2), DATE]:
                rows = read(company, date=date)
                cycles = [r.cycle for r in rows]
                surplus = ledger.fund_balances(
                    cycles, ['surplus'], date=date)['surplus']
                for row in rows:
                    self.assertEqual(row.net_profit, row.surplus)
                    self.assertEqual(row.surplus, surplus[row.cycle.id])
                    self.assertEqual(
                        ratio.net_profit(figures(row)), row.net_profit)
            results = ledger.cycle_results(cycles)
            for row in rows:
                self.assertEqual(
                    row.net_profit,
                    -sum(b for _, b in results[row.cycle.id]))
            self.assertEqual(
                {r.net_profit > 0 for r in rows}, {True, False})

    @with_transaction()
    def test_groups_add_up(self):
        "The figures of many groups are the sum of theirs"
        with world() as (company, _):
            rows = read(company)
            for kind in OTHERS:
                for whole in read(company, kind):
                    name = 'company' if kind == 'office' else kind
                    parts = [
                        r for r in rows
                        if getattr(r, name) == getattr(whole, name)]
                    self.assertEqual(whole.count, len(parts))
                    self.assertEqual(
                        whole.field_officers,
                        len({r.field_officer for r in parts}))
                    for figure in SUMMED:
                        with self.subTest(whole=whole.rec_name, name=figure):
                            self.assertAlmostEqual(
                                getattr(whole, figure),
                                sum(getattr(r, figure) for r in parts), 6)

    @with_transaction()
    def test_loans_are_those_of_the_portfolio(self):
        "What is lent and late is what the portfolio says"
        Portfolio = Pool().get('avec.loan.portfolio.group')
        with world() as (company, _):
            for date in [dt.date(2026, 2, 2), dt.date(2026, 4, 6), DATE]:
                with Transaction().set_context(
                        company=company.id, avec_date=date):
                    portfolio = {p.group: p for p in Portfolio.search([])}
                for row in read(company, date=date):
                    there = portfolio[row.group]
                    self.assertEqual(row.loans, there.count)
                    self.assertEqual(row.loans_outstanding, there.outstanding)
                    for days in [0, 30, 90]:
                        self.assertAlmostEqual(
                            getattr(row, f'portfolio_at_risk_{days}'),
                            getattr(there, f'par_{days}'), 4)

    @with_transaction()
    def test_date(self):
        "The ratios of a day do not change with what comes later"
        with world() as (company, groups):
            date = dt.date(2026, 2, 2)
            group = groups[0]
            before, = read(company, date=date, domain=[('group', '=', group)])
            cycle = before.cycle
            names = [f.name for f in fields(ratio.Figures)]
            values = {n: getattr(before, n) for n in names}
            meet(cycle, dt.date(2026, 5, 4), shares=3)
            after, = read(company, date=date, domain=[('group', '=', group)])
            self.assertEqual(values, {n: getattr(after, n) for n in names})
            now, = read(company, domain=[('group', '=', group)])
            self.assertEqual(now.savings, values['savings'] - 50 + 60)
            self.assertEqual(now.left, 1)

    @with_transaction()
    def test_queries_do_not_grow(self):
        "The ratios of many groups cost what those of one do"
        with world() as (company, groups):
            ids = [g.id for g in groups]
            few, many = [[('id', 'in', i)] for i in [ids[:1], ids]]
            for domain in [few, many]:
                # What is read once is known then
                self._count(company, domain)
            self.assertEqual(
                self._count(company, few), self._count(company, many))

    def _count(self, company, domain):
        "Return how many queries reading the ratios and the reasons costs"
        transaction = Transaction()
        connection, queries = transaction.connection, []
        transaction.cache.clear()
        try:
            transaction.connection = Counter(connection, queries)
            for row in read(company, domain=domain):
                self.assertIsNotNone(row.attendance_rate)
                self.assertIsNotNone(row.reasons)
        finally:
            transaction.connection = connection
        return len(queries)

    @with_transaction()
    def test_who_sees_what(self):
        "A field officer sees the groups followed, nobody another company's"
        pool = Pool()
        Office = pool.get('avec.group.ratio.office')
        Ratio = pool.get('avec.group.ratio')
        with world() as (company, groups):
            field = create_user('field_officer', company)
            finance = create_user('finance', company)
            groups[1].field_officer = field.employee
            groups[1].save()
            with acting_as(field), Transaction().set_context(avec_date=DATE):
                rows = Ratio.search([])
                self.assertEqual([r.group for r in rows], [groups[1]])
                with self.assertRaises(AccessError):
                    Office.search([])
            with acting_as(finance), \
                    Transaction().set_context(avec_date=DATE):
                self.assertEqual(len(Ratio.search([])), 3)
                self.assertEqual(Office.search([])[0].count, 3)
        with office("Other") as other:
            stranger = create_user('finance', other, login='stranger')
            with acting_as(stranger), \
                    Transaction().set_context(
                        company=company.id, avec_date=DATE):
                self.assertFalse(Ratio.search([]))
                self.assertFalse(Office.search([]))

    @with_transaction()
    def test_dissolved_group_is_left_out(self):
        "A group counts until the day on which it is dissolved"
        Phase = Pool().get('avec.group.phase')
        with world() as (company, groups):
            Phase(group=groups[0], phase='dissolved', start_date=DATE).save()
            self.assertEqual(len(read(company)), 2)
            self.assertEqual(
                len(read(company, date=DATE - dt.timedelta(days=1))), 3)

    @with_transaction()
    def test_search_and_order(self):
        "The worst groups are found and come first"
        Ratio = Pool().get('avec.group.ratio')
        with world() as (company, _), \
                Transaction().set_context(company=company.id, avec_date=DATE):
            rows = Ratio.search([], order=[('return_on_savings', 'ASC')])
            values = [r.return_on_savings for r in rows]
            self.assertEqual(values, sorted(values))
            self.assertEqual(
                Ratio.search([('return_on_savings', '<', Decimal(0))]),
                [r for r in rows if r.return_on_savings < 0])

    @with_transaction()
    def test_savix_sheet(self):
        "The sheet has 24 items of each group that the user may read"
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        Sheet = pool.get('avec.group.ratio.savix', type='report')
        with world() as (company, groups):
            programme = groups[0].programme
            field = create_user('field_officer', company)
            finance = create_user('finance', company)
            for extension, template in [('csv', 'txt'), ('ods', 'ods')]:
                action, = ActionReport.search([
                        ('report_name', '=', Sheet.__name__),
                        ('template_extension', '=', template),
                        ])
                data = {'model': 'avec.programme', 'action_id': action.id}
                with acting_as(finance), \
                        Transaction().set_context(avec_date=DATE):
                    there, content, _, _ = Sheet.execute(
                        [programme.id], data)
                self.assertEqual(there, extension)
                with acting_as(field), self.assertRaises(AccessError):
                    Sheet.execute([programme.id], data)
                if extension == 'csv':
                    header, *rows = csv.reader(
                        io.StringIO(content.decode('utf-8-sig')))
            self.assertEqual(len(ITEMS), 24)
            self.assertEqual(len(header), 24)
            self.assertEqual(len(rows), 3)
            first = dict(zip(header, rows[0], strict=True))
            row, = read(company, domain=[('group', '=', groups[0])])
            self.assertEqual(first["Name of Group"], "Group 0")
            self.assertEqual(first["Members at Start of Cycle"], '3')
            self.assertEqual(first["Registered Members at Present"], '2')
            self.assertEqual(first["Drop-outs This Cycle"], '1')
            self.assertEqual(first["Date of Data Collection"], '2026-06-01')
            self.assertEqual(first["Members Attending Last Meeting"], '3')
            self.assertEqual(
                Decimal(first["Value of Savings This Cycle"]), row.savings)
            self.assertEqual(
                Decimal(first["Service Charge a Month"]), Decimal('0.05'))

    @with_transaction()
    def test_thresholds_of_the_company(self):
        "Each company has its own lights"
        Threshold = Pool().get('avec.indicator.threshold')
        with world() as (company, _):
            self.assertEqual({r.light for r in read(company)}, {None})
            with office("Other") as other:
                Threshold(
                    company=other, ratio='retention_rate', direction='high',
                    amber=Decimal(1), red=Decimal(1)).save()
            self.assertEqual({r.light for r in read(company)}, {None})
            Threshold(
                company=company, ratio='retention_rate', direction='high',
                amber=Decimal(1), red=Decimal('0.5')).save()
            self.assertEqual(
                [r.light for r in read(company)], ['amber', 'green', 'green'])


NONE, READ = set(), {'read'}
ALL = {'read', 'write', 'create', 'delete'}
# What each role may do, in the order of ROLES
MATRIX = {
    'avec.group.ratio': [READ] * 5,
    'avec.group.ratio.programme': [NONE, READ, READ, READ, READ],
    'avec.group.ratio.subdivision': [NONE, READ, READ, READ, READ],
    'avec.group.ratio.field_officer': [NONE, READ, READ, READ, READ],
    'avec.group.ratio.office': [NONE, READ, READ, READ, READ],
    'avec.indicator.threshold': [READ, READ, READ, READ, ALL],
    }


class GroupRatioWithoutLoanTestCase(OfficeTestCase):
    "The ratios where loans are not kept"
    module = 'avec_indicator'

    @with_transaction()
    def test_models_by_role(self):
        "Each role reads and writes what the design says"
        pool = Pool()
        Access = pool.get('ir.model.access')
        Propose = pool.get('avec.indicator.threshold.propose', type='wizard')
        Threshold = pool.get('avec.indicator.threshold')
        with office() as company:
            for role in ROLES:
                user = create_user(role, company)
                with acting_as(user):
                    access = Access.get_access(list(MATRIX))
                for model, expected in MATRIX.items():
                    with self.subTest(role=role, model=model):
                        self.assertEqual(
                            {m for m, ok in access[model].items() if ok},
                            expected[ROLES.index(role)])
                with self.subTest(role=role), acting_as(user):
                    if role == 'admin':
                        session, _, _ = Propose.create()
                        Propose.execute(session, {}, 'propose')
                        self.assertEqual(
                            Threshold.search([], count=True), 6)
                    else:
                        with self.assertRaises(AccessError):
                            Propose.create()

    @with_transaction()
    def test_loans_are_unknown(self):
        "What is told from loans has no value, and is not 0"
        Meeting = Pool().get('avec.meeting')
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima"])
            sheet = create_sheet(run_cycle(group), shares=3)
            Meeting.hold([sheet])
            Meeting.post([sheet])
            row, = read(company)
            self.assertEqual(row.savings, Decimal(60))
            self.assertEqual(row.loan_fund_cash, Decimal(60))
            self.assertEqual(row.net_profit, Decimal(0))
            self.assertEqual(row.attendance_rate, Decimal(1))
            self.assertEqual(row.return_on_savings, Decimal(0))
            for key, r in ratio.RATIOS.items():
                if r.loans:
                    with self.subTest(ratio=key):
                        self.assertIsNone(getattr(row, key))
            self.assertIsNone(row.loans)

    def test_every_figure_is_a_field(self):
        "The model shows each figure and each ratio"
        for name in [*(f.name for f in fields(ratio.Figures)), *ratio.RATIOS]:
            self.assertTrue(hasattr(RatioMixin, name), name)
