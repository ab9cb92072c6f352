# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pkgutil


def load_tests(loader, suite, pattern):
    for info in pkgutil.iter_modules(__path__, f'{__name__}.'):
        if info.name.rpartition('.')[2].startswith('test_'):
            suite.addTests(loader.loadTestsFromName(info.name))
    return suite
