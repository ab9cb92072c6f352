# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Settings of offices for the tests"
import datetime as dt
from collections import Counter
from decimal import Decimal

from trytond.modules.avec_group.tests.office import count_boxes, create_group
from trytond.modules.avec_office import countries
from trytond.modules.avec_office.part import Start
from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'EXTRAS', 'balances', 'post_and_share_out', 'proposal', 'states', 'user']

# All of which there are settings, in one database for all the tests
EXTRAS = [
    'avec_indicator', 'avec_livelihood', 'avec_loan', 'avec_training']


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


def states(items):
    "Return how many items are in each state"
    return Counter(i.state for i in items)


def post_and_share_out(company):
    """Hold a meeting of a new group in the cycle that is proposed, share out

    Return the balances {code of the account: balance} after both."""
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Meeting = pool.get('avec.meeting')
    ShareOut = pool.get('avec.share_out')
    members = [f"Member {i}" for i in range(3)]
    with set_company(company), Transaction().set_context(_skip_warnings=True):
        group = create_group("Group of " + company.rec_name, members)
        cycle = Cycle(
            group=group, start_date=dt.date(2026, 1, 12),
            end_date=dt.date(2026, 12, 31))
        cycle.save()
        Cycle.run([cycle])
        meeting = Meeting(cycle=cycle, date=dt.date(2026, 1, 12))
        meeting.on_change_date()
        for i, line in enumerate(meeting.lines):
            line.shares = 2
            line.social_fund = cycle.social_fund_contribution
            line.fine = cycle.fine_amount('late') if not i else Decimal(0)
            line.attendance = 'late' if not i else 'present'
        meeting.lines = meeting.lines
        meeting.save()
        count_boxes(meeting)
        Meeting.hold([meeting])
        Meeting.post([meeting])
        posted = balances(company)
        Cycle.share([cycle])
        share_out = ShareOut(cycle=cycle, date=dt.date(2026, 1, 19))
        share_out.save()
        ShareOut.compute([share_out])
        ShareOut.post([share_out])
        ShareOut.pay([share_out])
        return cycle, posted, balances(company)


def balances(company):
    "Return the balances of the company, {code of the account: balance}"
    Line = Pool().get('account.move.line')
    result = Counter()
    for line in Line.search([
                ('move.company', '=', company.id),
                ('move.state', '=', 'posted'),
                ]):
        result[line.account.code] += line.debit - line.credit
    return {c: b for c, b in result.items() if b}
