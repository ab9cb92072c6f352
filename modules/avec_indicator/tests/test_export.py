# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

from lxml import etree

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.office import acting_as, create_user
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from ..exceptions import ReportError
from .office import END, START, TODAY, ProgrammeTestCase, create_subdivision

SCHEMA = (
    Path(__file__).parent / 'iati_203' / 'iati-activities-schema.xsd')
_TABLE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'


def report(name, records, extension='', model=None, **context):
    "Return what the report makes of the records"
    pool = Pool()
    Report = pool.get(name, type='report')
    ActionReport = pool.get('ir.action.report')
    action, = ActionReport.search([
            ('report_name', '=', name), ('extension', '=', extension)])
    with Transaction().set_context(**context):
        extension, content, _, _ = Report.execute(
            [r.id for r in records], {
                'action_id': action.id,
                'model': model or records[0].__name__})
    return extension, bytes(content)


class ExportTestCase(ProgrammeTestCase):
    "The figures of a programme leave the office"

    def read_csv(self, records, **context):
        extension, content = report(
            'avec.indicator.export', records, 'csv', **context)
        self.assertEqual(extension, 'csv')
        return list(csv.DictReader(
                io.StringIO(content.decode('utf-8-sig'))))

    @with_transaction()
    def test_cut(self):
        Value = Pool().get('avec.indicator.value')
        with self.world() as company:
            self.group.subdivision = create_subdivision("North", 'MA-NNN')
            self.group.save()
            context = {
                'company': company.id, 'avec_date': TODAY,
                'avec_start_date': START, 'avec_cut': 'subdivision',
                'avec_programme': self.programme.id}
            with Transaction().set_context(**context):
                values = Value.search([
                        ('indicator.code', 'in', ['BEN-1', 'BEN-3'])])
            persons, share = self.read_csv(values, **context)
            self.assertEqual({
                    n: persons[n] for n in [
                        'Code', 'Province Code', 'Province', 'From', 'To',
                        'Figure', 'Unit', 'Formula', 'Version']}, {
                    'Code': 'BEN-1', 'Province Code': 'MA-NNN',
                    'Province': "North", 'From': '2026-04-01',
                    'To': '2026-07-10', 'Figure': '2', 'Unit': "Persons",
                    'Formula': 'direct_beneficiaries', 'Version': '1'})
            self.assertEqual(
                persons['Programme'], self.programme.rec_name)
            # A fraction, whoever reads it
            self.assertEqual(Decimal(share['Figure']), Decimal('0.5'))

    @with_transaction()
    def test_snapshot_with_definitions(self):
        with self.world():
            snapshot = self.store(self.snapshot())
            extension, content = report('avec.indicator.export', [snapshot])
            self.assertEqual(extension, 'ods')
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                root = etree.fromstring(archive.read('content.xml'))
            figures, definitions = root.iter(f'{_TABLE}table')
            rows = list(figures.iter(f'{_TABLE}table-row'))
            self.assertEqual(len(rows), len(snapshot.lines) + 1)
            texts = [
                [''.join(c.itertext()) for c in r]
                for r in definitions.iter(f'{_TABLE}table-row')]
            self.assertIn('GRP-1', {t[0] for t in texts})
            self.assertTrue(all(t[2] for t in texts))

    @with_transaction()
    def test_other_records_are_refused(self):
        with self.world():
            with self.assertRaises(AccessError):
                report(
                    'avec.indicator.export', [self.programme], 'csv')

    @with_transaction()
    def test_field_officer_exports_no_snapshot(self):
        with self.world() as company:
            snapshot = self.store(self.snapshot())
            with acting_as(create_user('field_officer', company)):
                with self.assertRaises(AccessError):
                    self.read_csv([snapshot])

    # -- IATI

    def donor_report(self, **values):
        Report = Pool().get('avec.indicator.report')
        self.group.subdivision = create_subdivision("North", 'MA-NNN')
        self.group.save()
        self.target('BEN-1', 10, baseline=Decimal(0))
        self.target('BEN-3', '0.8')
        for name, value in {
                'iati_identifier': 'XM-EXAMPLE-1-P1',
                'iati_organisation': 'XM-EXAMPLE-1',
                'iati_organisation_type': '21', **values}.items():
            setattr(self.programme, name, value)
        self.programme.save()
        record = Report(
            title="Report", programme=self.programme,
            snapshot=self.store(self.snapshot()), summary="All <well>")
        record.save()
        return record

    @with_transaction()
    def test_iati_results(self):
        with self.world():
            extension, content = report(
                'avec.indicator.iati', [self.donor_report()])
            self.assertEqual(extension, 'xml')
            root = etree.fromstring(content)
            schema = etree.XMLSchema(etree.parse(SCHEMA))
            schema.assertValid(root)
            self.assertEqual(root.get('version'), '2.03')
            activity = root.find('iati-activity')
            self.assertEqual(
                activity.findtext('iati-identifier'), 'XM-EXAMPLE-1-P1')
            self.assertEqual(
                activity.find('recipient-country').get('code'), 'MA')
            self.assertEqual(
                activity.findtext('description/narrative'), "All <well>")
            indicators = {
                i.findtext('title/narrative').split()[0]: i
                for i in activity.iter('indicator')}
            persons = indicators['BEN-1']
            self.assertEqual(persons.find('baseline').get('value'), '0')
            self.assertEqual(
                persons.find('period/period-end').get('iso-date'),
                END.isoformat())
            actuals = {
                tuple((d.get('name'), d.get('value'))
                    for d in a.findall('dimension')): a.get('value')
                for a in persons.iter('actual')}
            self.assertEqual(actuals[()], '2')
            self.assertEqual(actuals[('sex', 'female'), ], '1')
            self.assertEqual(actuals[('subdivision', 'MA-NNN'), ], '2')
            # Percentages are of a hundred in IATI
            share = indicators['BEN-3']
            self.assertEqual(share.get('measure'), '2')
            self.assertEqual(
                [share.find(f'period/{n}').get('value')
                    for n in ['target', 'actual']], ['80', '50'])

    @with_transaction()
    def test_iati_of_a_closed_programme(self):
        with self.world():
            _, content = report('avec.indicator.iati', [
                    self.donor_report(end_date=dt.date(2026, 6, 15))])
            activity = etree.fromstring(content).find('iati-activity')
            self.assertEqual(
                activity.find('activity-status').get('code'), '4')
            self.assertEqual(
                [d.get('type') for d in activity.findall('activity-date')],
                ['2', '4'])

    @with_transaction()
    def test_iati_without_identifier(self):
        with self.world():
            record = self.donor_report(iati_identifier=None)
            with self.assertRaisesRegex(ReportError, "IATI identifiers"):
                report('avec.indicator.iati', [record])

    def test_schema_refuses_the_wrong_order(self):
        schema = etree.XMLSchema(etree.parse(SCHEMA))
        for text in [
                '<iati-activities version="2.03"/>',
                '<iati-activities version="2.03"><iati-activity>'
                '<title><narrative>x</narrative></title>'
                '<iati-identifier>x</iati-identifier>'
                '</iati-activity></iati-activities>']:
            self.assertFalse(schema.validate(etree.fromstring(text)))
