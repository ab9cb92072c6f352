# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run the style checks and every test on SQLite and PostgreSQL

The last line counts the tests that passed, failed and were skipped.  With
CI=true in the environment a skipped test is a failure."""
import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from . import ROOT, lint, postgresql, sao
from .system import (
    ToolError, ensure_arabic_font, ensure_chromium, ensure_soffice, run_tool,
    say)

__all__ = ['Result', 'main']

# The longest first, because two of them run side by side
SUITES = ['lint', 'postgresql', 'sqlite', 'common', 'browser']
# The tests of the modules use the database of the suite: the others of the top
# level would do the same twice and are common to all databases
ON_EACH_DATABASE = {'tests.test_avec_modules'}
SLOWEST = 10
SQLITE = {
    'TRYTOND_DATABASE_URI': 'sqlite://',
    'DB_NAME': ':memory:',
    }


class Result:
    "What became of the tests of a suite"

    def __init__(self, suite):
        self.suite = suite
        self.passed = []
        self.failed = []
        self.skipped = []
        self.durations = []
        self.seconds = 0

    @property
    def empty(self):
        return not (self.passed or self.failed or self.skipped)

    def read(self, path, status):
        "Add the events that a runner that ended with the status wrote"
        last = 'the loading of the tests'
        done = False
        for line in path.read_text(encoding='utf-8').splitlines():
            event = json.loads(line)
            kind, name = event['event'], event.get('name')
            if kind == 'started':
                last = name
            elif kind == 'done':
                done = True
            elif kind == 'skipped':
                self.skipped.append(f"{name}: {event['reason']}")
            else:
                getattr(self, kind).append(name)
                self.durations.append((event['duration'], name))
        if status or not done:
            self.failed.append(f"the run stopped with {status} in {last}")


class Runners:
    "The test processes"

    def __init__(self, folder, patterns):
        self._folder = Path(folder)
        self._patterns = patterns
        self._processes = []
        self._stopped = False

    def run(self, suite, names, quick=False, **environ):
        """Run the tests in a process and return the result.

        quick: without what Tryton asserts of itself and validates in tests
        only, which is for the tests of the modules on SQLite.
        """
        if self._stopped:
            raise ToolError("Interrupted")
        result = Result(suite)
        started = time.monotonic()
        events = self._folder / f'{suite}.json'
        events.touch()
        command = [
            sys.executable, '-X', 'faulthandler', '-m', 'tools.runner',
            '--events', events, *(['--quick'] if quick else []), *names]
        for pattern in self._patterns:
            command += ['-k', pattern]
        # In a session of its own, the whole of it can be stopped
        process = subprocess.Popen(
            command, cwd=ROOT, env=self._environ(suite, quick, environ),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
            text=True, errors='replace')
        self._processes.append(process)
        for line in process.stdout:
            say(f'[{suite}] {line.rstrip()}')
        result.read(events, process.wait())
        # What a crashed test leaves running
        _kill(process, signal.SIGKILL)
        result.seconds = time.monotonic() - started
        return result

    def _environ(self, suite, quick, environ):
        temporary = self._folder / suite
        temporary.mkdir()
        # What the user set for another database must not reach the tests
        kept = {
            k: v for k, v in os.environ.items()
            if not k.startswith(('TRYTOND_', 'DB_'))}
        return {
            **kept, 'PYTHONUNBUFFERED': '1', 'TMPDIR': str(temporary),
            'DB_CACHE': str(self._folder / 'cache'),
            **({'PYTHONOPTIMIZE': '1'} if quick else {}), **environ}

    def stop(self):
        "Stop the processes and what they started"
        self._stopped = True
        for sig in [signal.SIGINT, signal.SIGKILL]:
            for process in self._processes:
                _kill(process, sig)
            for process in self._processes:
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    pass


def _kill(process, sig):
    try:
        os.killpg(process.pid, sig)
    except ProcessLookupError:
        pass


def run_lint():
    "Run each style check as one test"
    result = Result('lint')
    started = time.monotonic()
    for name, check in lint.CHECKS.items():
        errors = check()
        for error in errors:
            say(f'[lint] {error}')
        (result.failed if errors else result.passed).append(name)
    result.seconds = time.monotonic() - started
    return result


def run_sqlite(runners, names):
    "Run the tests on SQLite in memory"
    return runners.run('sqlite', names, **SQLITE)


def run_common(runners, names):
    "Run the tests for which the database of the suite is of no consequence"
    return runners.run('common', names, quick=True, **SQLITE)


def run_postgresql(runners, names):
    "Run the tests on PostgreSQL"
    try:
        with postgresql.server() as uri:
            # Databases are copied in the server: no pg_dump has to match it
            return runners.run(
                'postgresql', names, quick=True, TRYTOND_DATABASE_URI=uri,
                DB_NAME=f'test_{os.getpid()}_{secrets.token_hex(4)}',
                DB_CACHE='postgresql://')
    except ToolError as error:
        return _broken('postgresql', error)


def run_browser(runners, names):
    "Run the tests of the web client"
    environ = dict(SQLITE)
    try:
        sao.path()
    except ToolError as error:
        return _broken('browser', error)
    if chromium := ensure_chromium():
        environ['CHROMIUM'] = chromium
    if not ensure_arabic_font():
        say("No font can draw Arabic, install fonts-noto-core")
    return runners.run('browser', names, quick=True, **environ)


def _broken(suite, error):
    say(f'[{suite}] {error}')
    result = Result(suite)
    result.failed.append(str(error).splitlines()[-1])
    return result


def default_names(suite):
    "Return the test modules of the top level that the suite runs"
    names = sorted(f'tests.{p.stem}' for p in ROOT.glob('tests/test_*.py'))
    return [n for n in names if suite in _suites(n)]


def _suites(name):
    "Return the suites that run a test by default"
    folder, module, *_ = f'{name}.'.split('.')
    kind = module.removeprefix('test_').split('_')[0]
    if folder == 'tests' and kind in {'postgresql', 'browser'}:
        return {kind}
    if folder != 'tests' or f'{folder}.{module}' in ON_EACH_DATABASE:
        return {'sqlite', 'postgresql'}
    return {'common'}


def _selection(options):
    "Return the names of the tests to run by suite"
    suites = options.only or os.environ.get('SUITES', '').split() or SUITES
    narrowed = options.names or options.patterns
    selection = {}
    for suite in suites:
        if suite == 'lint':
            if not narrowed or options.only:
                selection['lint'] = None
            continue
        names = default_names(suite)
        if options.names:
            names = [n for n in options.names if suite in _suites(n)]
        if names:
            selection[suite] = names
    return selection


def run_suites(selection, patterns):
    "Run the suites and return their results"
    results = []
    if 'lint' in selection:
        results.append(run_lint())
    if {'sqlite', 'postgresql'} & selection.keys() and not ensure_soffice():
        say("Reports are not printed as PDF, install libreoffice-writer")
    with tempfile.TemporaryDirectory(prefix='avec-test-') as folder:
        runners = Runners(folder, patterns)
        with ThreadPoolExecutor(2) as executor, _interruptible(runners):
            results.extend(executor.map(
                    lambda suite: RUN[suite](runners, selection[suite]),
                    [s for s in SUITES if s in selection and s in RUN]))
    if not patterns:
        for result in results:
            if result.empty:
                result.failed.append("no test ran")
    return results


RUN = {
    'postgresql': run_postgresql,
    'sqlite': run_sqlite,
    'common': run_common,
    'browser': run_browser,
    }


@contextmanager
def _interruptible(runners):
    def interrupt(*_):
        raise KeyboardInterrupt
    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except BaseException:
        runners.stop()
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def report(results):
    "Print the results and return the status"
    slowest = sorted(
        (duration, r.suite, name)
        for r in results for duration, name in r.durations)
    _print_list("Slowest", [
            f'{duration:6.1f} s {suite}: {name}'
            for duration, suite, name in slowest[:-SLOWEST - 1:-1]])
    for kind in ['skipped', 'failed']:
        _print_list(kind.capitalize(), [
                f'{r.suite}: {line}'
                for r in results for line in getattr(r, kind)])
    for result in results:
        say(f"{_count([result])} by {result.suite} in {result.seconds:.0f} s")
    say(_count(results))
    strict = os.environ.get('CI') == 'true'
    return int(
        any(r.failed or (strict and r.skipped) for r in results)
        or not any(r.passed for r in results))


def _print_list(title, lines):
    if lines:
        say('\n'.join([title, *(f'  {line}' for line in lines), '']))


def _count(results):
    return ', '.join(
        f'{sum(len(getattr(r, kind)) for r in results)} {kind}'
        for kind in ['passed', 'failed', 'skipped'])


def main():
    "Run the tests that the arguments select and return the status"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--only', action='append', choices=SUITES,
        help="run this suite only, can be repeated (or SUITES=...)")
    parser.add_argument(
        '-k', dest='patterns', action='append', default=[],
        help="run the tests and the scenarios that match the pattern")
    parser.add_argument(
        'names', nargs='*', help="Python names of the tests to run")
    options = parser.parse_args()
    return report(run_suites(_selection(options), options.patterns))


if __name__ == '__main__':
    run_tool(main)
