# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Papers that tell the fields of a record"
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool

from .report import AvecReport, Section


class FieldsReport(AvecReport):
    "A paper of figures, two by two, and of tables"

    @classmethod
    def _get_context(cls, records):
        context = super()._get_context(records)
        context['figures'] = {
            r.id: _pairs(cls._get_figures(r)) for r in records}
        return context

    @classmethod
    def _get_figures(cls, record):
        "Return [(label, text), ...]"
        return []

    @classmethod
    def _texts(cls, record, *names):
        "Return the labels of the fields with their values as texts"
        return list(zip(
                cls._strings(record.__name__, *names),
                (cls._text(record, n) for n in names)))

    @classmethod
    def _strings(cls, model, *names):
        "Return the labels of the fields"
        definitions = Pool().get(model).fields_get(names)
        return [definitions[n]['string'] for n in names]

    @classmethod
    def _text(cls, record, name):
        value = getattr(record, name)
        field = record._fields[name]
        # A Function field is what it wraps
        field = getattr(field, '_field', field)
        if value is None:
            return ''
        elif field._type == 'selection':
            return cls._selection(record.__name__, name)[value]
        elif isinstance(field, Monetary):
            return cls.format_money(value, record.currency)
        elif field._type == 'date':
            return cls.format_day(value)
        elif field._type == 'integer':
            return cls.format_count(value)
        elif field._type == 'many2one':
            return value.rec_name
        elif field._type in {'many2many', 'one2many'}:
            return cls._names(value)
        return str(value)

    @classmethod
    def _names(cls, records):
        return ', '.join(r.rec_name for r in records)

    @classmethod
    def _section(cls, title, model, names, records, totals=()):
        "Return a table of the fields of the records with the totals"
        rows = []
        for record in records:
            rows.append([
                    cls.format_amount(getattr(record, n), record.currency)
                    if n in totals else cls._text(record, n)
                    for n in names])
        if rows and totals:
            rows.append([
                    cls.format_amount(
                        sum(getattr(r, n) or 0 for r in records),
                        records[0].currency) if n in totals else ''
                    for n in names])
        return Section(title, cls._strings(model, *names), rows)


def _pairs(figures):
    figures = list(figures)
    if len(figures) % 2:
        figures.append(('', ''))
    return list(zip(figures[::2], figures[1::2]))
