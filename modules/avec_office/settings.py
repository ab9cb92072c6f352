# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The settings of an office, as a document that people can read

A document is a dictionary of sections.  A section is one entry or a list of
entries, and an entry a dictionary of plain values.  Records are named by
codes and names, never by the ids of a database."""
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Optional

__all__ = [
    'FORMAT', 'VERSION', 'Field', 'Section', 'SettingsFault', 'check', 'dump',
    'load', 'plain']

FORMAT = 'avec-office'
VERSION = 1
_HEADER = {'format', 'version'}
# What a file can hold at most
MAX_SIZE = 1024 * 1024
MAX_ENTRIES = 500
MAX_TEXT = 2000


class SettingsFault(ValueError):
    """A rule that an entry breaks

    rule is a key of the messages of the module."""

    def __init__(self, rule, entry='', value=''):
        super().__init__(f'{entry}: {rule} {value}'.strip())
        self.rule = rule
        self.entry = entry
        self.value = value


@dataclass(frozen=True)
class Field:
    """What a value must be

    kind: text, names (by language), decimal, integer, boolean, date or
    texts (a list of texts)."""
    kind: str
    required: bool = False
    choices: Optional[tuple] = None
    least: Optional[int] = None
    # Whether the least itself is refused
    above: bool = False
    most: Optional[int] = None


@dataclass(frozen=True)
class Section:
    "What the entries of a section must be"
    fields: dict
    # The fields that tell an entry from another one of a list
    keys: Optional[tuple] = None
    # Left out of a file, as who works here is nobody else's business
    private: bool = False

    @property
    def is_list(self):
        return self.keys is not None


def load(text, sections):
    "Return the checked settings of the text of a file"
    if len(text) > MAX_SIZE:
        raise SettingsFault('size')
    try:
        document = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise SettingsFault('json', value=str(error)) from error
    if not isinstance(document, dict) or document.get('format') != FORMAT:
        raise SettingsFault('format', value=FORMAT)
    if document.get('version') != VERSION:
        raise SettingsFault(
            'version', value=str(document.get('version', '')))
    settings = {k: v for k, v in document.items() if k not in _HEADER}
    for name in settings:
        if name in sections and sections[name].private:
            raise SettingsFault('private', name)
    return check(settings, sections)


def check(settings, sections):
    """Return the settings with decimals and dates, or raise SettingsFault

    What an entry leaves out is None."""
    result = {}
    for name, value in settings.items():
        if name not in sections:
            raise SettingsFault('unknown', name)
        section = sections[name]
        if section.is_list:
            result[name] = _entries(name, value, section)
        else:
            result[name] = _entry(name, value, section)
    return result


def _entries(name, values, section):
    if not isinstance(values, list):
        raise SettingsFault('list', name)
    if len(values) > MAX_ENTRIES:
        raise SettingsFault('many', name, str(MAX_ENTRIES))
    entries, known = [], set()
    for i, value in enumerate(values, 1):
        path = f'{name} {i}'
        entry = _entry(path, value, section)
        key = tuple(_hashable(entry[k]) for k in section.keys)
        if key in known:
            raise SettingsFault('twice', path, ', '.join(map(_plain, key)))
        known.add(key)
        entries.append(entry)
    return entries


def _hashable(value):
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def _plain(value):
    return value[0][1] if isinstance(value, tuple) else str(value)


def _entry(path, value, section):
    if not isinstance(value, dict):
        raise SettingsFault('entry', path)
    for name in value:
        if name not in section.fields:
            raise SettingsFault('unknown', f'{path}, {name}')
    return {
        n: _value(f'{path}, {n}', value.get(n), f)
        for n, f in section.fields.items()}


def _value(path, value, field):
    if value is None or value == '' or value == {}:
        if field.required:
            raise SettingsFault('required', path)
        return [] if field.kind == 'texts' else None
    value = _READERS[field.kind](path, value)
    if field.choices is not None and value not in field.choices:
        raise SettingsFault('choice', path, ', '.join(field.choices))
    if field.least is not None and (
            value < field.least or field.above and value == field.least):
        raise SettingsFault(
            'above' if field.above else 'least', path, str(field.least))
    if field.most is not None and value > field.most:
        raise SettingsFault('most', path, str(field.most))
    return value


def _text(path, value):
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise SettingsFault('text', path)
    # Tryton refuses what cannot be printed
    if any(not c.isprintable() and c != '\n' for c in value):
        raise SettingsFault('text', path)
    return value.strip()


def _texts(path, value):
    if not isinstance(value, list):
        raise SettingsFault('list', path)
    return [_text(path, v) for v in value]


def _names(path, value):
    if not isinstance(value, dict):
        raise SettingsFault('names', path)
    return {_text(path, k): _text(path, v) for k, v in value.items() if v}


def _decimal(path, value):
    if isinstance(value, bool):
        raise SettingsFault('decimal', path)
    try:
        value = Decimal(str(value))
    except InvalidOperation as error:
        raise SettingsFault('decimal', path) from error
    if not value.is_finite() or abs(value.adjusted()) > 12:
        raise SettingsFault('decimal', path)
    return value


def _integer(path, value):
    if not isinstance(value, int) or isinstance(value, bool):
        raise SettingsFault('integer', path)
    return value


def _boolean(path, value):
    if not isinstance(value, (bool, int)) or value not in {0, 1}:
        raise SettingsFault('boolean', path)
    return bool(value)


def _date(path, value):
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise SettingsFault('date', path) from error


_READERS = {
    'boolean': _boolean,
    'date': _date,
    'decimal': _decimal,
    'integer': _integer,
    'names': _names,
    'text': _text,
    'texts': _texts,
    }


def dump(settings, sections):
    "Return the text of a file with the settings"
    document = {'format': FORMAT, 'version': VERSION}
    for name, section in sections.items():
        if section.private or name not in settings:
            continue
        value = settings[name]
        document[name] = (
            [_written(e, section) for e in value] if section.is_list
            else _written(value, section))
    return json.dumps(document, ensure_ascii=False, indent=2) + '\n'


def _written(entry, section):
    result = {}
    for name, field in section.fields.items():
        value = entry.get(name)
        if value is not None and value != [] and value != {}:
            # A database may keep a boolean as a figure
            result[name] = (
                bool(value) if field.kind == 'boolean' else plain(value))
    return result


def plain(value):
    "Return the value as it is written"
    if isinstance(value, Decimal):
        # As text, so that no reader makes it a binary fraction
        return f'{value.normalize():f}'
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
