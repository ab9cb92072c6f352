# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a part of an office offers to the set-up

A part reads what is there, tells what is to be made of the settings, makes it
and gives the settings back.  A module brings its own: a class that its
extension of avec.office lists."""
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Callable, Optional

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access, inactive_records

from .exceptions import OfficeSetupError

__all__ = [
    'DIFFERENT', 'Item', 'NEW', 'Part', 'Records', 'Start', 'THERE', 'Values',
    'fail', 'languages', 'texts', 'translate']

NEW, DIFFERENT, THERE = 'new', 'different', 'there'


@dataclass
class Start:
    "What the proposals depend on"
    date: dt.date
    company: Optional[int] = None
    currency: str = ''
    # The smallest amount of the currency
    rounding: Decimal = Decimal('0.01')
    country: str = ''
    template: Optional[str] = None


@dataclass
class Item:
    "Something of the settings, there or to be made"
    section: str
    name: str
    state: str
    # Makes it, and may return what is told once to who set it up
    make: Optional[Callable] = None
    # What is different, (label, old, new)
    changes: list = field(default_factory=list)
    told: Optional[str] = None

    @property
    def title(self):
        "The name of the section for the user"
        return gettext(f'avec_office.msg_section_{self.section}')

    @property
    def text(self):
        "The name and what is different"
        changes = ', '.join(
            f'{label}: {_shown(old)} → {_shown(new)}'
            for label, old, new in self.changes)
        return f'{self.name} ({changes})' if changes else self.name


def _shown(value):
    if isinstance(value, Decimal):
        return f'{value.normalize():f}'
    return '–' if value is None else str(value)


def fail(message, **variables):
    "Refuse what cannot be set up"
    raise OfficeSetupError(gettext(f'avec_office.{message}', **variables))


def languages():
    "Return the codes of the languages in which names are kept"
    Lang = Pool().get('ir.lang')
    return sorted({
            'en', *(l.code for l in Lang.search([
                        ('translatable', '=', True),
                        ]))})


def texts(records, name, codes):
    "Return the values of a translated field, {id: {language: text}}"
    result = {r.id: {} for r in records}
    if records:
        Model = records[0].__class__
        for code in codes:
            with Transaction().set_context(language=code):
                for record in Model.browse(records):
                    if text := getattr(record, name):
                        result[record.id][code] = text
    return result


def translate(record, name, names):
    "Write the texts of a translated field in the languages that are kept"
    Config = Pool().get('ir.configuration')
    # The others wait for a review when the text of the main one changes
    main = Config.get_language()
    for code in sorted(languages(), key=lambda c: c != main):
        if code in names:
            with Transaction().set_context(language=code):
                record.__class__.write(
                    [record.__class__(record.id)], {name: names[code]})


def first(names):
    "Return the text for a record that is made, its language with it"
    for code in ['en', *languages()]:
        if code in names:
            return code, names[code]
    return next(iter(names.items()))


class Part:
    "Records of one kind"
    section = None
    schema = None
    # The models that who sets the office up must be allowed to create
    models = ()

    def __init__(self, company, settings):
        self.company = company
        self.settings = settings

    @property
    def value(self):
        return self.settings[self.section]

    def plan(self):
        "Give the items of the settings"
        raise NotImplementedError

    @classmethod
    def check_access(cls):
        "Check that the user may make the records"
        ModelAccess = Pool().get('ir.model.access')
        if Transaction().user:
            with check_access():
                for model in cls.models:
                    ModelAccess.check(model, 'create')

    @classmethod
    def propose(cls, start):
        "Return settings for a new office or None"

    @classmethod
    def export(cls, company):
        "Return the settings of the company or None"

    @classmethod
    def own(cls, company):
        "Return what the company has of its own, to be proposed again"
        return cls.export(company)

    @classmethod
    def complete(cls, own, proposed):
        "Return what the company has with what is proposed beside it"
        if cls.schema.is_list or not proposed:
            return own
        return {
            n: own[n] if own.get(n) is not None else proposed.get(n)
            for n in cls.schema.fields}

    def item(self, name, state, make=None, changes=()):
        return Item(self.section, name, state, make, list(changes))


class Values(Part):
    "Values of the configuration for the company"
    model = 'avec.configuration'
    # {name in the settings: field of the configuration}
    names = {}

    def plan(self):
        changes = []
        for name, (label, old) in self._current().items():
            new = self.value[name]
            # What the settings leave out stays
            if new is not None and old != new:
                changes.append((label, old, new))
        state = DIFFERENT if changes else THERE
        yield self.item(
            gettext(f'avec_office.msg_section_{self.section}'), state,
            self._make, changes)

    @classmethod
    def _read(cls, company):
        Configuration = Pool().get(cls.model)
        return {
            n: Configuration(1).get_multivalue(
                f, company=company.id if company else None)
            for n, f in cls.names.items()}

    def _current(self):
        Configuration = Pool().get(self.model)
        strings = Configuration.fields_get(list(self.names.values()))
        return {
            n: (strings[self.names[n]]['string'], v)
            for n, v in self._read(self.company).items()}

    def _make(self):
        Configuration = Pool().get(self.model)
        for name, (_, old) in self._current().items():
            new = self.value[name]
            if new is not None and old != new:
                Configuration(1).set_multivalue(
                    self.names[name], new, company=self.company.id)

    @classmethod
    def export(cls, company):
        return cls._read(company)

    @classmethod
    def own(cls, company):
        Configuration = Pool().get(cls.model)
        for field_name in cls.names.values():
            Value = Configuration.multivalue_model(field_name)
            if any(v.company == company for v in Value.values()):
                return cls.export(company)


class Records(Part):
    "Records of the company, or shared by the companies"
    model = None
    # Fields with texts in several languages
    translated = ('name',)
    # Other fields that are the same in the settings
    plain = ()
    # Whether records without company serve all the companies
    shared = False

    def plan(self):
        known = self._known()
        for entry in self.value:
            own, other = self._find(entry, known)
            changes = self._changes(entry, own or other)
            if own and changes:
                state = DIFFERENT
            elif own or other and not changes:
                state = THERE
            else:
                state, changes = NEW, []

            def make(entry=entry, own=own):
                self.make(entry, own)
            yield self.item(self.title(entry), state, make, changes)

    @classmethod
    def title(cls, entry):
        "Return the name of the entry for the user"
        names = entry[cls.translated[0]]
        return names.get(Transaction().language) or first(names)[1]

    @classmethod
    @inactive_records
    def records(cls, company):
        "Return the records of the company and those it shares"
        Model = Pool().get(cls.model)
        domain = [('company', '=', company.id if company else -1)]
        if cls.shared:
            domain = ['OR', domain, ('company', '=', None)]
        return Model.search(domain, order=[('id', 'ASC')])

    def _known(self):
        records = self.records(self.company)
        return list(zip(records, self.entries(records)))

    def _find(self, entry, known):
        "Return the own and the shared record of the entry"
        own = other = None
        for record, value in known:
            if self.same(entry, value):
                if record.company:
                    own = own or (record, value)
                else:
                    other = other or (record, value)
        return own, other

    @classmethod
    def same(cls, entry, other):
        "Return if both tell the same record"
        for key in cls.schema.keys:
            if key in cls.translated:
                both = entry[key].keys() & other[key].keys()
                if not any(entry[key][c] == other[key][c] for c in both):
                    return False
            elif entry[key] != other[key]:
                return False
        return True

    def _changes(self, entry, found):
        if not found:
            return []
        _, value = found
        Model = Pool().get(self.model)
        changes = []
        for name in self.schema.fields:
            old, new = value[name], entry[name]
            if isinstance(new, dict):
                # A language that is not kept cannot differ
                new = {c: t for c, t in new.items() if c in languages()}
                if all((old or {}).get(c) == t for c, t in new.items()):
                    continue
                old, new = self.title(value), self.title(entry)
            elif new is None or old == new:
                continue
            label = name
            if name in Model._fields:
                label = Model.fields_get([name])[name]['string']
            changes.append((label, old, new))
        return changes

    @classmethod
    def entries(cls, records):
        "Return the entries of the records"
        codes = languages()
        names = {n: texts(records, n, codes) for n in cls.translated}
        return [{
                **{n: names[n][r.id] or None for n in cls.translated},
                **cls.read(r)} for r in records]

    @classmethod
    def read(cls, record):
        "Return the values of the record but the translated ones"
        return {n: getattr(record, n) for n in cls.plain}

    def values(self, entry):
        "Return the fields of the record of the entry"
        return {
            n: entry[n] for n in self.plain if entry[n] is not None}

    def make(self, entry, own):
        "Make the record of the entry or write what is different"
        Model = Pool().get(self.model)
        if own:
            record, _ = own
            Model.write([record], self.values(entry))
        else:
            language = Transaction().language
            if self.translated:
                language, _ = first(entry[self.translated[0]])
            values = self.values(entry)
            for name in self.translated:
                if entry[name]:
                    values[name] = entry[name].get(
                        language, first(entry[name])[1])
            with Transaction().set_context(language=language):
                record, = Model.create([
                        {**values, 'company': self.company.id}])
        for name in self.translated:
            if entry[name]:
                translate(record, name, entry[name])

    @classmethod
    def export(cls, company):
        records = [
            r for r in cls.records(company) if getattr(r, 'active', True)]
        own = [r for r in records if r.company]
        entries = cls.entries(own)
        for entry in cls.entries([r for r in records if not r.company]):
            if not any(cls.same(entry, e) for e in entries):
                entries.append(entry)
        return cls.ordered(entries)

    @classmethod
    def own(cls, company):
        own = [r for r in cls.records(company) if r.company]
        return cls.ordered(cls.entries(own))

    @classmethod
    def ordered(cls, entries):
        "Return the entries in an order that does not depend on the database"
        def key(entry):
            return [
                first(entry[k])[1] if k in cls.translated else str(entry[k])
                for k in cls.schema.keys]
        return sorted(entries, key=key)
