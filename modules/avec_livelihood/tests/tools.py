# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Livelihoods in scenarios"
from decimal import Decimal

from proteus import Model
from trytond.exceptions import UserError

__all__ = ['create_activity', 'record_month', 'refusal', 'sector']


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
    except UserError as error:
        print(error.message)
