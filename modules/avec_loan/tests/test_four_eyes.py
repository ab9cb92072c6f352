# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two persons for what is lent and lost, where the office says so"
from decimal import Decimal

from trytond.modules.avec_group.exceptions import FourEyesError
from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, acting_as, create_user, office)
from trytond.modules.avec_group.tests.test_four_eyes import ask_for_two
from trytond.modules.avec_loan.exceptions import LoanApprovalError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import create_loan, create_product, disburse, lending_group


class FourEyesTestCase(OfficeTestCase):
    "Who asks does not approve, who loses does not post"
    module = 'avec_loan'

    @with_transaction()
    def test_write_off(self):
        "Who made a write-off does not post it, nor writes off in one click"
        pool = Pool()
        Loan = pool.get('avec.loan')
        WriteOff = pool.get('avec.loan.write_off')
        with office() as company:
            first, second = [
                create_user('finance', company, login=l) for l in 'ab']
            product = create_product()
            group, cycle = lending_group(product)
            loans = disburse([
                    create_loan(m, cycle, product, principal=40)
                    for m in group.memberships[:2]])
            with acting_as(first):
                Loan.write_off([Loan(loans[0].id)])
            self.assertEqual(Loan(loans[0].id).state, 'written_off')

            ask_for_two(company, write_off_post=True)
            with acting_as(first), self.assertRaises(FourEyesError):
                Loan.write_off([Loan(loans[1].id)])
            WriteOff.delete(WriteOff.search([('state', '=', 'draft')]))
            with acting_as(first):
                document, = WriteOff.create([{
                            'loan': loans[1].id, 'cycle': cycle.id}])
            with acting_as(first), self.assertRaises(FourEyesError):
                WriteOff.post([WriteOff(document.id)])
            with acting_as(second):
                WriteOff.post([WriteOff(document.id)])
            self.assertEqual(Loan(loans[1].id).state, 'written_off')

    @with_transaction()
    def test_approval_is_the_setting(self):
        "The step of the wizard is the setting of the configuration"
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        Loan = pool.get('avec.loan')
        Start = pool.get('avec.four_eyes.start')
        with office() as company:
            user = create_user('finance', company, login='a')
            product = create_product()
            group, cycle = lending_group(product)
            with acting_as(user):
                loan, = Loan.create([{
                            'membership': group.memberships[0].id,
                            'cycle': cycle.id, 'product': product.id,
                            'principal': Decimal(40), 'term': 2}])
            ask_for_two(company, loan_approve=True)
            self.assertTrue(Configuration(1).get_multivalue(
                    'loan_four_eyes', company=company.id))
            with acting_as(user), self.assertRaises(LoanApprovalError):
                Loan.approve([Loan(loan.id)])
            self.assertTrue(Start.read_steps(company)['loan_approve'])
            ask_for_two(company)
            self.assertFalse(Start.read_steps(company)['loan_approve'])
            with acting_as(user):
                Loan.approve([Loan(loan.id)])
