# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Which persons left so long ago that nothing asks to keep who they were"
from dateutil.relativedelta import relativedelta
from sql import Literal, Null
from sql.aggregate import Count, Max, Sum

from trytond.pool import Pool

__all__ = ['query']


def query(companies):
    """Return the query of the parties who may be erased for the companies

    They left their last group more than the years of the configuration ago,
    owe nothing and are owed nothing in the books, and were not erased yet."""
    queries = [_query(c) for c in companies]
    if not queries:
        party = Pool().get('party.party').__table__()
        return party.select(party.id, where=Literal(False))
    result = queries.pop()
    for other in queries:
        result |= other
    return result


def _query(company):
    pool = Pool()
    Configuration = pool.get('avec.configuration')
    Date = pool.get('ir.date')
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    party = pool.get('party.party').__table__()
    years = Configuration(1).get_multivalue(
        'retention_years', company=company.id)
    ours = membership.join(group, condition=membership.group == group.id)
    return party.select(
        party.id,
        where=(party.name != Null)
        & party.id.in_(ours.select(
                membership.party, where=group.company == company.id))
        & party.id.in_(_left(Date.today() - relativedelta(years=years)))
        & ~party.id.in_(_unsettled()))


def _left(date):
    "Return the query of who left all groups, of any company, before the date"
    membership = Pool().get('avec.membership').__table__()
    return membership.select(
        membership.party, group_by=membership.party,
        having=(Count(membership.id) == Count(membership.end_date))
        & (Max(membership.end_date) < date))


def _unsettled():
    "Return the query of who has a balance on an account, in any company"
    pool = Pool()
    line = pool.get('account.move.line').__table__()
    return line.select(
        line.party, where=line.party != Null,
        group_by=[line.party, line.account],
        having=Sum(line.debit - line.credit) != 0)
