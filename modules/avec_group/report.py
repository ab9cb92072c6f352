# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import io
import shlex
import shutil
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import ClassVar

from lxml import etree

import trytond.config as config
from trytond.model import fields
from trytond.modules.company import CompanyReport
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.transaction import check_access, without_check_access

# Unicode marks around what is read from left to right whatever surrounds it
ISOLATE, END_ISOLATE = '\u2066', '\u2069'
SIGNATORIES = ['chair', 'secretary', 'treasurer']
_STYLE = '{urn:oasis:names:tc:opendocument:xmlns:style:1.0}'
_FO = '{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}'
_MIRRORED = {'left': 'right', 'start': 'end', 'right': 'left', 'end': 'start'}


@dataclass(frozen=True)
class Section:
    "A table of texts that a module adds to a report"
    title: str
    columns: list
    rows: list

    WIDTH: ClassVar = 7

    @property
    def header(self):
        return self._widen(self.columns)

    @property
    def lines(self):
        return [self._widen(r) for r in self.rows]

    def _widen(self, cells):
        # Figures stand at the end of the line
        first, *others = cells
        return [first, *[''] * (self.WIDTH - len(cells)), *others]


def mirror(content):
    "Return the OpenDocument laid out from right to left"
    result = io.BytesIO()
    with (zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(result, 'w') as target):
        for info in source.infolist():
            data = source.read(info)
            if info.filename in {'content.xml', 'styles.xml'}:
                data = _mirror_styles(data)
            target.writestr(info, data)
    return result.getvalue()


def _mirror_styles(data):
    root = etree.fromstring(data)
    for name in ['page-layout', 'paragraph', 'table']:
        for properties in root.iter(f'{_STYLE}{name}-properties'):
            properties.set(f'{_STYLE}writing-mode', 'rl-tb')
            if align := properties.get(f'{_FO}text-align'):
                properties.set(
                    f'{_FO}text-align', _MIRRORED.get(align, align))
    return etree.tostring(root, encoding='UTF-8', xml_declaration=True)


