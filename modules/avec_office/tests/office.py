# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Settings of offices for the tests"
import datetime as dt

from trytond.modules.avec_office import countries
from trytond.modules.avec_office.part import Start
from trytond.pool import Pool

__all__ = ['proposal', 'user']


def proposal(name, country, template, languages=('en',), **sections):
    "Return the settings that are proposed for a new company"
    Office = Pool().get('avec.office')
    known = countries.COUNTRIES[country]
    currency = countries.CURRENCIES[known.currency]
    settings = Office.propose(Start(
            date=dt.date(2026, 1, 1), currency=currency['code'],
            rounding=currency['rounding'], country=country,
            template=template))
    settings.update(
        languages={'codes': list(languages)},
        currency=dict(currency),
        company={
            'name': name, 'currency': currency['code'],
            'timezone': known.timezone, 'country': country,
            'country_names': known.names,
            })
    settings.update(sections)
    return settings


def user(login, role, name=None):
    "Return the entry of a user"
    return {'login': login, 'role': role, 'name': name or login.title()}
