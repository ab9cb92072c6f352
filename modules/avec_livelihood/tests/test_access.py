# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_group.tests.matrix import MatrixMixin
from trytond.modules.avec_group.tests.office import (
    ROLES, acting_as, create_group, create_party, create_user)
from trytond.modules.avec_group.tests.test_report import render, text_of
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

from .office import (
    START, bureau, create_activity, create_cooperative, live_through, sector)

READ = {'read'}
ALL = {'read', 'write', 'create', 'delete'}
# What each role may do, in the order of ROLES
OWN = [ALL, READ, ALL, READ, READ]
SETTING = [READ, READ, READ, READ, ALL]
MATRIX = {
    'avec.sector': SETTING,
    'avec.activity': OWN,
    'avec.activity.owner': OWN,
    'avec.activity.funding': OWN,
    'avec.activity.record': OWN,
    'avec.cooperative': OWN,
    'avec.cooperative-avec.group': OWN,
    'avec.cooperative.member': OWN,
    'avec.cooperative.payment': [ALL, ALL, ALL, READ, READ],
    'avec.cooperative.step': OWN,
    'avec.cooperative.step.template': SETTING,
    'avec.self_employment': OWN,
    'avec.self_employment.turnover': OWN,
    'avec.self_employment.ceiling': SETTING,
    'avec.employment': OWN,
    'avec.employment.follow_up': OWN,
    }
_FOLLOWERS = {'field_officer', 'programme'}
BUTTONS = {
    ('avec.activity', 'start'): _FOLLOWERS,
    ('avec.activity', 'withdraw'): _FOLLOWERS,
    ('avec.activity', 'run'): _FOLLOWERS,
    ('avec.activity', 'stop'): _FOLLOWERS,
    ('avec.activity', 'resume'): _FOLLOWERS,
    ('avec.cooperative', 'bring_steps'): _FOLLOWERS,
    ('avec.cooperative', 'register'): _FOLLOWERS,
    ('avec.cooperative', 'correct'): {'programme'},
    ('avec.cooperative', 'dissolve'): _FOLLOWERS,
    ('avec.cooperative.step', 'do'): _FOLLOWERS,
    ('avec.cooperative.step', 'undo'): _FOLLOWERS,
    ('avec.cooperative.payment', 'post'): {'finance'},
    ('avec.cooperative.payment', 'cancel'): {'finance'},
    ('avec.self_employment', 'register'): _FOLLOWERS,
    ('avec.self_employment', 'correct'): {'programme'},
    ('avec.self_employment', 'end'): _FOLLOWERS,
    }
# The models of which each group has records
OF_GROUP = [m for m, modes in MATRIX.items() if modes is not SETTING]


