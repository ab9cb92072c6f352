# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model import ModelSingleton
from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .matrix import MatrixMixin
from .office import (
    ROLES, OfficeTestCase, acting_as, count_boxes, create_group, create_party,
    create_sheet, create_user, office, run_cycle)

NONE, READ, SET = set(), {'read'}, {'read', 'write'}
ALL = {'read', 'write', 'create', 'delete'}
EVERYBODY = [READ] * 5
# What each role may do, in the order of ROLES
MATRIX = {
    'avec.programme': [READ, READ, ALL, READ, ALL],
    'avec.group': [ALL, ALL, ALL, READ, READ],
    'avec.group.phase': [ALL, ALL, ALL, READ, READ],
    'avec.group.officer': [ALL, ALL, ALL, READ, READ],
    'avec.membership': [ALL, ALL, ALL, READ, READ],
    'avec.cycle': [ALL, ALL, ALL, READ, READ],
    'avec.cycle.fine': [ALL, ALL, ALL, READ, READ],
    'avec.cycle.amendment': [ALL, ALL, ALL, READ, READ],
    'avec.cycle.amendment.change': [ALL, ALL, ALL, READ, READ],
    'avec.meeting': [ALL, ALL, READ, READ, READ],
    'avec.meeting.line': [ALL, ALL, READ, READ, READ],
    'avec.meeting.operation': [ALL, ALL, READ, READ, READ],
    'avec.membership.exit': [READ, ALL, READ, READ, READ],
    'avec.share_out': [READ, ALL, READ, READ, READ],
    'avec.share_out.line': [READ, ALL, READ, READ, READ],
    'avec.opening': [READ, ALL, READ, READ, READ],
    'avec.opening.line': [READ, ALL, READ, READ, READ],
    'avec.seal': EVERYBODY,
    'avec.configuration': [READ, READ, READ, READ, SET],
    'company.employee': EVERYBODY,
    'country.subdivision': EVERYBODY,
    'currency.currency': EVERYBODY,
    'account.move': [NONE, ALL, NONE, READ, NONE],
    'account.move.line': [NONE, ALL, NONE, READ, NONE],
    'account.general_ledger.account': [NONE, READ, NONE, READ, NONE],
    'account.general_ledger.line': [NONE, READ, NONE, READ, NONE],
    'account.aged_balance': [NONE, READ, NONE, READ, NONE],
    'account.configuration': [READ, READ, READ, READ, SET],
    'account.account': [READ, READ, READ, READ, ALL],
    'account.fiscalyear': [READ, READ, READ, READ, ALL],
    'ir.model.log': EVERYBODY,
    }
BUTTONS = {
    ('avec.cycle', 'run'): {'field_officer', 'finance', 'programme'},
    ('avec.cycle', 'share'): {'finance'},
    ('avec.cycle', 'close'): {'finance'},
    ('avec.cycle', 'amend'): {'finance', 'programme'},
    ('avec.meeting', 'fill'): {'field_officer', 'finance'},
    ('avec.meeting', 'draft'): {'field_officer', 'finance'},
    ('avec.meeting', 'hold'): {'field_officer', 'finance'},
    ('avec.meeting', 'post'): {'finance'},
    ('avec.meeting', 'cancel'): {'finance'},
    ('avec.membership.exit', 'compute'): {'finance'},
    ('avec.membership.exit', 'post'): {'finance'},
    ('avec.membership.exit', 'cancel'): {'finance'},
    ('avec.share_out', 'compute'): {'finance'},
    ('avec.share_out', 'post'): {'finance'},
    ('avec.share_out', 'pay'): {'finance'},
    ('avec.share_out', 'cancel'): {'finance'},
    ('avec.opening', 'post'): {'finance'},
    ('avec.opening', 'cancel'): {'finance'},
    }
# The models of which each group has records
OF_GROUP = [
    'avec.group', 'avec.group.phase', 'avec.group.officer',
    'avec.membership', 'avec.cycle', 'avec.cycle.fine', 'avec.meeting',
    'avec.meeting.line', 'avec.meeting.operation', 'avec.membership.exit',
    'avec.share_out', 'avec.share_out.line', 'avec.opening',
    'avec.opening.line', 'avec.seal']


