# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""An office of a few users and two groups, for the tests in the browser

The fiscal year is the one of today, because the reports of Tryton open on it,
and began long enough ago for what the tests lend to be due."""
import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from playwright.sync_api import expect

from tests.browser import PASSWORD, BrowserTestCase
from tests.client import Client, action, text

__all__ = ['CYCLE_START', 'OfficeTestCase', 'set_up']

MENU = 'model:ir.ui.menu,name:{}'
LEDGER = "Grand livre - Lignes"
PRODUCT = "Petit prêt"
FIRST_DAY = dt.date.today() + relativedelta(months=-6, day=1)
LAST_DAY = FIRST_DAY + relativedelta(years=1, days=-1)
CYCLE_START = FIRST_DAY.replace(day=12)
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
            [(FIRST_DAY, LAST_DAY)],
            chart='avec_group.account_template_root_fr')
        employees = _users()
    product = _product()
    saving = _cycle(
        "Tissage Atlas",
        ["Aïcha Benali", "Fatima Ouhmi", "Hind Alaoui", "Khadija Amrani",
            "Zahra Idrissi"],
        employees['animateur'], product)
    _meet(saving, [3, 2, 1, 1, 1])
    sharing = _cycle(
        "Safran Taliouine", ["Latifa Saïdi", "Mina Tahiri", "Rqia Aït Baha"],
        employees['collegue'], product)
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


def _product():
    "Return the loan that the groups offer"
    from proteus import Model
    Product = Model.get('avec.loan.product')
    product = Product(name=PRODUCT, rate=Decimal('0.05'))
    product.due_on_meetings = False
    product.late_penalty = Decimal(2)
    product.max_term = 6
    product.save()
    return product


def _cycle(name, members, field_officer, product):
    "Return the running cycle of a new group"
    from proteus import Model
    from trytond.modules.avec_group.tests.tools import create_group

    Cycle = Model.get('avec.cycle')
    Product = Model.get('avec.loan.product')
    group = create_group(name, members, FIRST_DAY)
    group.field_officer = field_officer
    group.save()
    cycle = Cycle(group=group)
    cycle.start_date = CYCLE_START
    cycle.end_date = LAST_DAY
    cycle.share_value = Decimal(10)
    cycle.social_fund_contribution = Decimal(2)
    cycle.cash_rounding = Decimal(1)
    cycle.fines.new(kind='late', amount=Decimal(1))
    cycle.loan_products.append(Product(product.id))
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


class OfficeTestCase(BrowserTestCase):
    "People of the office at work"
    setup_database = staticmethod(set_up)

    def enter(self, login, name, language='fr', menu='menu_avec'):
        "Log in and open the entry of the menu"
        if self.client:
            # Somebody else is still logged in
            self.open_page()
        self.login(login)
        self.client = Client(self.page)
        self.client.menu(
            *[text(MENU.format(m), language)
                for m in dict.fromkeys(['menu_avec', menu])],
            action(name, language))

    def assertValues(self, **values):
        "Check what the fields of the form show"
        for name, value in values.items():
            expect(self.client.field(name)).to_have_value(value)

    def assertState(self, state):
        expect(self.client.field('state')).to_have_value(f'"{state}"')

    def open_ledger(self, group):
        "Open the general ledger from the form of the group"
        client = self.client
        client.grid('group_list').open(group)
        client.launch('relate', action('act_group_general_ledger'))
        expect(client.field('avec_group')).to_have_value(
            f"[AVEC-0001] {group}")

    def open_ledger_lines(self, account):
        client = self.client
        client.grid().open(account)
        client.answer(LEDGER)
        return client.grid()

    def setUp(self):
        super().setUp()
        self.client = None

    def tearDown(self):
        self.assertEqual(self.page_errors, [])
        super().tearDown()
