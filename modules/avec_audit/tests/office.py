# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A group that is audited, for the unit tests"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, create_group, create_sheet, office, run_cycle)
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'EXTRAS', 'MEETING', 'AuditTestCase', 'post_sheet', 'recorded', 'tamper']

# With them there are loans, and no other database has to be made
EXTRAS = [
    'avec_indicator', 'avec_livelihood', 'avec_loan', 'avec_training']
MEETING = dt.date(2026, 1, 12)


def post_sheet(sheet):
    Meeting = Pool().get('avec.meeting')
    Meeting.hold([sheet])
    Meeting.post([sheet])
    return Meeting(sheet.id)


def tamper(record, **values):
    "Change the record behind the back of the documents"
    table = record.__class__.__table__()
    names = list(values)
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.update(
            [getattr(table, n) for n in names], list(values.values()),
            where=table.id == record.id))
    # What was read is not read again otherwise
    Transaction().counter += 1
    for cache in Transaction().cache.values():
        cache.clear()
    return record.__class__(record.id)


def recorded(document, days=0):
    "Have the document recorded so many days after its date"
    return tamper(document, create_date=dt.datetime.combine(
            document.date, dt.time(12)) + dt.timedelta(days=days))


class AuditTestCase(OfficeTestCase):
    "A group with a posted meeting, on which all is as it must be"
    module = 'avec_audit'

    @classmethod
    def prepare(cls):
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            recorded(post_sheet(create_sheet(run_cycle(group), MEETING)))

    @contextmanager
    def world(self):
        Group = Pool().get('avec.group')
        with office() as company:
            self.company = company
            self.group, = Group.search([('party.name', '=', "Tissage")])
            self.cycle, = self.group.cycles
            self.meeting, = self.cycle.meetings
            yield company

    def meet(self, date=MEETING, shares=1, prepare=None):
        "Post a sheet, on which prepare may write before it is counted"
        sheet = create_sheet(self.cycle, date, shares)
        if prepare:
            prepare(sheet)
            for fund in ['loan_fund', 'social_fund']:
                setattr(sheet, fund + '_counted', None)
            sheet.save()
            sheet = sheet.__class__(sheet.id)
            for fund in ['loan_fund', 'social_fund']:
                setattr(
                    sheet, fund + '_counted',
                    getattr(sheet, fund + '_expected'))
            sheet.save()
        return recorded(post_sheet(sheet))

    def share_out(self):
        "Share out and return the document"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        ShareOut = pool.get('avec.share_out')
        Cycle.share([self.cycle])
        share_out = ShareOut(cycle=self.cycle, date=dt.date(2026, 11, 30))
        share_out.save()
        ShareOut.compute([share_out])
        ShareOut.post([share_out])
        return recorded(ShareOut(share_out.id))

    def add_income(self, amount):
        Operation = Pool().get('avec.meeting.operation')

        def prepare(sheet):
            Operation(
                meeting=sheet, kind='income', fund='loan_fund',
                amount=Decimal(amount), description="Gift").save()
        return prepare
