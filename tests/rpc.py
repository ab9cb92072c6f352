# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A client of the server that sends what it is told, allowed or not"
import base64
import datetime as dt
import json
import urllib.error
import urllib.request
from decimal import Decimal

from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder

__all__ = [
    'Client', 'PASSWORD', 'Refused', 'set_up', 'set_up_livelihoods',
    'set_up_loans', 'set_up_training']

PASSWORD = 'rpc-test-1'
GROUPS = [
    "Tissage Atlas", "Miel du Dir", "Safran Taliouine", "Amandes de Taghbalt",
    "Rosée du Tadla", "Henné de Fkih", "Laine de Bzou"]
ROLES = {
    'agent': "AVEC Field Officer",
    'colleague': "AVEC Field Officer",
    'finance': "AVEC Finance",
    'programme': "AVEC Programme",
    'auditor': "AVEC Auditor",
    'manager': "AVEC Administration",
    }


class Refused(Exception):
    "The server answered with an error"


class Client:
    "A session of a user over JSON-RPC"

    def __init__(self, url, database, login='admin', password=PASSWORD):
        self.url = f'{url}/{database}/rpc/'
        self.headers = {'Content-Type': 'application/json'}
        user, token, *_ = self.call(
            'common.db.login', login, {'password': password})
        session = base64.b64encode(f'{login}:{user}:{token}'.encode())
        self.headers['Authorization'] = f'Session {session.decode()}'
        self.context = self.call(
            'model.res.user.get_preferences', True, {})

    def call(self, method, *params):
        "Return the result of the method or raise Refused"
        request = urllib.request.Request(
            self.url, headers=self.headers, data=json.dumps(
                {'id': 1, 'method': method, 'params': params},
                cls=JSONEncoder).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.loads(
                    response.read(), object_hook=JSONDecoder())
        except urllib.error.HTTPError as error:
            raise Refused(f'{error.code} {error.reason}') from error
        if 'error' in answer:
            raise Refused(json.dumps(answer['error'], cls=JSONEncoder))
        return answer['result']

    def model(self, name, method, *params, **context):
        "Call the method of the model with the context of the user"
        return self.call(
            f'model.{name}.{method}', *params, {**self.context, **context})

    def read(self, name, id, *fields):
        values, = self.model(name, 'read', [id], list(fields))
        return [values[f] for f in fields]


def set_up(config):
    "Make an office with a user of each role and the sheets of some groups"
    from proteus import Model

    employees = _create_office(config)
    Cycle = Model.get('avec.cycle')
    Meeting = Model.get('avec.meeting')
    for name in GROUPS:
        group = _create_group(name, employees['agent'])
        cycle = Cycle(group=group)
        cycle.start_date = dt.date(2026, 1, 12)
        cycle.share_value = Decimal(10)
        cycle.click('run')
        for state in ['posted', 'held', 'held', 'draft']:
            meeting = Meeting()
            meeting.cycle = cycle
            entry = meeting.operations.new(kind='income')
            entry.amount = Decimal(5)
            entry.description = "Gift"
            meeting.loan_fund_counted = meeting.loan_fund_expected
            meeting.social_fund_counted = meeting.social_fund_expected
            meeting.save()
            if state != 'draft':
                meeting.click('hold')
            if state == 'posted':
                meeting.click('post')


def set_up_loans(config):
    """Make an office with a user of each role and the loans of two groups

    Each has a loan that is paid out and repaid in part, and the request of
    another.  The agent follows the first group, the colleague the second."""
    from trytond.modules.avec_loan.tests import tools

    employees = _create_office(config)
    product = tools.create_product("Loan")
    for name, login in zip(GROUPS, ['agent', 'colleague']):
        group = _create_group(name, employees[login])
        cycle = tools.run_cycle(
            group, dt.date(2026, 1, 12), dt.date(2026, 12, 31), [product])
        tools.meet(cycle, dt.date(2026, 1, 12), [5, 5, 5])
        lent, _ = [
            tools.request_loan(m, 60, 3, dt.date(2026, 1, 12), guarantors=[g])
            for m, g in zip(group.memberships, group.memberships[1:])]
        lent.click('approve')
        tools.meet(cycle, dt.date(2026, 1, 19), lend=[lent])
        tools.meet(cycle, dt.date(2026, 2, 23), repay={lent: 10})


def set_up_training(config):
    """Make an office with a user of each role and the sessions of two groups

    The agent follows the first group, the colleague the second.  Each has a
    session that was held and one that is planned, and they share another."""
    from trytond.modules.avec_training.tests import tools

    employees = _create_office(config)
    curriculum = tools.create_curriculum('LIFE', "Life", 'life', {
            "Listening": (2, ["Communication"]),
            "Speaking": (2, ["Speaking Up"]),
            })
    groups = [
        _create_group(name, employees[login])
        for name, login in zip(GROUPS, ['agent', 'colleague'])]
    for i, group in enumerate(groups):
        trainer = employees[['agent', 'colleague'][i]].party
        for day, topic in enumerate(["Listening", "Speaking"]):
            session = tools.plan_session(
                curriculum, [group], [topic], dt.date(2026, 1, 12 + day),
                trainer)
            session.save()
            if not day:
                session.click('hold')
    tools.plan_session(
        curriculum, groups, ["Speaking"], dt.date(2026, 1, 19),
        trainer).save()


def set_up_livelihoods(config):
    """Make an office with a user of each role and what two groups live of

    The agent follows the first group, the colleague the second.  Each has an
    activity that began and a cooperative that has but too few members."""
    from trytond.modules.avec_livelihood.tests import tools

    employees = _create_office(config)
    day = dt.date(2025, 3, 3)
    for number, (name, login) in enumerate(
            zip(GROUPS, ['agent', 'colleague'])):
        group = _create_group(name, employees[login])
        first, *_ = group.memberships
        activity = tools.create_activity(
            f"Hens of {name}", [first], '01', start_date=day)
        activity.click('start')
        tools.record_month(activity, day, 100, 40)
        cooperative = tools.create_cooperative(
            f"Cooperative {name}", group, group.memberships, day)
        for member in cooperative.members:
            tools.subscribe(member, 5, day)
        tools.pay(cooperative.members[0], 500, day)
        for step in cooperative.steps:
            if step.check == 'members':
                # Three members make no cooperative
                step.delete()
        cooperative.reload()
        tools.do_steps(cooperative, day)
        cooperative.registration_number = f'{number}/2025'
        cooperative.registration_date = day
        cooperative.save()


def _create_office(config):
    "Make a company with a user of each role, and return their employees"
    from trytond.modules.avec_group.tests.tools import create_office
    from trytond.modules.company.tests.tools import create_company

    config.skip_warning = True
    create_company()
    create_office([(dt.date(2026, 1, 1), dt.date(2026, 12, 31))])
    return _create_users()


def _create_group(name, field_officer):
    from trytond.modules.avec_group.tests.tools import create_group
    group = create_group(
        name, ["Aicha", "Fatima", "Hind"], dt.date(2026, 1, 5))
    group.field_officer = field_officer
    group.save()
    return group


def _create_users():
    from proteus import Model

    Company = Model.get('company.company')
    Employee = Model.get('company.employee')
    Group = Model.get('res.group')
    Party = Model.get('party.party')
    User = Model.get('res.user')
    admin, = User.find([('login', '=', 'admin')])
    admin.password = PASSWORD
    admin.save()
    employees = {}
    for login, role in ROLES.items():
        party = Party(name=login)
        party.save()
        employee = Employee(party=party, company=Company.find()[0])
        employee.save()
        user = User(name=login, login=login, password=PASSWORD)
        user.companies.append(Company.find()[0])
        user.company = Company.find()[0]
        user.employees.append(employee)
        user.employee = Employee(employee.id)
        user.groups.extend(Group.find([('name', '=', role)]))
        user.save()
        employees[login] = Employee(employee.id)
    return employees
