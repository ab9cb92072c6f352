# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import csv
import datetime as dt
import io
import unittest
import zipfile
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from trytond.modules.avec_group.spreadsheet import (
    MIMETYPE, Table, to_csv, to_ods)

OFFICE = '{urn:oasis:names:tc:opendocument:xmlns:office:1.0}'
TABLE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'
TEXT = '{urn:oasis:names:tc:opendocument:xmlns:text:1.0}'

texts = st.text(st.characters(codec='utf-8', exclude_categories=['Cc', 'Cs']))
cells = st.one_of(
    st.none(), st.booleans(), st.integers(-10 ** 9, 10 ** 9), st.dates(),
    st.decimals(-10 ** 9, 10 ** 9, places=2), texts)


def read(data):
    "Return the sheets of the spreadsheet as {name: rows of values}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read('content.xml'))
    return {
        t.get(TABLE + 'name'): [
            [value(c) for c in row.findall(TABLE + 'table-cell')]
            for row in t.findall(TABLE + 'table-row')]
        for t in root.iter(TABLE + 'table')}


def value(cell):
    kind = cell.get(OFFICE + 'value-type')
    if kind is None:
        return None
    if kind == 'float':
        return Decimal(cell.get(OFFICE + 'value'))
    if kind == 'boolean':
        return cell.get(OFFICE + 'boolean-value') == 'true'
    if kind == 'date':
        return dt.date.fromisoformat(cell.get(OFFICE + 'date-value'))
    return '\n'.join(p.text or '' for p in cell.findall(TEXT + 'p'))


class SpreadsheetTestCase(unittest.TestCase):
    "Tables are written as they are"

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.lists(cells, max_size=4), max_size=4))
    def test_ods_keeps_values(self, rows):
        "What is read back is what was written"
        sheets = read(to_ods([Table("A", rows), Table("B & <C>", [])]))
        self.assertEqual(list(sheets), ["A", "B & <C>"])
        self.assertEqual(
            sheets["A"], [[None if c == '' else c for c in r] for r in rows])

    @settings(max_examples=50, deadline=None)
    @given(st.lists(
            st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=4))
    def test_csv_keeps_texts(self, rows):
        "The cells are those of the table, and no text is a formula"
        data = to_csv(Table("A", rows)).decode('utf-8-sig')
        there = list(csv.reader(io.StringIO(data, newline='')))
        self.assertEqual(len(there), len(rows))
        for cells_there, row in zip(there, rows, strict=True):
            self.assertEqual(len(cells_there), len(row))
            for text, cell in zip(cells_there, row, strict=True):
                if isinstance(cell, str):
                    self.assertEqual(text.removeprefix("'"),
                        cell.removeprefix("'"))
                    self.assertFalse(text.startswith(('=', '+', '-', '@')))
                elif isinstance(cell, Decimal):
                    self.assertEqual(Decimal(text), cell)

    def test_csv_cells_are_plain(self):
        self.assertEqual(
            to_csv(Table("A", [
                        ["Name", "Amount"],
                        ["=1+1", Decimal('1E+2')],
                        [dt.date(2026, 1, 12), True],
                        [None, Decimal('-0.50')]])).decode('utf-8-sig'),
            "Name,Amount\r\n'=1+1,100\r\n2026-01-12,1\r\n,-0.50\r\n")

    def test_formula_is_text(self):
        "A name that looks like a formula is not computed"
        self.assertIn(b"'=1+1", to_csv(Table("A", [["=1+1"]])))
        self.assertEqual(read(to_ods([Table("A", [["=1+1"]])])),
            {"A": [["=1+1"]]})

    def test_format(self):
        "The file names its type first, and is read from the right if need be"
        data = to_ods([Table("A", [["x"]])], rtl=True)
        self.assertEqual(data[38:38 + len(MIMETYPE)], MIMETYPE.encode())
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = archive.read('content.xml')
        self.assertIn(b'table:style-name="rtl"', content)

    def test_control_characters(self):
        "What XML cannot hold is left out"
        self.assertEqual(
            read(to_ods([Table("A", [["a\x00b\x1f"]])])), {"A": [["ab"]]})
