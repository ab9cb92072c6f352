# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A programme in an office, for the unit tests"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, create_group, office)
from trytond.pool import Pool

__all__ = ['END', 'START', 'TODAY', 'ProgrammeTestCase', 'create_subdivision']

TODAY = dt.date(2026, 7, 10)
START, END = dt.date(2026, 4, 1), dt.date(2026, 6, 30)


def create_subdivision(name, code):
    pool = Pool()
    Country = pool.get('country.country')
    Subdivision = pool.get('country.subdivision')
    countries = Country.search([('code', '=', 'MA')]) or Country.create([
            {'name': "Morocco", 'code': 'MA'}])
    subdivision = Subdivision(
        name=name, code=code, type='province', country=countries[0])
    subdivision.save()
    return subdivision


class ProgrammeTestCase(OfficeTestCase):
    "A programme with a group of two members, one of them a woman"
    module = 'avec_indicator'

    @contextmanager
    def world(self, today=TODAY):
        pool = Pool()
        Date = pool.get('ir.date')
        Programme = pool.get('avec.programme')
        with office() as company, \
                patch.object(Date, 'today', return_value=today):
            self.programme = Programme(
                name="Drosos", code="P1", start_date=dt.date(2026, 1, 1))
            self.programme.save()
            self.group = create_group("Tissage", ["Aicha", "Omar"])
            self.group.programme = self.programme
            self.group.save()
            for membership, gender in zip(
                    self.group.memberships, ['female', 'male']):
                membership.party.avec_gender = gender
                membership.party.save()
            yield company

    def snapshot(self, **values):
        Snapshot = Pool().get('avec.indicator.snapshot')
        snapshot = Snapshot(**{
                'programme': self.programme, 'start_date': START,
                'end_date': END, **values})
        snapshot.save()
        return snapshot

    def target(self, code, target, **values):
        pool = Pool()
        Indicator = pool.get('avec.indicator')
        Target = pool.get('avec.indicator.target')
        indicator, = Indicator.search([('code', '=', code)])
        target = Target(**{
                'indicator': indicator, 'programme': self.programme,
                'start_date': dt.date(2026, 1, 1),
                'end_date': dt.date(2026, 12, 31),
                'target': Decimal(target), **values})
        target.save()
        return target

    def store(self, snapshot):
        Snapshot = Pool().get('avec.indicator.snapshot')
        Snapshot.store([snapshot])
        return Snapshot(snapshot.id)

    def line(self, snapshot, code, **where):
        Line = Pool().get('avec.indicator.snapshot.line')
        line, = Line.search([
                ('snapshot', '=', snapshot.id),
                ('indicator.code', '=', code),
                ('cut', '=', where.pop('cut', None)),
                *((n, '=', v) for n, v in where.items())])
        return line
