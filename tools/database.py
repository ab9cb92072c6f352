# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Make a database on SQLite with modules activated, ready to log in to"
import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import ROOT
from .system import ToolError

__all__ = ['create', 'environ', 'serve_command', 'set_up', 'write_config']

# Errors only: a line for each request would bury them
LOGGING = """\
[loggers]
keys = root,werkzeug

[handlers]
keys = stderr

[formatters]
keys = line

[logger_root]
level = ERROR
handlers = stderr

[logger_werkzeug]
level = WARNING
handlers =
qualname = werkzeug

[handler_stderr]
class = StreamHandler
formatter = line

[formatter_line]
format = [%(asctime)s] %(levelname)s %(name)s %(message)s
"""


def write_config(path, folder, port, sao):
    "Write the configuration of a server for databases in the folder"
    path.write_text(f"""\
[database]
uri = sqlite://
path = {folder}

[web]
listen = localhost:{port}
root = {sao}

[session]
# Seconds without action after which the password is asked again
timeout = 28800
""", encoding='utf-8')


def serve_command(config, name, optimize=False, logging=LOGGING):
    """Return the command that serves the database

    logging: the text of the configuration of the logs."""
    file = Path(config).with_suffix('.logging')
    file.write_text(logging, encoding='utf-8')
    return [
        sys.executable, *(['-O'] if optimize else []), '-m', 'trytond.cli',
        '--config', str(config), '--logconf', str(file),
        '--database', name]


def environ():
    "Return the environment without settings for other databases"
    return {
        k: v for k, v in os.environ.items()
        if not k.startswith(('TRYTOND_', 'DB_'))}


def create(config, name, modules, language, password):
    "Make the database in another process"
    with tempfile.NamedTemporaryFile('w', encoding='utf-8') as passfile:
        passfile.write(password)
        passfile.flush()
        _run(
            config, name, '--language', language, '--activate', *modules,
            TRYTONPASSFILE=passfile.name)


def set_up(config, name, function):
    """Call the function in another process

    It is at the top level of a module, and gets the configuration of proteus
    as the keyword config."""
    _run(
        config, name, '--setup', f'{function.__module__}:{function.__name__}')


def _run(config, name, *arguments, **env):
    process = subprocess.run(
        [sys.executable, '-O', '-m', 'tools.database',
            '--config', config, '--database', name, *arguments],
        cwd=ROOT, env={**environ(), **env})
    if process.returncode:
        raise ToolError(f"The database {name} could not be made")


def _activate(options):
    from trytond import admin, commandline, config

    config.update_etc(options.config)
    # trytond does not create the files of SQLite
    Path(config.get('database', 'path'), f'{options.database}.sqlite').touch()
    admin.run(commandline.get_parser_admin().parse_args([
                '--database', options.database,
                '--update', 'ir', 'res', *options.modules,
                '--activate-dependencies',
                '--email', 'admin@example.com',
                '--language', 'fr',
                ]))


def _finish(options):
    "Load Arabic, choose the language of the administrator, leave no wizard"
    from trytond.modules.avec_office.languages import ARABIC
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    with Transaction().start(options.database, 1):
        pool = Pool()
        Lang = pool.get('ir.lang')
        User = pool.get('res.user')
        Item = pool.get('ir.module.config_wizard.item')
        arabic = Lang.search([('code', '=', ARABIC['code'])])
        if not arabic:
            arabic = Lang.create([ARABIC])
        Lang.load_translations(arabic)
        language, = Lang.search([('code', '=', options.language)])
        User.write(
            User.search([('login', '=', 'admin')]), {'language': language.id})
        Item.write(Item.search([('state', '=', 'open')]), {'state': 'done'})


def _set_up(options):
    from proteus import config

    module, _, function = options.setup.partition(':')
    setup = getattr(importlib.import_module(module), function)
    setup(config=config.set_trytond(
            options.database, config_file=options.config))


def main():
    "Make the database that the arguments describe"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--config', required=True)
    parser.add_argument('--database', required=True)
    parser.add_argument('--language', default='fr')
    parser.add_argument(
        '--activate', nargs='+', dest='modules', metavar='module',
        help="make the database with the modules")
    parser.add_argument('--setup', help="module:function to call at the end")
    options = parser.parse_args()
    if options.modules:
        _activate(options)
        _finish(options)
    if options.setup:
        _set_up(options)


if __name__ == '__main__':
    main()
