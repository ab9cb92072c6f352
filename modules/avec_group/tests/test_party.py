# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model.exceptions import DomainValidationError
from trytond.modules.party.exceptions import EraseError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from ..exceptions import HouseholdValidationError
from .office import (
    OfficeTestCase, count_boxes, create_group, create_party, create_sheet,
    office, run_cycle)


class EraseTestCase(OfficeTestCase):
    "What tells who a person was goes, what the group did stays"

    def erase(self, party):
        Erase = Pool().get('party.erase', type='wizard')
        session_id, _, _ = Erase.create()
        wizard = Erase(session_id)
        wizard.ask.party = party
        wizard.transition_erase()
        Erase.delete(session_id)

    @with_transaction()
    def test_member_who_left(self):
        pool = Pool()
        Exit = pool.get('avec.membership.exit')
        Meeting = pool.get('avec.meeting')
        Operation = pool.get('avec.meeting.operation')
        with office():
            group = create_group("Tissage", ["Aicha", "Hind"])
            cycle = run_cycle(group)
            meeting = create_sheet(cycle, shares=2)
            line, _ = meeting.lines
            line.note = "Sick since Monday"
            line.save()
            membership = line.membership
            party = membership.party
            party.birth_date = dt.date(1990, 5, 1)
            party.household_size = 6
            party.save()
            grant = Operation(
                meeting=meeting, kind='grant', fund='social_fund',
                amount=Decimal(3), party=party,
                description="Medicine for her heart")
            grant.save()
            meeting = Meeting(meeting.id)
            count_boxes(meeting)
            Meeting.hold([meeting])
            Meeting.post([meeting])
            exit_ = Exit(
                membership=membership, date=dt.date(2026, 1, 20),
                note="Went to her sister in Casablanca")
            exit_.save()

            party.active = False
            party.save()
            with self.assertRaises(EraseError):
                self.erase(party)
            Exit.post([exit_])
            self.erase(party)

            def read(record, *names):
                # What is in the database, whatever was read before
                values, = record.__class__.read([record.id], names)
                return [values[n] for n in names]

            self.assertEqual(
                read(party, 'name', 'birth_date', 'household_size'),
                [None, None, 6])
            self.assertEqual(read(line, 'note', 'shares'), [None, 2])
            self.assertEqual(
                read(grant, 'description', 'amount'), [None, 3])
            self.assertEqual(read(exit_, 'note', 'payable'), [None, 20])
            self.assertEqual(cycle.loan_fund_cash, 20)


class HouseholdTestCase(OfficeTestCase):
    "Who lives together is recorded under one person"

    def households(self, parties):
        "Return the person of the household of each"
        Party = Pool().get('party.party')
        table = Party.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, Party.household_key(table),
                where=table.id.in_([p.id for p in parties])))
        return dict(cursor)

    @with_transaction()
    def test_members_of_one_household(self):
        head, child, alone = [
            create_party(n) for n in ["Aicha", "Hind", "Omar"]]
        child.household_head = head
        child.save()
        self.assertEqual(self.households([head, child, alone]), {
                head.id: head.id, child.id: head.id, alone.id: alone.id})

    @with_transaction()
    def test_household_under_one_person(self):
        first, second, third = [
            create_party(n) for n in ["Aicha", "Hind", "Omar"]]
        second.household_head = first
        second.save()
        with self.assertRaises(HouseholdValidationError):
            third.household_head = second
            third.save()
        with self.assertRaises(HouseholdValidationError):
            first.household_head = third
            first.save()

    @with_transaction()
    def test_nobody_under_oneself(self):
        party = create_party("Aicha")
        with self.assertRaises(DomainValidationError):
            party.household_head = party
            party.save()
