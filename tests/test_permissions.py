# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The table of permissions against a running server

Every cell is tried over JSON-RPC and over REST with a user of each role: what
the table does not give is refused and changes nothing."""
import hashlib
import sqlite3
import sys
import unittest
from collections import Counter
from contextlib import ExitStack, closing

from tests import permissions, rpc, world
from tests.browser import DATABASE, MODULES, serve, template
from tests.permissions import BUTTONS, REPORTS, ROLES, SINGLETON, WIZARDS
from tests.wire import Answer, User

# Papers are kept as they are made, to convert them takes long
SETTINGS = '\n[report]\nconvert_command =\n'
# The user of the office in each role
LOGINS = {
    'field_officer': 'agent', 'finance': 'finance',
    'programme': 'programme', 'auditor': 'auditor', 'admin': 'manager'}
tally = Counter()


def tearDownModule():
    print(
        "Permissions: {roles} roles, {models} models, {buttons} buttons, "
        "{calls} calls tried, {refused} refused, {allowed} allowed".format(
            roles=len(ROLES), models=len(permissions.MODELS),
            buttons=sum(map(len, BUTTONS.values())),
            calls=sum(tally.values()), refused=tally['refused'],
            allowed=tally['allowed']),
        file=sys.stderr)


class WorldTestCase(unittest.TestCase):
    "Users of two companies on a server"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = template(MODULES, 'en', world.set_up)
        cls.world = world.read_world(file)
        # Of its own, as the tests write what they may
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(
            serve(file, SETTINGS, optimize=True))
        cls.users = {
            login: User(cls.server.url, DATABASE, login, key)
            for login, key in cls.world.keys.items()}

    @classmethod
    def administrator(cls):
        return rpc.Client(cls.server.url, DATABASE)

    @classmethod
    def connect(cls):
        "Return a connection to the database behind the server"
        return closing(sqlite3.connect(
                cls.server.config.parent / f'{DATABASE}.sqlite', timeout=30))

    @classmethod
    def is_computed(cls, model):
        return model.replace('.', '_') not in cls.world.tables

    @classmethod
    def has_no_screen(cls, model):
        "Return if REST only reaches the model"
        return (model in cls.world.models
            and model not in cls.world.screens)

    def fingerprint(self):
        "Return a digest of all the records by table"
        result = {}
        with self.connect() as connection:
            for name, in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' "
                    "AND (name LIKE 'avec_%' OR name LIKE 'account_%' "
                    "OR name LIKE 'party_%')").fetchall():
                digest = hashlib.sha256()
                for row in connection.execute(
                        f'SELECT * FROM "{name}" ORDER BY 1'):
                    digest.update(repr(row).encode())
                result[name] = digest.hexdigest()
        return result

    def assertUnchanged(self, before):
        "Check that no table changed since the fingerprint"
        self.assertEqual({
                n for n, digest in self.fingerprint().items()
                if digest != before.get(n)}, set())

    def a_record(self, model):
        "Return the id of a record of the field officer's, or of the office"
        ids = self.world.of(model, world.OWN, world.OFFICE)
        return ids[0] if ids else None

    def assertAnswer(self, allowed, answer):
        tally['allowed' if allowed else 'refused'] += 1
        if answer.refused_to_role if allowed else not answer.refused:
            self.fail(
                f"{'refused' if allowed else 'allowed'}: "
                f"{answer.status} {answer.text[:300]}")


class TableTest(WorldTestCase):
    "The table names everything that there is"
    maxDiff = None

    def assertNamed(self, kind, there_is, named, row):
        if missing := sorted(set(there_is) - set(named)):
            self.fail(
                f"No row for {', '.join(map(str, missing))}: add to {kind} of "
                f"tests/permissions.py {row}")
        if gone := sorted(set(named) - set(there_is)):
            self.fail(
                f"There is no {', '.join(map(str, gone))}: remove from {kind} "
                "of tests/permissions.py")

    def test_models(self):
        ours = {
            m for m in permissions.MODELS
            if not m.startswith('account.') or m in self.world.models}
        self.assertNamed(
            'MODELS', self.world.models, ours,
            "a row such as 'avec.x': _row(GROUP, 'rwcd', 'r', 'r', 'r', 'r'), "
            "the roles in the order of ROLES; and give it a record in "
            "tests/world.py")

    def test_buttons(self):
        self.assertNamed(
            'BUTTONS',
            [(m, b) for m, bs in self.world.buttons.items() for b in bs],
            [(m, b) for m, bs in BUTTONS.items() for b in bs],
            "'button': ([states in which it works], [roles])")
        for model, buttons in BUTTONS.items():
            for button, (states, roles) in buttons.items():
                with self.subTest(model=model, button=button):
                    self.assertLessEqual(
                        set(states), set(self.world.states.get(model, [])))
                    self.assertLessEqual(set(roles), set(ROLES))

    def test_wizards(self):
        self.assertNamed(
            'WIZARDS', self.world.wizards, WIZARDS,
            "'avec.x': (the model it starts from or None, [roles])")

    def test_reports(self):
        self.assertNamed(
            'REPORTS', self.world.reports, REPORTS,
            "'avec.x': ([the models it prints], [roles])")

    def test_every_model_has_records(self):
        "Of each field officer and of the other company, that others try"
        for model, row in permissions.MODELS.items():
            if self.is_computed(model):
                continue
            owners = {
                permissions.GROUP: [
                    world.OWN, world.COLLEAGUE, world.FOREIGN],
                permissions.COMPANY: [world.OFFICE, world.FOREIGN],
                }.get(row.of, [])
            if model in {'account.move', 'account.move.line'}:
                owners.remove(world.OFFICE)
            for owner in owners:
                with self.subTest(model=model, owner=owner):
                    self.assertTrue(
                        self.world.of(model, owner),
                        f"make a {model} in tests/world.py")


class ModelTest(WorldTestCase):
    "Each role on each model"

    def cells(self):
        for model, row in permissions.MODELS.items():
            for role in ROLES:
                yield model, role, row.modes(role)

    def tries(self, user, model, mode, allowed):
        "Yield the calls that do the mode"
        id = self.a_record(model)
        ids = [] if id is None else [id]
        if mode == 'delete' and allowed:
            # The records are needed by what is tried next
            yield 'get_access', self.as_answer(
                user.model('ir.model.access', 'get_access', [model]
                    ).result[model]['delete'])
            return
        values = {}
        if model == 'account.move.line':
            # It makes a move for itself before it is checked
            values = {'move': self.world.of('account.move', world.OWN)[0]}
        on_rpc = {
            'read': [('search_read', [], 0, 1, None, ['id'])] + ([] if allowed
                else [
                    ('read', ids or [1], ['id']), ('search', []),
                    ('search_count', []),
                    ('export_data', ids or [1], ['id']),
                    ('export_data_domain', [], ['id'], 0, 1)]),
            'write': [('write', ids, {})],
            'create': [
                ('create', [values]),
                # The line is made with a move
                *([('copy', ids)] if ids and not allowed and not values
                    else [])],
            'delete': [('delete', ids)] if ids else [],
            }[mode]
        if allowed and self.has_no_screen(model):
            on_rpc = []
        for method, *params in on_rpc:
            yield method, user.model(model, method, *params)
        if mode == 'read':
            yield 'rest search', user.rest('GET', model, s=1)
        if mode == 'read' and not allowed:
            yield 'data', user.data(model, [], 'id')
        if mode == 'create':
            yield 'rest create', user.rest('POST', model, body=values)
        if id is None:
            return
        if mode == 'read' and not allowed:
            yield 'rest get', user.rest('GET', model, id)
        if mode == 'write':
            yield 'rest update', user.rest('PUT', model, id, body={})
        if mode == 'delete' and not allowed:
            yield 'rest delete', user.rest('DELETE', model, id)

    def as_answer(self, allowed):
        return Answer(200 if allowed else 403, '{}')

    def try_all(self, allowed):
        for model, role, modes in self.cells():
            user = self.users[LOGINS[role]]
            for mode in permissions.LETTERS.values():
                if (mode in modes) != allowed:
                    continue
                if (mode == 'create' and 'write' in modes
                        and permissions.MODELS[model].of == SINGLETON):
                    # To create the only one is to write it
                    continue
                for call, answer in self.tries(user, model, mode, allowed):
                    with self.subTest(
                            model=model, role=role, mode=mode, call=call):
                        if (mode != 'read' and self.is_computed(model)
                                or model == 'avec.seal' and call == 'copy'):
                            # There is nothing to write for anybody
                            self.assertTrue(answer.failed, answer.text[:300])
                            tally['refused'] += 1
                        else:
                            self.assertAnswer(allowed, answer)

    def test_models(self):
        "What is refused changes nothing, then the rest is allowed"
        before = self.fingerprint()
        self.try_all(False)
        self.assertUnchanged(before)
        self.try_all(True)


class ButtonTest(WorldTestCase):
    "Each role on each button in each state"

    def set_state(self, model, id, state):
        "Write the state of the record behind the server, return the former"
        if state is None:
            return
        table = model.replace('.', '_')
        with self.connect() as connection:
            (former,), = connection.execute(
                f'SELECT state FROM "{table}" WHERE id = ?', [id])
            connection.execute(
                f'UPDATE "{table}" SET state = ? WHERE id = ?', [state, id])
            connection.commit()
        return former

    def cells(self):
        for model, buttons in BUTTONS.items():
            for button, (states, roles) in buttons.items():
                for state in self.world.states.get(model, [None]):
                    for role in ROLES:
                        yield (
                            model, button, state, role, role in roles
                            and (state is None or state in states))

    def press_all(self, allowed):
        for model, button, state, role, works in self.cells():
            if works != allowed:
                continue
            user = self.users[LOGINS[role]]
            id = self.a_record(model)
            if id is None:
                # There are but rows that are computed
                id = user.model(model, 'search', [], 0, 1).result[0]
            presses = {'rpc': lambda: user.model(model, button, [id])}
            if state in {None, self.world.states.get(model, [None])[0]}:
                # The other states are checked by the same code
                presses['rest'] = lambda: user.rest(
                    'POST', model, id, button)
            for road, press in presses.items():
                former = self.set_state(model, id, state)
                with self.subTest(
                        model=model, button=button, state=state, role=role,
                        road=road):
                    self.assertAnswer(allowed, press())
                self.set_state(model, id, former)

    def test_buttons(self):
        before = self.fingerprint()
        self.press_all(False)
        self.assertUnchanged(before)
        self.press_all(True)


class ActionTest(WorldTestCase):
    "Each role on each wizard and report"

    def test_wizards(self):
        for name, (model, roles) in WIZARDS.items():
            for role in ROLES:
                user = self.users[LOGINS[role]]
                id = self.a_record(model) if model else None
                context = {
                    'active_model': model, 'active_id': id,
                    'active_ids': [id]} if id else {}
                with self.subTest(wizard=name, role=role):
                    self.assertAnswer(
                        role in roles, user.call(
                            f'wizard.{name}.create',
                            {**user.context, **context}))

    def actions(self, model, name):
        "Return the id of the first action by the name of what it executes"
        return {
            a[name]: a['id'] for a in reversed(
                self.administrator().model(
                    model, 'search_read', [], 0, None, None, [name]))}

    def test_another_action(self):
        "No role gets in by the action of something that it may execute"
        simulate = self.actions(
            'ir.action.wizard', 'wiz_name')['avec.loan.simulate']
        sheet = self.actions(
            'ir.action.report', 'report_name')['avec.meeting.sheet']
        for role in ROLES:
            user = self.users[LOGINS[role]]
            for name, (model, roles) in WIZARDS.items():
                if role in roles:
                    continue
                id = self.a_record(model) if model else None
                with self.subTest(wizard=name, role=role):
                    self.assertAnswer(False, user.call(
                            f'wizard.{name}.create', {
                                **user.context, 'action_id': simulate,
                                'active_model': model, 'active_id': id,
                                'active_ids': [id] if id else []}))
            for name, (models, roles) in REPORTS.items():
                if role in roles:
                    continue
                with self.subTest(report=name, role=role):
                    self.assertAnswer(False, user.call(
                            f'report.{name}.execute',
                            [self.a_record('avec.meeting')],
                            {'action_id': sheet}, user.context))

    def test_reports(self):
        actions = self.actions('ir.action.report', 'report_name')
        for name, (models, roles) in REPORTS.items():
            for model in models:
                for role in ROLES:
                    user = self.users[LOGINS[role]]
                    id = self.a_record(model)
                    ids = [] if id is None else [id]
                    with self.subTest(report=name, model=model, role=role):
                        self.assertAnswer(
                            role in roles, user.call(
                                f'report.{name}.execute', ids, {
                                    'model': model,
                                    'action_id': actions[name],
                                    }, user.context))


if __name__ == '__main__':
    unittest.main()
