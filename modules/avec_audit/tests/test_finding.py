# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_audit.exceptions import (
    FindingError, FindingFrozenError, FindingValidationError)
from trytond.modules.avec_group.tests.office import (
    acting_as, create_group, create_user, office)
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import AuditTestCase, tamper


class FindingTestCase(AuditTestCase):
    "The question is the auditor's, the answer the office's"

    def users(self, company):
        users = {
            r: create_user(r, company) for r in [
                'auditor', 'finance', 'programme', 'field_officer', 'admin']}
        self.group.field_officer = users['field_officer'].employee
        self.group.save()
        return users

    def note(self, document=None, **values):
        Finding = Pool().get('avec.audit.finding')
        document = document or self.meeting
        finding, = Finding.create([{
                    'document': str(document), 'title': "Not signed",
                    'text': "Who signed the sheet?", **values}])
        return finding

    @with_transaction()
    def test_life_of_a_finding(self):
        Finding = Pool().get('avec.audit.finding')
        with self.world() as company:
            users = self.users(company)
            with acting_as(users['auditor']):
                finding = self.note()
                self.assertEqual(finding.state, 'open')
                self.assertTrue(finding.number)
                self.assertEqual(finding.group, self.group)
                self.assertEqual(
                    finding.opened_by, users['auditor'].employee)
                Finding.write([finding], {'severity': 'high'})
            with acting_as(users['finance']):
                mine = Finding.browse([finding])
                with self.assertRaises(FindingError):
                    Finding.send_answer(mine)
                Finding.write(mine, {'answer': "The treasurer"})
                Finding.send_answer(Finding.browse([finding]))
                with self.assertRaises(FindingFrozenError):
                    Finding.write(
                        Finding.browse([finding]), {'answer': "Nobody"})
            finding = Finding(finding.id)
            self.assertEqual(finding.state, 'answered')
            self.assertEqual(finding.answered_by, users['finance'].employee)
            self.assertTrue(finding.answered_on)
            with acting_as(users['auditor']):
                mine = Finding.browse([finding])
                with self.assertRaises(FindingFrozenError):
                    Finding.write(mine, {'text': "Something else"})
                Finding.reopen(mine)
            finding = Finding(finding.id)
            self.assertEqual(finding.state, 'open')
            self.assertIsNone(finding.answered_by)
            self.assertEqual(finding.answer, "The treasurer")
            with acting_as(users['field_officer']):
                Finding.write(
                    Finding.browse([finding]), {'answer': "The chair"})
                Finding.send_answer(Finding.browse([finding]))
            with acting_as(users['auditor']):
                mine = Finding.browse([finding])
                Finding.write(mine, {'conclusion': "Seen"})
                Finding.close(Finding.browse([finding]))
                with self.assertRaises(FindingFrozenError):
                    Finding.write(
                        Finding.browse([finding]), {'conclusion': "?"})
            finding = Finding(finding.id)
            self.assertEqual(finding.state, 'closed')
            self.assertEqual(finding.closed_by, users['auditor'].employee)

    @with_transaction()
    def test_who_writes_what(self):
        Finding = Pool().get('avec.audit.finding')
        with self.world() as company:
            users = self.users(company)
            with acting_as(users['auditor']):
                finding = self.note()
            writes = {
                'auditor': {'title', 'text', 'severity', 'conclusion'},
                'finance': {'answer'}, 'programme': {'answer'},
                'field_officer': {'answer'}, 'admin': set()}
            values = {
                n: "Written" for n in [
                    'title', 'text', 'answer', 'conclusion']}
            values['severity'] = 'low'
            for role, names in writes.items():
                with acting_as(users[role]):
                    mine = Finding.browse([finding])
                    for name, value in values.items():
                        with self.subTest(role=role, field=name):
                            if name in names:
                                Finding.write(mine, {name: value})
                            else:
                                with self.assertRaises(AccessError):
                                    Finding.write(mine, {name: value})
                    for name, value in [
                            ('state', 'closed'), ('group', None),
                            ('opened_on', dt.date(2020, 1, 1)),
                            ('document', str(self.group)),
                            ('closed_by', None)]:
                        with self.subTest(role=role, field=name), \
                                self.assertRaises(AccessError):
                            Finding.write(mine, {name: value})
                    with self.assertRaises(AccessError):
                        Finding.delete(mine)
                    if role != 'auditor':
                        with self.subTest(role=role), \
                                self.assertRaises(AccessError):
                            self.note()

    @with_transaction()
    def test_who_presses_what(self):
        Finding = Pool().get('avec.audit.finding')
        with self.world() as company:
            users = self.users(company)
            with acting_as(users['auditor']):
                finding = self.note()
            tamper(finding, answer="Here")
            for button, roles in [
                    ('send_answer', {'auditor', 'admin'}),
                    ('close', {'finance', 'programme', 'field_officer'}),
                    ('reopen', {'finance', 'programme', 'admin'})]:
                for role in roles:
                    with self.subTest(role=role, button=button), \
                            acting_as(users[role]), \
                            self.assertRaises(AccessButtonError):
                        getattr(Finding, button)(Finding.browse([finding]))

    @with_transaction()
    def test_signature_is_not_typed(self):
        "Nor does the auditor answer or date a finding"
        with self.world() as company:
            users = self.users(company)
            with acting_as(users['auditor']):
                for values in [
                        {'opened_by': users['finance'].employee.id},
                        {'opened_on': dt.date(2020, 1, 1)},
                        {'state': 'closed'}, {'answer': "Mine"},
                        {'closed_on': dt.date(2026, 1, 1)}]:
                    with self.subTest(values=values), \
                            self.assertRaises(AccessError):
                        self.note(**values)

    @with_transaction()
    def test_who_reads_what(self):
        "A field officer those of own groups, without those on the ledger"
        Finding = Pool().get('avec.audit.finding')
        with self.world() as company:
            users = self.users(company)
            other = create_group("Other", ["Mina"])
            with acting_as(users['auditor']):
                sheet = self.note()
                ledger = self.note(self.meeting.move)
                elsewhere = self.note(other)
            self.assertEqual(ledger.group, self.group)
            for role, findings in [
                    ('auditor', {sheet, ledger, elsewhere}),
                    ('finance', {sheet, ledger, elsewhere}),
                    ('programme', {sheet, elsewhere}),
                    ('admin', {sheet, elsewhere}),
                    ('field_officer', {sheet})]:
                with self.subTest(role=role), acting_as(users[role]):
                    found = Finding.search([])
                    self.assertEqual(set(found), findings)
                    # As the list of the client reads them
                    Finding.read(
                        [f.id for f in found], ['document.rec_name'])

    @with_transaction()
    def test_document_of_another_company(self):
        with self.world():
            pass
        with office("Elsewhere", create_currency('eur')) as elsewhere, \
                acting_as(create_user('auditor', elsewhere)):
            with self.assertRaises((AccessError, FindingValidationError)):
                self.note(company=self.company.id)
            with self.assertRaises(FindingValidationError):
                self.note()

    @with_transaction()
    def test_findings_of_a_document(self):
        "The relate opens them, and a new one is on the document"
        pool = Pool()
        ActWindow = pool.get('ir.action.act_window')
        Finding = pool.get('avec.audit.finding')
        ModelData = pool.get('ir.model.data')
        with self.world():
            finding = self.note()
            self.note(self.group)
            action = ActWindow(ModelData.get_id(
                    'avec_audit', 'act_finding_relate'))
            decoder = PYSONDecoder({
                    'active_id': self.meeting.id,
                    'active_ids': [self.meeting.id],
                    'active_model': 'avec.meeting'})
            self.assertEqual(
                Finding.search(decoder.decode(action.pyson_domain)),
                [finding])
            with Transaction().set_context(
                    decoder.decode(action.pyson_context)):
                default = Finding.default_get(['document'])
            self.assertEqual(default['document'], str(self.meeting))

    @with_transaction()
    def test_finding_noted_on_an_exception(self):
        pool = Pool()
        Exception_ = pool.get('avec.audit.exception')
        Finding = pool.get('avec.audit.finding')
        Wizard = pool.get('avec.audit.finding.note', type='wizard')
        with self.world() as company:
            tamper(self.meeting, number=2)
            with acting_as(create_user('auditor', company)):
                exception, = Exception_.search([])
                with Transaction().set_context(
                        active_model='avec.audit.exception',
                        active_id=exception.id,
                        active_ids=[exception.id]):
                    session_id, _, _ = Wizard.create()
                    result = Wizard.execute(session_id, {}, 'open_')
                (action, _), = result['actions']
                decoder = PYSONDecoder()
                with Transaction().set_context(
                        decoder.decode(action['pyson_context'])):
                    default = Finding.default_get(['document'])
                self.assertEqual(default['document'], str(self.meeting))
                finding = self.note()
                self.assertEqual(
                    Finding.search(decoder.decode(action['pyson_domain'])),
                    [finding])

    @with_transaction()
    def test_printed_findings(self):
        from trytond.modules.avec_group.tests.test_report import (
            render, text_of)
        with self.world():
            finding = self.note(answer="The treasurer")
            text = text_of(render('avec.audit.finding.print', [
                        finding, self.note(self.group)]))
            for expected in [
                    finding.number, "Who signed the sheet?",
                    "The treasurer", self.meeting.rec_name,
                    self.group.rec_name]:
                self.assertIn(expected, text)
