# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Livelihoods of the members of a group for the unit tests"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.avec_group.tests.office import create_group, create_party
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool

__all__ = [
    'START', 'bureau', 'create_activity', 'create_cooperative',
    'create_employment', 'create_self_employment', 'live_through', 'record',
    'sector']

START = dt.date(2025, 1, 12)


@contextmanager
def bureau(name="Office", currency=None):
    "Set a company, without the ledger that livelihoods do not need"
    company = create_company(name, currency=currency)
    with set_company(company):
        yield company


def sector(code):
    result, = Pool().get('avec.sector').search([('code', '=', code)])
    return result


def create_activity(memberships, name="Hens", division='01', **values):
    "Create a running activity of the members"
    pool = Pool()
    Activity = pool.get('avec.activity')
    Owner = pool.get('avec.activity.owner')
    sub_sector = sector(division)
    activity = Activity(
        name=name, group=memberships[0].group, sector=sub_sector.parent,
        sub_sector=sub_sector, state='running', start_date=START,
        running_date=START,
        kind='individual' if len(memberships) == 1 else 'collective',
        owners=[Owner(membership=m) for m in memberships])
    for field, value in values.items():
        setattr(activity, field, value)
    activity.save()
    return activity


def record(activity, month, profit):
    Record = Pool().get('avec.activity.record')
    result = Record(
        activity=activity, month=month, sales=Decimal(profit),
        costs=Decimal(0))
    result.save()
    return result


def create_cooperative(group, name="Saffron", **values):
    "Create a cooperative of the members of the group"
    pool = Pool()
    Cooperative = pool.get('avec.cooperative')
    Member = pool.get('avec.cooperative.member')
    cooperative = Cooperative(
        party=create_party(name), groups=[group], assembly_date=START,
        share_value=Decimal(100), members=[
            Member(membership=m, party=m.party, start_date=START)
            for m in group.memberships])
    for field, value in values.items():
        setattr(cooperative, field, value)
    cooperative.save()
    return cooperative


def create_self_employment(membership, **values):
    SelfEmployment = Pool().get('avec.self_employment')
    record = SelfEmployment(
        membership=membership, party=membership.party,
        activity_name="Repairs", category='services', application_date=START)
    for field, value in values.items():
        setattr(record, field, value)
    record.save()
    return record


def create_employment(membership, **values):
    Employment = Pool().get('avec.employment')
    employment = Employment(
        membership=membership, party=membership.party, job="Sorter",
        employer_name="Mill", contract='seasonal', found_by='programme',
        start_date=START)
    for field, value in values.items():
        setattr(employment, field, value)
    employment.save()
    return employment


def live_through(name, field_officer=None):
    "Create a group and a record of each kind for its members"
    pool = Pool()
    Funding = pool.get('avec.activity.funding')
    Payment = pool.get('avec.cooperative.payment')
    Turnover = pool.get('avec.self_employment.turnover')
    group = create_group(
        name, ["Aicha", "Fatima", "Hind"], field_officer=field_officer)
    first, second, third = group.memberships
    activity = create_activity([first])
    record(activity, START, 100)
    Funding(
        activity=activity, kind='own', amount=Decimal(10), date=START).save()
    cooperative = create_cooperative(group, name=f"Coop {name}")
    payment = Payment(
        cooperative=cooperative, member=cooperative.members[0],
        kind='subscription', shares=1, amount=Decimal(100), date=START)
    payment.save()
    enterprise = create_self_employment(
        second, state='registered', registration_number=name,
        registration_date=START)
    Turnover(
        self_employment=enterprise, year=2025, quarter='1',
        amount=Decimal(10)).save()
    create_employment(third)
    return group
