# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two companies, their users and a record of every model, for the permissions

Whose each record is was noted when it was made.  What belongs to somebody has
a mark in its texts, so that it is known wherever it shows up."""
import datetime as dt
import json
import sqlite3
from contextlib import closing
from decimal import Decimal

from tests.rpc import PASSWORD

__all__ = [
    'COLLEAGUE', 'FOREIGN', 'OFFICE', 'OWN', 'USERS', 'World', 'read_world',
    'set_up']

# Whose a record is: of the field officer, of another one, of their office, of
# another company
OWN, COLLEAGUE, OFFICE, FOREIGN = (
    'zzown', 'zzcolleague', 'zzoffice', 'zzforeign')
# (login, role, is of the other company)
USERS = [
    ('agent', 'field_officer', False),
    ('colleague', 'field_officer', False),
    ('finance', 'finance', False),
    ('programme', 'programme', False),
    ('auditor', 'auditor', False),
    ('manager', 'admin', False),
    ('foreign_agent', 'field_officer', True),
    ('foreign_finance', 'finance', True),
    ('foreign_auditor', 'auditor', True),
    ]
TABLE = 'avec_test_world'
# The models of Tryton that the companies have records in
OTHERS = [
    'account.account', 'account.configuration.avec', 'account.fiscalyear',
    'account.move', 'account.move.line', 'company.company', 'company.employee',
    'ir.attachment', 'ir.note', 'party.address', 'party.contact_mechanism',
    'party.identifier', 'party.party']


class World:
    """What was noted

    tables: the names of those of the database
    ids: those of the records by owner and model
    keys: the key for REST by login
    models: the names of all the models of these modules that store or compute
        records
    screens: the names of those that have a screen, and so JSON-RPC
    buttons: the names of the buttons by model
    states: the states by model that has buttons
    wizards, reports: their names"""

    def __init__(
            self, tables, ids, keys, models, screens, buttons, states,
            wizards, reports):
        self.tables = tables
        self.ids = ids
        self.keys = keys
        self.models = models
        self.screens = screens
        self.buttons = buttons
        self.states = states
        self.wizards = wizards
        self.reports = reports

    def of(self, model, *owners):
        "Return the ids of the records of the model that they own"
        return [
            i for o in owners for i in self.ids.get(o, {}).get(model, [])]


def read_world(file):
    "Return what was noted in the database of the file"
    with closing(sqlite3.connect(file)) as connection:
        (data,), = connection.execute(f'SELECT data FROM {TABLE}')
        tables = {
            n for n, in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'")}
    return World(tables=tables, **json.loads(data))


def set_up(config):
    "Make the world in the database of the configuration of proteus"
    from trytond.transaction import Transaction, TransactionError

    extras = {}
    while True:
        with Transaction().start(
                config.database_name, 1, context={
                    'language': 'en', '_skip_warnings': True},
                **extras) as transaction:
            try:
                _make()
                return
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)


class Noter:
    "Note the records that are made, by the models"

    def __init__(self):
        from trytond.model import ModelSQL
        from trytond.pool import Pool
        self.models = {
            name: Model for name, Model in Pool().iterobject()
            if (name.startswith('avec.') or name in OTHERS)
            and issubclass(Model, ModelSQL) and not callable(
                Model.table_query)}
        self.ids = {}
        self.known = self.all()

    def all(self):
        from trytond.transaction import Transaction, inactive_records
        with Transaction().set_user(0), inactive_records():
            return {
                n: {r.id for r in M.search([], order=[])}
                for n, M in self.models.items()}

    def note(self, owner):
        "What was made since the last note is the owner's, and is marked"
        now = self.all()
        ids = self.ids.setdefault(owner, {})
        for name, found in now.items():
            if new := sorted(found - self.known[name]):
                ids.setdefault(name, []).extend(new)
                self.mark(name, new, owner)
        self.known = now

    def mark(self, name, ids, owner):
        "Append the mark to what is written, and write it where nothing is"
        from sql.conditionals import Coalesce
        from sql.operators import Concat

        from trytond.model import fields
        from trytond.transaction import Transaction
        Model = self.models[name]
        if name.startswith('account.') or name == 'ir.attachment':
            return
        if name in {'party.party', 'party.address'}:
            public = self.public()
            ids = [
                r.id for r in self.models[name].browse(ids)
                if getattr(r, 'party', r) not in public]
        table = Model.__table__()
        columns = [
            getattr(table, f) for f, field in Model._fields.items()
            if isinstance(field, fields.Char) and not field.translate
            and f not in UNMARKED]
        if columns:
            Transaction().connection.cursor().execute(*table.update(
                    columns,
                    [Concat(Coalesce(c, ''), f' {owner}') for c in columns],
                    where=table.id.in_(ids)))

    @staticmethod
    def public():
        """Return the parties that are no secret

        Those of the staff and of the companies, who trains, and what is in
        the public register of cooperatives."""
        from trytond.pool import Pool
        from trytond.transaction import Transaction, inactive_records
        with Transaction().set_user(0), inactive_records():
            return {
                getattr(record, field) for model, field in [
                    ('company.company', 'party'),
                    ('company.employee', 'party'),
                    ('avec.training.session', 'trainer'),
                    ('avec.cooperative', 'party')]
                for record in Pool().get(model).search([])}


# What is looked up by its text
UNMARKED = {
    'code', 'digest', 'email', 'key', 'language', 'phone',
    'population_digest', 'resource', 'rule', 'seed', 'sip', 'skype', 'type',
    'value_compact', 'website'}


def _make():
    from trytond.modules.avec_group.tests.office import (
        create_employee, create_user, office)
    from trytond.modules.avec_loan.tests.office import create_product
    from trytond.modules.currency.tests import create_currency
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    pool = Pool()
    User = pool.get('res.user')
    admin, = User.search([('login', '=', 'admin')])
    admin.password = PASSWORD
    admin.save()
    subdivision = _subdivision()
    noter = Noter()
    users = {}
    for name, foreign, owners in [
            ("Office", False, {'agent': OWN, 'colleague': COLLEAGUE}),
            ("Elsewhere", True, {'foreign_agent': FOREIGN})]:
        with office(name, create_currency(name[:3].lower())) as company:
            for login, role, elsewhere in USERS:
                if elsewhere == foreign:
                    users[login] = create_user(role, company, login)
            create_employee(company, f"Somebody of {name}")
            product = create_product()
            programme = _programme(name)
            curriculum = _curriculum(name)
            noter.note(FOREIGN if foreign else OFFICE)
            for login, owner in owners.items():
                _live(
                    login, users[login].employee, product, programme,
                    curriculum, subdivision)
                noter.note(owner)
            _settings(programme)
            noter.note(FOREIGN if foreign else OFFICE)
    keys = _let_in(users)
    cursor = Transaction().connection.cursor()
    cursor.execute(f'CREATE TABLE {TABLE} (data TEXT)')
    cursor.execute(
        f'INSERT INTO {TABLE} VALUES (?)',
        [json.dumps({'ids': noter.ids, 'keys': keys, **_inventory()})])


def _inventory():
    "Return what these modules are made of"
    from trytond.model import ModelStorage, ModelView
    from trytond.pool import Pool
    pool = Pool()
    Model = pool.get('ir.model')
    ours = {m.name for m in Model.search([('module', 'like', 'avec_%')])}
    models = {
        n: m for n, m in pool.iterobject()
        if n in ours and issubclass(m, ModelStorage)}
    buttons = {
        n: sorted(b) for n, m in models.items()
        if (b := getattr(m, '_buttons', {}))}
    return {
        'models': sorted(models),
        'screens': sorted(
            n for n, m in models.items() if issubclass(m, ModelView)),
        'buttons': buttons,
        'states': {
            n: [v for v, _ in models[n].state.selection] for n in buttons
            if 'state' in models[n]._fields},
        'wizards': _names('wizard'),
        'reports': _names('report'),
        }


def _names(type):
    from trytond.pool import Pool
    return sorted(
        n for n, _ in Pool().iterobject(type=type) if n.startswith('avec.'))


def _let_in(users):
    "Give the users a password, and return a key of each for REST by login"
    from trytond.pool import Pool
    Application = Pool().get('res.user.application')
    keys = {}
    for login, user in users.items():
        user.password = PASSWORD
        user.save()
        application = Application(user=user, application='rest')
        application.save()
        keys[login] = application.key
    return keys


def _subdivision():
    from trytond.modules.avec_indicator.tests.office import create_subdivision
    return create_subdivision("Béni Mellal", 'MA-BEM')


def _programme(name):
    from trytond.pool import Pool
    Programme = Pool().get('avec.programme')
    programme = Programme(
        name=name, code=name, start_date=dt.date(2026, 1, 1))
    programme.save()
    return programme


def _curriculum(name):
    from trytond.modules.avec_training.tests.office import create_curriculum
    return create_curriculum(code=name, topics=(2,))


def _live(name, employee, product, programme, curriculum, subdivision):
    "Give the field officer groups that have a record of every model"
    from trytond.modules.avec_group.tests import test_access as group
    from trytond.modules.avec_group.tests.office import create_group
    from trytond.modules.avec_livelihood.tests import office as livelihood
    from trytond.modules.avec_loan.tests import office as loan
    from trytond.modules.avec_loan.tests.test_access import live_through
    from trytond.modules.avec_training.tests import office as training

    members = ["Aicha", "Fatima", "Hind"]
    sharing = create_group(f"Sharing {name}", members, employee)
    group.live_through(sharing)
    lending, cycle = loan.lending_group(
        product, members, f"Lending {name}", employee)
    live_through(lending, cycle, product)
    _draft_opening(lending, product)
    _amend(cycle)
    training.train(curriculum, [lending])
    training.assess(
        lending.memberships[0], curriculum, 'before', training.FIRST, 12)
    living = livelihood.live_through(f"Living {name}", employee)
    for followed in [sharing, lending, living]:
        followed.programme = programme
        followed.subdivision = subdivision
        followed.locality = "Village"
        followed.save()
    _identify(lending.memberships[0].party)
    _attach(lending, cycle, *cycle.meetings[:1], lending.memberships[0].party)
    _find(sharing)


def _draft_opening(group, product):
    "Bring in what a member owed when the books of a group began"
    from trytond.modules.avec_group.tests.office import create_group, run_cycle
    from trytond.pool import Pool
    pool = Pool()
    Loan = pool.get('avec.opening.loan')
    Opening = pool.get('avec.opening')
    began = create_group(
        f"Began {group.party.name}", ["Zahra"], group.field_officer)
    cycle = run_cycle(began, loan_products=[product])
    opening = Opening(cycle=cycle)
    opening.on_change_cycle()
    opening.loans = [Loan(
            membership=began.memberships[0], product=product,
            principal=Decimal(5), term=1)]
    opening.save()


def _amend(cycle):
    from trytond.pool import Pool
    pool = Pool()
    Amendment = pool.get('avec.cycle.amendment')
    Change = pool.get('avec.cycle.amendment.change')
    Amendment(
        cycle=cycle, date=dt.date(2026, 2, 2), reason="Voted",
        changes=[Change(rule='max_shares', old='5', new='6')]).save()


def _identify(party):
    from trytond.pool import Pool
    pool = Pool()
    Address = pool.get('party.address')
    ContactMechanism = pool.get('party.contact_mechanism')
    Identifier = pool.get('party.identifier')
    Address(party=party, city="Azilal").save()
    ContactMechanism(party=party, type='other', value="Neighbour").save()
    Identifier(party=party, code="I000000").save()


def _attach(*records):
    "Attach a file and a note to the records"
    from trytond.pool import Pool
    pool = Pool()
    Attachment = pool.get('ir.attachment')
    Note = pool.get('ir.note')
    for record in records:
        owner = record.rec_name.encode()
        Attachment(
            resource=record, name="Paper", type='data', data=owner).save()
        Note(resource=record, message="Read").save()


def _find(group):
    "Note what an auditor found about the group"
    from trytond.pool import Pool
    Finding = Pool().get('avec.audit.finding')
    Finding(document=group, title="Box", severity='low').save()


def _draw():
    "Draw the meetings that an auditor looks at"
    from trytond.pool import Pool
    Sample = Pool().get('avec.audit.sample')
    dates = {
        'start_date': dt.date(2026, 1, 1), 'end_date': dt.date(2026, 12, 31)}
    drawn, _ = samples = [
        Sample(name="Sheets", size=1, seed=s, **dates) for s in ['1', '2']]
    Sample.save(samples)
    Sample.draw([drawn])


def _settings(programme):
    "What the office keeps beside its groups"
    from trytond.pool import Pool
    pool = Pool()
    Ceiling = pool.get('avec.self_employment.ceiling')
    Configuration = pool.get('avec.configuration')
    DonorReport = pool.get('avec.indicator.report')
    Indicator = pool.get('avec.indicator')
    Snapshot = pool.get('avec.indicator.snapshot')
    Target = pool.get('avec.indicator.target')
    Threshold = pool.get('avec.indicator.threshold')
    Configuration(1).set_multivalue('retention_years', 5)
    _draw()
    Ceiling(
        company=programme.company, category='services',
        start_date=dt.date(2026, 2, 1), amount=Decimal(200000)).save()
    indicator, = Indicator.search([('code', '=', 'BEN-1')])
    Target(
        indicator=indicator, programme=programme, target=Decimal(10),
        start_date=dt.date(2026, 1, 1),
        end_date=dt.date(2026, 12, 31)).save()
    snapshots = [
        Snapshot(
            programme=programme, start_date=dt.date(2026, m, 1),
            end_date=dt.date(2026, m, 28))
        for m in [1, 2]]
    Snapshot.save(snapshots)
    Snapshot.store(snapshots[:1])
    DonorReport(
        title="Report", programme=programme, snapshot=snapshots[0]).save()
    Threshold(
        ratio='attendance_rate', direction='high', amber=Decimal('0.8'),
        red=Decimal('0.6')).save()
