# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the machine has, and what can be added to it (standard library only)"
import os
import shutil
import socket
import subprocess
import sys

__all__ = [
    'ToolError', 'apt_install', 'chromium', 'ensure_arabic_font',
    'ensure_chromium', 'ensure_soffice', 'free_port', 'is_root',
    'port_in_use', 'run_tool', 'say', 'soffice']

CHROMIUM = [
    'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']


class ToolError(Exception):
    "What the user must be told before the tool gives up"


def run_tool(main):
    "Run the main function of a tool and exit with its status"
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)


def say(message):
    "Tell the user at once what is going on"
    print(message, flush=True)


def is_root():
    return os.geteuid() == 0


def free_port():
    "Return a port of the loopback interface that nothing listens on"
    with socket.socket() as sock:
        sock.bind(('localhost', 0))
        return sock.getsockname()[1]


def port_in_use(port):
    "Return if something listens on the port of the loopback interface"
    with socket.socket() as sock:
        return sock.connect_ex(('localhost', port)) == 0


def apt_install(*packages):
    "Install Debian packages when allowed to, and return if it succeeded"
    if not is_root() or not shutil.which('apt-get'):
        return False
    say(f"Installing {' '.join(packages)}")
    env = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
    install = [
        'apt-get', 'install', '--yes', '--no-install-recommends', *packages]
    # The package lists of a fresh machine are empty or out of date
    for command in [install, ['apt-get', 'update'], install]:
        process = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if command is install and not process.returncode:
            return True
    return False


def chromium():
    "Return the path of Chromium, if the machine has one"
    if path := os.environ.get('CHROMIUM'):
        return path
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def ensure_chromium():
    "Return the path of Chromium, installing it when allowed to"
    return chromium() or (apt_install('chromium') and chromium()) or None


def _has_arabic_font():
    if not shutil.which('fc-list'):
        return False
    return bool(subprocess.run(
            ['fc-list', ':lang=ar'], capture_output=True).stdout.strip())


def ensure_arabic_font():
    "Return if Arabic can be drawn, installing a font when allowed to"
    return _has_arabic_font() or (
        apt_install('fontconfig', 'fonts-noto-core') and _has_arabic_font())


def soffice():
    "Return the path of LibreOffice, if the machine has one"
    return shutil.which('soffice') or shutil.which('libreoffice')


def ensure_soffice():
    "Return the path of LibreOffice, installing it when allowed to"
    return soffice() or (
        apt_install('libreoffice-writer-nogui') and soffice()) or None
