# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The printed report to the donor"
from collections import defaultdict

from trytond.i18n import gettext
from trytond.modules.avec_group.report import AvecReport
from trytond.pool import Pool

from . import chart
from .donor_report import TEXTS
from .exceptions import ReportError
from .value import format_value

# The provinces that stand beside each other on a page
BLOCK = 8
_NONE = "—"
# Which figures each chart shows
_SAVINGS = 'savings_mobilised'
_PHASES = 'groups_in_phase'
_SECTORS = 'activities_created'
_WOMEN = ['women_members', 'women_officers', 'women_borrowers']


class Figures:
    "The lines of a snapshot by what they tell"

    def __init__(self, snapshot):
        Line = Pool().get('avec.indicator.snapshot.line')
        self.by_cut = defaultdict(lambda: defaultdict(dict))
        lines = Line.search([('snapshot', '=', snapshot.id)])
        for line in lines:
            self.by_cut[line.cut][line.indicator][line.cut_key] = line
        self.whole = {
            i: l[None] for i, l in self.by_cut[None].items()}
        self.indicators = sorted(
            self.whole, key=lambda i: (i.sequence or 0, i.id))

    def of(self, key):
        return [i for i in self.indicators if i.key == key]

    def cells(self, cut, indicator):
        return self.by_cut[cut][indicator]


