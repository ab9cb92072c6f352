# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import csv
import io
import zipfile
from decimal import Decimal
from unittest.mock import patch

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.report import AvecReport
from trytond.modules.avec_group.tests.office import (
    acting_as, create_group, create_user)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import EXTRAS, AuditTestCase


class GroupFileTestCase(AuditTestCase):
    "The whole file of a group is one archive"
    extras = EXTRAS

    def export(self, *groups, **options):
        "Return the files of the archive, {path: bytes}"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Report = pool.get('avec.audit.group_file', type='report')
        groups = groups or [self.group]
        extension, content, *_ = Report.execute(
            [g.id for g in groups], {
                'action_id': ModelData.get_id(
                    'avec_audit', 'report_group_file'),
                'model': 'avec.group', **options})
        self.assertEqual(extension, 'zip')
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {n: archive.read(n) for n in archive.namelist()}

    def rows(self, files, name, group=None):
        path = f'{(group or self.group).code}/{name}.csv'
        return list(csv.reader(
                io.StringIO(files[path].decode('utf-8-sig'))))

    @with_transaction()
    def test_archive_of_a_group(self):
        "The auditor finds the moves, whose totals stand in the summary"
        with self.world() as company:
            other = create_group("Other", ["Mina"])
            with acting_as(create_user('auditor', company)):
                files = self.export()
                again = self.export()
            self.assertEqual(files, again)
            self.assertIn('MANIFEST.sha256', files)
            self.assertFalse([p for p in files if other.code in p])
            lines = self.rows(files, 'move_lines')
            move_lines = self.meeting.move.lines
            self.assertEqual(len(lines), 1 + len(move_lines))
            debit = lines[0].index("Debit")
            self.assertEqual(
                sum(Decimal(l[debit]) for l in lines[1:]),
                sum(l.debit for l in move_lines))
            summary = dict(self.rows(files, 'summary'))
            self.assertEqual(Decimal(summary["Posted Debits"]), Decimal(36))
            self.assertEqual(Decimal(summary["Posted Credits"]), Decimal(36))
            self.assertEqual(Decimal(summary["Debits Less Credits"]), 0)
            self.assertEqual(summary['meeting_lines.csv'], '3')
            self.assertEqual(summary['loans.csv'], '0')
            for name in [
                    'members', 'meetings', 'meeting_lines', 'moves', 'seals']:
                with self.subTest(table=name):
                    self.assertGreater(len(self.rows(files, name)), 1)

    @with_transaction()
    def test_no_name_unless_it_is_asked_for(self):
        "Nor in what the moves of an exit say of themselves"
        Exit = Pool().get('avec.membership.exit')
        with self.world():
            exit_ = Exit(
                membership=self.group.memberships[1], date=self.meeting.date,
                note="Fatima moves away")
            exit_.save()
            Exit.post([exit_])
            self.assertIn("Fatima", exit_.move.description)
            text = b''.join(self.export().values()).decode('utf-8-sig')
            self.assertNotIn("Fatima", text)
            text = b''.join(
                self.export(with_names=True).values()).decode('utf-8-sig')
            self.assertIn("Fatima", text)

    @with_transaction()
    def test_archive_of_a_cycle(self):
        Cycle = Pool().get('avec.cycle')
        with self.world():
            self.assertEqual(
                len(self.rows(self.export(cycle=self.cycle.id), 'moves')), 2)
            other, = Cycle.copy([self.cycle])
            self.assertEqual(
                len(self.rows(self.export(cycle=other.id), 'moves')), 1)

    @with_transaction()
    def test_archive_of_several_groups(self):
        with self.world():
            other = create_group("Other", ["Mina", "Hind"])
            files = self.export(self.group, other)
            self.assertEqual(len(self.rows(files, 'members', other)), 3)
            self.assertEqual(len(self.rows(files, 'members')), 4)
            self.assertEqual(len(self.rows(files, 'moves', other)), 1)

    @with_transaction()
    def test_papers_and_attachments(self):
        Attachment = Pool().get('ir.attachment')
        with self.world():
            Attachment(
                name="signed: sheet.pdf", type='data', data=b'scan',
                resource=self.meeting).save()
            with patch.object(AvecReport, '_converter', return_value=None):
                files = self.export(
                    with_names=True, printed=True, attachments=True)
            code = self.group.code
            self.assertIn(f'{code}/papers/meeting_sheets.odt', files)
            self.assertIn(f'{code}/papers/cycle_statements.odt', files)
            scan, = [p for p in files if 'attachments' in p]
            self.assertEqual(files[scan], b'scan')
            self.assertTrue(scan.endswith('signed- sheet.pdf'), scan)

    @with_transaction()
    def test_loans_are_in_the_file(self):
        from trytond.modules.avec_loan.tests.office import (
            create_loan, create_product, disburse, lending_group)
        with self.world():
            product = create_product()
            group, cycle = lending_group(product, name="Lenders")
            disburse([create_loan(group.memberships[0], cycle, product)])
            files = self.export(group)
            self.assertEqual(len(self.rows(files, 'loans', group)), 2)
            self.assertEqual(
                len(self.rows(files, 'loan_instalments', group)), 4)

    @with_transaction()
    def test_who_exports(self):
        "Who reads the ledger, and of groups that he or she reads"
        with self.world() as company:
            for role in ['finance', 'auditor']:
                with acting_as(create_user(role, company)):
                    self.assertTrue(self.export())
            for role in ['field_officer', 'programme', 'admin']:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)), \
                        self.assertRaises(AccessError):
                    self.export()

    @with_transaction()
    def test_wizard(self):
        Wizard = Pool().get('avec.audit.group_file.pack', type='wizard')
        with self.world() as company, \
                acting_as(create_user('auditor', company)), \
                Transaction().set_context(
                    active_model='avec.group', active_id=self.group.id,
                    active_ids=[self.group.id]):
            session_id, start, _ = Wizard.create()
            result = Wizard.execute(session_id, {}, start)
            defaults = result['view']['defaults']
            self.assertFalse(defaults['with_names'])
            result = Wizard.execute(session_id, {'start': {
                        **defaults, 'cycle': self.cycle.id,
                        'printed': True}}, 'pack')
            (_, data), = result['actions']
            self.assertEqual(data['cycle'], self.cycle.id)
            # Papers name the members
            self.assertFalse(data['printed'])
