# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import io
import unittest
import zipfile
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from trytond.modules.avec_group.tests.office import (
    acting_as, create_group, create_sheet, create_user, run_cycle)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .. import chart
from ..exceptions import FrozenError, ReportError
from .office import ProgrammeTestCase, create_subdivision

_TEXT = '{urn:oasis:names:tc:opendocument:xmlns:text:1.0}'
_TABLE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'


def tables(content):
    "Return the rows of texts of each table of the ODT, by its name"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read('content.xml'))
    result = {}
    for table in root.iter(f'{_TABLE}table'):
        rows = result.setdefault(table.get(f'{_TABLE}name'), [])
        for row in table.iter(f'{_TABLE}table-row'):
            rows.append([
                    ' '.join(
                        ''.join(p.itertext()) for p in c.iter(f'{_TEXT}p'))
                    for c in row.iter(f'{_TABLE}table-cell')])
    return result


class DonorReportTestCase(ProgrammeTestCase):
    "A report over a programme with a group in each of two provinces"

    def report(self, **values):
        Report = Pool().get('avec.indicator.report')
        Meeting = Pool().get('avec.meeting')
        self.group.subdivision = create_subdivision("North", 'MA-NNN')
        self.group.save()
        other = create_group("Miel", ["Said"])
        other.programme = self.programme
        other.subdivision = create_subdivision("South", 'MA-SSS')
        other.save()
        cycle = run_cycle(self.group)
        meeting = create_sheet(cycle, dt.date(2026, 5, 4), 2)
        Meeting.hold([meeting])
        Meeting.post([meeting])
        self.target('BEN-1', 10)
        snapshot = self.store(self.snapshot())
        report = Report(**{
                'title': "Young People at Work",
                'programme': self.programme, 'snapshot': snapshot,
                'summary': "It went well.\nRain came late.", **values})
        report.save()
        return report

    def printed(self, report, language='en'):
        Print = Pool().get('avec.indicator.report.print', type='report')
        ActionReport = Pool().get('ir.action.report')
        action, = ActionReport.search([
                ('report_name', '=', Print.__name__),
                ('extension', '=', '')])
        with Transaction().set_context(language=language):
            extension, content, _, _ = Print.execute(
                [report.id], {'action_id': action.id})
        self.assertEqual(extension, 'odt')
        return bytes(content)

    @with_transaction()
    def test_tables(self):
        with self.world():
            content = self.printed(self.report())
            found = tables(content)
            self.assertEqual(
                [r[:4] for r in found['Provinces']], [
                    ["Figure", "All Areas", "North", "South"],
                    ["Groups formed", "2", "1", "1"],
                    ["Direct beneficiaries", "3", "2", "1"],
                    ["Indirect beneficiaries", "12", "8", "4"]])
            rows = {r[0]: r[1:] for r in found['Targets']}
            self.assertEqual(
                rows['BEN-1'],
                ["Direct beneficiaries", "", "3", "—", "10", "30.0 %"])
            self.assertEqual(
                rows['SAV-1'][1:3], ["usd40.00", "usd40.00"])
            # No birth date is known, so there is no share
            self.assertEqual(rows['BEN-6'][2], "—")
            self.assertIn(
                ["Direct beneficiaries", "1", "1"], found['Sexes'])
            self.assertIn('BEN-2', {r[0] for r in found['Definitions']})

    @with_transaction()
    def test_narrative_and_charts(self):
        with self.world():
            content = self.printed(self.report())
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                text = archive.read('content.xml').decode('utf-8')
                pictures = [
                    n for n in archive.namelist() if n.endswith('.svg')]
            for expected in [
                    "Young People at Work", "It went well.",
                    "Rain came late.", "Groups by phase", "Women",
                    "stands for 4"]:
                self.assertIn(expected, text)
            self.assertEqual(len(pictures), 3)

    @with_transaction()
    def test_figures_of_the_snapshot(self):
        "What happens later changes nothing of the report"
        with self.world():
            report = self.report()
            before = tables(self.printed(report))
            group = create_group("Late", ["Zahra"])
            group.programme = self.programme
            group.formation_date = dt.date(2026, 2, 1)
            group.save()
            self.assertEqual(tables(self.printed(report)), before)

    @with_transaction()
    def test_no_snapshot(self):
        Report = Pool().get('avec.indicator.report')
        with self.world():
            report = self.report(snapshot=None)
            with self.assertRaisesRegex(ReportError, "needs the snapshot"):
                self.printed(report)
            with self.assertRaises(ReportError):
                Report.send([report])

    @with_transaction()
    def test_sent_is_frozen(self):
        Report = Pool().get('avec.indicator.report')
        with self.world() as company:
            report = self.report()
            with acting_as(create_user('programme', company)):
                Report.send([report])
                report = Report(report.id)
                self.assertEqual(report.state, 'sent')
                self.assertTrue(report.sent_date)
                for change in [
                        lambda: Report.write([report], {'summary': "Not"}),
                        lambda: Report.write([report], {'state': 'draft'}),
                        lambda: Report.delete([report])]:
                    with self.assertRaises(FrozenError):
                        change()


class ChartTestCase(unittest.TestCase):

    def test_bars(self):
        svg = etree.fromstring(chart.bars([
                    chart.Bar("North & West", Decimal(10), "10"),
                    chart.Bar("South", Decimal(5), "5"),
                    chart.Bar("East", None, "—")]))
        rects = svg.findall('{*}rect')
        full, half, none = (int(r.get('width')) for r in rects)
        self.assertEqual((full, none), (half * 2, 0))
        self.assertEqual(
            [t.text for t in svg.findall('{*}text')],
            ["North & West", "10", "South", "5", "East", "—"])

    @settings(max_examples=50)
    @given(st.lists(st.one_of(
                st.none(), st.decimals(0, 10 ** 9, places=2)),
            min_size=1, max_size=30), st.booleans())
    def test_within_the_picture(self, values, rtl):
        svg = etree.fromstring(chart.bars(
                [chart.Bar("x", v, str(v)) for v in values], rtl))
        self.assertEqual(int(svg.get('height')), chart.height(len(values)))
        for rect in svg.findall('{*}rect'):
            x, width = int(rect.get('x')), int(rect.get('width'))
            self.assertGreaterEqual(x, 0)
            self.assertLessEqual(x + width, chart.WIDTH)
