# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal
from unittest.mock import patch

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_group.tests.office import acting_as, create_user
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from ..exceptions import FrozenError, SnapshotError, TargetValidationError
from ..formula import Formula
from .office import END, START, TODAY, ProgrammeTestCase


class SnapshotTestCase(ProgrammeTestCase):
    "A programme whose figures are stored"

    @with_transaction()
    def test_figures_are_kept(self):
        Membership = Pool().get('avec.membership')
        Party = Pool().get('party.party')
        with self.world():
            self.target('BEN-1', 10, baseline=Decimal(0))
            snapshot = self.store(self.snapshot())
            self.assertEqual(snapshot.state, 'stored')
            line = self.line(snapshot, 'BEN-1')
            self.assertEqual(
                [line.value, line.target, line.reached, line.version],
                [2, 10, Decimal('0.2'), 1])
            self.assertEqual(
                self.line(snapshot, 'BEN-1', cut='sex', sex='female').value,
                1)
            # The group was formed before the period
            line = self.line(snapshot, 'GRP-1')
            self.assertEqual([line.value, line.period_value], [1, 0])
            # Later, somebody turns out to have been a member since May
            party = Party(name="Hind")
            party.save()
            Membership.save([Membership(
                        group=self.group, party=party,
                        start_date=dt.date(2026, 5, 1))])
            line = self.line(snapshot, 'BEN-1')
            self.assertEqual(
                [line.value, line.current, line.difference], [2, 3, 1])
            self.assertEqual(
                self.differences(snapshot), ['BEN-1', 'BEN-2'])

    def differences(self, snapshot):
        "Return the codes of the figures that the action opens"
        pool = Pool()
        Compare = pool.get('avec.indicator.snapshot.compare', type='wizard')
        Line = pool.get('avec.indicator.snapshot.line')
        with Transaction().set_context(
                active_model=snapshot.__name__, active_id=snapshot.id,
                active_ids=[snapshot.id]):
            session, _, _ = Compare.create()
            result = Compare.execute(session, {}, 'open_')
            Compare.delete(session)
        (action, _), = result['actions']
        lines = Line.search(
            [PYSONDecoder({}).decode(action['pyson_domain']),
                ('cut', '=', None)])
        return sorted(l.indicator.code for l in lines)

    @with_transaction()
    def test_nothing_differs(self):
        with self.world():
            snapshot = self.store(self.snapshot())
            self.assertEqual(self.differences(snapshot), [])

    @with_transaction()
    def test_new_version_differs(self):
        Indicator = Pool().get('avec.indicator')
        with self.world():
            snapshot = self.store(self.snapshot())
            formulas = Indicator.formulas()
            old = formulas['groups_formed']
            formulas['groups_formed'] = Formula(
                old.model, old.facts, period=True, version=2)
            with patch.object(Indicator, 'formulas', return_value=formulas):
                self.assertEqual(self.differences(snapshot), ['GRP-1'])

    @with_transaction()
    def test_period_must_have_ended(self):
        with self.world():
            snapshot = self.snapshot(end_date=TODAY)
            with self.assertRaisesRegex(SnapshotError, "period has ended"):
                self.store(snapshot)
            self.assertFalse(snapshot.lines)

    @with_transaction()
    def test_once_for_a_period(self):
        Snapshot = Pool().get('avec.indicator.snapshot')
        with self.world():
            first = self.store(self.snapshot())
            second = self.snapshot()
            with self.assertRaisesRegex(SnapshotError, "stored already"):
                self.store(second)
            Snapshot.supersede([first])
            self.assertEqual(self.store(second).state, 'stored')

    @with_transaction()
    def test_stored_is_frozen(self):
        pool = Pool()
        Snapshot = pool.get('avec.indicator.snapshot')
        Line = pool.get('avec.indicator.snapshot.line')
        with self.world() as company:
            user = create_user('programme', company)
            with acting_as(user):
                snapshot = self.snapshot()
                snapshot.end_date = dt.date(2026, 5, 31)
                snapshot.save()
                snapshot = self.store(snapshot)
                self.assertEqual(self.line(snapshot, 'BEN-1').value, 2)
                for change in [
                        lambda: Snapshot.delete([snapshot]),
                        lambda: Snapshot.write([snapshot], {
                                'end_date': END}),
                        lambda: Snapshot.write([snapshot], {
                                'state': 'draft'}),
                        lambda: Line.write([snapshot.lines[0]], {
                                'value': Decimal(9)}),
                        lambda: Line.delete([snapshot.lines[0]])]:
                    with self.assertRaises(FrozenError):
                        change()
                Snapshot.write([snapshot], {'note': "Sent on 12 July"})
                self.assertEqual(snapshot.note, "Sent on 12 July")
                copy, = Snapshot.copy([snapshot])
                self.assertEqual((copy.state, copy.lines), ('draft', ()))

    @with_transaction()
    def test_field_officer_does_not_read(self):
        Snapshot = Pool().get('avec.indicator.snapshot')
        with self.world() as company:
            self.store(self.snapshot())
            with acting_as(create_user('field_officer', company)):
                with self.assertRaises(AccessError):
                    Snapshot.search([])
            with acting_as(create_user('auditor', company)):
                snapshot, = Snapshot.search([])
                self.assertTrue(snapshot.lines)
                with self.assertRaises(AccessButtonError):
                    Snapshot.supersede([snapshot])

    @with_transaction()
    def test_scheduled(self):
        Snapshot = Pool().get('avec.indicator.snapshot')
        with self.world():
            for _ in range(2):
                Snapshot.store_closed_periods()
            snapshot, = Snapshot.search([])
            self.assertEqual(
                [snapshot.programme, snapshot.start_date, snapshot.end_date,
                    snapshot.state],
                [self.programme, START, END, 'stored'])

    @with_transaction()
    def test_scheduled_by_hand(self):
        Snapshot = Pool().get('avec.indicator.snapshot')
        with self.world():
            self.programme.snapshot_interval = None
            self.programme.save()
            Snapshot.store_closed_periods()
            self.assertFalse(Snapshot.search([]))

    @with_transaction()
    def test_one_target(self):
        with self.world():
            self.target('BEN-1', 10)
            self.target(
                'BEN-1', 20, start_date=dt.date(2027, 1, 1),
                end_date=dt.date(2027, 12, 31))
            with self.assertRaises(TargetValidationError):
                self.target('BEN-1', 30, end_date=dt.date(2026, 1, 1))

    @with_transaction()
    def test_target_of_a_value(self):
        Value = Pool().get('avec.indicator.value')
        with self.world() as company:
            self.target('BEN-3', '0.8')
            with Transaction().set_context(
                    company=company.id, avec_date=TODAY,
                    avec_programme=self.programme.id):
                value, = Value.search([('indicator.code', '=', 'BEN-3')])
                self.assertEqual(
                    [value.value, value.target, value.reached, value.shown],
                    [Decimal('0.5'), Decimal('0.8'), Decimal('0.625'),
                        "50.0 %"])
            # It is not the target of the women, nor of the whole office
            for context in [
                    {'avec_programme': self.programme.id,
                        'avec_sex': 'female'}, {}]:
                with Transaction().set_context(
                        company=company.id, avec_date=TODAY, **context):
                    value, = Value.search([('indicator.code', '=', 'BEN-3')])
                    self.assertIsNone(value.target)
