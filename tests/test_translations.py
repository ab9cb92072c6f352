# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The translations follow the code"
import tempfile
import unittest
from pathlib import Path

import polib

from tests.browser import MODULES, template
from tools import translations


class FilesTest(unittest.TestCase):
    "What can be seen in the files alone"

    def test_files_are_sound(self):
        "Every string is translated, with its placeholders and its spaces"
        for module in translations.modules():
            for language in translations.LANGUAGES:
                with self.subTest(module=module, language=language):
                    self.assertEqual(translations.faults(
                            translations.po_path(module, language)), [])


class SourceTest(unittest.TestCase):
    "What can be seen beside a database made from the code"
    maxDiff = None

    def test_files_have_the_strings_of_the_code(self):
        "Nothing is missing and nothing is stale: else run tools.translations"
        file = template(MODULES, 'en')
        for module, entries in translations.source(file).items():
            for language in translations.LANGUAGES:
                with self.subTest(module=module, language=language):
                    self.assertEqual(translations.differences(
                            entries, translations.po_path(module, language)),
                        [])


class ToolTest(unittest.TestCase):
    "What the tool does with the files"

    def entry(self, msgid, msgstr='', msgctxt='view:avec.group:', **values):
        return polib.POEntry(
            msgctxt=msgctxt, msgid=msgid, msgstr=msgstr, **values)

    def merge(self, new, existing):
        entries = {
            (e.msgctxt, e.msgid, e.msgid_plural): e for e in new}
        return {
            (e.msgctxt, e.msgid): e.msgstr
            for e in translations.merge(entries, existing)}

    def faults(self, *entries):
        file = polib.POFile()
        file.extend(entries)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'fr.po')
            file.save(str(path))
            return [
                f.partition(':')[0] for f in translations.faults(path)]

    def test_translation_is_kept(self):
        self.assertEqual(
            self.merge([self.entry('Group')], [self.entry('Group', 'Groupe')]),
            {('view:avec.group:', 'Group'): 'Groupe'})

    def test_translation_of_other_english_is_dropped(self):
        self.assertEqual(
            self.merge(
                [self.entry('Groups')], [self.entry('Group', 'Groupe')]),
            {('view:avec.group:', 'Groups'): ''})

    def test_fuzzy_translation_is_dropped(self):
        self.assertEqual(
            self.merge(
                [self.entry('Group')],
                [self.entry('Group', 'Groupe', flags=['fuzzy'])]),
            {('view:avec.group:', 'Group'): ''})

    def test_string_that_moves_is_kept(self):
        "Unless it was translated in several ways"
        moved = [self.entry('Draft', msgctxt='view:avec.cycle:')]
        one = [self.entry('Draft', 'Brouillon')]
        two = [*one, self.entry('Draft', 'Projet', 'view:party.party:')]
        self.assertEqual(
            self.merge(moved, one),
            {('view:avec.cycle:', 'Draft'): 'Brouillon'})
        self.assertEqual(
            self.merge(moved, two), {('view:avec.cycle:', 'Draft'): ''})

    def test_string_of_another_context_is_not_copied(self):
        "Its translation may be of another gender"
        old = self.entry('Posted', 'Comptabilisée')
        new = self.entry('Posted', msgctxt='view:avec.cycle:')
        self.assertEqual(
            self.merge([old, new], [old]), {
                ('view:avec.group:', 'Posted'): 'Comptabilisée',
                ('view:avec.cycle:', 'Posted'): ''})

    def test_string_without_letters_is_its_own_translation(self):
        self.assertEqual(
            self.merge([self.entry('–')], []),
            {('view:avec.group:', '–'): '–'})

    def test_faults_are_found(self):
        for entry, fault in [
                (self.entry('Group'), 'empty'),
                (self.entry('Group', 'Groupe', flags=['fuzzy']), 'fuzzy'),
                (self.entry('Group', 'Groupe', obsolete=True), 'stale'),
                (self.entry('%(group)s', '%(groupe)s'), 'other placeholders'),
                (self.entry('A', '%(group)s'), 'other placeholders'),
                (self.entry('Group', ' Groupe'), 'other leading space'),
                (self.entry('Group', 'Groupe\n'), 'other trailing space')]:
            with self.subTest(fault=fault):
                self.assertEqual(self.faults(entry), [fault])
        self.assertEqual(self.faults(self.entry('Group', 'Groupe')), [])

    def test_differences_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'fr.po')
            file = polib.POFile()
            file.append(self.entry('Old', 'Ancien'))
            file.save(str(path))
            self.assertEqual(
                translations.differences(
                    {('view:avec.group:', 'New', ''): None}, path), [
                    "missing: view:avec.group: 'New'",
                    "stale: view:avec.group: 'Old'"])
