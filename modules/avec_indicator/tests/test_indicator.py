# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, acting_as, create_employee, create_group, create_sheet,
    create_user, office, run_cycle)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import create_subdivision
from .tools import trace

JUNE = dt.date(2026, 6, 30)
YEAR_END = dt.date(2026, 12, 31)


def describe(group, people, programme=None, subdivision=None):
    "Write the sex, the birth date and the household size of the members"
    Party = Pool().get('party.party')
    for membership, (gender, birth_date, size) in zip(
            group.memberships, people):
        party = membership.party
        party.avec_gender = gender
        party.birth_date = birth_date
        party.household_size = size
        Party.save([party])
    group.programme = programme
    group.subdivision = subdivision
    group.save()


class IndicatorTestCase(OfficeTestCase):
    """The figures of two groups

    Tissage: Aicha (f, 35 on 30 June, household of 5), Hind (f, 20, of 4) and
    Omar (m, birth date not known, of 6); Miel: Said (m, 60, of 3) and Aicha
    again."""
    module = 'avec_indicator'

    @contextmanager
    def world(self):
        pool = Pool()
        Membership = pool.get('avec.membership')
        Programme = pool.get('avec.programme')
        with office() as company:
            self.company = company
            self.programme = Programme(
                name="Drosos", code="P1", start_date=dt.date(2026, 1, 1))
            self.programme.save()
            self.north = create_subdivision("North", 'MA-NNN')
            self.south = create_subdivision("South", 'MA-SSS')
            self.officer = create_employee(company, "Karim")
            self.weaving = create_group("Tissage", ["Aicha", "Hind", "Omar"])
            describe(self.weaving, [
                    ('female', dt.date(1991, 6, 30), 5),
                    ('female', dt.date(2006, 1, 1), 4),
                    ('male', None, 6),
                    ], self.programme, self.north)
            self.honey = create_group("Miel", ["Said"], self.officer)
            describe(self.honey, [
                    ('male', dt.date(1966, 1, 1), 3)],
                self.programme, self.south)
            aicha = self.weaving.memberships[0].party
            Membership.save([
                    Membership(
                        group=self.honey, party=aicha,
                        start_date=dt.date(2026, 2, 1))])
            yield company

    def values(self, **context):
        "Return {(name of the indicator, *names of the cell): Value}"
        Value = Pool().get('avec.indicator.value')
        with Transaction().set_context(**{
                    'company': self.company.id, 'avec_date': JUNE,
                    **context}):
            return {
                (v.indicator.code, *filter(None, [v.cell_name])): v
                for v in Value.search([])}

    def figures(self, *codes, **context):
        return {
            k if len(k) > 1 else k[0]: v.value
            for k, v in self.values(**context).items()
            if k[0] in codes}

    @with_transaction()
    def test_members(self):
        with self.world():
            self.assertEqual(
                self.figures(
                    'GRP-1', 'BEN-1', 'BEN-2', 'BEN-3', 'BEN-5', 'BEN-6'), {
                    'GRP-1': 2,
                    # Aicha, Hind, Omar, Said
                    'BEN-1': 4,
                    'BEN-2': 16,
                    'BEN-3': Decimal('0.5'),
                    # Aicha turned 35 on that day
                    'BEN-5': 1,
                    'BEN-6': Decimal('0.3333'),
                    })

    @with_transaction()
    def test_person_in_two_provinces_counts_in_each(self):
        with self.world():
            self.assertEqual(
                self.figures('BEN-1', avec_cut='subdivision'), {
                    ('BEN-1', "North"): 3, ('BEN-1', "South"): 2})
            self.assertEqual(
                self.figures('BEN-1', avec_cut='sex'), {
                    ('BEN-1', "Women"): 2, ('BEN-1', "Men"): 2})
            self.assertEqual(
                self.figures(
                    'BEN-1', avec_cut='subdivision', avec_cut_also='sex'), {
                    ('BEN-1', "North, Women"): 2,
                    ('BEN-1', "North, Men"): 1,
                    ('BEN-1', "South, Women"): 1,
                    ('BEN-1', "South, Men"): 1})

    @with_transaction()
    def test_age_bands(self):
        with self.world():
            self.assertEqual(
                self.figures('BEN-1', avec_cut='age_band'), {
                    ('BEN-1', "18 to 24"): 1,
                    ('BEN-1', "35 to 49"): 1,
                    ('BEN-1', "50 to 64"): 1,
                    ('BEN-1', "Not Recorded"): 1})
            self.assertEqual(
                self.figures('BEN-1', avec_age_band='35_49'), {'BEN-1': 1})
            # The day before, Aicha was 34
            self.assertEqual(
                self.figures(
                    'BEN-1', avec_date=dt.date(2026, 6, 29),
                    avec_age_band='35_49'), {'BEN-1': 0})

    @with_transaction()
    def test_households(self):
        with self.world():
            self.programme.indirect_method = 'households'
            self.programme.save()
            # 4 + 3 + 5 + 2
            self.assertEqual(self.figures('BEN-2'), {'BEN-2': 14})
            # Hind lives in the household of Aicha, which has 5 people
            aicha, hind, _ = self.weaving.memberships
            hind.party.household_head = aicha.party
            hind.party.save()
            self.assertEqual(self.figures('BEN-2'), {'BEN-2': 3 + 5 + 2})
            self.assertEqual(
                self.figures('BEN-2', avec_cut='subdivision'), {
                    ('BEN-2', "North"): 3 + 5, ('BEN-2', "South"): 3 + 2})

    @with_transaction()
    def test_day_in_the_past(self):
        with self.world():
            self.assertEqual(
                self.figures('BEN-1', 'GRP-1', avec_date=dt.date(2026, 1, 5)),
                {'BEN-1': 4, 'GRP-1': 2})
            self.assertEqual(
                self.figures(
                    'BEN-1', avec_cut='group',
                    avec_date=dt.date(2026, 1, 5)), {
                    ('BEN-1', self.weaving.rec_name): 3,
                    ('BEN-1', self.honey.rec_name): 1})
            self.assertEqual(
                self.figures('BEN-1', 'BEN-3', 'GRP-1', 'SAV-1',
                    avec_date=dt.date(2025, 12, 31)), {
                    'BEN-1': 0, 'BEN-3': None, 'GRP-1': 0, 'SAV-1': 0})

    @with_transaction()
    def test_phases(self):
        Phase = Pool().get('avec.group.phase')
        with self.world():
            Phase.save([
                    Phase(group=self.weaving, phase='intensive',
                        start_date=dt.date(2026, 3, 1)),
                    Phase(group=self.weaving, phase='maturity',
                        start_date=dt.date(2026, 9, 1))])
            self.assertEqual(
                self.figures('PHA-1', 'PHA-2', 'PHA-4'), {
                    'PHA-1': Decimal('0.5'), 'PHA-2': Decimal('0.5'),
                    'PHA-4': 0})
            self.assertEqual(
                self.figures('PHA-1', 'PHA-2', 'PHA-4', avec_date=YEAR_END), {
                    'PHA-1': Decimal('0.5'), 'PHA-2': 0,
                    'PHA-4': Decimal('0.5')})

    @with_transaction()
    def test_savings(self):
        Meeting = Pool().get('avec.meeting')
        with self.world():
            cycle = run_cycle(self.weaving)
            for date, shares in [
                    (dt.date(2026, 1, 12), 2), (dt.date(2026, 7, 6), 3)]:
                meeting = create_sheet(cycle, date, shares)
                Meeting.hold([meeting])
                Meeting.post([meeting])
            self.assertEqual(
                self.figures('SAV-1', 'SAV-2'), {'SAV-1': 60, 'SAV-2': 60})
            self.assertEqual(
                self.figures('SAV-1', 'SAV-2', avec_date=YEAR_END), {
                    'SAV-1': 150, 'SAV-2': 150})
            self.assertEqual(
                self.figures(
                    'SAV-1', 'SAV-2', avec_date=YEAR_END,
                    avec_start_date=dt.date(2026, 7, 1)), {
                    'SAV-1': 90, 'SAV-2': 150})
            self.assertEqual(
                self.figures('SAV-1', avec_cut='sex'), {
                    ('SAV-1', "Women"): 40, ('SAV-1', "Men"): 20})
            self.assertEqual(
                self.figures('SAV-1', avec_cut='subdivision'), {
                    ('SAV-1', "North"): 60, ('SAV-1', "South"): 0})
            values = self.values()
            self.assertEqual(values['SAV-1', ].count, 3)
            self.assertEqual(values['SAV-1', ].persons, 3)

    @with_transaction()
    def test_committee(self):
        Officer = Pool().get('avec.group.officer')
        with self.world():
            aicha, hind, omar = self.weaving.memberships
            start = dt.date(2026, 1, 5)
            Officer.save([
                    Officer(membership=aicha, role='chair', start_date=start),
                    Officer(membership=omar, role='treasurer',
                        start_date=start, end_date=dt.date(2026, 3, 31)),
                    Officer(membership=hind, role='key_holder',
                        start_date=start)])
            self.assertEqual(self.figures('BEN-4'), {'BEN-4': 1})
            self.assertEqual(
                self.figures('BEN-4', avec_date=dt.date(2026, 3, 31)), {
                    'BEN-4': Decimal('0.5')})

    @with_transaction()
    def test_programme_filters(self):
        with self.world():
            self.honey.programme = None
            self.honey.save()
            self.assertEqual(
                self.figures('BEN-1', avec_programme=self.programme.id), {
                    'BEN-1': 3})
            self.assertEqual(
                self.figures('BEN-1', avec_subdivision=self.south.id), {
                    'BEN-1': 2})

    @with_transaction()
    def test_field_officer_reads_own_groups(self):
        with self.world() as company:
            user = create_user('field_officer', company)
            self.weaving.field_officer = user.employee
            self.weaving.save()
            with acting_as(user):
                self.assertEqual(
                    self.figures('GRP-1', 'BEN-1'),
                    {'GRP-1': 1, 'BEN-1': 3})
            programme = create_user('programme', company)
            with acting_as(programme):
                self.assertEqual(
                    self.figures('GRP-1', 'BEN-1'),
                    {'GRP-1': 2, 'BEN-1': 4})

    @with_transaction()
    def test_other_company_reads_nothing(self):
        with self.world() as company:
            with office("Other") as other:
                user = create_user('programme', other, 'elsewhere')
            self.company = company
            with acting_as(user):
                self.assertEqual(
                    self.figures('GRP-1', 'BEN-1'),
                    {'GRP-1': 0, 'BEN-1': 0})

    @with_transaction()
    def test_queries_do_not_grow(self):
        pool = Pool()
        Indicator = pool.get('avec.indicator')
        Value = pool.get('avec.indicator.value')
        with self.world() as company:
            for _ in range(2):
                with Transaction().set_context(
                        company=company.id, avec_date=JUNE,
                        avec_cut='group'):
                    rows = Value.search_read(
                        [], fields_names=['indicator', 'value'])
                    computed = Indicator.compute(
                        Indicator.computable(), company.id, JUNE,
                        cut=['group'])
                self.assertEqual(len(rows), len(computed))
                groups = {g for _, g in computed}
                create_group("More", ["Rita"])
            self.assertEqual(len(groups), 3)

    @with_transaction()
    def test_trace(self):
        "The records opened from each figure make the figure"
        Meeting = Pool().get('avec.meeting')
        with self.world():
            cycle = run_cycle(self.weaving)
            meeting = create_sheet(cycle, dt.date(2026, 1, 12), 2)
            Meeting.hold([meeting])
            Meeting.post([meeting])
            for cut in [None, 'subdivision', 'sex', 'age_band', 'group',
                    'programme', 'field_officer']:
                for value in self.values(avec_cut=cut).values():
                    with self.subTest(cut=cut, value=value.rec_name), \
                            Transaction().set_context(value._context):
                        self.assertEqual(trace(value), value.value)
