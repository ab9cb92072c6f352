# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import hashlib
import io
import unittest
import zipfile
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_audit.archive import (
    MANIFEST, file_name, to_csv, to_zip)


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

    def test_cells_are_plain(self):
        self.assertEqual(
            to_csv([
                    ["Name", "Amount"],
                    ["=1+1", Decimal('1E+2')],
                    [dt.date(2026, 1, 12), True],
                    [None, Decimal('-0.50')]]).decode('utf-8-sig'),
            "Name,Amount\r\n'=1+1,100\r\n2026-01-12,1\r\n,-0.50\r\n")

    @given(st.text())
    def test_a_name_is_the_name_of_a_file(self, text):
        name = file_name(text)
        self.assertTrue(name)
        self.assertFalse(set(name) & set('/\\:*?"<>|\0\n'))
        self.assertNotIn(name, {'.', '..'})