class PrintedReport(AvecReport):
    __name__ = 'avec.indicator.report.print'

    @classmethod
    def _get_context(cls, reports):
        for report in reports:
            if not report.snapshot:
                raise ReportError(gettext(
                        'avec_indicator.msg_report_snapshot',
                        report=report.rec_name))
        context = super()._get_context(reports)
        figures = {r.id: Figures(r.snapshot) for r in reports}
        by_report = {
            'texts': cls._texts,
            'blocks': cls._blocks,
            'targets': cls._targets,
            'sexes': cls._sexes,
            'charts': cls._charts,
            'definitions': cls._definitions,
            }
        for name, get in by_report.items():
            context[name] = {
                r.id: get(r, figures[r.id]) for r in reports}
        context['indirect'] = {r.id: cls._indirect(r) for r in reports}
        return context

    @classmethod
    def _texts(cls, report, figures):
        "Return the narrative, [(heading, [paragraph, ...]), ...]"
        definitions = report.fields_get(TEXTS)
        return [
            (definitions[n]['string'], getattr(report, n).splitlines())
            for n in TEXTS if getattr(report, n)]

    @classmethod
    def _blocks(cls, report, figures):
        """Return the tables by province

        [([province, ...], [(name, all areas, [figure, ...]), ...]), ...],
        with empty columns where there are fewer provinces than places."""
        indicators = [i for i in figures.indicators if i.in_first_table]
        provinces = cls._provinces(figures, indicators)
        blocks = []
        for start in range(0, max(len(provinces), 1), BLOCK):
            block = provinces[start:start + BLOCK]
            rows = [
                (i.name, cls._shown(figures.whole[i]), cls._padded([
                            cls._shown(
                                figures.cells('subdivision', i).get(p))
                            for p, _ in block]))
                for i in indicators]
            blocks.append((cls._padded([n for _, n in block]), rows))
        return blocks

    @classmethod
    def _provinces(cls, figures, indicators):
        "Return [(id, name), ...] of the provinces of the figures"
        Subdivision = Pool().get('country.subdivision')
        ids = {
            k for i in indicators for k in figures.cells('subdivision', i)}
        provinces = [
            (p.id, p.name) for p in Subdivision.browse(
                sorted(i for i in ids if i))]
        first, *_ = figures.of('groups_formed') or [None]
        groups = figures.cells('subdivision', first)

        def rank(province):
            # Where most is done comes first
            line = groups.get(province[0])
            return -(line.value if line else 0), province[1]
        provinces.sort(key=rank)
        if None in ids and any(
                l.value for i in indicators
                if (l := figures.cells('subdivision', i).get(None))):
            provinces.append((None, gettext('avec_indicator.msg_no_place')))
        return provinces

    @staticmethod
    def _padded(cells):
        return [*cells, *[''] * (BLOCK - len(cells))]

    @classmethod
    def _shown(cls, line, name='value'):
        if line is None:
            return _NONE
        value = getattr(line, name)
        if value is None:
            return _NONE
        return cls._isolate(
            format_value(value, line.unit, line.snapshot.company))

    @classmethod
    def _targets(cls, report, figures):
        """Return what is reached

        [(code, name, of the period, figure, baseline, target, reached)]"""
        rows = []
        for indicator in figures.indicators:
            line = figures.whole[indicator]
            reached = line.reached
            rows.append((
                    indicator.code, indicator.name,
                    cls._shown(line, 'period_value')
                    if indicator.of_period else '',
                    *(cls._shown(line, n)
                        for n in ['value', 'baseline', 'target']),
                    _NONE if reached is None else cls._isolate(
                        format_value(
                            reached, 'percent', report.company))))
        return rows

    @classmethod
    def _sexes(cls, report, figures):
        "Return the figures of women and men, [(name, women, men), ...]"
        rows = []
        for indicator in figures.indicators:
            lines = {
                l.sex: l for l in figures.cells('sex', indicator).values()}
            if not lines.keys() & {'female', 'male'}:
                continue
            if indicator.key in _WOMEN:
                continue
            rows.append((
                    indicator.name, *(
                        cls._shown(lines.get(s))
                        for s in ['female', 'male'])))
        return rows

    # -- charts

    @classmethod
    def _charts(cls, report, figures):
        "Return [(heading, (SVG, type, width, height)), ...]"
        charts = []
        for message, bars in [
                ('savings', cls._by_province(figures, _SAVINGS)),
                ('phases', cls._whole(figures, figures.of(_PHASES))),
                ('sectors', cls._by_detail(figures, _SECTORS)),
                ('women', cls._whole(figures, [
                            i for k in _WOMEN for i in figures.of(k)]))]:
            if bars:
                charts.append((
                        gettext(f'avec_indicator.msg_chart_{message}'),
                        cls._image(bars)))
        return charts

    @classmethod
    def _image(cls, bars):
        Lang = Pool().get('ir.lang')
        svg = chart.bars(bars, rtl=Lang.get().direction == 'rtl')
        width = 18
        height = width * chart.height(len(bars)) / chart.WIDTH
        return (
            svg.encode('utf-8'), 'image/svg+xml',
            f'{width}cm', f'{height:.2f}cm')

    @classmethod
    def _whole(cls, figures, indicators):
        return [
            chart.Bar(i.name, figures.whole[i].value,
                cls._shown(figures.whole[i]))
            for i in indicators if figures.whole[i].value is not None]

    @classmethod
    def _by_province(cls, figures, key):
        bars = []
        for indicator in figures.of(key):
            for province, name in cls._provinces(figures, [indicator]):
                line = figures.cells('subdivision', indicator)[province]
                bars.append(
                    chart.Bar(name, line.value, cls._shown(line)))
        return bars

    @classmethod
    def _by_detail(cls, figures, key):
        lines = [
            l for i in figures.of(key)
            for l in figures.cells('detail', i).values() if l.value]
        lines.sort(key=lambda l: (-l.value, l.detail))
        return [
            chart.Bar(cls._short(l.detail), l.value, cls._shown(l))
            for l in lines]

    @staticmethod
    def _short(text, most=34):
        if len(text) <= most:
            return text
        return text[:most - 1].rstrip(" ,;") + "…"

    # -- annex

    @classmethod
    def _definitions(cls, report, figures):
        "Return [(code, name, unit, definition, version), ...]"
        units = cls._selection('avec.indicator', 'unit')
        return [
            (i.code, i.name, units[figures.whole[i].unit], i.definition,
                cls.format_count(figures.whole[i].version))
            for i in figures.indicators]

    @classmethod
    def _indirect(cls, report):
        "Return how the indirect beneficiaries are counted"
        programme = report.programme
        if programme.indirect_method == 'factor':
            return gettext(
                'avec_indicator.msg_indirect_factor',
                factor=cls.format_number(programme.household_factor, None))
        return gettext('avec_indicator.msg_indirect_households')
