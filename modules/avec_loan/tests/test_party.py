# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.modules.avec_group.tests.office import OfficeTestCase, office
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import FIRST_MEETING, create_loan, create_product, lending_group


class PartyTestCase(OfficeTestCase):
    "The identity of a borrower is erased, the loan stays"
    module = 'avec_loan'

    def erase_wizard(self):
        Erase = Pool().get('party.erase', type='wizard')
        session_id, _, _ = Erase.create()
        return Erase(session_id)

    @with_transaction()
    def test_loan_that_waits_or_is_owed(self):
        "Who left but waits for a loan or owes one is not erased"
        pool = Pool()
        Loan = pool.get('avec.loan')
        Membership = pool.get('avec.membership')
        with office() as company:
            product = create_product()
            group, cycle = lending_group(product)
            member = group.memberships[0]
            loan = create_loan(member, cycle, product)
            erase = self.erase_wizard()
            Membership.write([member], {
                    'end_date': FIRST_MEETING, 'end_reason': 'left'})
            for state in ['approved', 'disbursed']:
                Loan.write([loan], {'state': state})
                with self.subTest(state=state), \
                        self.assertRaisesRegex(EraseError, loan.number):
                    erase.check_erase_company(member.party, company)
            for state in ['repaid', 'written_off', 'rejected', 'cancelled']:
                Loan.write([loan], {'state': state})
                erase.check_erase_company(member.party, company)

    @with_transaction()
    def test_what_was_written_of_the_loan(self):
        "The purpose and the note of a loan are erased with the party"
        Loan = Pool().get('avec.loan')
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            member, other, _ = group.memberships
            for membership in [member, other]:
                loan = create_loan(membership, cycle, product)
                loan.purpose, loan.note = "An operation", "Her son is ill"
                loan.save()
            for Model, domain, resets, columns, values in (
                    self.erase_wizard().to_erase(member.party.id)):
                if Model == Loan:
                    self.assertEqual(
                        [l.membership for l in Model.search(domain)],
                        [member])
                    self.assertTrue(resets)
                    self.assertEqual(
                        dict(zip(columns, values)),
                        {'purpose': None, 'note': None})
