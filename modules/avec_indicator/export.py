# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Figures in spreadsheets, with their codes and definitions"
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.followed import READABLE
from trytond.modules.avec_group.spreadsheet import Table, to_csv, to_ods
from trytond.pool import Pool
from trytond.report import Report
from trytond.transaction import Transaction, check_access

from .value import Question

COLUMNS = [
    'code', 'indicator', 'programme', 'province_code', 'province', 'group',
    'field_officer', 'sex', 'age', 'detail', 'start', 'date', 'figure',
    'unit', 'records', 'persons', 'baseline', 'target', 'reached',
    'direction', 'formula', 'version']
_DEFINITION = ['code', 'indicator', 'definition']


class Export(Report):
    """The figures as a table

    Fractions stay fractions and dates dates, so that whoever gets the file
    calculates with them."""
    __name__ = 'avec.indicator.export'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        rows = {
            'avec.indicator.value': cls._values,
            'avec.indicator.snapshot': cls._snapshots,
            }.get(data['model'])
        if not rows:
            raise AccessError(gettext(
                    'avec_indicator.msg_export_model', model=data['model']))
        # Who exports sees what he or she may read
        with check_access(), Transaction().set_context({READABLE: True}):
            found = list(rows([r.id for r in records]))
            context['tables'] = cls._tables(found)
        return context

    @classmethod
    def _tables(cls, rows):
        labels = {
            n: gettext(f'avec_indicator.msg_export_{n}')
            for n in [*COLUMNS, 'definition', 'figures', 'definitions']}
        indicators = dict.fromkeys(i for i, _ in rows)
        return [
            Table(labels['figures'], [
                    [labels[n] for n in COLUMNS], *(r for _, r in rows)]),
            Table(labels['definitions'], [
                    [labels[n] for n in _DEFINITION],
                    *([i.code, i.name, i.definition] for i in indicators)])]

    @classmethod
    def _values(cls, ids):
        "Give the rows of figures of the context"
        Value = Pool().get('avec.indicator.value')
        question = Question()
        place = cls._place(question)
        for value in Value.browse(ids):
            row = cls._row(
                value, question.start, question.date, value.indicator.formula)
            for name, record in place.items():
                if not row[name]:
                    row[name] = record
            yield value.indicator, cls._cells(row)

    @staticmethod
    def _place(question):
        "Return the records to which the context restricts the figures"
        pool = Pool()
        return {
            n: pool.get(model)(id_) if (id_ := question.place(n)) else None
            for n, model in [
                ('programme', 'avec.programme'),
                ('subdivision', 'country.subdivision'),
                ('field_officer', 'company.employee')]}

    @classmethod
    def _snapshots(cls, ids):
        Line = Pool().get('avec.indicator.snapshot.line')
        for line in Line.search([('snapshot', 'in', ids)]):
            snapshot = line.snapshot
            row = cls._row(
                line, snapshot.programme.start_date
                if snapshot.programme else None,
                snapshot.end_date, line)
            row['programme'] = snapshot.programme
            yield line.indicator, cls._cells(row)

    @classmethod
    def _row(cls, figure, start, date, formula):
        "Return the values of the row by name, figure: a value or a line"
        return {
            'indicator': figure.indicator,
            **{n: getattr(figure, n, None) for n in [
                    'programme', 'subdivision', 'group', 'field_officer',
                    'sex', 'age_band', 'detail', 'value', 'count', 'persons',
                    'baseline', 'target', 'reached']},
            'start': start, 'date': date, 'version': formula.version,
            }

    @classmethod
    def _cells(cls, row):
        indicator, province = row['indicator'], row['subdivision']
        group, officer = row['group'], row['field_officer']
        selection = cls._selections()
        return [
            indicator.code, indicator.name,
            row['programme'].rec_name if row['programme'] else None,
            province.code if province else None,
            province.name if province else None,
            group.rec_name if group else None,
            officer.rec_name if officer else None,
            selection['sex'].get(row['sex']),
            selection['age_band'].get(row['age_band']),
            row['detail'], row['start'], row['date'],
            _plain(row['value']),
            selection['unit'].get(indicator.unit),
            row['count'], row['persons'],
            *(_plain(row[n]) for n in ['baseline', 'target', 'reached']),
            selection['direction'].get(indicator.direction), indicator.key,
            row['version']]

    @staticmethod
    def _selections():
        Value = Pool().get('avec.indicator.value')
        names = ['sex', 'age_band', 'unit', 'direction']
        definitions = Value.fields_get(names)
        return {
            n: {k: v for k, v in definitions[n]['selection'] if k}
            for n in names}

    @classmethod
    def render(cls, report, report_context):
        Lang = Pool().get('ir.lang')
        tables = report_context['tables']
        if report.extension == 'csv':
            # A table by file; the definitions are in the spreadsheet
            return to_csv(tables[0])
        return to_ods(tables, rtl=Lang.get().direction == 'rtl')

    @classmethod
    def convert(cls, report, data, **options):
        return report.extension or report.template_extension, data


def _plain(value):
    "Return the figure without the zeros that a database adds"
    return value if value is None else value.normalize()
