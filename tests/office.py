# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""An office of a few users and two groups, for the tests in the browser

The dates are those of the current year because the reports of Tryton open on
its fiscal year."""
import datetime as dt
from decimal import Decimal

__all__ = ['CYCLE_START', 'set_up']

YEAR = dt.date.today().year
CYCLE_START = dt.date(YEAR, 1, 12)
# (login, group of access, language)
USERS = [
    ('finance', "AVEC Finance", 'fr'),
    ('animateur', "AVEC Field Officer", 'fr'),
    ('collegue', "AVEC Field Officer", 'fr'),
    ('auditeur', "AVEC Auditor", 'fr'),
    ('moudaqiq', "AVEC Auditor", 'ar'),
    ]


def set_up(config):
    "Make the users, a group that saves and another that shares out"
    from trytond.modules.avec_group.tests.tools import create_office
    from trytond.modules.company.tests.tools import create_company

    config.skip_warning = True
    create_company(currency=_currency())
    # The tools of Tryton look for names in English
    with config.set_context(language='en'):
        create_office(
            [(dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31))],
            chart='avec_group.account_template_root_fr')
        employees = _users()
    saving = _cycle(
        "Tissage Atlas",
        ["Aïcha Benali", "Fatima Ouhmi", "Hind Alaoui", "Khadija Amrani",
            "Zahra Idrissi"],
        employees['animateur'])
    _meet(saving, [3, 2, 1, 1, 1])
    sharing = _cycle(
        "Safran Taliouine", ["Latifa Saïdi", "Mina Tahiri", "Rqia Aït Baha"],
        employees['collegue'])
    _meet(sharing, [5, 3, 2])
    _meet(sharing, [4, 4, 2], kind='income', amount=Decimal(22),
        description="Vente de safran")
    sharing.click('share')


def _currency():
    from proteus import Model
    Currency = Model.get('currency.currency')
    currency = Currency(
        name="Dirham marocain", symbol="DH", code='MAD', numeric_code='504',
        rounding=Decimal('0.01'), digits=2)
    currency.save()
    return currency


def _users():
    "Return the employee of each user by login"
    from proteus import Model
    from tests.browser import PASSWORD

    Company = Model.get('company.company')
    Employee = Model.get('company.employee')
    Group = Model.get('res.group')
    Lang = Model.get('ir.lang')
    Party = Model.get('party.party')
    User = Model.get('res.user')
    employees = {}
    for login, group, language in USERS:
        company, = Company.find()
        party = Party(name=login.capitalize())
        party.save()
        employee = Employee(party=party, company=company)
        employee.save()
        user = User(name=party.name, login=login)
        user.password = PASSWORD
        user.email = f'{login}@example.com'
        user.groups.extend(Group.find([('name', '=', group)]))
        user.companies.append(company)
        user.company = Company(company.id)
        user.employees.append(employee)
        user.employee = Employee(employee.id)
        user.language, = Lang.find([('code', '=', language)])
        user.save()
        employees[login] = Employee(employee.id)
    return employees


def _cycle(name, members, field_officer):
    "Return the running cycle of a new group"
    from proteus import Model
    from trytond.modules.avec_group.tests.tools import create_group

    Cycle = Model.get('avec.cycle')
    group = create_group(name, members, dt.date(YEAR, 1, 5))
    group.field_officer = field_officer
    group.save()
    cycle = Cycle(group=group)
    cycle.start_date = CYCLE_START
    cycle.end_date = dt.date(YEAR, 12, 30)
    cycle.share_value = Decimal(10)
    cycle.social_fund_contribution = Decimal(2)
    cycle.cash_rounding = Decimal(1)
    cycle.fines.new(kind='late', amount=Decimal(1))
    cycle.click('run')
    return cycle


def _meet(cycle, shares, **operation):
    "Hold and post the next meeting of the cycle"
    from proteus import Model
    Meeting = Model.get('avec.meeting')
    meeting = Meeting()
    meeting.cycle = cycle
    for line, bought in zip(meeting.lines, shares, strict=True):
        line.shares = bought
    if operation:
        entry = meeting.operations.new(kind=operation.pop('kind'))
        for name, value in operation.items():
            setattr(entry, name, value)
    meeting.loan_fund_counted = meeting.loan_fund_expected
    meeting.social_fund_counted = meeting.social_fund_expected
    meeting.click('hold')
    meeting.click('post')