class AvecReport(CompanyReport):
    """A printed paper in the language of the reader

    It is laid out from right to left in a language written so.
    """

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context.update(
            amount=cls.format_amount,
            money=cls.format_money,
            day=cls.format_day,
            count=cls.format_count,
            label=cls._get_label(),
            total=cls._total)
        if records:
            Model = Pool().get(records[0].__name__)
            # Who may read the document may read what it prints
            with without_check_access():
                context.update(
                    cls._get_context(Model.browse([r.id for r in records])))
        return context

    @classmethod
    def _get_context(cls, records):
        "Return what the template needs, read for all the records at once"
        return {
            'sections': cls._get_sections(records),
            }

    @classmethod
    def _readable(cls, records):
        "Return those of the records that the reader of the paper may read"
        if not records:
            return []
        Model = Pool().get(records[0].__name__)
        with check_access():
            seen = {r.id for r in Model.search([
                        ('id', 'in', [r.id for r in records]),
                        ], order=[])}
        return [r for r in records if r.id in seen]

    @classmethod
    def _get_sections(cls, records):
        "Return what other modules add, {record id: [Section, ...]}"
        return defaultdict(list)

    @classmethod
    def _seals(cls, records):
        """Return the last seals of the groups as printed, {record id: text}.

        The paper proves later what was in the books when it was printed.
        """
        Seal = Pool().get('avec.seal')
        seals = Seal.last_short([r.group for r in records])
        return {r.id: seals.get(r.group.id, '-') for r in records}

    @classmethod
    def render(cls, report, report_context):
        Lang = Pool().get('ir.lang')
        data = super().render(report, report_context)
        if (report.template_extension == 'odt'
                and Lang.get().direction == 'rtl'):
            data = mirror(data)
        return data

    @classmethod
    def convert(cls, report, data, **options):
        if not cls._converter():
            return report.template_extension, data
        return super().convert(report, data, **options)

    @classmethod
    def _converter(cls):
        "Return the path of the program that converts, None if missing"
        command = shlex.split(
            config.get('report', 'convert_command', default='soffice'))
        return shutil.which(command[0]) if command else None

    # -- texts

    @classmethod
    def format_date(cls, *args, **kwargs):
        return cls._isolate(super().format_date(*args, **kwargs))

    @classmethod
    def format_currency(cls, *args, **kwargs):
        return cls._isolate(super().format_currency(*args, **kwargs))

    @classmethod
    def format_number(cls, *args, **kwargs):
        return cls._isolate(super().format_number(*args, **kwargs))

    @classmethod
    def _isolate(cls, text):
        # The sign, the symbol and the parts of a date keep their places
        # among letters written from right to left
        Lang = Pool().get('ir.lang')
        if Lang.get().direction == 'rtl':
            text = ISOLATE + text + END_ISOLATE
        return text

    @classmethod
    def format_amount(cls, value, currency):
        "Return the amount as it stands in a column of amounts"
        if value is None:
            return ''
        return cls.format_currency(value, None, currency, symbol=False)

    @classmethod
    def format_money(cls, value, currency, digits=None):
        if value is None:
            return ''
        return cls.format_currency(value, None, currency, digits=digits)

    @classmethod
    def format_day(cls, date):
        return cls.format_date(date) if date else ''

    @classmethod
    def format_count(cls, value):
        if value is None:
            return ''
        return cls.format_number(value, None, digits=0)

    @classmethod
    def _total(cls, records, name):
        return sum((getattr(r, name) or 0 for r in records), Decimal(0))

    @classmethod
    def _selection(cls, model, name):
        "Return the labels of the selection, {value: label}"
        Model = Pool().get(model)
        return dict(Model.fields_get([name])[name]['selection'])

    @classmethod
    def _get_label(cls):
        "Return the function that gives the label of a selected value"
        selection = cache(cls._selection)

        def label(record, name):
            return selection(record.__name__, name)[getattr(record, name)]
        return label

    # -- what papers have in common

    @classmethod
    def _officers(cls, papers):
        """Return who signs, {key: {role: name}}.

        papers: list of (key, group, date).
        """
        Officer = Pool().get('avec.group.officer')
        by_group = defaultdict(list)
        for officer in Officer.search([
                    ('group', 'in', list({g.id for _, g, _ in papers})),
                    ('role', 'in', SIGNATORIES),
                    ], order=[('start_date', 'ASC')]):
            by_group[officer.group.id].append(officer)
        return {
            key: dict.fromkeys(SIGNATORIES, '') | {
                o.role: o.membership.party.rec_name
                for o in by_group[group.id]
                if o.start_date <= date
                and (not o.end_date or date <= o.end_date)}
            for key, group, date in papers}

    @classmethod
    def _rules(cls, cycle, names=None):
        "Return the rules of the constitution, [(rule, value), ...]"
        Cycle = Pool().get('avec.cycle')
        names = names or Cycle.rule_fields()
        definitions = Cycle.fields_get(names)
        return [
            (definitions[n]['string'], cls._rule_text(
                    n, cls._rule_value(cycle, n), cycle.currency))
            for n in names]

    @classmethod
    def _rule_value(cls, cycle, name):
        if name == 'fines':
            return [(f.kind, f.amount) for f in cycle.fines]
        return getattr(cycle, name)

    @classmethod
    def _rule_text(cls, name, value, currency):
        "Return the value of the rule as the reader reads it"
        field = Pool().get('avec.cycle')._fields[name]
        if name == 'fines':
            kinds = cls._selection('avec.cycle.fine', 'kind')
            return ', '.join(
                f'{kinds[k]} {cls.format_money(a, currency)}'
                for k, a in value)
        elif isinstance(field, fields.Selection):
            return cls._selection('avec.cycle', name)[value]
        elif isinstance(field, fields.Many2Many):
            return ', '.join(r.rec_name for r in value)
        elif value is None:
            return ''
        elif name == 'quorum':
            return cls._isolate(cls.format_number(100 * value, None, 0) + '%')
        elif isinstance(field, Monetary):
            return cls.format_money(value, currency)
        return cls.format_number(value, None)


class MeetingSheet(AvecReport):
    __name__ = 'avec.meeting.sheet'

    @classmethod
    def _get_context(cls, meetings):
        context = super()._get_context(meetings)
        context['officers'] = cls._officers([
                (m.id, m.cycle.group, m.date) for m in meetings])
        return context


@dataclass(frozen=True)
class BlankForm:
    "A sheet to fill by hand"
    record: object
    cycle: object
    date: object
    memberships: list
    rules: list
    officers: dict


