# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure on SQLite and PostgreSQL, print one JSON document

Progress goes to the standard error.  The document is kept in var/bench.json
unless it comes from a quick run, whose figures mean nothing."""
import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tools import ROOT, VAR, database, postgresql
from tools.system import ToolError, run_tool

__all__ = ['main']

BACKENDS = ['sqlite', 'postgresql']


def _processor():
    try:
        for line in Path('/proc/cpuinfo').read_text().splitlines():
            if line.startswith('model name'):
                return line.partition(':')[2].strip()
    except OSError:
        pass
    return platform.processor()


def _load():
    return [round(l, 2) for l in os.getloadavg()]


def _machine():
    return {
        'system': f'{platform.system()} {platform.machine()}',
        'processor': _processor(),
        'cores': os.cpu_count(),
        'load_at_start': _load(),
        }


def _server(backend):
    if backend == 'postgresql':
        return postgresql.server()
    return nullcontext('sqlite://')


def _measure(backend, quick):
    "Return what a process of its own measures"
    with (_server(backend) as uri,
            tempfile.TemporaryDirectory(prefix='avec-bench-') as folder):
        result = Path(folder, 'result.json')
        command = [
            sys.executable, '-W', 'ignore', '-m', 'bench.worker',
            '--folder', folder, *(['--quick'] if quick else []), result]
        cache = uri if backend == 'postgresql' else folder
        environ = {
            **database.environ(),
            'TRYTOND_DATABASE_URI': uri,
            'DB_NAME': f'bench_{os.getpid()}',
            'DB_CACHE': os.environ.get('DB_CACHE', cache),
            }
        process = subprocess.run(
            command, cwd=ROOT, env=environ, stdout=sys.stderr)
        if process.returncode:
            raise ToolError(f"The measures on {backend} failed")
        return json.loads(result.read_text(encoding='utf-8'))


def main():
    "Measure what the arguments select"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--quick', action='store_true',
        help="run everything once on few records, to see that it runs")
    parser.add_argument(
        '--backend', action='append', choices=BACKENDS,
        help="measure on this one only")
    options = parser.parse_args()
    started = dt.datetime.now().astimezone()
    document = {
        'quick': options.quick,
        'started': started.isoformat(timespec='seconds'),
        'machine': _machine(),
        'backends': {
            b: _measure(b, options.quick)
            for b in options.backend or BACKENDS},
        }
    document['minutes'] = round(
        (dt.datetime.now().astimezone() - started).total_seconds() / 60, 1)
    text = json.dumps(document, indent=2)
    print(text)
    if not options.quick:
        VAR.mkdir(exist_ok=True)
        (VAR / 'bench.json').write_text(f'{text}\n', encoding='utf-8')


if __name__ == '__main__':
    run_tool(main)
