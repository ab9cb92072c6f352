# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.modules.company.tests import (
    CompanyTestMixin, PartyCompanyCheckEraseMixin)
from trytond.modules.party.tests import PartyCheckReplaceMixin
from trytond.tests.test_tryton import ModuleTestCase


class AvecTrainingTestCase(
        PartyCompanyCheckEraseMixin, PartyCheckReplaceMixin, CompanyTestMixin,
        ModuleTestCase):
    "Test AVEC Training module"
    module = 'avec_training'
    # Without company they are shared, which their own rules allow
    _skip_company_rule = {
        ('avec.training.axis', 'company'),
        ('avec.training.curriculum', 'company'),
        }


del ModuleTestCase
