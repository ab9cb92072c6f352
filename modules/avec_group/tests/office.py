# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"An office with its users and groups for the unit tests"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.account.tests import create_chart, get_fiscalyear
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    CONTEXT, DB_NAME, USER, TestCase, activate_module, backup_db_cache,
    drop_db, restore_db_cache)
from trytond.transaction import Transaction, TransactionError, check_access

__all__ = [
    'ROLES', 'OfficeTestCase', 'acting_as', 'count_boxes', 'create_employee',
    'create_group', 'create_party', 'create_sheet', 'create_user', 'office',
    'run_cycle']

CHART = 'avec_group.account_template_root_en'
ROLES = ['field_officer', 'finance', 'programme', 'auditor', 'admin']
START = dt.date(2026, 1, 5)


class OfficeTestCase(TestCase):
    """Test in an office that is made once and copied

    A test that rolls back finds it as it was made."""
    module = 'avec_group'
    # The modules that are active beside it
    extras = []

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        modules = sorted([cls.module, *cls.extras])
        name = '--'.join([*modules, cls.prepare.__qualname__])
        if restore_db_cache(name):
            return
        activate_module(modules)
        extras = {}
        while not cls._prepare(extras):
            pass
        backup_db_cache(name)

    @classmethod
    def _prepare(cls, extras):
        "Prepare and commit, or set in extras what the next try needs"
        with Transaction().start(
                DB_NAME, USER, context=CONTEXT, **extras) as transaction:
            try:
                cls.prepare()
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)
                return False
        return True

    @classmethod
    def prepare(cls):
        "Make what all the tests start from"
        with office():
            pass


@contextmanager
def office(name="Office", currency=None, years=(2026,)):
    "Set a company with its chart and its fiscal years"
    pool = Pool()
    Company = pool.get('company.company')
    FiscalYear = pool.get('account.fiscalyear')
    if companies := Company.search([('party.name', '=', name)]):
        company, = companies
        with set_company(company):
            yield company
        return
    company = create_company(name, currency=currency)
    with set_company(company):
        create_chart(company, chart=CHART)
        fiscalyears = [
            get_fiscalyear(
                company, dt.date(y, 1, 1), dt.date(y, 1, 1),
                dt.date(y, 12, 31))
            for y in years]
        FiscalYear.save(fiscalyears)
        FiscalYear.create_period(fiscalyears)
        yield company


def create_party(name):
    Party = Pool().get('party.party')
    party = Party(name=name)
    party.save()
    return party


def create_employee(company, name):
    Employee = Pool().get('company.employee')
    employee = Employee(party=create_party(name), company=company)
    employee.save()
    return employee


def create_user(role, company, login=None):
    "Create a user of the role, who is an employee of the company"
    pool = Pool()
    Group = pool.get('res.group')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    login = login or f'avec_{role}'
    employee = create_employee(company, login)
    user = User(
        name=login, login=login,
        companies=[company], company=company,
        employees=[employee], employee=employee,
        groups=[Group(ModelData.get_id('avec_group', 'group_' + role))])
    user.save()
    return user


@contextmanager
def acting_as(user):
    "Do as the user, with the access checked as for a client"
    User = Pool().get('res.user')
    with Transaction().set_user(user.id), \
            Transaction().set_context(
                User(user.id).get_preferences(context_only=True)), \
            check_access():
        yield


def create_group(name, members, field_officer=None):
    "Create a group of members by their names"
    pool = Pool()
    Group = pool.get('avec.group')
    Membership = pool.get('avec.membership')
    Party = pool.get('party.party')
    party, *parties = [Party(name=n) for n in [name, *members]]
    Party.save([party, *parties])
    group = Group(
        party=party, field_officer=field_officer, formation_date=START)
    group.save()
    Membership.save([
            Membership(group=group, party=p, start_date=START)
            for p in parties])
    return group


def run_cycle(group, **rules):
    Cycle = Pool().get('avec.cycle')
    cycle = Cycle(
        group=group, start_date=dt.date(2026, 1, 12),
        end_date=dt.date(2026, 11, 30), share_value=Decimal(10),
        social_fund_contribution=Decimal(2), cash_rounding=Decimal(1))
    for name, value in rules.items():
        setattr(cycle, name, value)
    cycle.save()
    with Transaction().set_context(_skip_warnings=True):
        Cycle.run([cycle])
    return cycle


def create_sheet(cycle, date=dt.date(2026, 1, 12), shares=1):
    "Create a sheet on which every member buys shares, with boxes counted"
    Meeting = Pool().get('avec.meeting')
    meeting = Meeting(cycle=cycle, date=date)
    meeting.on_change_date()
    for line in meeting.lines:
        line.shares = shares
    meeting.lines = meeting.lines
    meeting.save()
    count_boxes(meeting)
    return meeting


def count_boxes(meeting):
    "Write that the boxes hold what is expected"
    for fund in ['loan_fund', 'social_fund']:
        setattr(
            meeting, fund + '_counted', getattr(meeting, fund + '_expected'))
    meeting.save()
