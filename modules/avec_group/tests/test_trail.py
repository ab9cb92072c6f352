# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who did what and when, for those who audit and nobody else"
import datetime as dt

from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import (
    ROLES, OfficeTestCase, acting_as, create_group, create_party, create_sheet,
    create_user, office, run_cycle)

READERS = {'finance', 'auditor'}


class TrailTestCase(OfficeTestCase):
    "Logs and former values tell the story of a record"

    def store_logs(self):
        # As the end of the transaction does
        Transaction()._store_log_records()

    @with_transaction()
    def test_story_of_a_sheet(self):
        "Who changed, held, posted and cancelled a sheet, and its lines"
        Meeting = Pool().get('avec.meeting')
        with office() as company:
            finance = create_user('finance', company)
            cycle = run_cycle(create_group("Tissage", ["Aicha", "Hind"]))
            sheet = create_sheet(cycle)
            with acting_as(finance):
                sheet = Meeting(sheet.id)
                Meeting.write([sheet], {
                        'note': "Rain",
                        'lines': [('write', [sheet.lines[0].id],
                                {'note': "Late bus"})],
                        })
                Meeting.hold([sheet])
                Meeting.post([sheet])
                Meeting.cancel([sheet])
            self.store_logs()
            for role in ROLES:
                user = (finance if role == 'finance'
                    else create_user(role, company))
                if role == 'field_officer':
                    cycle.group.field_officer = user.employee
                    cycle.group.save()
                with self.subTest(role=role), acting_as(user):
                    Log = Pool().get('ir.model.log')
                    trail = Meeting(sheet.id).trail
                    if role not in READERS:
                        self.assertEqual(list(trail), [])
                        self.assertEqual(Log.search([]), [])
                        continue
                    story = [
                        (l.resource.__name__, l.event, l.target)
                        for l in reversed(trail)]
                    for event in [
                            ('avec.meeting', 'write', 'lines,note'),
                            ('avec.meeting.line', 'write', 'note'),
                            ('avec.meeting', 'button', 'hold'),
                            ('avec.meeting', 'transition', 'state:held'),
                            ('avec.meeting', 'button', 'post'),
                            ('avec.meeting', 'button', 'cancel')]:
                        self.assertIn(event, story)
                    self.assertEqual({
                            l.user for l in trail if l.event == 'button'},
                        {Pool().get('res.user')(finance.id)})

    @with_transaction()
    def test_tab_of_who_audits(self):
        "The tab is hidden from the others"
        Group = Pool().get('avec.group')
        states = Group.trail.states['invisible']
        self.assertTrue(states)
        with office() as company:
            create_group("Tissage", ["Aicha"])
            with acting_as(create_user('auditor', company)):
                view = Group.fields_view_get(view_type='form')
                self.assertIn('<page name="trail"', view['arch'])

    @with_transaction()
    def test_logs_of_other_offices(self):
        "An auditor reads the logs of the records that he or she reads"
        pool = Pool()
        Group = pool.get('avec.group')
        Log = pool.get('ir.model.log')
        with office(name="Other") as other:
            hidden = create_group("Hidden", ["Hind"])
            with acting_as(create_user('finance', other, login='other')):
                Group.write([Group(hidden.id)], {'locality': "There"})
        with office() as company:
            group = create_group("Tissage", ["Aicha"])
            with acting_as(create_user('finance', company)):
                Group.write([Group(group.id)], {'locality': "Here"})
            self.store_logs()
            with acting_as(create_user('auditor', company)):
                self.assertEqual(
                    {l.resource.id for l in Log.search([
                                ('resource', 'like', 'avec.group,%')])},
                    {group.id})

    @with_transaction()
    def test_rights_of_today(self):
        "Who followed a group reads nothing of it by going back in time"
        pool = Pool()
        Group = pool.get('avec.group')
        Meeting = pool.get('avec.meeting')
        with office() as company:
            user = create_user('field_officer', company)
            auditor = create_user('auditor', company)
            group = create_group(
                "Tissage", ["Aicha"], field_officer=user.employee)
            group.field_officer = None
            group.save()
            sheet = create_sheet(run_cycle(group))
            # The rows of one transaction have one date
            history = Group.__table_history__()
            cursor = Transaction().connection.cursor()
            before = dt.datetime(2020, 1, 1, 0, 0, 0, 1)
            cursor.execute(*history.update(
                    [history.create_date, history.write_date],
                    [before, None],
                    where=history.field_officer == user.employee.id))
            with acting_as(user), \
                    Transaction().set_context(_datetime=before):
                self.assertEqual(Meeting.search([]), [])
                with self.assertRaises(AccessError):
                    Meeting.read([sheet.id], ['id'])
                for try_ in [
                        lambda: Group.search([]),
                        lambda: Group.read([group.id], ['locality']),
                        lambda: Group.history_revisions([group.id])]:
                    with self.assertRaises(AccessError):
                        try_()
            with acting_as(auditor):
                self.assertGreaterEqual(
                    len(Group.history_revisions([group.id])), 2)
                with Transaction().set_context(_datetime=before):
                    past, = Group.search([('id', '=', group.id)])
                    self.assertEqual(past.field_officer, user.employee)

    @with_transaction()
    def test_history_of_other_offices(self):
        "The revisions of what one does not read are refused"
        Group = Pool().get('avec.group')
        with office(name="Other"):
            hidden = create_group("Hidden", ["Hind"])
        with office() as company:
            with acting_as(create_user('auditor', company)), \
                    self.assertRaises(AccessError):
                Group.history_revisions([hidden.id])

    @with_transaction()
    def test_former_values(self):
        "Rules, members and settings keep what they were"
        pool = Pool()
        with office():
            group = create_group("Tissage", ["Aicha"])
            cycle = run_cycle(group)
            for record in [
                    group, group.memberships[0], cycle,
                    pool.get('avec.configuration.value')(),
                    pool.get('account.configuration.avec')()]:
                self.assertTrue(record.__class__._history)
            self.assertFalse(pool.get('avec.meeting.line')._history)
            self.assertFalse(pool.get('account.move.line')._history)
            self.assertFalse(pool.get('party.party')._history)

    @with_transaction()
    def test_erasure(self):
        "No former value tells who an erased person was"
        pool = Pool()
        Erase = pool.get('party.erase', type='wizard')
        Exit = pool.get('avec.membership.exit')
        Membership = pool.get('avec.membership')
        with office():
            group = create_group("Tissage", ["Aicha"])
            membership, = group.memberships
            exit_ = Exit(membership=membership, date=dt.date(2026, 1, 20))
            exit_.save()
            Exit.post([exit_])
            party = create_party("Somebody")
            party.active = False
            party.save()
            membership.party.active = False
            membership.party.save()
            session, _, _ = Erase.create()
            erase = Erase(session)
            erase.ask.party = membership.party
            erase.transition_erase()
            history = Membership.__table_history__()
            names = {n for n, f in Membership._fields.items()
                if f.sql_type() and f._type in {'char', 'text'}}
            self.assertEqual(names, set())
            cursor = Transaction().connection.cursor()
            cursor.execute(*history.select(
                    history.party, where=history.id == membership.id))
            self.assertEqual(
                {p for p, in cursor.fetchall()}, {membership.party.id})
