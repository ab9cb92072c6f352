# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a client reads of the figures, whatever it sends"
import csv
import datetime as dt
import io
from decimal import Decimal

from tests import rpc
from tests.test_rpc import RPCTestCase
from trytond.pyson import PYSONDecoder

DAY = dt.date(2026, 6, 30)
VALUE = 'avec.indicator.value'
# By the key of the formula, what each of two like groups adds
EACH = {
    'groups_formed': 1, 'direct_beneficiaries': 3, 'activities_created': 1,
    'activity_owners': 1, 'loans_outstanding': 0}
COUNTED = [k for k in EACH if k != 'loans_outstanding']


class IndicatorRPCTest(RPCTestCase):
    "Figures over the wire"
    # The same as for livelihoods, whose database is made once
    set_up = staticmethod(rpc.set_up_livelihoods)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = {l: cls.client(l) for l in rpc.ROLES}
        cls.office = [
            cls.clients[l]
            for l in ['finance', 'programme', 'auditor', 'manager']]
        cls.own, cls.other = cls.admin.model(
            'avec.group', 'search', [], 0, None, [('code', 'ASC')])

    def rows(self, client, *domain, **context):
        "Return the figures that the client reads"
        return client.model(
            VALUE, 'search_read', list(domain), 0, None, None,
            ['value', 'count', 'group', 'indicator', 'indicator.key'],
            **{'avec_date': DAY, **context})

    def figures(self, client, **context):
        "Return {key of the formula: figure}"
        return {
            r['indicator.']['key']: r['value']
            for r in self.rows(client, **context)}

    def assertFigures(self, figures, groups):
        self.assertEqual(
            {k: figures[k] for k in EACH},
            {k: v * groups for k, v in EACH.items()})

    def test_other_groups_are_in_no_sum(self):
        "A field officer reads the figures of own groups, the office all"
        for login in ['agent', 'colleague']:
            with self.subTest(login=login):
                self.assertFigures(self.figures(self.clients[login]), 1)
        for client in self.office:
            self.assertFigures(self.figures(client), 2)

    def test_other_groups_have_no_cell(self):
        "Nor is one read that is known"
        by_group = {'avec_cut': 'group'}
        everything = self.rows(self.admin, **by_group)
        seen = self.rows(self.agent, **by_group)
        self.assertEqual(
            {r['group'] for r in everything}, {self.own, self.other})
        self.assertEqual({r['group'] for r in seen}, {self.own})
        hidden = [r['id'] for r in everything if r['group'] == self.other]
        context = {'avec_date': DAY, **by_group}
        for method, *args in [
                ('read', hidden, ['value']),
                ('export_data', hidden, ['value'], False)]:
            with self.subTest(method=method):
                self.assertRefused(
                    '.', self.agent.model, VALUE, method, *args, **context)
        for filters in [
                {'avec_field_officer': self.employee('colleague')},
                {'avec_field_officer': self.employee('colleague'),
                    'avec_cut': 'field_officer'}]:
            with self.subTest(filters=filters):
                self.assertFalse([
                        r for r in self.rows(self.agent, **filters)
                        if r['value']])

    def employee(self, login):
        employee, = self.admin.model(
            'company.employee', 'search', [('party.name', '=', login)], 0,
            None, None)
        return employee

    def test_figures_are_not_written(self):
        "Nobody writes a figure, and targets are set by programme"
        ids = [r['id'] for r in self.rows(self.admin)]
        for login, client in self.clients.items():
            for call in [
                    ('write', ids[:1], {'value': Decimal(7)}),
                    ('create', [{'value': Decimal(7)}]),
                    ('delete', ids[:1])]:
                with self.subTest(login=login, call=call[0]):
                    self.assertRefused('.', client.model, VALUE, *call)
            if login != 'programme':
                with self.subTest(login=login):
                    self.assertRefused(
                        '.', client.model, 'avec.indicator.target', 'create',
                        [{'target': Decimal(1)}])
        for model in ['avec.indicator.snapshot', 'avec.indicator.report']:
            with self.subTest(model=model):
                self.assertRefused(
                    '.', self.agent.model, model, 'search', [], 0, None, None)

    def trace(self, client, value, **context):
        "Return how many records the action of the figure opens"
        context = {
            **client.context, 'avec_date': DAY, 'active_model': VALUE,
            'active_id': value, 'active_ids': [value], **context}
        wizard = 'wizard.avec.indicator.trace.'
        session, *_ = client.call(wizard + 'create', context)
        result = client.call(wizard + 'execute', session, {}, 'open_', context)
        client.call(wizard + 'delete', session, context)
        (action, _), = result['actions']
        decode = PYSONDecoder({}).decode
        domain = decode(action['pyson_domain'])
        return domain[0][2], client.model(
            action['res_model'], 'search_count', domain,
            **decode(action['pyson_context']))

    def test_figure_opens_its_records(self):
        "As many as it counts, and no id of what may not be read"
        for client, groups in [(self.agent, 1), (self.office[0], 2)]:
            for row in self.rows(client):
                key = row['indicator.']['key']
                if key not in COUNTED:
                    continue
                with self.subTest(key=key, groups=groups):
                    ids, count = self.trace(client, row['id'])
                    self.assertEqual(len(ids), EACH[key] * groups)
                    self.assertEqual(count, row['value'])
        hidden = [
            r['id'] for r in self.rows(self.admin, avec_cut='group')
            if r['group'] == self.other]
        with self.assertRaises(rpc.Refused):
            self.trace(self.agent, hidden[0], avec_cut='group')

    def exported(self, client, ids, **context):
        "Return {key of the formula: figure} of the file of the figures"
        action, = client.model(
            'ir.action.report', 'search', [('extension', '=', 'csv'), (
                    'report_name', '=', 'avec.indicator.export')], 0, None,
            None)
        kind, content, *_ = client.call(
            'report.avec.indicator.export.execute', ids,
            {'model': VALUE, 'action_id': action},
            {**client.context, 'avec_date': DAY, **context})
        self.assertEqual(kind, 'csv')
        header, *rows = csv.reader(
            io.StringIO(bytes(content).decode('utf-8-sig')))
        return {
            row[header.index("Formula")]: row[header.index("Figure")]
            for row in rows}

    def test_export_is_of_own_groups(self):
        "In the file of the report and in that of the client"
        for client, groups in [(self.agent, 1), (self.office[2], 2)]:
            rows = {
                r['indicator.']['key']: r['id'] for r in self.rows(client)
                if r['indicator.']['key'] in EACH}
            with self.subTest(groups=groups):
                self.assertFigures({
                        k: Decimal(v) for k, v in self.exported(
                            client, list(rows.values())).items()}, groups)
                exported = client.model(
                    VALUE, 'export_data', list(rows.values()),
                    ['indicator/key', 'value'], False, avec_date=DAY)
                self.assertFigures(dict(exported), groups)

    def test_another_company(self):
        "Its figures are not asked for by naming it"
        company, = self.admin.model(
            'company.company', 'search', [], 0, None, None)
        currency, = self.admin.read('company.company', company, 'currency')
        party, = self.admin.model(
            'party.party', 'create', [{'name': "Elsewhere"}])
        elsewhere, = self.admin.model('company.company', 'create', [{
                    'party': party, 'currency': currency}])
        self.addCleanup(
            self.admin.model, 'company.company', 'delete', [elsewhere])
        user, = self.admin.model(
            'res.user', 'search', [('login', '=', 'programme')], 0, None,
            None)
        self.admin.model('res.user', 'write', [user], {
                'companies': [('add', [elsewhere]), ('remove', [company])],
                'company': elsewhere, 'employees': [
                    ('remove', [self.employee('programme')])],
                'employee': None})
        self.addCleanup(self.admin.model, 'res.user', 'write', [user], {
                'companies': [('remove', [elsewhere]), ('add', [company])],
                'company': company, 'employees': [
                    ('add', [self.employee('programme')])]})
        client = self.client('programme')
        for asked in [company, elsewhere, None]:
            with self.subTest(asked=asked):
                self.assertFalse([
                        r for r in self.rows(client, company=asked)
                        if r['value']])
