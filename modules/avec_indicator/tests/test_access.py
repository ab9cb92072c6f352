# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.matrix import MatrixMixin
from trytond.modules.avec_group.tests.office import (
    ROLES, acting_as, create_user, office)
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import ProgrammeTestCase
from .test_group_ratio import MATRIX as RATIOS

NONE, READ = set(), {'read'}
ALL = {'read', 'write', 'create', 'delete'}
# What each role may do, in the order of ROLES: a field officer reads the
# figures of own groups, and a report is of all groups
MATRIX = {
    **RATIOS,
    'avec.indicator': [READ, READ, READ, READ, ALL],
    'avec.indicator.report': [NONE, READ, ALL, READ, READ],
    'avec.indicator.snapshot': [NONE, READ, ALL, READ, READ],
    'avec.indicator.target': [READ, READ, ALL, READ, READ],
    'avec.indicator.value': [READ] * 5,
    }
# The roles that may press each button
BUTTONS = {
    ('avec.indicator.report', 'send'): {'programme'},
    ('avec.indicator.snapshot', 'compare'): {
        'finance', 'programme', 'auditor', 'admin'},
    ('avec.indicator.snapshot', 'store'): {'programme'},
    ('avec.indicator.snapshot', 'supersede'): {'programme'},
    ('avec.indicator.value', 'trace'): set(ROLES),
    }


class AccessTestCase(MatrixMixin, ProgrammeTestCase):
    "The roles read the figures, and programme sets targets and reports"
    matrix = MATRIX
    buttons = BUTTONS

    @with_transaction()
    def test_targets_are_set_by_programme(self):
        "Others are refused when they try"
        Target = Pool().get('avec.indicator.target')
        with self.world() as company:
            target = self.target('BEN-1', 10)
            for role in ROLES:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    records = Target.browse([target.id])
                    values = {'end_date': dt.date(2026, 12, 30)}
                    if role == 'programme':
                        Target.write(records, values)
                    else:
                        with self.assertRaises(AccessError):
                            Target.write(records, values)

    @with_transaction()
    def test_another_company_reads_none_of_it(self):
        pool = Pool()
        with self.world():
            self.target('BEN-1', 10)
            self.store(self.snapshot())
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            for role in ['finance', 'programme', 'auditor', 'admin']:
                with acting_as(create_user(role, elsewhere)):
                    for model in [
                            'avec.indicator.snapshot',
                            'avec.indicator.snapshot.line',
                            'avec.indicator.target']:
                        with self.subTest(role=role, model=model):
                            self.assertEqual(
                                pool.get(model).search([]), [])
