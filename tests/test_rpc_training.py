# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a client may not do with training, whatever it sends"
import datetime as dt
from decimal import Decimal

from tests import rpc
from tests.test_rpc import FROZEN, RPCTestCase

ATTENDANCE = 'avec.training.attendance'
SESSION = 'avec.training.session'
PROGRESS = 'avec.training.progress'


class TrainingRPCTest(RPCTestCase):
    "The server keeps to the roles and the states"
    set_up = staticmethod(rpc.set_up_training)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.client('colleague')
        cls.roles = {
            r: cls.client(r) for r in ['finance', 'auditor', 'manager']}
        cls.programme = cls.client('programme')
        groups = cls.admin.model(
            'avec.group', 'search', [], 0, None, [('code', 'ASC')])
        cls.own, cls.other = groups

    def find(self, model, *domain, client=None):
        return (client or self.admin).model(
            model, 'search', list(domain), 0, None, [('id', 'ASC')])

    def session(self, state, *groups):
        "Return the id of the session of just these groups"
        for id in self.find(SESSION, ('state', '=', state)):
            found, = self.admin.read(SESSION, id, 'groups')
            if set(found) == set(groups):
                return id
        raise AssertionError(f"no {state} session of {groups}")

    def test_held_session_is_frozen(self):
        "Nothing of a held session is written, deleted or added"
        held = self.session('held', self.own)
        planned = self.session('planned', self.own)
        line, *_ = self.find(ATTENDANCE, ('session', '=', held))
        free, *_ = self.find(ATTENDANCE, ('session', '=', planned))
        for client in [self.admin, self.agent]:
            for values in [
                    {'date': dt.date(2026, 1, 9)}, {'state': 'planned'},
                    {'hours': Decimal(1)}, {'number': '1'},
                    {'held_by': None}, {'trainer': None},
                    {'groups': [('remove', [self.own])]},
                    {'attendances': [('delete', [line])]},
                    {'attendances': [('add', [free])]}]:
                with self.subTest(values=values):
                    self.assertRefused(
                        FROZEN, client.model, SESSION, 'write', [held],
                        values)
            for values in [{'attendance': 'absent'}, {'session': planned}]:
                self.assertRefused(
                    FROZEN, client.model, ATTENDANCE, 'write', [line], values)
            self.assertRefused(
                FROZEN, client.model, ATTENDANCE, 'write', [free],
                {'session': held})
            self.assertRefused(
                FROZEN, client.model, ATTENDANCE, 'delete', [line])
            self.assertRefused(
                FROZEN, client.model, SESSION, 'delete', [held])
        self.assertRefused(
            FROZEN, self.admin.model, SESSION, 'write', [planned],
            {'state': 'held'})

    def test_trained_is_not_written(self):
        "Nobody is trained by hand"
        for model in [PROGRESS, 'avec.training.skill', 'avec.training.gain']:
            ids = self.find(model)
            for client in [self.admin, self.agent, self.programme]:
                for call in [
                        ('write', ids[:1], {'trained': True}),
                        ('create', [{'trained': True}]),
                        ('delete', ids[:1])]:
                    with self.subTest(model=model, call=call[0]):
                        self.assertRefused('.', client.model, model, *call)

    def test_field_officer_reaches_own_sessions(self):
        "A session of a colleague is neither read nor written"
        theirs = self.session('planned', self.other)
        line, *_ = self.find(ATTENDANCE, ('session', '=', theirs))
        call = self.agent.model
        self.assertNotIn(theirs, self.find(SESSION, client=self.agent))
        for method, *args in [
                ('read', ['number']), ('write', {'place': "?"}),
                ('delete',), ('fill',), ('hold',), ('cancel',)]:
            with self.subTest(method=method):
                self.assertRefused(
                    '.', call, SESSION, method, [theirs], *args)
        self.assertRefused(
            '.', call, ATTENDANCE, 'read', [line], ['attendance'])
        self.assertRefused(
            '.', call, ATTENDANCE, 'write', [line], {'attendance': 'late'})
        # Nor by taking it over
        self.assertRefused(
            '.', call, SESSION, 'write', [theirs],
            {'groups': [('add', [self.own])]})
        self.assertRefused(
            '.', call, 'avec.training.session-avec.group', 'create',
            [{'session': theirs, 'group': self.own}])

    def test_shared_session_shows_own_members(self):
        "Each reads and types the own lines of a session for two groups"
        shared = self.session('planned', self.own, self.other)
        seen = {}
        for login, client, group in [
                ('agent', self.agent, self.own),
                ('colleague', self.colleague, self.other)]:
            lines, = client.read(SESSION, shared, 'attendances')
            seen[login] = lines
            self.assertEqual(len(lines), 3)
            for line in lines:
                self.assertEqual(
                    client.read(ATTENDANCE, line, 'group'), [group])
            client.model(SESSION, 'write', [shared], {
                    'attendances': [
                        ('write', lines[:1], {'attendance': 'late'})]})
        hidden = seen['colleague']
        self.assertFalse(set(seen['agent']) & set(hidden))
        for values in [
                [('write', hidden, {'attendance': 'absent'})],
                [('delete', hidden)]]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', self.agent.model, SESSION, 'write', [shared],
                    {'attendances': values})
        # To remove what is not seen does nothing
        self.agent.model(SESSION, 'write', [shared], {
                'attendances': [('remove', hidden)]})
        self.assertEqual(
            self.admin.read(SESSION, shared, 'expected_count'), [6])

    def test_readers_read_only(self):
        "Finance, auditor and administration change nothing"
        held = self.session('held', self.own)
        planned = self.session('planned', self.own)
        for login, client in self.roles.items():
            with self.subTest(login=login):
                self.assertEqual(
                    client.read(SESSION, held, 'state'), ['held'])
                self.assertTrue(self.find(PROGRESS, client=client))
                for method, *args in [
                        ('write', {'place': "?"}), ('delete',), ('hold',),
                        ('fill',), ('cancel',)]:
                    self.assertRefused(
                        '.', client.model, SESSION, method, [planned], *args)

    def test_settings_by_role(self):
        "Only the administration writes axes and curricula"
        curriculum, = self.find('avec.training.curriculum')
        for client in [
                self.agent, self.programme, self.roles['finance'],
                self.roles['auditor']]:
            self.assertRefused(
                '.', client.model, 'avec.training.curriculum', 'write',
                [curriculum], {'share_required': Decimal('0.1')})
        self.roles['manager'].model(
            'avec.training.curriculum', 'write', [curriculum],
            {'share_required': Decimal(1)})

    def test_certificate_of_who_is_not_trained(self):
        "The report is refused with the reason"
        row, *_ = self.find(
            PROGRESS, ('trained', '=', False), client=self.agent)
        self.assertRefused(
            "No certificate can be printed", self.agent.call,
            'report.avec.training.certificate.execute', [row],
            {'model': PROGRESS}, self.agent.context)

    def test_today_is_the_day_of_the_server(self):
        "A client cannot bring the day of a session nearer"
        planned = self.session('planned', self.own)
        tomorrow = dt.date.today() + dt.timedelta(days=1)
        self.admin.model(SESSION, 'write', [planned], {'date': tomorrow})
        try:
            self.assertRefused(
                "still to come", self.admin.model, SESSION, 'hold',
                [planned], avec_date=tomorrow, date=tomorrow)
        finally:
            self.admin.model(
                SESSION, 'write', [planned], {'date': dt.date(2026, 1, 13)})
