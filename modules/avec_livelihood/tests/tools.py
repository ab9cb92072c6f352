# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Livelihoods in scenarios"
from decimal import Decimal

from proteus import Model
from proteus.config import get_config
from trytond.exceptions import UserError, UserWarning
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear
from trytond.modules.company.tests.tools import create_company

__all__ = [
    'create_activity', 'create_books', 'create_cooperative', 'do_steps',
    'pay', 'record_month', 'refusal', 'sector', 'set_capital_accounts',
    'subscribe']


def sector(code):
    Sector = Model.get('avec.sector')
    result, = Sector.find([('code', '=', code)])
    return result


def create_activity(name, memberships, division, **values):
    "Save the idea of an activity of the members in a division"
    Activity = Model.get('avec.activity')
    Membership = Model.get('avec.membership')
    activity = Activity(name=name)
    for membership in memberships:
        activity.owners.new().membership = Membership(membership.id)
    activity.sub_sector = sector(division)
    for field, value in values.items():
        setattr(activity, field, value)
    activity.save()
    return activity


def record_month(activity, month, sales, costs, own=0, **values):
    "Record a month of the activity"
    Activity = Model.get('avec.activity')
    Record = Model.get('avec.activity.record')
    record = Record(activity=Activity(activity.id))
    record.month = month
    record.sales = Decimal(sales)
    record.costs = Decimal(costs)
    record.own_consumption = Decimal(own)
    for name, value in values.items():
        setattr(record, name, value)
    record.save()
    activity.reload()
    return record


def refusal(click):
    "Print why the click is refused"
    try:
        click()
    except (UserError, UserWarning) as error:
        for message in [error.message, error.description]:
            if message:
                print(message)


def create_cooperative(name, group, memberships, date):
    "Save a cooperative that the members found on the day"
    Cooperative = Model.get('avec.cooperative')
    Membership = Model.get('avec.membership')
    Party = Model.get('party.party')
    party = Party(name=name)
    party.save()
    cooperative = Cooperative(party=party)
    cooperative.groups.append(group.__class__(group.id))
    cooperative.assembly_date = date
    for membership in memberships:
        member = cooperative.members.new()
        member.membership = Membership(membership.id)
        member.start_date = date
    cooperative.save()
    return cooperative


def create_books(cooperative, year):
    """Keep the books of the cooperative in a company

    year: the first and the last day of its fiscal year."""
    Company = Model.get('company.company')
    Party = Model.get('party.party')
    User = Model.get('res.user')
    create_company(
        party=Party(cooperative.party.id), currency=cooperative.currency)
    books, = Company.find([('party', '=', cooperative.party.id)])
    config = get_config()
    user = User(config.user)
    user.companies.append(Company(books.id))
    user.company_filter = 'all'
    user.save()
    config._context = User.get_preferences(True, {})
    with config.set_context(company=books.id):
        create_chart(
            books, chart='avec_group.account_template_root_en')
        create_fiscalyear(books, year).click('create_period')
    cooperative.books = Company(books.id)
    cooperative.save()
    return books


def set_capital_accounts(books):
    "Say on which accounts the capital is booked"
    Account = Model.get('account.account')
    Configuration = Model.get('account.configuration')
    with get_config().set_context(company=books.id):
        def account(code):
            result, = Account.find([
                    ('company', '=', books.id), ('code', '=', code)])
            return result
        capital = Account(name="Capital", code='1111', company=books)
        capital.type = account('1161').type
        capital.save()
        configuration = Configuration(1)
        configuration.avec_cooperative_capital = capital
        configuration.avec_cooperative_capital_due = account('3421')
        configuration.avec_cooperative_cash = account('5141')
        configuration.save()


def pay(member, amount, date):
    "Save and post the payment of a part of the capital"
    Cooperative = Model.get('avec.cooperative')
    Payment = Model.get('avec.cooperative.payment')
    payment = Payment(cooperative=Cooperative(member.cooperative.id))
    payment.member = member.__class__(member.id)
    payment.amount = Decimal(amount)
    payment.date = date
    payment.click('post')
    return payment


def subscribe(member, shares, date):
    "Save and post the subscription of the member"
    Cooperative = Model.get('avec.cooperative')
    Payment = Model.get('avec.cooperative.payment')
    payment = Payment(cooperative=Cooperative(member.cooperative.id))
    payment.member = member.__class__(member.id)
    payment.kind = 'subscription'
    payment.shares = shares
    payment.date = date
    payment.click('post')
    return payment


def do_steps(cooperative, date, words=''):
    "Say that the steps in which the words are were done on the day"
    Step = Model.get('avec.cooperative.step')
    for step in cooperative.steps:
        if step.state == 'open' and words in step.title:
            step = Step(step.id)
            step.date = date
            step.reference = "Folder"
            step.click('do')
    cooperative.reload()
