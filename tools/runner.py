# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run unittest tests in this process and record what became of each

Tryton's scenarios are tests that unittest loads and other runners miss.  The
events are written as they happen, one JSON object per line, so that the parent
process knows what ran even if this process dies."""
import argparse
import doctest
import gc
import json
import time
import unittest
from pathlib import Path

from trytond import backend, config

from . import ROOT
from .shortcuts import shortcuts
from .system import run_tool
from .templates import Templates

__all__ = ['Recorder', 'test_name']

# Tests that take longer are named as they end
SLOW = 5
DAY = 24 * 60 * 60


def test_name(test):
    "Return the name of a test, for a scenario the path of its file"
    if isinstance(test, doctest.DocTestCase):
        path = Path(test._dt_test.filename)
        return str(
            path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    return test.id()


def _skipped_examples(test):
    "Return how many examples of a scenario are marked to be skipped"
    if not isinstance(test, doctest.DocTestCase):
        return 0
    examples = test._dt_test.examples
    if test._dt_optionflags & doctest.SKIP:
        return len(examples)
    return sum(e.options.get(doctest.SKIP, False) for e in examples)


class Recorder(unittest.TestResult):
    "Write down and print what becomes of each test"

    def __init__(self, events):
        super().__init__()
        self._events = events
        self._group = None
        self._started = time.monotonic()
        self._failed = set()
        self._skipped = set()

    def _record(self, event, test, **values):
        line = json.dumps({'event': event, 'name': test_name(test), **values})
        self._events.write(f'{line}\n')
        self._events.flush()

    def _duration(self):
        return round(time.monotonic() - self._started, 2)

    def startTest(self, test):
        super().startTest(test)
        name = test_name(test)
        group = (
            name if isinstance(test, doctest.DocTestCase)
            else name.rpartition('.')[0])
        if group != self._group:
            self._group = group
            print(group, flush=True)
        # The time between two tests goes to making the next database
        if (duration := self._duration()) >= SLOW:
            print(f'  {duration:.0f} s before {name}', flush=True)
        self._started = time.monotonic()
        # A scenario runs under the same name for each of its configurations
        self._failed.discard(name)
        self._skipped.discard(name)
        self._record('started', test)

    def stopTest(self, test):
        super().stopTest(test)
        duration = self._duration()
        if test_name(test) not in self._failed | self._skipped:
            self._record('passed', test, duration=duration)
        if duration >= SLOW:
            print(f'  {duration:.0f} s {test_name(test)}', flush=True)
        self._started = time.monotonic()

    def _fail(self, test, error):
        # A test fails once, however many of its sub-tests do
        if test_name(test) not in self._failed:
            self._failed.add(test_name(test))
            self._record('failed', test, duration=self._duration())
        print(f'FAILED {test_name(test)}\n{error}', flush=True)

    def _skip(self, test, reason):
        self._skipped.add(test_name(test))
        self._record('skipped', test, reason=reason)

    def addError(self, test, err):
        super().addError(test, err)
        self._fail(test, self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fail(test, self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            error = self._exc_info_to_string(err, subtest)
            self._fail(test, f'{subtest}\n{error}')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._fail(test, "unexpected success")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._skip(test, reason)

    def addSuccess(self, test):
        super().addSuccess(test)
        if skipped := _skipped_examples(test):
            self._skip(test, f"{skipped} examples marked +SKIP")


def _load(names, patterns):
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [
            p if '*' in p else f'*{p}*' for p in patterns]
    return loader.loadTestsFromNames(names)


def main():
    "Run the tests that the arguments name"
    parser = argparse.ArgumentParser()
    parser.add_argument('--events', required=True)
    parser.add_argument('-k', dest='patterns', action='append', default=[])
    parser.add_argument(
        '--quick', action='store_true',
        help="leave out what Tryton validates in tests only")
    parser.add_argument('names', nargs='+')
    options = parser.parse_args()
    # Most of what a test makes stays, looking through it finds no garbage
    gc.set_threshold(50000, 20, 20)
    if backend.name == 'sqlite':
        # Looking for what other processes changed commits what is under way
        # on the only connection to a database in memory
        config.set('cache', 'clean_timeout', str(DAY))
    with (shortcuts(validated=not options.quick), Templates(),
            open(options.events, 'w', encoding='utf-8') as events):
        recorder = Recorder(events)
        _load(options.names, options.patterns)(recorder)
        events.write(json.dumps({'event': 'done'}) + '\n')


if __name__ == '__main__':
    run_tool(main)