def live_through(group):
    "Give the group a record of each document"
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Exit = pool.get('avec.membership.exit')
    Fine = pool.get('avec.cycle.fine')
    Meeting = pool.get('avec.meeting')
    Officer = pool.get('avec.group.officer')
    Opening = pool.get('avec.opening')
    Operation = pool.get('avec.meeting.operation')
    ShareOut = pool.get('avec.share_out')

    group.phase = 'intensive'
    group.save()
    members = group.memberships
    Officer(membership=members[0], role='chair').save()
    cycle = run_cycle(group, fines=[Fine(kind='late', amount=Decimal(1))])
    opening = Opening(cycle=cycle)
    opening.on_change_cycle()
    opening.save()
    Opening.post([opening])
    meeting = create_sheet(cycle)
    Operation(
        meeting=meeting, kind='income', fund='loan_fund',
        amount=Decimal(5), description="Gift").save()
    count_boxes(Meeting(meeting.id))
    Meeting.hold([meeting])
    Meeting.post([meeting])
    exit_ = Exit(membership=members[-1], date=meeting.date)
    exit_.save()
    Exit.post([exit_])
    Cycle.share([cycle])
    share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
    share_out.save()
    ShareOut.compute([share_out])
    ShareOut.post([share_out])
    return cycle


class AccessTestCase(MatrixMixin, OfficeTestCase):
    "The roles do their work, and no more"
    matrix = MATRIX
    buttons = BUTTONS

    @with_transaction()
    def test_refused_models(self):
        "What a role may not do is refused when it is tried"
        with office() as company:
            live_through(create_group("Tissage", ["Aicha", "Fatima", "Hind"]))
            records = {
                m: r for m in MATRIX
                if (r := Pool().get(m).search([], limit=1))}
            for role in ROLES:
                user = create_user(role, company)
                for model, found in records.items():
                    allowed = MATRIX[model][ROLES.index(role)]
                    with self.subTest(role=role, model=model), \
                            acting_as(user):
                        self.assertRefused(
                            Pool().get(model), found, ALL - allowed)

    def assertRefused(self, Model, records, modes):
        if issubclass(Model, ModelSingleton) or callable(Model.table_query):
            # There is nothing to write but the record itself
            modes = modes & {'read'}
        tries = {
            'read': lambda: Model.read([r.id for r in records], ['id']),
            'write': lambda: Model.write(records, {}),
            'create': lambda: Model.create([self.values(records)]),
            'delete': lambda: Model.delete(records),
            }
        for mode in modes:
            with self.subTest(mode=mode), \
                    self.assertRaises(AccessError) as context:
                tries[mode]()
            self.assertIs(type(context.exception), AccessError)

    def values(self, records):
        # Without move, a line makes one before it is checked
        if records[0].__name__ == 'account.move.line':
            return {'move': records[0].move.id}
        return {}

    @with_transaction()
    def test_parties(self):
        "Every role writes parties but the auditor, who may have another"
        pool = Pool()
        Address = pool.get('party.address')
        Party = pool.get('party.party')
        ResGroup = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        with office() as company:
            party = create_party("Aicha")
            address = Address(party=party)
            address.save()
            for role in ROLES:
                if role == 'auditor':
                    continue
                with acting_as(create_user(role, company)):
                    made, = Party.create([{'name': role}])
                    Party.write([made], {'name': "Changed"})
                    Address.write(
                        Address.browse([address]), {'city': "Azilal"})
            auditor = create_user('auditor', company)
            with acting_as(auditor):
                self.assertEqual(Party(party.id).name, "Aicha")
                for refused in [
                        lambda: Party.write([Party(party.id)], {'name': "?"}),
                        lambda: Party.delete([Party(party.id)]),
                        lambda: Party.create([{'name': "?"}]),
                        lambda: Address.write(
                            [Address(address.id)], {'city': "?"}),
                        lambda: Address.create([{'party': party.id}])]:
                    with self.assertRaises(AccessError):
                        refused()
            auditor.groups = [*auditor.groups, ResGroup(
                    ModelData.get_id('avec_group', 'group_finance'))]
            auditor.save()
            with acting_as(auditor):
                Party.write([Party(party.id)], {'name': "Changed"})

    @with_transaction()
    def test_parties_of_the_groups_followed(self):
        "A field officer sees the persons of own groups and of no group"
        pool = Pool()
        Address = pool.get('party.address')
        Contact = pool.get('party.contact_mechanism')
        Group = pool.get('avec.group')
        Identifier = pool.get('party.identifier')
        Membership = pool.get('avec.membership')
        Party = pool.get('party.party')

        def identify(party):
            address = Address(party=party)
            contact = Contact(party=party, type='other', value="Shop")
            identifier = Identifier(party=party, code="AB1")
            for record in [address, contact, identifier]:
                record.save()
            return [party, address, contact, identifier]

        with office() as company:
            user = create_user('field_officer', company)
            followed = create_group(
                "Followed", ["Aicha", "Hind"], user.employee)
            other = create_group("Other", ["Zineb", "Fatima", "Itto"])
            own, wife = (m.party for m in followed.memberships)
            hidden, head, agent = (m.party for m in other.memberships)
            # Who is of both, heads the household of a member or is employed
            both, = Party.create([{'name': "Both"}])
            for group in [followed, other]:
                Membership(
                    group=group, party=both,
                    start_date=dt.date(2026, 1, 5)).save()
            wife.household_head = head
            wife.save()
            pool.get('company.employee')(party=agent, company=company).save()
            donor, = Party.create([{'name': "Donor"}])
            visible = [
                own, wife, both, head, agent, donor, user.employee.party]
            details, secrets = identify(own), identify(hidden)
            with acting_as(user):
                found = Party.search([])
                self.assertLessEqual(set(visible), set(found))
                self.assertFalse({hidden, other.party} & set(found))
                Party.read([p.id for p in visible], ['rec_name', 'phone'])
                for record, secret in zip(details, secrets):
                    Model = pool.get(secret.__name__)
                    with self.subTest(model=secret.__name__):
                        self.assertIn(record, Model.search([]))
                        self.assertNotIn(secret, Model.search([]))
                        for refused in [
                                lambda: Model.read([secret.id], ['id']),
                                lambda: Model.write(
                                    Model.browse([secret.id]), {}),
                                lambda: Model.delete(
                                    Model.browse([secret.id]))]:
                            with self.assertRaises(AccessError):
                                refused()
                for field, found in [
                        ('avec_memberships.group.party.name', both),
                        ('household_head.avec_memberships.group.party.name',
                            wife)]:
                    with self.subTest(field=field):
                        self.assertEqual(
                            Party.search([(field, '=', "Other")]), [])
                # Nobody is seen by being named
                for refused in [
                        lambda: Party.write(
                            Party.browse([own.id]),
                            {'household_head': hidden.id}),
                        lambda: Party.create([{
                                    'name': "?",
                                    'household_head': hidden.id}]),
                        lambda: Membership.create([{
                                    'group': followed.id,
                                    'party': hidden.id,
                                    'start_date': dt.date(2026, 1, 5)}]),
                        lambda: Group.create([{
                                    'party': hidden.id,
                                    'company': company.id,
                                    'field_officer': user.employee.id}])]:
                    with self.assertRaises(AccessError):
                        refused()
                # Who joins is entered first
                person, = Party.create([{'name': "New"}])
                Membership.create([{
                            'group': followed.id, 'party': person.id,
                            'start_date': dt.date(2026, 1, 5)}])
                self.assertIn(person, Party.search([]))
            for role in ROLES[1:]:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    self.assertLessEqual(
                        {hidden, other.party, *visible},
                        set(Party.search([])))

    @with_transaction()
    def test_who_follows_the_groups_of_a_party(self):
        "It is told of persons and of groups"
        Party = Pool().get('party.party')
        with office() as company:
            user = create_user('field_officer', company)
            group = create_group("Tissage", ["Aicha"], user.employee)
            party = Party(group.memberships[0].party.id)
            self.assertTrue(party.avec_private)
            self.assertEqual(party.avec_field_officers, (user.employee,))
            employee = Party(user.employee.party.id)
            self.assertFalse(employee.avec_private)
            self.assertEqual(employee.avec_field_officers, ())
            for operator, value, expected in [
                    ('=', True, {party, group.party}), ('!=', False, {
                            party, group.party}),
                    ('in', [True], {party, group.party}),
                    ('=', False, {employee}), ('!=', True, {employee}),
                    ('not in', [True], {employee})]:
                with self.subTest(operator=operator, value=value):
                    self.assertEqual(
                        set(Party.search([
                                    ('avec_private', operator, value),
                                    ('id', 'in', [
                                            party.id, group.party.id,
                                            employee.id]),
                                    ])), expected)
            self.assertNotIn(party, Party.search([
                        ('avec_field_officers', 'not in', [user.employee.id]),
                        ]))

    @with_transaction()
    def test_refused_buttons(self):
        "A button of another role is refused"
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            for role in ROLES:
                user = create_user(role, company)
                group.field_officer = user.employee
                group.save()
                if not group.cycles:
                    live_through(group)
                for (model, name), roles in BUTTONS.items():
                    if role in roles:
                        continue
                    Model = Pool().get(model)
                    records = Model.search([], limit=1)
                    with self.subTest(role=role, model=model, button=name), \
                            acting_as(user), \
                            self.assertRaisesRegex(AccessButtonError, name):
                        getattr(Model, name)(Model.browse(records))

    @with_transaction()
    def test_field_officer_follows_groups(self):
        "A field officer sees the groups followed and no other"
        with office() as company:
            user = create_user('field_officer', company)
            names = ["Aicha", "Fatima", "Hind"]
            followed = create_group(
                "Followed", names, field_officer=user.employee)
            create_user('field_officer', company, login='other')
            other = create_group("Other", names)
            live_through(followed)
            live_through(other)
            for model in OF_GROUP:
                Model = Pool().get(model)
                with self.subTest(model=model):
                    everything = Model.search([])
                    with acting_as(user):
                        seen = Model.search([])
                        hidden = [r.id for r in everything if r not in seen]
                        self.assertEqual(len(seen) * 2, len(everything))
                        with self.assertRaises(AccessError):
                            Model.read(hidden, ['id'])
                        with self.assertRaises(AccessError):
                            Model.write(Model.browse(hidden), {})
                        with self.assertRaises(AccessError):
                            Model.delete(Model.browse(hidden))

    @with_transaction()
    def test_field_officer_enters_no_other_group(self):
        "A field officer changes nothing in the group of somebody else"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Group = pool.get('avec.group')
        Meeting = pool.get('avec.meeting')
        Membership = pool.get('avec.membership')
        with office() as company:
            user = create_user('field_officer', company)
            other = create_group("Other", ["Aicha"])
            cycle = run_cycle(other)
            sheet = create_sheet(cycle)
            party = create_party("Hind")
            date = dt.date(2026, 1, 12)
            for Model, values in [
                    (Membership, {
                            'group': other.id, 'party': party.id,
                            'start_date': date}),
                    (Cycle, {
                            'group': other.id, 'number': 2,
                            'share_value': Decimal(1), 'end_date': date}),
                    (Meeting, {'cycle': cycle.id, 'date': date}),
                    (Group, {'party': party.id, 'field_officer': None})]:
                with self.subTest(model=Model.__name__), acting_as(user), \
                        self.assertRaises(AccessError):
                    Model.create([values])
            for records, values in [
                    ([other], {'locality': "Elsewhere"}),
                    (other.memberships, {'number': 7}),
                    ([sheet], {'note': "Elsewhere"}),
                    (sheet.lines, {'shares': 2})]:
                Model = records[0].__class__
                with self.subTest(model=Model.__name__), acting_as(user), \
                        self.assertRaises(AccessError):
                    Model.write(Model.browse(records), values)
            with acting_as(user), self.assertRaises(AccessError):
                Meeting.hold([Meeting(sheet.id)])

    @with_transaction()
    def test_other_company(self):
        "Nobody sees or writes what belongs to another company"
        pool = Pool()
        models = [
            *OF_GROUP, 'avec.programme', 'account.move',
            'account.move.line']
        with office() as company:
            Programme = pool.get('avec.programme')
            Programme(name="Programme", company=company).save()
            live_through(create_group("Here", ["Aicha", "Fatima", "Hind"]))
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            users = [create_user(r, elsewhere) for r in ROLES]
        for role, user in zip(ROLES, users):
            for model in models:
                if 'read' not in MATRIX[model][ROLES.index(role)]:
                    continue
                Model = pool.get(model)
                ids = [r.id for r in Model.search([])]
                with self.subTest(role=role, model=model):
                    self.assertTrue(ids)
                    with acting_as(user):
                        self.assertEqual(Model.search([]), [])
                        with self.assertRaises(AccessError):
                            Model.read(ids, ['id'])

    @with_transaction()
    def test_screens_open(self):
        "Every screen that a role finds in the menu opens with its records"
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            live_through(group)
            for role in ROLES:
                user = create_user(role, company)
                group.field_officer = user.employee
                group.save()
                with acting_as(user):
                    for name, action in self.menu_actions():
                        with self.subTest(role=role, menu=name):
                            self.open(action)

    def menu_actions(self):
        "Yield (name, action) of the windows in the menu of the module"
        pool = Pool()
        Menu = pool.get('ir.ui.menu')
        ModelData = pool.get('ir.model.data')
        root = ModelData.get_id('avec_group', 'menu_avec')
        for menu in Menu.search([('parent', 'child_of', [root])]):
            if (menu.action
                    and menu.action.__name__ == 'ir.action.act_window'):
                yield menu.complete_name, menu.action

    def open(self, action):
        Model = Pool().get(action.res_model)
        records = Model.search([])
        for view_id, type_ in action.views:
            self.show(Model, records, view_id, type_)

    def show(self, Model, records, view_id=None, type_='form', depth=2):
        view = Model.fields_view_get(view_id, type_)
        names = []
        for name, definition in view['fields'].items():
            names.append(name)
            if definition['type'] in {'many2one', 'reference'}:
                names.append(f'{name}.rec_name')
        result = Model.read([r.id for r in records], names)
        self.assertEqual(len(result), len(records))
        if not depth:
            return
        for name, definition in view['fields'].items():
            if definition['type'] in {'one2many', 'many2many'}:
                Target = Pool().get(definition['relation'])
                ids = [i for values in result for i in values[name]]
                self.show(Target, Target.browse(ids), None, 'tree', depth - 1)

    @with_transaction()
    def test_menus_by_role(self):
        "The configuration is in the menu of the administrator only"
        pool = Pool()
        Menu = pool.get('ir.ui.menu')
        ModelData = pool.get('ir.model.data')
        configuration = ModelData.get_id('avec_group', 'menu_configuration')
        groups = ModelData.get_id('avec_group', 'menu_group')
        with office() as company:
            for role in ROLES:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    seen = {m.id for m in Menu.search([])}
                    self.assertIn(groups, seen)
                    self.assertEqual(configuration in seen, role == 'admin')

    @with_transaction()
    def test_ledger_of_group(self):
        "Finance and the auditor open the general ledger of one group"
        pool = Pool()
        Account = pool.get('account.general_ledger.account')
        with office() as company:
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            live_through(group)
            empty = create_group("Empty", ["Mina"])
            for role in ['finance', 'auditor']:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    self.assertEqual(self.savings(Account, group), 25)
                    self.assertEqual(self.savings(Account, empty), 0)
            for role in ['field_officer', 'programme', 'admin']:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)), \
                        self.assertRaises(AccessError):
                    self.savings(Account, group)

    def savings(self, Account, group):
        "Return what the general ledger shows to be paid to members"
        fiscalyear, = Pool().get('account.fiscalyear').search([])
        with Transaction().set_context(
                fiscalyear=fiscalyear.id, avec_group=group.id):
            accounts = Account.search([('account.code', '=', '4465')])
            return sum(a.credit for a in accounts)

    @with_transaction()
    def test_sees_other_groups_after_second_role(self):
        "A field officer who is of the office too sees all its groups"
        pool = Pool()
        Group = pool.get('avec.group')
        ResGroup = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        with office() as company:
            create_group("Other", ["Aicha"])
            user = create_user('field_officer', company)
            user.groups = [*user.groups, ResGroup(
                    ModelData.get_id('avec_group', 'group_programme'))]
            user.save()
            with acting_as(user):
                self.assertEqual(len(Group.search([])), 1)