class AccessTestCase(MatrixMixin, TestCase):
    "The roles do their work on livelihoods, and no more"
    module = 'avec_livelihood'
    matrix = MATRIX
    buttons = BUTTONS
    followers = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_livelihood')

    @with_transaction()
    def test_refused_models_and_buttons(self):
        "What a role may not do is refused when it is tried"
        pool = Pool()
        with bureau() as company:
            group = live_through("Tissage")
            for role in ROLES:
                user = create_user(role, company)
                group.field_officer = user.employee
                group.save()
                for model, modes in MATRIX.items():
                    self.refused(
                        user, model, ALL - modes[ROLES.index(role)])
                for (model, name), roles in BUTTONS.items():
                    if role in roles:
                        continue
                    Model = pool.get(model)
                    records = Model.search([], limit=1)
                    with self.subTest(role=role, model=model, button=name), \
                            acting_as(user), \
                            self.assertRaisesRegex(AccessButtonError, name):
                        getattr(Model, name)(Model.browse(records))

    def refused(self, user, model, modes):
        Model = Pool().get(model)
        records = Model.search([], limit=1)
        tries = {
            'read': lambda: Model.read([r.id for r in records], ['id']),
            'write': lambda: Model.write(Model.browse(records), {}),
            'create': lambda: Model.create([{}]),
            'delete': lambda: Model.delete(Model.browse(records)),
            }
        for mode in modes:
            with self.subTest(user=user.login, model=model, mode=mode), \
                    acting_as(user), self.assertRaises(AccessError):
                tries[mode]()

    @with_transaction()
    def test_field_officer_sees_the_livelihoods_of_the_groups_followed(self):
        "A field officer sees those of own groups and no other"
        with bureau() as company:
            user = create_user('field_officer', company)
            live_through("Followed", user.employee)
            live_through("Other")
            for model in OF_GROUP:
                Model = Pool().get(model)
                with self.subTest(model=model):
                    everything = Model.search([])
                    with acting_as(user):
                        seen = Model.search([])
                        hidden = [r.id for r in everything if r not in seen]
                        self.assertTrue(seen)
                        self.assertEqual(len(seen) * 2, len(everything))
                        with self.assertRaises(AccessError):
                            Model.read(hidden, ['id'])
                        with self.assertRaises(AccessError):
                            Model.write(Model.browse(hidden), {})
                        with self.assertRaises(AccessError):
                            Model.delete(Model.browse(hidden))

    @with_transaction()
    def test_field_officer_enters_an_activity_of_own_groups(self):
        "With its owners, its money and its months, but not of another group"
        pool = Pool()
        Activity = pool.get('avec.activity')
        with bureau() as company:
            user = create_user('field_officer', company)
            followed = create_group("Followed", ["A"], user.employee)
            other = create_group("Other", ["B"])
            division = sector('01')

            def values(group):
                return {
                    'name': "Hens", 'group': group.id,
                    'sector': division.parent.id,
                    'sub_sector': division.id, 'start_date': START,
                    'owners': [('create', [{
                                    'membership': group.memberships[0].id,
                                    }])],
                    'fundings': [('create', [{
                                    'kind': 'own', 'date': START,
                                    'amount': Decimal(5)}])]}
            with acting_as(user):
                activity, = Activity.create([values(followed)])
                Activity.start([activity])
                Activity.write([Activity(activity.id)], {
                        'records': [('create', [{
                                        'month': START, 'sales': Decimal(2),
                                        'costs': Decimal(1)}])]})
                self.assertEqual(Activity(activity.id).profit, 1)
                for forbidden in [{'state': 'idea'}, {'number': '1'}]:
                    with self.assertRaises(AccessError):
                        Activity.write([Activity(activity.id)], forbidden)
                with self.assertRaises(AccessError):
                    Activity.create([values(other)])

    def two_agents(self, company):
        "Return the users who follow a group each, with the groups"
        users = [
            create_user('field_officer', company, login)
            for login in ['agent', 'colleague']]
        groups = [
            create_group(n, [m], u.employee) for n, m, u in zip(
                ["Tissage", "Safran"], ["Aicha", "Zineb"], users)]
        return users, groups

    @with_transaction()
    def test_activity_of_two_groups(self):
        "It is of one of them, and its agent is not told of the other owner"
        pool = Pool()
        Activity = pool.get('avec.activity')
        Owner = pool.get('avec.activity.owner')
        with bureau() as company:
            (agent, colleague), (group, other) = self.two_agents(company)
            activity = create_activity(
                [group.memberships[0], other.memberships[0]])
            own, hidden = activity.owners
            with acting_as(agent):
                values, = Activity.read([activity.id], [
                        'rec_name', 'group.rec_name', 'owners',
                        'owner_count'])
                self.assertEqual(values['owners'], (own.id,))
                self.assertEqual(values['owner_count'], 2)
                self.assertEqual(Owner.search([]), [own])
                for refused in [
                        lambda: Owner.read([hidden.id], ['rec_name']),
                        lambda: Owner.write(
                            Owner.browse([hidden.id]), {'end_date': START}),
                        lambda: Owner.delete(Owner.browse([hidden.id])),
                        lambda: Owner.create([{
                                    'activity': activity.id,
                                    'membership': other.memberships[0].id,
                                    'start_date': START}])]:
                    with self.assertRaises(AccessError):
                        refused()
                Activity.write(
                    Activity.browse([activity.id]), {'name': "Goats"})
            with acting_as(colleague):
                for Model, record in [(Activity, activity), (Owner, hidden)]:
                    self.assertEqual(Model.search([]), [])
                    with self.assertRaises(AccessError):
                        Model.read([record.id], ['id'])
            for role in ROLES[1:]:
                with acting_as(create_user(role, company)):
                    self.assertEqual(set(Owner.search([])), {own, hidden})
                    self.assertEqual(
                        Activity.read([activity.id], ['owners']),
                        [{'id': activity.id, 'owners': (own.id, hidden.id)}])

    @with_transaction()
    def test_agent_who_is_also_of_the_office(self):
        "Another role shows what is of all the groups"
        pool = Pool()
        Member = pool.get('avec.cooperative.member')
        Owner = pool.get('avec.activity.owner')
        ModelData = pool.get('ir.model.data')
        with bureau() as company:
            (agent, _), (group, other) = self.two_agents(company)
            create_activity([group.memberships[0], other.memberships[0]])
            create_cooperative(group, groups=[group, other], members=[
                    Member(membership=m, party=m.party, start_date=START)
                    for g in [group, other] for m in g.memberships])
            agent.groups = [*agent.groups, pool.get('res.group')(
                    ModelData.get_id('avec_group', 'group_programme'))]
            agent.save()
            with acting_as(agent):
                self.assertEqual(len(Owner.search([])), 2)
                self.assertEqual(len(Member.search([])), 2)
                self.assertEqual(len(Owner.search([
                                ('membership.party.name', '=', "Zineb"),
                                ])), 1)

    @with_transaction()
    def test_names_are_not_found_out_by_searching(self):
        "What is read is not found by what is hidden on it"
        pool = Pool()
        Activity = pool.get('avec.activity')
        Cooperative = pool.get('avec.cooperative')
        Member = pool.get('avec.cooperative.member')
        Programme = pool.get('avec.programme')
        with bureau() as company:
            (agent, _), (group, other) = self.two_agents(company)
            programme = Programme(name="Programme", company=company)
            programme.save()
            for followed in [group, other]:
                followed.programme = programme
                followed.save()
            create_activity([group.memberships[0], other.memberships[0]])
            create_cooperative(group, groups=[group, other], members=[
                    Member(membership=m, party=m.party, start_date=START)
                    for g in [group, other] for m in g.memberships])
            for Model, path in [
                    (Activity, 'owners.membership.party.name'),
                    (Activity, 'owners.rec_name'),
                    (Activity, 'rec_name'),
                    (Activity, 'programme.groups.memberships.party.name'),
                    (Cooperative, 'members.party.name'),
                    (Cooperative, 'members.rec_name'),
                    (Programme, 'groups.memberships.party.name')]:
                for name, found in [("Aicha%", True), ("Zineb%", False)]:
                    domain = [(path, 'ilike', name)]
                    with self.subTest(path=path, name=name):
                        self.assertTrue(Model.search(domain))
                        with acting_as(agent):
                            self.assertEqual(bool(Model.search(domain)), found)
                            self.assertEqual(
                                bool(Model.search_count(domain)), found)
                            self.assertEqual(bool(Model.search([
                                                'OR', [('id', '<', 0)],
                                                domain])), found)
            with acting_as(agent):
                for domain in [
                        [('owners', 'where', [
                                    ('membership.party.name', '=', "Zineb")])],
                        [('owners.membership.group.code', '!=', group.code)],
                        [('programme.groups', 'where', [
                                    ('party.name', '=', "Safran")])]]:
                    with self.subTest(domain=domain):
                        self.assertFalse(Activity.search(domain))

    @with_transaction()
    def test_cooperative_of_two_groups(self):
        "Each agent sees it with the own members and their capital"
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Group = pool.get('avec.cooperative-avec.group')
        Member = pool.get('avec.cooperative.member')
        Payment = pool.get('avec.cooperative.payment')
        with bureau() as company:
            users, groups = self.two_agents(company)
            outsider = create_party("Outsider")
            cooperative = create_cooperative(
                groups[0], groups=groups, members=[
                    *(Member(membership=m, party=m.party, start_date=START)
                        for g in groups for m in g.memberships),
                    Member(party=outsider, start_date=START)])
            payments = []
            for member in cooperative.members:
                payment = Payment(
                    cooperative=cooperative, member=member,
                    kind='subscription', shares=2, amount=Decimal(200),
                    date=START)
                payment.save()
                payments.append(payment)
            Payment.post(payments)
            for i, user in enumerate(users):
                seen = [cooperative.members[i], cooperative.members[2]]
                with acting_as(user), self.subTest(user=user.login):
                    values, = Cooperative.read([cooperative.id], [
                            'rec_name', 'groups', 'members', 'payments',
                            'member_count', 'subscribed'])
                    self.assertEqual(values['groups'], (groups[i].id,))
                    self.assertEqual(
                        values['members'], tuple(m.id for m in seen))
                    self.assertEqual(
                        set(values['payments']),
                        {payments[i].id, payments[2].id})
                    # What is of the whole is told
                    self.assertEqual(values['member_count'], 3)
                    self.assertEqual(values['subscribed'], Decimal(600))
                    self.assertEqual(
                        len(Member.read([m.id for m in seen], [
                                    'rec_name', 'party.rec_name',
                                    'membership.rec_name'])), 2)
                    self.assertEqual(
                        set(Payment.search([])), {payments[i], payments[2]})
                    self.assertEqual(len(Group.search([])), 1)
                    for Model, record in [
                            (Member, cooperative.members[1 - i]),
                            (Payment, payments[1 - i])]:
                        with self.assertRaises(AccessError):
                            Model.read([record.id], ['rec_name'])
                    with self.assertRaises(AccessError):
                        Payment.create([{
                                    'cooperative': cooperative.id,
                                    'member': cooperative.members[1 - i].id,
                                    'kind': 'payment', 'date': START,
                                    'amount': Decimal(1)}])
                    # To remove what is not seen does nothing
                    Cooperative.write(
                        Cooperative.browse([cooperative.id]),
                        {'groups': [('remove', [groups[1 - i].id])]})
            self.assertEqual(
                set(Cooperative(cooperative.id).groups), set(groups))

    @with_transaction()
    def test_papers_of_two_groups(self):
        "They name the own members, and sum up the others"
        pool = Pool()
        Member = pool.get('avec.cooperative.member')
        Payment = pool.get('avec.cooperative.payment')
        with bureau() as company:
            (agent, _), groups = self.two_agents(company)
            members = [m for g in groups for m in g.memberships]
            activity = create_activity(members)
            cooperative = create_cooperative(
                groups[0], groups=groups, members=[
                    Member(membership=m, party=m.party, start_date=START)
                    for m in members])
            payments = [
                Payment(
                    cooperative=cooperative, member=member,
                    kind='subscription', shares=s, amount=Decimal(100 * s),
                    date=START)
                for s, member in enumerate(cooperative.members, 2)]
            Payment.save(payments)
            Payment.post(payments)
            for user in [agent, create_user('programme', company)]:
                with acting_as(user):
                    texts = [
                        text_of(render(name, [record], 'en'))
                        for name, record in [
                            ('avec.activity.sheet', activity),
                            ('avec.cooperative.file', cooperative)]]
                for text in texts:
                    with self.subTest(user=user.login):
                        self.assertIn("Aicha", text)
                        self.assertEqual("Zineb" in text, user != agent)
                        self.assertEqual("and 1 more" in text, user == agent)
                with self.subTest(user=user.login):
                    self.assertEqual("Safran" in texts[1], user != agent)
                    self.assertEqual(
                        "Of groups that others follow" in texts[1],
                        user == agent)
                    for amount in ["200.00", "300.00", "500.00"]:
                        self.assertIn(amount, texts[1])

    @with_transaction()
    def test_field_officer_prepares_a_cooperative(self):
        "The capital is drafted by who follows it and posted by finance"
        pool = Pool()
        Cooperative = pool.get('avec.cooperative')
        Payment = pool.get('avec.cooperative.payment')
        Step = pool.get('avec.cooperative.step')
        with bureau() as company:
            user = create_user('field_officer', company)
            followed = create_group("Followed", ["A"], user.employee)
            with acting_as(user):
                cooperative = create_cooperative(followed)
                step = cooperative.steps[0]
                Step.write([step], {'reference': "12", 'date': START})
                Step.do([Step(step.id)])
                self.assertEqual(Step(step.id).done_by, user.employee)
                payment = Payment(
                    cooperative=cooperative, member=cooperative.members[0],
                    kind='subscription', shares=2, amount=Decimal(200),
                    date=START)
                payment.save()
                with self.assertRaises(AccessButtonError):
                    Payment.post([Payment(payment.id)])
                for values in [{'state': 'posted'}, {'move': None}]:
                    with self.assertRaises(AccessError):
                        Payment.write([Payment(payment.id)], values)
            finance = create_user('finance', company)
            with acting_as(finance):
                Payment.post([Payment(payment.id)])
                self.assertEqual(
                    Payment(payment.id).posted_by, finance.employee)
                with self.assertRaises(AccessError):
                    Payment.write(
                        [Payment(payment.id)], {'amount': Decimal(300)})
            with acting_as(user):
                with self.assertRaises(AccessError):
                    Cooperative.write(
                        [Cooperative(cooperative.id)],
                        {'share_value': Decimal(1)})

    @with_transaction()
    def test_other_company(self):
        "Nobody sees the livelihoods of another company"
        with bureau():
            live_through("Tissage")
        with bureau("Elsewhere", create_currency('eur')) as elsewhere:
            users = [create_user(r, elsewhere) for r in ROLES]
        for user in users:
            for model in OF_GROUP:
                Model = Pool().get(model)
                hidden = Model.search([])
                with self.subTest(user=user.login, model=model), \
                        acting_as(user):
                    self.assertTrue(hidden)
                    self.assertFalse(Model.search([]))
                    with self.assertRaises(AccessError):
                        Model.read([r.id for r in hidden], ['id'])

    @with_transaction()
    def test_settings_of_the_law_are_read_by_all(self):
        "What is delivered for every company, and not what is another's"
        pool = Pool()
        Ceiling = pool.get('avec.self_employment.ceiling')
        Template = pool.get('avec.cooperative.step.template')
        with bureau() as company:
            for Model, values in [
                    (Ceiling, {
                            'category': 'trade', 'start_date': START,
                            'amount': Decimal(1)}),
                    (Template, {'name': "Bank account"})]:
                delivered = set(Model.search([]))
                Model.create([{'company': company.id, **values}])
                with self.subTest(model=Model.__name__):
                    self.assertTrue(delivered)
                    with acting_as(create_user(
                                'programme', company,
                                login='here' + Model.__name__)):
                        self.assertEqual(
                            len(Model.search([])), len(delivered) + 1)
        with bureau("Elsewhere", create_currency('eur')) as elsewhere:
            with acting_as(create_user('programme', elsewhere)):
                for Model in [Ceiling, Template]:
                    self.assertFalse(
                        [r for r in Model.search([]) if r.company])
                    self.assertTrue(Model.search([]))
