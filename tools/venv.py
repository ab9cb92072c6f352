# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Make the virtual environment or bring it up to date (standard library only)"
import fcntl
import hashlib
import importlib.util
import subprocess
import sys
from contextlib import contextmanager

from . import CACHE, ROOT, VENV
from .system import ToolError, apt_install, run_tool, say

EXTRAS = 'test,postgresql,demo'
STAMP = VENV / 'avec.stamp'


def _digest():
    "Return what the environment depends on, as one word"
    digest = hashlib.sha256(f'{sys.version} {EXTRAS}'.encode())
    for name in ['setup.cfg', 'pyproject.toml']:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _lock():
    # Two commands started together must not install into each other
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / 'venv.lock', 'w') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_python():
    version = '.'.join(map(str, sys.version_info[:2]))
    if sys.version_info < (3, 10):
        raise ToolError(
            f"Python 3.10 or later is needed, this is {version}; name "
            "another one with: make PYTHON=python3.x")
    # Debian ships the module venv without what it needs to install pip
    if not importlib.util.find_spec('ensurepip'):
        package = f'python{version}-venv'
        if not apt_install(package):
            raise ToolError(
                "The Python module ensurepip is missing; as root do: "
                f"apt-get install {package}")


def _same_python():
    "Return if the environment exists and was made by this Python"
    process = subprocess.run(
        [VENV / 'bin' / 'python', '-c',
            'import pip, sys; print(sys.version)'],
        capture_output=True, text=True)
    return not process.returncode and process.stdout.strip() == sys.version


def update():
    "Bring the environment up to date with the packaging of the project"
    digest = _digest()
    with _lock():
        if STAMP.exists() and STAMP.read_text() == digest:
            return
        STAMP.unlink(missing_ok=True)
        if not (VENV / 'bin' / 'python').exists() or not _same_python():
            _check_python()
            say("Making the virtual environment in .venv")
            _run(sys.executable, '-m', 'venv', '--clear', VENV)
        say("Installing the modules and what they depend on")
        pip_install(
            '--editable', f'{ROOT}[{EXTRAS}]', python=VENV / 'bin' / 'python')
        STAMP.write_text(digest)


def pip_install(*arguments, python=sys.executable):
    "Install distributions into the environment of the Python"
    _run(
        python, '-m', 'pip', 'install', '--quiet',
        '--disable-pip-version-check', '--no-input', *arguments)


def _run(*command):
    process = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if process.returncode:
        raise ToolError(
            f"{process.stdout}\nFailed: {' '.join(map(str, command))}")


if __name__ == '__main__':
    run_tool(update)
