# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from proteus import Model
from proteus import config as proteus_config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear

__all__ = ['balances', 'create_group', 'create_office', 'execute_sql']

CHART = 'avec_group.account_template_root_en'


def create_office(years, chart=CHART):
    """Make the company of the context a working office.

    years: list of the (first day, last day) of its fiscal years.
    Returns the fiscal years.
    """
    create_chart(chart=chart)
    fiscalyears = []
    for year in years:
        fiscalyear = create_fiscalyear(today=year)
        fiscalyear.click('create_period')
        fiscalyears.append(fiscalyear)
    return fiscalyears


def create_group(name, members, date):
    "Create a savings group of members, who join on the day, by their names"
    Group = Model.get('avec.group')
    Membership = Model.get('avec.membership')
    Party = Model.get('party.party')
    party, *parties = [Party(name=n) for n in [name, *members]]
    Party.save([party, *parties])
    group = Group(party=party, formation_date=date)
    group.save()
    Membership.save([
            Membership(group=group, party=p, start_date=date)
            for p in parties])
    group.reload()
    return group


def balances(**where):
    """Return the balances in the ledger, {code of the account: balance}.

    where: avec_group, avec_cycle or party, as ids; only what is not zero.
    """
    Line = Model.get('account.move.line')
    domain = [('move.state', '=', 'posted')]
    for name, value in where.items():
        prefix = '' if name == 'party' else 'move.'
        domain.append((prefix + name, '=', value))
    result = {}
    for line in Line.find(domain):
        code = line.account.code
        result[code] = result.get(code, 0) + line.debit - line.credit
    return {c: b for c, b in sorted(result.items()) if b}


def execute_sql(model, id_, delete=False, **values):
    """Change the record in its table, behind the back of the models.

    values: what is written, by column; or delete the row.
    """
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    name = proteus_config.get_config().database_name
    with Transaction().start(name, 0) as transaction:
        table = Pool().get(model).__table__()
        if delete:
            query = table.delete(where=table.id == id_)
        else:
            query = table.update(
                [getattr(table, n) for n in values], list(values.values()),
                where=table.id == id_)
        transaction.connection.cursor().execute(*query)
        transaction.commit()
