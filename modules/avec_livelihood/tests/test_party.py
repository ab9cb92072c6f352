# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.transaction import Transaction

from .office import START, bureau, create_activity, live_through, record


class PartyTestCase(TestCase):
    "Who is erased leaves activities and figures, anonymous"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_livelihood')

    def erase(self, party):
        Erase = Pool().get('party.erase', type='wizard')
        party.active = False
        party.save()
        session_id, _, _ = Erase.create()
        wizard = Erase(session_id)
        wizard.ask.party = party
        wizard.transition_erase()
        # It writes under the records that were read
        Transaction().cache.clear()

    def leave(self, group):
        Membership = Pool().get('avec.membership')
        Membership.write(list(group.memberships), {
                'end_date': dt.date(2026, 2, 1), 'end_reason': 'left'})

    @with_transaction()
    def test_member_of_a_cooperative_is_not_erased(self):
        Member = Pool().get('avec.cooperative.member')
        with bureau():
            group = live_through("Tissage")
            self.leave(group)
            party = group.memberships[0].party
            with self.assertRaisesRegex(EraseError, "Coop Tissage"):
                self.erase(party)
            Member.write(
                Member.search([('party', '=', party.id)]),
                {'end_date': START})
            self.erase(party)

    @with_transaction()
    def test_figures_stay_without_the_person(self):
        "Names, numbers and notes go, what was earned stays"
        pool = Pool()
        Activity = pool.get('avec.activity')
        Attachment = pool.get('ir.attachment')
        Employment = pool.get('avec.employment')
        Member = pool.get('avec.cooperative.member')
        SelfEmployment = pool.get('avec.self_employment')
        with bureau():
            group = live_through("Tissage")
            self.leave(group)
            Member.write(Member.search([]), {'end_date': START})
            first, second, third = group.memberships
            own, = Activity.search([])
            Activity.write([own], {
                    'name': "Hens of Aicha", 'note': "Her son is ill",
                    'baseline_income': Decimal(50), 'baseline_date': START})
            Attachment(
                name="Photo", resource=own, data=b'Aicha').save()
            shared = create_activity(
                [first, second], "Carpets", note="They quarrel")
            record(shared, START, 70)
            enterprise, = SelfEmployment.search([])
            SelfEmployment.write([enterprise], {'note': "Divorced"})
            job, = Employment.search([])
            Employment.write([job], {'note': "Dismissed for theft"})
            for membership in group.memberships:
                self.erase(membership.party)

            own, shared = Activity.browse([own.id, shared.id])
            self.assertEqual((own.name, own.note), (own.number, None))
            self.assertEqual((shared.name, shared.note), ("Carpets", None))
            self.assertEqual(
                [(a.state, a.profit) for a in [own, shared]],
                [('running', 100), ('running', 70)])
            self.assertEqual(own.income_change, 2)
            self.assertEqual(own.funding, 10)
            self.assertFalse(Attachment.search([]))
            enterprise = SelfEmployment(enterprise.id)
            self.assertEqual(
                (enterprise.registration_number, enterprise.note),
                (None, None))
            self.assertEqual(
                [t.amount for t in enterprise.turnovers], [10])
            job = Employment(job.id)
            self.assertEqual((job.employer_name, job.note), (None, None))
            self.assertEqual(
                {m.party.name for m in group.memberships}, {None})
