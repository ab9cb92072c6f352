# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""No road leads to what is somebody else's

Field officers try to reach what belongs to a colleague, and users of a company
what belongs to another one, by every road.  The ids are known to them, and
what they may not see has a mark in its texts."""
import datetime as dt
import unittest

from tests import permissions, world
from tests.permissions import ALL, REPORTS, SINGLETON, WIZARDS
from tests.test_permissions import WorldTestCase
from tests.world import COLLEAGUE, FOREIGN, OFFICE, OWN

SHARED = {ALL, SINGLETON}
# Tryton shows the companies and their employees to all
STAFF = {'company.company', 'company.employee'}
# Who must not reach what of whom
HIDDEN = {
    'agent': [COLLEAGUE, FOREIGN],
    'finance': [FOREIGN],
    'programme': [FOREIGN],
    'auditor': [FOREIGN],
    'manager': [FOREIGN],
    'foreign_agent': [OWN, COLLEAGUE, OFFICE],
    'foreign_finance': [OWN, COLLEAGUE, OFFICE],
    'foreign_auditor': [OWN, COLLEAGUE, OFFICE],
    }
# One for each way to be restricted: the rules by company are the same for all
# roles, those by group for all but the field officer
SPIES = ['agent', 'auditor', 'foreign_finance']


class IsolationTest(WorldTestCase):
    "Every road, for every model"
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._definitions = {}

    def spies(self, logins=SPIES):
        "Yield (user, owners of what is hidden)"
        for login in logins:
            yield self.users[login], HIDDEN[login]

    def hidden(self, logins=SPIES):
        "Yield (user, model, ids hidden from the user)"
        for user, owners in self.spies(logins):
            for model, row in permissions.MODELS.items():
                if row.of in SHARED:
                    continue
                if ids := self.world.of(model, *owners):
                    yield user, model, ids

    def private(self, model, owners):
        "Return the ids of the records of the owners, of the parties members"
        ids = self.world.of(model, *owners)
        if model != 'party.party':
            return ids
        with self.connect() as connection:
            members = {p for p, in connection.execute(
                    'SELECT party FROM avec_membership')}
        return [i for i in ids if i in members]

    def assertShut(self, answer):
        "Check that the access was refused"
        if not answer.refused:
            self.fail(f"reached: {answer.status} {answer.text[:300]}")

    def assertNothing(self, user, answer):
        "Check that nothing came, not even what there is"
        self.assertTrue(answer.failed, answer.text[:300])
        self.assertHides(user, answer)

    def assertEmpty(self, answer, empty):
        "Check that the access was refused or nothing found"
        if not answer.refused and answer.value.get('result') != empty:
            self.fail(f"reached: {answer.status} {answer.text[:300]}")

    def assertHides(self, user, answer):
        "Check that the answer has nothing of what is hidden from the user"
        for owner in HIDDEN[user.login]:
            if owner in answer.text:
                start = max(answer.text.index(owner) - 150, 0)
                self.fail(
                    f"{owner} shows to {user.login}: "
                    f"{answer.text[start:start + 300]}")

    def test_read(self):
        for user, model, ids in self.hidden():
            for id in ids[:1]:
                with self.subTest(user=user.login, model=model, id=id):
                    self.assertShut(user.model(model, 'read', [id], ['id']))
                    self.assertShut(user.model(
                            model, 'export_data', [id], ['rec_name']))
                    self.assertShut(user.rest('GET', model, id))
                    # The names of the fields are checked after the access
                    answer = user.data(model, [id], 'rec_name')
                    self.assertTrue(answer.failed, answer.text)

    def test_search(self):
        "Of no record, by no user"
        for user, model, ids in self.hidden(HIDDEN):
            domain = [('id', 'in', ids)]
            with self.subTest(user=user.login, model=model):
                self.assertEmpty(user.model(
                        model, 'search', domain), [])
                self.assertEmpty(user.model(
                        model, 'search_count', domain), 0)
                if user.login not in SPIES:
                    continue
                answer = user.rest('GET', model, d=domain)
                if not answer.refused:
                    self.assertEqual(answer.value, [])
                self.assertHides(
                    user, user.data(model, domain, 'id', 'rec_name'))

    def test_name_search(self):
        for user, model, ids in self.hidden():
            for owner in HIDDEN[user.login]:
                with self.subTest(user=user.login, model=model, owner=owner):
                    self.assertHides(user, user.model(
                            model, 'search_read', [
                                ('rec_name', 'ilike', f'%{owner}%')],
                            0, None, None, ['rec_name']))
                    self.assertHides(user, user.model(
                            model, 'autocomplete', owner))

    def test_write(self):
        "Nor is it changed, copied or deleted"
        before = self.fingerprint()
        for user, model, ids in self.hidden():
            id = ids[0]
            with self.subTest(user=user.login, model=model):
                for answer in [
                        user.model(model, 'write', [id], {}),
                        user.model(model, 'delete', [id]),
                        user.model(model, 'copy', [id], {}),
                        user.rest('PUT', model, id, body={}),
                        user.rest('DELETE', model, id)]:
                    self.assertShut(answer)
        self.assertUnchanged(before)

    def test_buttons(self):
        before = self.fingerprint()
        for user, model, ids in self.hidden():
            for button in permissions.BUTTONS.get(model, []):
                with self.subTest(
                        user=user.login, model=model, button=button):
                    self.assertShut(user.model(model, button, ids[:1]))
                    self.assertShut(
                        user.rest('POST', model, ids[0], button))
        self.assertUnchanged(before)

    def test_everything_seen(self):
        "No field of any record that a user sees shows what is hidden"
        for user, _ in self.spies():
            for model in dict.fromkeys(
                    [*permissions.MODELS, *world.OTHERS]):
                if model in STAFF:
                    continue
                with self.subTest(user=user.login, model=model):
                    self.look(user, model)

    def look(self, user, model, **context):
        "Read everything of the model that the user finds"
        found = user.model(model, 'search', [], **context).result
        if not found:
            return
        names = self.field_names(user, model)
        answer = user.model(model, 'read', found, names, **context)
        self.assertHides(user, answer)
        if answer.refused_to_role:
            # Some fields lead to models that the role does not read
            answer = user.model(
                model, 'read', found, ['rec_name'], **context)
            self.assertHides(user, answer)
        self.assertEqual(
            (answer.status, answer.result is None), (200, False),
            answer.text[:500])
        self.assertNoHiddenRelation(user, model, answer.result)
        self.assertHides(user, user.model(
                model, 'export_data', found, ['rec_name'], **context))

    def definitions(self, user, model):
        "Return the definitions of the fields, read once"
        key = user.login, model
        if key not in self._definitions:
            self._definitions[key] = user.model(
                model, 'fields_get', []).result
        return self._definitions[key]

    def field_names(self, user, model):
        names = []
        for name, definition in self.definitions(user, model).items():
            if definition['type'] == 'binary':
                continue
            names.append(name)
            if definition['type'] in {'many2one', 'one2one', 'reference'}:
                names.append(f'{name}.rec_name')
        return names

    def assertNoHiddenRelation(self, user, model, rows):
        hidden = {}
        for name, definition in self.definitions(user, model).items():
            target = definition.get('relation')
            row = permissions.MODELS.get(target)
            if row is None or row.of in SHARED:
                continue
            if target not in hidden:
                hidden[target] = set(
                    self.world.of(target, *HIDDEN[user.login]))
            for values in rows:
                value = values.get(name)
                found = (
                    set(value) if isinstance(value, (list, tuple))
                    else {value})
                self.assertFalse(
                    found & hidden[target], f'{model}.{name} of {values}')

    def test_context(self):
        "No context opens what is hidden, and no sum counts it"
        for user, owners in self.spies():
            for context in self.contexts(user):
                for model in permissions.MODELS:
                    if not self.is_computed(model) and model not in {
                            'avec.group', 'avec.membership', 'account.move'}:
                        continue
                    with self.subTest(
                            user=user.login, model=model, **context):
                        answer = user.model(
                            model, 'search_read', [], 0, 50, None,
                            ['rec_name'], **context)
                        self.assertHides(user, answer)

    def contexts(self, user):
        "Yield contexts that name what is hidden from the user"
        owners = HIDDEN[user.login]

        def first(model):
            ids = self.world.of(model, *owners)
            return ids[0] if ids else None
        group, cycle = first('avec.group'), first('avec.cycle')
        company = first('company.company')
        employees = self.world.of('company.employee', *owners)
        yield {'avec_group': group, 'avec_cycle': cycle}
        yield {'groups': [group], 'employees': employees}
        yield {'employee': employees[0]} if employees else {}
        if company:
            yield {'company': company}
            yield {
                'companies': [company], 'company': company,
                'company_filter': 'all', 'avec_group': group}
            yield {'_companies': [company], '_check_access': False}

    def test_history(self):
        "Nor what was, where it is kept"
        now = dt.datetime.now()
        for user, model, ids in self.hidden():
            with self.subTest(user=user.login, model=model):
                self.assertNothing(user, user.model(
                        model, 'read', ids[:1], ['id'], _datetime=now))
                self.assertEmpty(user.model(
                        model, 'search', [('id', 'in', ids)],
                        _datetime=now), [])

    def test_rest_context(self):
        "No context that only the server may set is taken from a client"
        for user, owners in self.spies():
            for context in [
                    {'_check_access': False},
                    {'_groups': list(range(1, 60))},
                    {'_companies': self.world.of(
                            'company.company', *owners)},
                    {'_user': 0, 'user': 0}]:
                for model in ['avec.group', 'avec.loan', 'account.move']:
                    with self.subTest(
                            user=user.login, model=model, context=context):
                        self.assertHides(user, user.rest(
                                'GET', model, context=context))
                        for id in self.world.of(model, *owners)[:1]:
                            self.assertShut(user.rest(
                                    'GET', model, id, context=context))

    def test_rest_relations(self):
        "Nobody takes a role, a company or an account by a relation"
        admin = self.administrator()
        group, = admin.model(
            'res.group', 'search', [('name', '=', "Administration")])
        user, = admin.model('res.user', 'search', [('login', '=', 'agent')])
        company, = self.world.of('company.company', FOREIGN)
        tries = [
            ('res.user-res.group', {'user': user, 'group': group}),
            ('res.user-company.company', {'user': user, 'company': company}),
            ('ir.action-res.group', {'action': 1, 'group': group}),
            ('ir.rule.group-res.group', {'rule_group': 1, 'group': group}),
            ('account.configuration.default_account', {'company': company})]
        before = [self.count(m) for m, _ in tries]
        for model, values in tries:
            for login in ['agent', 'finance', 'programme', 'auditor']:
                with self.subTest(model=model, login=login):
                    self.assertShut(self.users[login].rest(
                            'POST', model, body=values))
        self.assertEqual([self.count(m) for m, _ in tries], before)

    def count(self, model):
        table = model.replace('.', '_')
        with self.connect() as connection:
            (count,), = connection.execute(f'SELECT COUNT(*) FROM "{table}"')
        return count

    def test_changes(self):
        "Forms filled in with what is hidden show nothing of it"
        for user, _ in self.spies(['agent', 'foreign_finance']):
            for model in permissions.MODELS:
                definitions = self.definitions(user, model) or {}
                for name, definition in definitions.items():
                    self.change(user, model, name, definition)

    def change(self, user, model, name, definition):
        target = definition.get('relation')
        row = permissions.MODELS.get(target)
        if definition['type'] != 'many2one' or not row or row.of in SHARED:
            return
        for id in self.world.of(target, *HIDDEN[user.login])[:1]:
            for method, names in [
                    ('on_change', [name]),
                    ('on_change_with', self.computed(user, model))]:
                with self.subTest(
                        user=user.login, model=model, field=name,
                        method=method):
                    answer = user.model(model, method, {name: id}, names)
                    self.assertHides(user, answer)

    def computed(self, user, model):
        return [
            n for n, d in self.definitions(user, model).items()
            if d.get('on_change_with')]

    def test_wizards(self):
        for user, owners in self.spies():
            for name, (model, _) in WIZARDS.items():
                ids = self.world.of(model, *owners) if model else []
                if not ids:
                    continue
                context = {
                    **user.context, 'active_model': model,
                    'active_id': ids[0], 'active_ids': ids[:1]}
                with self.subTest(user=user.login, wizard=name):
                    self.assertShut(user.call(
                            f'wizard.{name}.create', context))

    def test_wizards_that_began_elsewhere(self):
        "A wizard that began on an own record does not go on with another"
        for name, (model, roles) in WIZARDS.items():
            if not model:
                continue
            for user, owners in self.spies():
                seen = user.model(model, 'search', [], 0, 1).result
                ids = self.world.of(model, *owners)
                if not seen or not ids:
                    continue
                answer = user.call(f'wizard.{name}.create', {
                        **user.context, 'active_model': model,
                        'active_id': seen[0], 'active_ids': seen})
                if answer.failed:
                    continue
                session, start, _ = answer.result
                with self.subTest(user=user.login, wizard=name):
                    answer = user.call(
                        f'wizard.{name}.execute', session, {}, start, {
                            **user.context, 'active_model': model,
                            'active_id': ids[0], 'active_ids': ids[:1]})
                    self.assertHides(user, answer)
                    self.assertTrue(answer.failed, answer.text[:300])

    def test_reports(self):
        for user, owners in self.spies():
            for name, (models, _) in REPORTS.items():
                for model in models:
                    for id in self.private(model, owners)[:1]:
                        with self.subTest(
                                user=user.login, report=name, model=model):
                            self.assertNothing(user, user.call(
                                    f'report.{name}.execute', [id],
                                    {'model': model}, user.context))
                            self.assertNothing(
                                user, user.rest_report(name, id))

    def test_papers_and_notes(self):
        "What is attached to a hidden document is hidden, and none is added"
        for user, owners in self.spies():
            for model, text in [
                    ('ir.attachment', 'name'), ('ir.note', 'message')]:
                ids = self.world.of(model, *owners)
                self.assertTrue(ids)
                with self.subTest(user=user.login, model=model):
                    for id in ids:
                        self.assertShut(
                            user.model(model, 'read', [id], ['resource']))
                        self.assertShut(user.model(model, 'delete', [id]))
                        self.assertShut(user.rest('GET', model, id))
                    found = user.model(model, 'search', [])
                    self.assertFalse(set(found.result or []) & set(ids))
                for group in self.world.of('avec.group', *owners)[:1]:
                    self.assertShut(user.model(model, 'create', [{
                                    'resource': f'avec.group,{group}',
                                    text: "X"}]))

    def test_log(self):
        "Who did what on a hidden document is hidden"
        for login in ['colleague', 'foreign_agent']:
            owner = {'colleague': COLLEAGUE, 'foreign_agent': FOREIGN}[login]
            group = self.world.of('avec.group', owner)[0]
            self.users[login].model(
                'avec.group', 'write', [group], {'locality': f"Town {owner}"})
        for user, owners in self.spies():
            with self.subTest(user=user.login):
                rows = user.model(
                    'ir.model.log', 'search_read', [], 0, None, None,
                    ['resource', 'action', 'user']).result or []
                hidden = {
                    f'{m},{i}' for o in owners
                    for m, ids in self.world.ids[o].items() for i in ids}
                self.assertFalse(
                    {r['resource'] for r in rows} & hidden)

    def test_actions(self):
        "The counts of tabs and relates count what is seen"
        for user, model, ids in self.hidden():
            with self.subTest(user=user.login, model=model):
                everything = user.model(model, 'search_count', [])
                if everything.refused:
                    continue
                rest = user.model(
                    model, 'search_count', [('id', 'not in', ids)])
                self.assertEqual(everything.result, rest.result)


if __name__ == '__main__':
    unittest.main()
