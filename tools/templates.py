# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make the databases of the tests from each other

Activating a module with all that it depends on takes most of the time of its
tests.  The database of a module is made from that of the module below it, as
in an office that activates one module after the other."""
import os
from configparser import ConfigParser

from . import ROOT

__all__ = ['Templates', 'below', 'split']

PREFIX = 'avec_'
# What a database is left without first, so that most come from the same
TOPS = [
    'avec_office', 'avec_audit', 'avec_indicator', 'avec_training',
    'avec_livelihood', 'avec_loan']


def _depends(module):
    "Return the modules of ours on which the module depends"
    cfg = ConfigParser()
    cfg.read(ROOT / 'modules' / module / 'tryton.cfg', encoding='utf-8')
    return {
        m for m in cfg.get('tryton', 'depends', fallback='').split()
        if m.startswith(PREFIX)}


def split(name):
    """Return the modules and the language of the name of a cache of trytond

    Without modules where the database has more in it than modules."""
    modules, _, suffix = name.partition('--')
    if len(suffix) not in {0, 2}:
        return [], ''
    return modules.split('-'), suffix


def below(modules):
    """Return the modules of the database from which to go on, at least one
    less than the modules and what they depend on, or nothing to begin anew"""
    modules = {m for m in modules if m.startswith(PREFIX)}
    depends = {m: _depends(m) for m in modules}
    # What is below another one comes with it
    tops = modules - {d for ds in depends.values() for d in ds}
    if not tops:
        return []
    top = min(tops, key=lambda m: (m in TOPS and TOPS.index(m), m))
    return sorted({*tops - {top}, *depends[top]})


class Templates:
    """The databases from which those of the tests are copied, during a context

    below: return the modules of the database from which to go on."""

    def __init__(self, below=below):
        from trytond.tests import test_tryton, tools
        self._below = below
        self._module = test_tryton
        self._tools = tools
        self._original = {
            (module, name): getattr(module, name)
            for module, name in [
                (test_tryton, '_db_cache_file'),
                (test_tryton, '_sqlite_copy'),
                (test_tryton, 'activate_module'),
                (test_tryton, 'restore_db_cache'),
                (tools, 'activate_modules'),
                ]}
        self._names = set()

    def __enter__(self):
        self._module.restore_db_cache = self._restore
        self._module._sqlite_copy = self._sqlite_copy
        self._module.activate_module = self._activate_module
        self._tools.activate_modules = self._activate_modules
        if self._on_server:
            self._module._db_cache_file = self._cache_file
        return self

    def __exit__(self, *_):
        for (module, name), function in self._original.items():
            setattr(module, name, function)
        if self._on_server:
            self._module.drop_db()
            for name in self._names:
                self._module.drop_db(name)

    @property
    def _on_server(self):
        return os.environ.get('DB_CACHE', '').startswith('postgresql://')

    def _cache_file(self, path, name):
        """Name the template databases of PostgreSQL after this run

        trytond names them after what they contain only, so that on a server
        that lives on a run would take those of an older one, made by other
        code."""
        file = self._original[self._module, '_db_cache_file'](
            path, f"{os.environ['DB_NAME']} {name}")
        self._names.add(file.rpartition('/')[-1])
        return file

    def _sqlite_copy(self, file, restore=False):
        "Copy from the file, or to it in one go as processes may share it"
        copy = self._original[self._module, '_sqlite_copy']
        if restore or os.path.exists(file):
            return copy(file, restore=restore)
        part = f'{file}.{os.getpid()}'
        done = copy(part)
        os.replace(part, file)
        return done

    def _activate_module(self, modules, lang='en'):
        "Activate the modules, in whatever order the test names them"
        names = [modules] if isinstance(modules, str) else sorted(modules)
        self._original[self._module, 'activate_module'](names, lang=lang)

    def _restore(self, name):
        "Restore the database of the name, else one on which to go on"
        if self._original[self._module, 'restore_db_cache'](name):
            return True
        modules, language = split(name)
        if lower := self._below(modules):
            self._module.activate_module(lower, lang=language or 'en')
        return False

    def _activate_modules(self, modules, *setup):
        "Activate the modules before the setup, for whatever setup they have"
        names = [modules] if isinstance(modules, str) else sorted(modules)
        name = '--'.join([
                '-'.join(names), *map(self._tools._func_name, setup)])
        if not self._original[self._module, 'restore_db_cache'](name):
            self._module.drop_db()
            self._module.activate_module(names)
            config = self._tools._get_config()
            for function in setup:
                function(config=config)
            self._module.backup_db_cache(name)
        return self._tools._get_config()
