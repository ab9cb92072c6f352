# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.modules.avec_group.tests.office import create_group
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)

from .office import FIRST, assess, create_curriculum, office, train


class PartyTestCase(TestCase):
    "The identity of a person who was trained is erased, the training stays"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('avec_training')

    @with_transaction()
    def test_erase(self):
        "What was written of a person goes, what was attended stays"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Attachment = pool.get('ir.attachment')
        Erase = pool.get('party.erase', type='wizard')
        Membership = pool.get('avec.membership')
        Party = pool.get('party.party')
        Progress = pool.get('avec.training.progress')
        with office():
            group = create_group("Atlas", ["Aicha", "Fatima"])
            aicha, fatima = group.memberships
            curriculum = create_curriculum(topics=(2,))
            session = train(curriculum, [group])
            notes = []
            for member in [aicha, fatima]:
                line, = Attendance.search([('membership', '=', member.id)])
                assessment = assess(
                    member, curriculum, 'before', FIRST, 12,
                    note="Her son is ill")
                notes.append([line, assessment])
                Attendance.write([line], {'note': "Came with her baby"})
                Attachment(name="Photo", resource=line).save()
            Membership.write([aicha], {
                    'end_date': FIRST + (FIRST.resolution * 30),
                    'end_reason': 'left'})
            lines = [l.id for l, _ in notes]
            aicha.party.active = False
            aicha.party.save()
            session_id, _, _ = Erase.create()
            erase = Erase(session_id)
            erase.ask.party = aicha.party
            erase.transition_erase()
            texts = [
                [r.__class__.read([r.id], ['note'])[0]['note'] for r in pair]
                for pair in notes]
            self.assertEqual(texts, [
                    [None, None],
                    ["Came with her baby", "Her son is ill"]])
            self.assertEqual(
                [a.resource.id for a in Attachment.search([])], lines[1:])
            self.assertEqual([s.score for _, s in notes], [12, 12])
            self.assertIsNone(
                Party.read([aicha.party.id], ['name'])[0]['name'])
            trained = Progress.search([('trained', '=', True)])
            self.assertEqual(len(trained), 2)
            self.assertEqual(
                session.__class__(session.id).present_count, 2)
