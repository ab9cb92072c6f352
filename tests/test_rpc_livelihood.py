# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What clients may do with livelihoods, whatever they send"
import datetime as dt
from decimal import Decimal

from tests import rpc
from tests.test_rpc import RPCTestCase

DAY = dt.date(2025, 3, 3)
MODELS = [
    'avec.activity', 'avec.activity.owner', 'avec.activity.record',
    'avec.cooperative', 'avec.cooperative.member',
    'avec.cooperative.payment', 'avec.cooperative.step']


class LivelihoodRPCTest(RPCTestCase):
    "Each role over the wire"
    set_up = staticmethod(rpc.set_up_livelihoods)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = {l: cls.client(l) for l in rpc.ROLES}

    def ids(self, model, *domain, client=None):
        return (client or self.admin).model(
            model, 'search', list(domain), 0, None, [('id', 'ASC')])

    def test_agent_sees_the_own_groups_only(self):
        "Half of everything, and nothing of the other half"
        for model in MODELS:
            everything = self.ids(model)
            seen = self.ids(model, client=self.agent)
            with self.subTest(model=model):
                self.assertTrue(seen)
                self.assertEqual(len(seen) * 2, len(everything))
                hidden = [i for i in everything if i not in seen]
                for method, *args in [
                        ('read', hidden, ['id']), ('write', hidden, {}),
                        ('delete', hidden)]:
                    self.assertRefused(
                        '.', self.agent.model, model, method, *args)

    def share(self):
        """Make an activity and a cooperative of members of both groups

        Return their ids and those of what each agent must not reach."""
        call = self.admin.model
        groups = self.ids('avec.group')
        members = [
            self.ids('avec.membership', ('group', '=', g))[-1]
            for g in groups]
        sector, = self.ids('avec.sector', ('code', '=', '01'))
        parent, = self.admin.read('avec.sector', sector, 'parent')
        activity, = call('avec.activity', 'create', [{
                    'name': "Hens of two", 'group': groups[0],
                    'kind': 'collective', 'sector': parent,
                    'sub_sector': sector,
                    'owners': [('create', [
                                {'membership': m} for m in members])]}])
        self.addCleanup(call, 'avec.activity', 'delete', [activity])
        party, = call('party.party', 'create', [{'name': "Of two"}])
        self.addCleanup(call, 'party.party', 'delete', [party])
        cooperative, = call('avec.cooperative', 'create', [{
                    'party': party, 'company': self.ids('company.company')[0],
                    'share_value': Decimal(100), 'groups': [('add', groups)],
                    'members': [('create', [{
                                    'membership': m, 'start_date': DAY,
                                    'party': self.admin.read(
                                        'avec.membership', m, 'party')[0],
                                    } for m in members])]}])
        self.addCleanup(call, 'avec.cooperative', 'delete', [cooperative])
        founders = self.ids(
            'avec.cooperative.member', ('cooperative', '=', cooperative))
        payments = call('avec.cooperative.payment', 'create', [{
                    'cooperative': cooperative, 'member': f, 'date': DAY,
                    'kind': 'payment', 'amount': Decimal(7)}
                for f in founders])
        self.addCleanup(call, 'avec.cooperative.payment', 'delete', payments)
        return activity, cooperative, [{
                'avec.membership': members[1 - i],
                'party.party': self.admin.read(
                    'avec.membership', members[1 - i], 'party')[0],
                'avec.cooperative.member': founders[1 - i],
                'avec.cooperative.payment': payments[1 - i],
                'avec.activity.owner': self.ids(
                    'avec.activity.owner', ('activity', '=', activity))[1],
                } for i in range(2)]

    def test_what_two_agents_share_tells_nothing_of_the_other(self):
        "Neither read, searched, exported nor printed"
        activity, cooperative, hidden = self.share()
        agents = [self.agent, self.clients['colleague']]
        for agent, secrets in zip(agents, hidden):
            for model, id_ in secrets.items():
                with self.subTest(model=model):
                    self.assertNotIn(id_, self.ids(model, client=agent))
                    for method, *args in [
                            ('read', [id_], ['rec_name']),
                            ('export_data', [id_], ['rec_name'], False),
                            ('write', [id_], {}), ('delete', [id_])]:
                        self.assertRefused(
                            '.', agent.model, model, method, *args)
            self.assertEqual(
                len(agent.read('avec.cooperative', cooperative, 'members')[0]),
                1)
            self.assertEqual(
                self.ids('avec.cooperative', (
                        'members.membership.group.field_officer.party.name',
                        '=', {self.agent: 'colleague'}.get(agent, 'agent')),
                    client=agent), [])
            rows = agent.model(
                'avec.cooperative', 'export_data', [cooperative],
                ['rec_name', 'members/party/rec_name', 'groups/rec_name'],
                False)
            self.assertEqual(len(rows), 1)
            own, = agent.read('avec.cooperative', cooperative, 'groups')
            self.assertEqual(len(own), 1)
        # The activity is of the first group
        self.assertRefused(
            '.', agents[1].model, 'avec.activity', 'read', [activity], ['id'])
        owners, count = agents[0].read(
            'avec.activity', activity, 'owners', 'owner_count')
        self.assertEqual((len(owners), count), (1, 2))
        screen = agents[0].model(
            'avec.activity', 'search_read', [('id', '=', activity)], 0, None,
            None, ['rec_name', 'group.rec_name', 'owners.rec_name'])
        self.assertEqual(len(screen[0]['owners.']), 1)

    def test_nobody_is_reached_by_being_named(self):
        "What an agent writes names nobody that the agent may not read"
        _, cooperative, hidden = self.share()
        secrets = hidden[0]
        group = self.ids('avec.group', client=self.agent)[0]
        own = self.ids('avec.membership', client=self.agent)[0]
        party, = self.agent.read('avec.membership', own, 'party')
        for model, method, *args in [
                ('party.party', 'write', [party],
                    {'household_head': secrets['party.party']}),
                ('avec.membership', 'create', [{
                            'group': group, 'start_date': DAY,
                            'party': secrets['party.party']}]),
                ('avec.cooperative', 'write', [cooperative], {
                        'members': [('create', [{
                                        'party': secrets['party.party'],
                                        'start_date': DAY}])]}),
                ('avec.cooperative', 'write', [cooperative], {
                        'groups': [('add', [
                                    g for g in self.ids('avec.group')
                                    if g != group])]}),
                ('avec.employment', 'create', [{
                            'membership': own, 'party': party, 'job': "Job",
                            'contract': 'seasonal', 'found_by': 'self',
                            'start_date': DAY,
                            'employer': secrets['party.party']}])]:
            with self.subTest(model=model):
                self.assertRefused('.', self.agent.model, model, method, *args)
        self.assertNotIn(
            secrets['party.party'], self.ids('party.party', client=self.agent))
        # Nor by what a form would propose
        for model, values, names in [
                ('avec.employment',
                    {'membership': secrets['avec.membership']},
                    ['membership']),
                ('avec.cooperative.member',
                    {'membership': secrets['avec.membership']},
                    ['membership']),
                ('avec.activity.owner',
                    {'membership': secrets['avec.membership']},
                    ['membership'])]:
            for method in ['on_change', 'on_change_with', 'on_change_notify']:
                with self.subTest(model=model, method=method):
                    self.assertRefused(
                        'not allowed', self.agent.model, model, method,
                        values, *([names] if method != 'on_change_notify'
                            else []))
        proposed = self.agent.model(
            'avec.employment', 'on_change', {'membership': own},
            ['membership'])
        self.assertEqual(proposed['party'], party)

    def test_readers_change_nothing(self):
        "Finance, the auditor and the administration read"
        for login in ['finance', 'auditor', 'manager']:
            client = self.clients[login]
            for model in MODELS:
                if (login, model) == ('finance', 'avec.cooperative.payment'):
                    continue
                ids = self.ids(model, client=client)
                with self.subTest(login=login, model=model):
                    self.assertEqual(ids, self.ids(model))
                    for method, *args in [
                            ('write', ids, {}), ('delete', ids),
                            ('create', [{}])]:
                        self.assertRefused(
                            '.', client.model, model, method, *args)

    def test_activity_changes_state_by_its_buttons(self):
        "Neither its state nor its number is written"
        activity = self.ids('avec.activity')[0]
        call = self.admin.model
        for values in [
                {'state': 'stopped'}, {'state': 'idea'}, {'number': '7'},
                {'owners': [('delete', self.ids(
                                'avec.activity.owner',
                                ('activity', '=', activity)))]},
                {'kind': 'collective'},
                {'records': [('create', [{
                                    'month': DAY, 'sales': Decimal(1),
                                    'costs': Decimal(1)}])]}]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', call, 'avec.activity', 'write', [activity], values)
        self.assertRefused('.', call, 'avec.activity', 'delete', [activity])
        self.assertEqual(
            self.admin.read('avec.activity', activity, 'state', 'profit'),
            ['started', Decimal(60)])

    def test_posted_capital_is_frozen(self):
        "Only finance posts and cancels, and nobody edits what is posted"
        payment = self.ids(
            'avec.cooperative.payment', ('kind', '=', 'payment'))[0]
        call = self.admin.model
        for values in [
                {'amount': Decimal(1)}, {'state': 'draft'}, {'date': DAY},
                {'member': self.ids('avec.cooperative.member')[1]},
                {'posted_by': None}]:
            with self.subTest(values=values):
                self.assertRefused(
                    'posted stays', call, 'avec.cooperative.payment',
                    'write', [payment], values)
        self.assertRefused(
            'posted stays', call, 'avec.cooperative.payment', 'delete',
            [payment])
        for login in set(rpc.ROLES) - {'finance'}:
            with self.subTest(login=login):
                self.assertRefused(
                    '.', self.clients[login].model,
                    'avec.cooperative.payment', 'cancel', [payment])

    def test_steps_that_are_done_stay(self):
        step, = self.ids(
            'avec.cooperative.step', ('template.name', 'like', 'Statutes%'),
            ('cooperative.registration_number', '=', '0/2025'))
        call = self.agent.model
        for values in [
                {'date': DAY}, {'reference': "?"}, {'state': 'open'},
                {'required': False}]:
            with self.subTest(values=values):
                self.assertRefused(
                    'way', call, 'avec.cooperative.step', 'write', [step],
                    values)
        call('avec.cooperative.step', 'write', [step], {'note': "Seen"})

    def test_cooperative_too_small_is_not_registered(self):
        cooperative = self.ids('avec.cooperative')[0]
        self.assertRefused(
            'at least 5', self.agent.model, 'avec.cooperative', 'register',
            [cooperative])
        self.assertRefused(
            'this way', self.agent.model, 'avec.cooperative', 'write',
            [cooperative], {'state': 'registered'})
        self.assertRefused(
            'this way', self.agent.model, 'avec.cooperative', 'write',
            [cooperative], {'share_value': Decimal(7)})

    def test_methods_that_are_no_buttons(self):
        for model, method in [
                ('avec.activity', 'recorded'),
                ('avec.activity', 'check_owners'),
                ('avec.cooperative', 'check_steps'),
                ('avec.cooperative.payment', 'check_post'),
                ('avec.cooperative.payment', '_reconcile'),
                # Groups are reached through their cooperative alone
                ('avec.cooperative-avec.group', 'delete')]:
            with self.subTest(model=model, method=method):
                self.assertRefused(
                    '403', self.admin.model, model, method, [1])