class BlankSheet(AvecReport):
    "Printed from a meeting or, before there is one, from its cycle"
    __name__ = 'avec.meeting.blank_sheet'

    @classmethod
    def _get_context(cls, records):
        context = super()._get_context(records)
        context['forms'] = cls._get_forms(records)
        context['attendances'] = list(
            cls._selection('avec.meeting.line', 'attendance').values())
        return context

    @classmethod
    def _get_forms(cls, records):
        pool = Pool()
        Group = pool.get('avec.group')
        today = pool.get('ir.date').today()
        active = Group.load_active_memberships(
            list({cls._cycle(r).group for r in records}), None)
        officers = cls._officers([
                (r.id, cls._cycle(r).group, cls._date(r) or today)
                for r in records])
        return [
            BlankForm(
                record=record,
                cycle=cls._cycle(record),
                date=cls._date(record),
                memberships=cls._members(
                    record, active[cls._cycle(record).group.id]),
                rules=cls._rules(cls._cycle(record), cls._rule_names()),
                officers=officers[record.id])
            for record in records]

    @classmethod
    def _cycle(cls, record):
        return record if record.__name__ == 'avec.cycle' else record.cycle

    @classmethod
    def _date(cls, record):
        return record.date if record.__name__ == 'avec.meeting' else None

    @classmethod
    def _members(cls, record, active):
        if record.__name__ == 'avec.meeting' and record.lines:
            return [l.membership for l in record.lines]
        return active

    @classmethod
    def _rule_names(cls):
        "Return the rules to remember while the sheet is filled"
        return [
            'share_value', 'min_shares', 'max_shares',
            'social_fund_contribution', 'fine_fund', 'fines']


@dataclass(frozen=True)
class Stamp:
    "What a member brought at a meeting and holds since"
    line: object
    shares: int
    savings: Decimal


@dataclass(frozen=True)
class Passbook:
    "What is written in the passbook of a member for a cycle"
    cycle: object
    opening: object
    stamps: list
    exits: list
    share_outs: list


class MemberPassbook(AvecReport):
    __name__ = 'avec.membership.passbook'

    @classmethod
    def _get_context(cls, memberships):
        context = super()._get_context(memberships)
        context['passbooks'] = cls._get_passbooks(memberships)
        return context

    @classmethod
    def _cycles(cls, memberships):
        "Return the cycle to print, the last where none runs, by group"
        Cycle = Pool().get('avec.cycle')
        return Cycle.last_of(list({m.group for m in memberships}))

    @classmethod
    def _get_passbooks(cls, memberships):
        cycles = cls._cycles(memberships)
        openings = cls._lines('avec.opening.line', 'opening',
            memberships, cycles.values())
        lines = cls._lines('avec.meeting.line', 'meeting',
            memberships, cycles.values())
        share_outs = cls._lines('avec.share_out.line', 'share_out',
            memberships, cycles.values())
        exits = cls._exits(memberships)
        result = {}
        for membership in memberships:
            opening = (openings[membership.id] or [None])[0]
            result[membership.id] = Passbook(
                cycle=cycles.get(membership.group.id),
                opening=opening,
                stamps=list(cls._stamps(opening, lines[membership.id])),
                exits=exits[membership.id],
                share_outs=share_outs[membership.id])
        return result

    @classmethod
    def _lines(cls, model, document, memberships, cycles):
        "Return the lines of posted documents by membership, in order"
        Line = Pool().get(model)
        result = defaultdict(list)
        for line in Line.search([
                    ('membership', 'in', [m.id for m in memberships]),
                    (document + '.state', 'in', ['posted', 'paid']),
                    (document + '.cycle', 'in', [c.id for c in cycles]),
                    ], order=[(document + '.date', 'ASC')]):
            result[line.membership.id].append(line)
        return result

    @classmethod
    def _exits(cls, memberships):
        Exit = Pool().get('avec.membership.exit')
        result = defaultdict(list)
        for exit_ in Exit.search([
                    ('membership', 'in', [m.id for m in memberships]),
                    ('state', '=', 'posted'),
                    ], order=[('date', 'ASC')]):
            result[exit_.membership.id].append(exit_)
        return result

    @classmethod
    def _stamps(cls, opening, lines):
        shares = opening.shares if opening else 0
        savings = opening.savings if opening else Decimal(0)
        for line in lines:
            shares += line.shares or 0
            savings += line.amount
            yield Stamp(line, shares, savings)


class ShareOutSheet(AvecReport):
    __name__ = 'avec.share_out.sheet'

    @classmethod
    def _get_context(cls, share_outs):
        context = super()._get_context(share_outs)
        context['officers'] = cls._officers([
                (s.id, s.cycle.group, s.date) for s in share_outs])
        context['seals'] = cls._seals(share_outs)
        return context
