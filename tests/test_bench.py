# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from trytond import backend

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = {
    'engine', 'versions', 'memory', 'posting', 'chunks', 'queries', 'typing',
    'form', 'growth', 'balances', 'list', 'schedules', 'lending', 'overdue',
    'indicators'}
RATIOS = [
    ('posting', 'ratio_to_naive'),
    ('posting', 'ratio_to_naive_with_saving'),
    ('posting', 'ratio_to_plain_sql'),
    ('growth', 'ratio_late_to_early'),
    ('balances', 'ratio_one_by_one_to_together'),
    ('schedules', 'flat_per_second'),
    ('schedules', 'declining_per_second'),
    ('lending', 'meetings_per_second'),
    ('overdue', 'seconds'),
    ('indicators', 'growth_of_report'),
    ]


class BenchTest(unittest.TestCase):
    "The measures run and print what is compared"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        environ = dict(os.environ)
        if backend.name == 'postgresql':
            # On the server of these tests, with a database of its own
            environ['POSTGRESQL_URI'] = os.environ['TRYTOND_DATABASE_URI']
        process = subprocess.run(
            [sys.executable, '-m', 'bench', '--quick',
                '--backend', backend.name],
            cwd=ROOT, env=environ, capture_output=True, text=True)
        if process.returncode:
            raise AssertionError(process.stderr)
        cls.document = json.loads(process.stdout)

    def test_sections(self):
        self.assertTrue(self.document['quick'])
        self.assertLessEqual(
            {'system', 'processor', 'cores', 'load_at_start'},
            self.document['machine'].keys())
        measures, = self.document['backends'].values()
        self.assertEqual(measures.keys(), SECTIONS)

    def test_ratios(self):
        measures = self.document['backends'][backend.name]
        for section, name in RATIOS:
            with self.subTest(section=section, name=name):
                value = measures[section][name]
                if isinstance(value, dict):
                    self.assertLessEqual(
                        {'median', 'min', 'max', 'runs'}, value.keys())
                    value = value['median']
                self.assertGreater(value, 0)

    def test_queries_do_not_grow_with_members(self):
        queries = self.document['backends'][backend.name]['queries']
        for step in ['hold', 'post', 'compute']:
            with self.subTest(step=step):
                self.assertEqual(queries[step]['growth_with_members'], 0)

    def test_queries_do_not_grow_with_loans(self):
        lending = self.document['backends'][backend.name]['lending']
        for step in ['hold', 'post']:
            for growth in ['growth_with_members', 'growth_with_loans']:
                with self.subTest(step=step, growth=growth):
                    self.assertEqual(lending['queries'][step][growth], 0)

    def test_indicators_are_read_in_a_fixed_number_of_queries(self):
        indicators = self.document['backends'][backend.name]['indicators']
        few, many = indicators['queries']
        self.assertEqual(few, many)
        self.assertLess(few, 20)
        self.assertEqual(
            indicators['growth_of_each'].keys(),
            indicators['seconds_of_each'].keys())
        self.assertLessEqual(
            {'GRP-1', 'LON-4', 'TRN-1', 'IGA-4'},
            indicators['growth_of_each'].keys())

    def test_arrears_are_read_in_a_fixed_number_of_queries(self):
        overdue = self.document['backends'][backend.name]['overdue']
        self.assertEqual(overdue['growth_with_loans'], 0)
        self.assertEqual(overdue['first'], {
                'outstanding': '100.00', 'overdue': '50.00',
                'days_overdue': '14'})
