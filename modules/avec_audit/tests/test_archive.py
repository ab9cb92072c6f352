# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import hashlib
import io
import unittest
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_audit.archive import MANIFEST, file_name, to_zip


class ArchiveTest(unittest.TestCase):
    "Files go in an archive that can be checked"

    FILES = {'b/moves.csv': b'1\n', 'a.csv': 'é'.encode()}

    def test_the_same_files_make_the_same_archive(self):
        turned = dict(reversed(self.FILES.items()))
        self.assertEqual(to_zip(self.FILES), to_zip(turned))

    def test_the_manifest_has_the_digest_of_each_file(self):
        with zipfile.ZipFile(io.BytesIO(to_zip(self.FILES))) as archive:
            self.assertEqual(
                archive.namelist(), ['a.csv', 'b/moves.csv', MANIFEST])
            lines = archive.read(MANIFEST).decode().splitlines()
            for line in lines:
                digest, _, path = line.partition('  ')
                self.assertEqual(
                    digest, hashlib.sha256(archive.read(path)).hexdigest())
        self.assertEqual(len(lines), 2)

    @given(st.text())
    def test_a_name_is_the_name_of_a_file(self, text):
        name = file_name(text)
        self.assertTrue(name)
        self.assertFalse(set(name) & set('/\\:*?"<>|\0\n'))
        self.assertNotIn(name, {'.', '..'})
