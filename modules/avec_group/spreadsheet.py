# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Write tables as CSV and as OpenDocument spreadsheets.

A table is a title and rows of cells, the first of which is the header.  A cell
is a text, a number, a date, a truth value or None.  Numbers stay numbers and
dates dates, whatever the language of the reader.
"""
import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

__all__ = ['MIMETYPE', 'Table', 'to_csv', 'to_ods']

MIMETYPE = 'application/vnd.oasis.opendocument.spreadsheet'
# What a spreadsheet would take for a formula when it opens a text
_FORMULA = ('=', '+', '-', '@', '\t', '\r')
_NAMESPACES = ' '.join(
    f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"'
    for n, u in [
        ('office', 'office'), ('table', 'table'), ('text', 'text'),
        ('style', 'style'), ('number', 'datastyle'),
        ('fo', 'xsl-fo-compatible'), ('manifest', 'manifest')])
_STYLES = (
    '<office:automatic-styles>'
    '<number:date-style style:name="day">'
    '<number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/></number:date-style>'
    '<style:style style:name="date" style:family="table-cell"'
    ' style:data-style-name="day"/>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:table-cell-properties fo:wrap-option="wrap"/>'
    '<style:text-properties fo:font-weight="bold"'
    ' style:font-weight-complex="bold"/></style:style>'
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="3cm"/>'
    '</style:style>'
    '<style:style style:name="ltr" style:family="table">'
    '<style:table-properties style:writing-mode="lr-tb"/></style:style>'
    '<style:style style:name="rtl" style:family="table">'
    '<style:table-properties style:writing-mode="rl-tb"/></style:style>'
    '</office:automatic-styles>')


@dataclass(frozen=True)
class Table:
    title: str
    rows: list


def to_csv(table):
    """Return the table as CSV in UTF-8, with a mark so that it is read as such

    A text that a spreadsheet would take for a formula is quoted.
    """
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [_csv_cell(c) for c in row] for row in table.rows)
    return stream.getvalue().encode('utf-8-sig')


def _csv_cell(value):
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return format(value, 'f')
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def to_ods(tables, rtl=False):
    """Return the tables as the sheets of an OpenDocument spreadsheet.

    rtl: the sheets are read from right to left.
    """
    style = 'rtl' if rtl else 'ltr'
    sheets = ''.join(_sheet(t, style) for t in tables)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document-content {_NAMESPACES} office:version="1.2">'
        f'{_STYLES}<office:body><office:spreadsheet>{sheets}'
        '</office:spreadsheet></office:body></office:document-content>')
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest {_NAMESPACES} manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/"'
        f' manifest:version="1.2" manifest:media-type="{MIMETYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml"'
        ' manifest:media-type="text/xml"/></manifest:manifest>')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
        # Told from its first bytes, so not compressed
        archive.writestr('mimetype', MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr('content.xml', content)
        archive.writestr('META-INF/manifest.xml', manifest)
    return stream.getvalue()


def _sheet(table, style):
    width = max((len(r) for r in table.rows), default=0)
    columns = ''
    if width:
        columns = (
            '<table:table-column table:style-name="wide"'
            f' table:number-columns-repeated="{width}"/>')
    rows = ''.join(
        '<table:table-row>' + ''.join(
            _cell(c, head=not i) for c in row) + '</table:table-row>'
        for i, row in enumerate(table.rows))
    return (
        f'<table:table table:name={quoteattr(table.title)}'
        f' table:style-name="{style}">{columns}{rows}</table:table>')


def _cell(value, head):
    style = ' table:style-name="head"' if head else ''
    if value is None or value == '':
        return '<table:table-cell/>'
    text = _text(value)
    if isinstance(value, bool):
        kind = f'"boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, (int, Decimal)):
        text = format(value, 'f') if isinstance(value, Decimal) else text
        kind = f'"float" office:value="{text}"'
    elif isinstance(value, dt.date):
        kind = f'"date" office:date-value="{text}"'
        style = style or ' table:style-name="date"'
    else:
        kind = '"string"'
    paragraphs = ''.join(
        f'<text:p>{escape(line)}</text:p>' for line in text.split('\n'))
    return (
        f'<table:table-cell{style} office:value-type={kind}>{paragraphs}'
        '</table:table-cell>')


def _text(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    # XML has no place for most control characters
    return ''.join(
        c for c in str(value) if c in '\t\n\r' or c >= ' ')
