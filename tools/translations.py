# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Bring locale/*.po of every module up to date with the code

The strings come from a database made from the code.  What is translated stays
as long as its English does, what is new waits with an empty translation and
what is gone is removed.  No translation is ever fuzzy.

With --check nothing is written: the command fails and names what is missing,
empty, fuzzy, stale or badly translated."""
import argparse
import configparser
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import polib
from lxml import etree

from . import ROOT, database
from .system import run_tool, say

__all__ = [
    'LANGUAGES', 'differences', 'faults', 'modules', 'po_path', 'source']

LANGUAGES = ['fr', 'ar']
# The language of the strings in the code
ENGLISH = 'en'
DATABASE = 'translations'
PLACEHOLDER = re.compile(r'%\(\w+\)[a-z]|%[a-z%]|\$\{?\w+\}?')


def modules():
    "Return the names of the modules of this repository"
    return sorted(
        p.parent.name for p in ROOT.glob('modules/avec_*/tryton.cfg'))


def po_path(module, language):
    return ROOT / 'modules' / module / 'locale' / f'{language}.po'


def source(file=None):
    """Return by module the English strings of the code, by context

    file: that of a database in English with the modules, else one is made."""
    with tempfile.TemporaryDirectory(prefix='avec-translations-') as folder:
        folder = Path(folder)
        config = folder / 'trytond.conf'
        database.write_config(config, folder, 0, '')
        if file:
            shutil.copyfile(file, folder / f'{DATABASE}.sqlite')
        else:
            database.create(config, DATABASE, modules(), ENGLISH, DATABASE)
        database.set_up(config, DATABASE, export)
        return {m: _source(m, folder / f'{m}.po') for m in modules()}


def export(config):
    "Export the English strings of each module next to the configuration"
    from proteus import Wizard
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    # The strings of reports and views are only known on demand
    for name, button in [
            ('ir.translation.set', 'set_'), ('ir.translation.clean', 'clean')]:
        Wizard(name).execute(button)
    # A language keeps the stale strings of its po, English has only the code's
    with Transaction().start(config.database_name, 0, readonly=True):
        Translation = Pool().get('ir.translation')
        for module in modules():
            path = Path(config.config_file).parent / f'{module}.po'
            path.write_bytes(
                Translation.translation_export(ENGLISH, module) or b'')


def _source(module, path):
    local = _local_records(module)
    return {
        _key(e): e for e in polib.pofile(str(path))
        if e.msgctxt.rpartition(':')[2] not in local}


def _local_records(module):
    "Return the records that are delivered in one language, as charts are"
    config = configparser.ConfigParser()
    folder = ROOT / 'modules' / module
    config.read(folder / 'tryton.cfg', encoding='utf-8')
    records = set()
    for name in config.get('tryton', 'xml', fallback='').split():
        tree = etree.parse(str(folder / name))
        records.update(tree.xpath('/tryton/data[@language]/record/@id'))
    return records


def _key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _read(path):
    "Return the translations that are in use"
    if not path.exists():
        return []
    return [e for e in polib.pofile(str(path)) if not e.obsolete]


def merge(entries, existing):
    "Return the file of the entries with the existing translations"
    translations, gone = {}, defaultdict(set)
    for entry in existing:
        if entry.fuzzy or not entry.translated():
            continue
        translations[_key(entry)] = entry
        if not entry.msgid_plural and _key(entry) not in entries:
            gone[entry.msgid].add(entry.msgstr)
    result = polib.POFile(wrapwidth=78)
    result.metadata = {'Content-Type': 'text/plain; charset=utf-8'}
    for key in sorted(entries, key=lambda k: k[:2]):
        result.append(_translated(entries[key], translations.get(key), gone))
    return result


def _translated(entry, translation, gone):
    "Return a copy of the entry with its translation"
    result = polib.POEntry(
        msgctxt=entry.msgctxt, msgid=entry.msgid,
        msgid_plural=entry.msgid_plural, flags=list(entry.flags))
    if entry.msgid_plural:
        result.msgstr_plural = (
            dict(translation.msgstr_plural) if translation else {0: ''})
    elif translation:
        result.msgstr = translation.msgstr
    elif len(gone[entry.msgid]) == 1:
        # The string has moved.  Where it stays, gender may forbid to reuse it.
        result.msgstr, = gone[entry.msgid]
    elif not any(map(str.isalpha, entry.msgid)):
        # A dash of a report is the same in every language
        result.msgstr = entry.msgid
    return result


def faults(path):
    "Return what is wrong in the file"
    if not path.exists():
        return ["no such file"]
    return [
        f"{problem}: {entry.msgctxt} {entry.msgid!r}"
        for entry in polib.pofile(str(path))
        for problem in _entry_faults(entry)]


def _entry_faults(entry):
    if entry.obsolete:
        yield "stale"
    elif entry.fuzzy:
        yield "fuzzy"
    elif not entry.translated():
        yield "empty"
    else:
        for string in [entry.msgstr, *entry.msgstr_plural.values()]:
            if string:
                yield from _string_faults(entry.msgid, string)


def _string_faults(msgid, msgstr):
    if (sorted(PLACEHOLDER.findall(msgid))
            != sorted(PLACEHOLDER.findall(msgstr))):
        yield "other placeholders"
    for side, strip in [('leading', str.lstrip), ('trailing', str.rstrip)]:
        if (msgid != strip(msgid)) != (msgstr != strip(msgstr)):
            yield f"other {side} space"


def differences(entries, path):
    "Return what is missing from the file and what the code no longer has"
    keys = {_key(e) for e in _read(path)}
    return [
        *(f"missing: {c} {i!r}" for c, i, _ in sorted(
            entries.keys() - keys, key=lambda k: k[:2])),
        *(f"stale: {c} {i!r}" for c, i, _ in sorted(
            keys - entries.keys(), key=lambda k: k[:2]))]


def _update(path, entries):
    "Write the file if its content changes"
    file = merge(entries, _read(path))
    text = f'{file}'
    if not path.exists() or path.read_text(encoding='utf-8') != text:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding='utf-8')
        say(f"Written {path.relative_to(ROOT)}")


def main():
    "Bring the files up to date, or only check them"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--check', action='store_true', help="write nothing, name the faults")
    options = parser.parse_args()
    count = 0
    for module, entries in source().items():
        for language in LANGUAGES:
            path = po_path(module, language)
            if not options.check:
                _update(path, entries)
            problems = faults(path) + differences(entries, path)
            count += len(problems)
            for problem in problems:
                print(f"{path.relative_to(ROOT)}: {problem}", file=sys.stderr)
    return bool(count) and options.check


if __name__ == '__main__':
    # The functions need a module that the process of the database can import
    from . import translations
    run_tool(translations.main)
