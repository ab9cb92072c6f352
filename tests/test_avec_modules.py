# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Load the tests of every module"
from trytond.modules import get_modules


def load_tests(loader, suite, pattern):
    for name in sorted(get_modules()):
        if name.startswith('avec_'):
            suite.addTests(
                loader.loadTestsFromName(f'trytond.modules.{name}.tests'))
    return suite
