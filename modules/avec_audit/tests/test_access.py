# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.matrix import MatrixMixin
from trytond.modules.avec_group.tests.office import (
    ROLES, acting_as, create_user, office)
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import AuditTestCase

NONE, READ, ANSWER = set(), {'read'}, {'read', 'write'}
NOTE = {'read', 'write', 'create'}
ALL = {'read', 'write', 'create', 'delete'}
# What each role may do, in the order of ROLES: field officer, finance,
# programme, auditor, administration
MATRIX = {
    'avec.audit.balance': [NONE, READ, NONE, READ, NONE],
    'avec.audit.exception': [NONE, READ, NONE, READ, NONE],
    'avec.audit.sample': [NONE, READ, NONE, ALL, NONE],
    'avec.audit.finding': [ANSWER, ANSWER, ANSWER, NOTE, READ],
    }
# The roles that may press each button
BUTTONS = {
    ('avec.audit.sample', 'draw'): {'auditor'},
    ('avec.audit.finding', 'send_answer'): {
        'field_officer', 'finance', 'programme'},
    ('avec.audit.finding', 'close'): {'auditor'},
    ('avec.audit.finding', 'reopen'): {'auditor'},
    }
# The roles that see each entry of the menu
MENUS = {
    'menu_audit': set(ROLES),
    'menu_balance': {'finance', 'auditor'},
    'menu_exception': {'finance', 'auditor'},
    'menu_sample': {'finance', 'auditor'},
    'menu_finding': set(ROLES),
    }


class AccessTestCase(MatrixMixin, AuditTestCase):
    "Auditors audit, finance reads along and the office answers"
    matrix = MATRIX
    buttons = BUTTONS

    @with_transaction()
    def test_menus_by_role(self):
        pool = Pool()
        Menu = pool.get('ir.ui.menu')
        ModelData = pool.get('ir.model.data')
        ids = {n: ModelData.get_id('avec_audit', n) for n in MENUS}
        with self.world() as company:
            for role in ROLES:
                with acting_as(create_user(role, company)):
                    seen = {m.id for m in Menu.search([])}
                for name, roles in MENUS.items():
                    with self.subTest(role=role, menu=name):
                        self.assertEqual(ids[name] in seen, role in roles)

    @with_transaction()
    def test_refused_when_tried(self):
        pool = Pool()
        with self.world() as company:
            for role in ['field_officer', 'programme', 'admin']:
                with acting_as(create_user(role, company)):
                    for model in [
                            'avec.audit.balance', 'avec.audit.exception',
                            'avec.audit.sample']:
                        with self.subTest(role=role, model=model), \
                                self.assertRaises(AccessError):
                            pool.get(model).search([])

    @with_transaction()
    def test_auditor_writes_no_document(self):
        "To note a finding on a document gives no right to it"
        pool = Pool()
        Finding = pool.get('avec.audit.finding')
        Meeting = pool.get('avec.meeting')
        with self.world() as company, \
                acting_as(create_user('auditor', company)):
            Finding.create([{
                        'document': str(self.meeting), 'title': "Look"}])
            with self.assertRaises(AccessError):
                Meeting.write(
                    Meeting.browse([self.meeting]), {'note': "Seen"})

    @with_transaction()
    def test_another_company_reads_none_of_it(self):
        pool = Pool()
        Finding = pool.get('avec.audit.finding')
        Sample = pool.get('avec.audit.sample')
        models = [
            'avec.audit.finding', 'avec.audit.sample',
            'avec.audit.sample.line']
        with self.world() as company:
            Finding.create([{
                        'document': str(self.meeting), 'title': "Look"}])
            sample = Sample(
                name="All", seed="1", size=1,
                start_date=dt.date(2026, 1, 1),
                end_date=dt.date(2026, 12, 31))
            sample.save()
            Sample.draw([sample])
            with acting_as(create_user('auditor', company)):
                for model in models:
                    self.assertEqual(len(pool.get(model).search([])), 1)
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            for role in ['finance', 'auditor']:
                with acting_as(create_user(role, elsewhere, role)):
                    for model in models:
                        with self.subTest(role=role, model=model):
                            self.assertEqual(
                                pool.get(model).search([]), [])
