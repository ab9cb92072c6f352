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
