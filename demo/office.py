# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The country office: places, company, accounts and users"
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from .places import COUNTRY, PROVINCES, REGIONS
from .users import USERS

__all__ = ['FIELD_OFFICERS', 'Office', 'load_office', 'translate']

CHART = ('avec_group', 'account_template_root_fr')
YEARS = [2025, 2026]
HIRED = dt.date(2019, 9, 2)
# The agents who follow the groups, the first one has a login
FIELD_OFFICERS = [
    USERS[0].name,
    "Hafsa Aït Taleb / حفصة آيت الطالب",
    "Mouloud Azeroual / مولود أزروال",
    "Salma Bennis / سلمى بنيس",
    "Ismaïl Doukkali / إسماعيل الدكالي",
    ]


@dataclass
class Office:
    "The ids of what is referred to later"
    company: int
    programme: int = None
    subdivisions: dict = field(default_factory=dict)
    field_officers: list = field(default_factory=list)
    users: dict = field(default_factory=dict)
    parts: list = field(default_factory=list)


def translate(record, name, **texts):
    "Write the name of a record in the languages that the database has"
    Lang = Pool().get('ir.lang')
    for language in Lang.search([('code', 'in', list(texts))]):
        if texts[language.code]:
            with Transaction().set_context(language=language.code):
                record.__class__.write(
                    [record.__class__(record.id)],
                    {name: texts[language.code]})


def load_office():
    "Make the office and return it"
    office = Office(_company())
    with Transaction().set_context(
            company=office.company, companies=[office.company]):
        office.subdivisions = _places()
        _accounts(office.company)
        employees = _employees(office.company)
        office.field_officers = [employees[n] for n in FIELD_OFFICERS]
        office.users = _users(office.company, employees)
        office.programme = _programme(office.company)
    return office


def _company():
    pool = Pool()
    Company = pool.get('company.company')
    Currency = pool.get('currency.currency')
    Party = pool.get('party.party')
    currencies = Currency.search([('code', '=', 'MAD')], limit=1)
    if currencies:
        currency, = currencies
    else:
        currency = Currency(
            name="Dirham marocain", symbol="DH", code='MAD',
            numeric_code='504', rounding=Decimal('0.01'), digits=2)
        currency.save()
        translate(
            currency, 'name', fr="Dirham marocain", en="Moroccan Dirham",
            ar="درهم مغربي")
    party = Party(name="Bureau Maroc (démonstration) / مكتب المغرب")
    party.save()
    company = Company(
        party=party, currency=currency, timezone='Africa/Casablanca')
    company.save()
    return company.id


def _places():
    "Make the country and return the ids of the provinces, by code"
    pool = Pool()
    Country = pool.get('country.country')
    countries = Country.search([('code', '=', COUNTRY.code)], limit=1)
    country = countries[0] if countries else _place(
        Country(code3='MAR', code_numeric='504'), COUNTRY)
    regions = {
        p.code: _subdivision(country, p, type='region') for p in REGIONS}
    return {
        p.code: _subdivision(
            country, p, type='province', parent=regions[p.region]).id
        for p in PROVINCES}


def _subdivision(country, place, **values):
    Subdivision = Pool().get('country.subdivision')
    there = Subdivision.search([
            ('country', '=', country.id),
            ('code', '=', place.code),
            ], limit=1)
    if there:
        return there[0]
    return _place(Subdivision(country=country, **values), place)


def _place(record, place):
    record.code = place.code
    record.name = place.fr
    record.save()
    translate(
        record, 'name', fr=place.fr, ar=place.ar, en=place.en or place.fr)
    return record


def _accounts(company):
    "Make the chart of accounts and the fiscal years"
    pool = Pool()
    AccountTemplate = pool.get('account.account.template')
    CreateChart = pool.get('account.create_chart', type='wizard')
    ModelData = pool.get('ir.model.data')
    session, _, _ = CreateChart.create()
    wizard = CreateChart(session)
    wizard.account.company = company
    wizard.account.account_template = AccountTemplate(
        ModelData.get_id(*CHART))
    wizard.transition_create_account()
    defaults = wizard.default_properties(None)
    for name, value in defaults.items():
        setattr(wizard.properties, name, value)
    wizard.transition_create_properties()
    CreateChart.delete(session)
    for year in YEARS:
        _fiscal_year(company, year)


def _fiscal_year(company, year):
    pool = Pool()
    FiscalYear = pool.get('account.fiscalyear')
    ModelData = pool.get('ir.model.data')
    Sequence = pool.get('ir.sequence.strict')
    sequence = Sequence(
        name=f"Écritures {year}", prefix=f'{year}-', padding=5,
        sequence_type=ModelData.get_id(
            'account', 'sequence_type_account_move'),
        company=company)
    sequence.save()
    fiscalyear = FiscalYear(
        name=str(year), company=company, move_sequence=sequence,
        start_date=dt.date(year, 1, 1), end_date=dt.date(year, 12, 31))
    fiscalyear.save()
    FiscalYear.create_period([fiscalyear])


def _employees(company):
    "Return the ids of the employees by name"
    pool = Pool()
    Employee = pool.get('company.employee')
    Party = pool.get('party.party')
    names = list(dict.fromkeys([*FIELD_OFFICERS, *(u.name for u in USERS)]))
    parties = [Party(name=n) for n in names]
    Party.save(parties)
    employees = [
        Employee(party=p, company=company, start_date=HIRED) for p in parties]
    Employee.save(employees)
    return {n: e.id for n, e in zip(names, employees)}


def _users(company, employees):
    "Return the ids of the users by login"
    pool = Pool()
    Lang = pool.get('ir.lang')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    languages = {l.code: l.id for l in Lang.search([])}
    users = [
        User(
            name=u.name, login=u.login, password=u.password,
            email=f'{u.login}@example.org',
            language=languages.get(u.language, languages['fr']),
            groups=[ModelData.get_id(*g.split('.')) for g in u.groups],
            companies=[company], company=company,
            employees=[employees[u.name]], employee=employees[u.name])
        for u in USERS]
    User.save(users)
    for admin in User.search([('login', '=', 'admin')]):
        admin.companies = [company]
        admin.company = company
        admin.save()
    return {u.login: u.id for u in users}


def _programme(company):
    pool = Pool()
    Party = pool.get('party.party')
    Programme = pool.get('avec.programme')
    name = (
        "Autonomisation économique et sociale des jeunes en situation de "
        "vulnérabilité au Maroc")
    donor = Party(name="Fondation Drosos")
    donor.save()
    programme = Programme(
        name=name, code='AESJ', company=company, donor=donor,
        start_date=dt.date(2019, 9, 1))
    programme.save()
    translate(
        programme, 'name', fr=name,
        en="Economic and social empowerment of vulnerable youth in Morocco",
        ar="التمكين الاقتصادي والاجتماعي للشباب في وضعية هشاشة بالمغرب")
    return programme.id
