# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.modules.company.tests import (
    CompanyTestMixin, PartyCompanyCheckEraseMixin)
from trytond.modules.party.tests import PartyCheckReplaceMixin
from trytond.tests.test_tryton import ModuleTestCase


class AvecLivelihoodTestCase(
        PartyCompanyCheckEraseMixin, PartyCheckReplaceMixin, CompanyTestMixin,
        ModuleTestCase):
    "Test AVEC Livelihood module"
    module = 'avec_livelihood'
    extras = ['avec_loan']

    @property
    def _skip_company_rule(self):
        # Who follows a cooperative need not see its books
        return super()._skip_company_rule | {('avec.cooperative', 'books')}


del ModuleTestCase
