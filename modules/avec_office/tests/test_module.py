# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.modules.company.tests import CompanyTestMixin
from trytond.tests.test_tryton import ModuleTestCase

from .office import EXTRAS


class AvecOfficeTestCase(CompanyTestMixin, ModuleTestCase):
    "Test AVEC Office module"
    module = 'avec_office'
    extras = EXTRAS


del ModuleTestCase
