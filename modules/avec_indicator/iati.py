# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The results of a programme as IATI 2.03 publishes them"
import datetime as dt

from lxml import etree

from trytond.i18n import gettext
from trytond.modules.company import CompanyReport
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access

from .exceptions import ReportError

VERSION = '2.03'
_LANG = '{http://www.w3.org/XML/1998/namespace}lang'
# Codes of the lists of IATI
_IMPLEMENTATION, _CLOSED = '2', '4'
_ACTUAL_START, _PLANNED_END, _ACTUAL_END = '2', '3', '4'
_FUNDING, _ACCOUNTABLE = '1', '2'
_OUTPUT, _OUTCOME = '1', '2'
_UNIT, _PERCENTAGE = '1', '2'
_FRACTIONS = {'percent', 'points'}


class IatiResults(CompanyReport):
    __name__ = 'avec.indicator.iati'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        Report = Pool().get('avec.indicator.report')
        with check_access():
            context['reports'] = Report.browse([r.id for r in records])
        return context

    @classmethod
    def render(cls, report, report_context):
        root = etree.Element('iati-activities', {
                'version': VERSION,
                'generated-datetime': dt.datetime.now(
                    dt.timezone.utc).isoformat(timespec='seconds'),
                })
        for record in report_context['reports']:
            root.append(Activity(record).element())
        return etree.tostring(
            root, encoding='UTF-8', xml_declaration=True, pretty_print=True)

    @classmethod
    def convert(cls, report, data, **options):
        return 'xml', data


class Activity:
    "The activity of a donor report; the schema wants its parts in this order"

    def __init__(self, report):
        self.report = report
        self.programme = report.programme
        self.snapshot = report.snapshot
        missing = [
            n for n in ['iati_identifier', 'iati_organisation']
            if not getattr(self.programme, n)]
        if not self.snapshot or missing:
            raise ReportError(gettext(
                    'avec_indicator.msg_iati_missing',
                    report=report.rec_name))

    def element(self):
        root = etree.Element('iati-activity', {
                _LANG: Transaction().language[:2],
                'default-currency': self.report.company.currency.code,
                })
        _add(root, 'iati-identifier', self.programme.iati_identifier)
        reporting = _add(
            root, 'reporting-org', ref=self.programme.iati_organisation,
            type=self.programme.iati_organisation_type)
        _narrative(reporting, self.report.company.party.name)
        _narrative(_add(root, 'title'), self.programme.name)
        _narrative(
            _add(root, 'description'),
            self.report.summary or self.programme.name)
        self._organisations(root)
        closed = self._is_closed()
        _add(root, 'activity-status',
            code=_CLOSED if closed else _IMPLEMENTATION)
        self._dates(root, closed)
        if country := self._country():
            _add(root, 'recipient-country', code=country.code)
        self._results(root)
        return root

    def _organisations(self, root):
        organisations = [(
                self.report.company.party.name,
                {'role': _ACCOUNTABLE,
                    'ref': self.programme.iati_organisation,
                    'type': self.programme.iati_organisation_type})]
        if self.programme.donor:
            organisations.insert(
                0, (self.programme.donor.name, {'role': _FUNDING}))
        for name, values in organisations:
            _narrative(_add(root, 'participating-org', **values), name)

    def _is_closed(self):
        end = self.programme.end_date
        return bool(end and end <= self.snapshot.end_date)

    def _dates(self, root, closed):
        dates = [(_ACTUAL_START, self.programme.start_date)]
        if self.programme.end_date:
            dates.append((
                    _ACTUAL_END if closed else _PLANNED_END,
                    self.programme.end_date))
        for type_, date in dates:
            _add(root, 'activity-date', **{
                    'type': type_, 'iso-date': date.isoformat()})

    def _country(self):
        for line in self.snapshot.lines:
            if line.subdivision:
                return line.subdivision.country

    def _results(self, root):
        by_indicator = {}
        for line in self.snapshot.lines:
            by_indicator.setdefault(line.indicator, []).append(line)
        by_theme = {}
        for indicator in sorted(
                by_indicator, key=lambda i: (i.sequence or 0, i.id)):
            key = (indicator.theme_string, _type(indicator))
            by_theme.setdefault(key, []).append(indicator)
        for (theme, type_), indicators in by_theme.items():
            result = _add(root, 'result', type=type_)
            _narrative(_add(result, 'title'), theme)
            for indicator in indicators:
                self._indicator(result, indicator, by_indicator[indicator])

    def _indicator(self, result, indicator, lines):
        whole = next(l for l in lines if not l.cut)
        element = _add(
            result, 'indicator',
            measure=_PERCENTAGE if whole.unit in _FRACTIONS else _UNIT,
            ascending=str(indicator.direction == 'up').lower())
        _narrative(
            _add(element, 'title'), f'{indicator.code} {indicator.name}')
        _narrative(_add(element, 'description'), indicator.definition)
        if whole.baseline is not None:
            _add(element, 'baseline', **{
                    'year': str(self.programme.start_date.year),
                    'iso-date': self.programme.start_date.isoformat(),
                    'value': _value(whole.baseline, whole.unit)})
        period = _add(element, 'period')
        for name, date in [
                ('period-start', min(
                        self.programme.start_date, self.snapshot.end_date)),
                ('period-end', self.snapshot.end_date)]:
            _add(period, name, **{'iso-date': date.isoformat()})
        for name in ['target', 'value']:
            for line in lines:
                self._figure(period, line, name)

    @staticmethod
    def _figure(period, line, name):
        value = getattr(line, name)
        if value is None:
            return
        figure = _add(
            period, 'actual' if name == 'value' else 'target',
            value=_value(value, line.unit))
        for dimension in ['sex', 'age_band', 'detail']:
            if key := getattr(line, dimension):
                _add(figure, 'dimension', name=dimension, value=key)
        if line.cut == 'subdivision':
            _add(figure, 'dimension', name='subdivision', value=(
                    line.subdivision.code if line.subdivision
                    else 'unknown'))


def _type(indicator):
    "What was done is an output, what changed an outcome"
    return _OUTCOME if indicator.unit in _FRACTIONS else _OUTPUT


def _value(value, unit):
    if unit in _FRACTIONS:
        value = value * 100
    return format(value.normalize(), 'f')


def _add(parent, tag, text=None, /, **attributes):
    element = etree.SubElement(parent, tag, {
            k: v for k, v in attributes.items() if v})
    element.text = text
    return element


def _narrative(parent, text):
    _add(parent, 'narrative', text)
