# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Load the tests of every module"
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def load_tests(loader, suite, pattern):
    # A module whose models are not written yet has no tryton.cfg
    for tests in sorted(ROOT.glob('modules/avec_*/tests')):
        suite.addTests(loader.loadTestsFromName(
                f'trytond.modules.{tests.parent.name}.tests'))
    return suite
