# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make the demonstration when it does not exist yet, and serve it

The folder var keeps the database.  A file beside it tells that the loading
came to its end, so that an interrupted one is never served."""
import argparse
import hashlib
import os
import subprocess
import sys

from . import ROOT, VAR, database, sao
from .system import ToolError, port_in_use, run_tool, say

__all__ = ['DATABASE', 'main', 'prepare']

NAME = 'demo'
# The chart of the office of Côte d'Ivoire
CHART = 'account_syscohada'
ADMIN_PASSWORD = 'avec-admin-2026'
CONFIG = VAR / f'{NAME}.conf'
DATABASE = VAR / f'{NAME}.sqlite'
LOADED = VAR / f'{NAME}.loaded'


def _digest():
    "Return what the database was made from, as one word"
    digest = hashlib.sha256()
    for folder in ['modules', 'demo']:
        for path in sorted((ROOT / folder).rglob('*')):
            if path.suffix not in {'.py', '.xml', '.cfg', '.po', '.csv'}:
                continue
            if 'tests' not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _modules():
    return [CHART, *sorted(
            p.parent.name for p in ROOT.glob('modules/avec_*/tryton.cfg'))]


def _remove():
    LOADED.unlink(missing_ok=True)
    for path in VAR.glob(f'{DATABASE.name}*'):
        path.unlink()


def _load():
    "Make the database, which counts only once it is whole"
    if not (ROOT / 'demo' / '__main__.py').exists():
        raise ToolError("There is no demonstration data: demo/__main__.py")
    _remove()
    digest = _digest()
    say("Activating the modules")
    database.create(CONFIG, NAME, _modules(), 'fr', ADMIN_PASSWORD)
    say("Loading the demonstration")
    process = subprocess.run(
        [sys.executable, '-O', '-m', 'demo',
            '--config', CONFIG, '--database', NAME],
        cwd=ROOT, env=database.environ())
    if process.returncode:
        raise ToolError("The demonstration data could not be loaded")
    LOADED.write_text(digest)


def _logins():
    "Return a role, a login and a password for each user to try"
    try:
        from demo import LOGINS
    except ImportError:
        LOGINS = []
    return [*LOGINS, ("administrator of Tryton", 'admin', ADMIN_PASSWORD)]


def _announce(port):
    logins = _logins()
    widths = [max(len(login[i]) for login in logins) for i in range(2)]
    say(f"\nAVEC for Tryton is on http://localhost:{port}/#{NAME}\n")
    for role, login, password in logins:
        say(f'  {role:{widths[0]}}  {login:{widths[1]}}  {password}')
    say("\nCtrl-C stops it, make demo-reset starts from fresh data.")


def prepare(port, reset=False):
    "Make the database unless it is there"
    VAR.mkdir(exist_ok=True)
    database.write_config(CONFIG, VAR, port, sao.path())
    if reset or not LOADED.exists():
        _load()
    elif LOADED.read_text() != _digest():
        say("The modules changed since this database was made: if something "
            "fails, make demo-reset")


def main():
    "Serve the demonstration until Ctrl-C"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--reset', action='store_true', help="make the database anew")
    options = parser.parse_args()
    port = int(os.environ.get('PORT') or 8000)
    if port_in_use(port):
        raise ToolError(
            f"The port {port} is taken, choose another: make demo PORT=8001")
    prepare(port, options.reset)
    _announce(port)
    os.chdir(ROOT)
    command = database.serve_command(CONFIG, NAME, optimize=True)
    os.execve(command[0], command, database.environ())


if __name__ == '__main__':
    run_tool(main)
