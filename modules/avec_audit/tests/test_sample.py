# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model.exceptions import AccessError
from trytond.modules.avec_audit import sampling
from trytond.modules.avec_audit.exceptions import (
    SampleError, SampleFrozenError)
from trytond.modules.avec_group.tests.office import acting_as, create_user
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

from .office import EXTRAS, MEETING, AuditTestCase


class SampleTestCase(AuditTestCase):
    "Samples are drawn once and the same by everybody"

    def sample(self, **values):
        Sample = Pool().get('avec.audit.sample')
        sample = Sample(**{
                'name': "Sheets of the year", 'seed': "2026-11",
                'start_date': dt.date(2026, 1, 1),
                'end_date': dt.date(2026, 12, 31), 'size': 2, **values})
        sample.save()
        return sample

    def draw(self, **values):
        Sample = Pool().get('avec.audit.sample')
        sample = self.sample(**values)
        Sample.draw([sample])
        return Sample(sample.id)

    @with_transaction()
    def test_another_auditor_draws_the_same(self):
        Sample = Pool().get('avec.audit.sample')
        with self.world() as company:
            meetings = [self.meeting, *(
                    self.meet(MEETING + dt.timedelta(weeks=w))
                    for w in range(1, 5))]
            with acting_as(create_user('auditor', company, 'first')):
                first = self.draw()
            keys = [str(m) for m in meetings]
            self.assertEqual(
                [l.key for l in first.lines],
                [d.key for d in sampling.draw("2026-11", keys, 2)])
            self.assertEqual([l.rank for l in first.lines], [1, 2])
            self.assertEqual(first.population_count, 5)
            self.assertIn("2026-11", first.method)
            with acting_as(create_user('auditor', company, 'second')):
                second, = Sample.copy(Sample.browse([first]))
                self.assertEqual(second.state, 'draft')
                self.assertFalse(second.lines)
                Sample.draw([second])
            second = Sample(second.id)
            self.assertEqual(
                [l.document for l in second.lines],
                [l.document for l in first.lines])
            self.assertEqual(
                second.population_digest, first.population_digest)
            self.assertNotEqual(second.drawn_by, first.drawn_by)
            other = self.draw(seed="Other", size=5)
            self.assertNotEqual(
                [l.key for l in other.lines],
                [d.key for d in sampling.draw("2026-11", keys, 5)])

    @with_transaction()
    def test_populations(self):
        "The dates, the groups and the kind of document"
        pool = Pool()
        Exit = pool.get('avec.membership.exit')
        Programme = pool.get('avec.programme')
        with self.world():
            exit_ = Exit(membership=self.group.memberships[0], date=MEETING)
            exit_.save()
            Exit.post([exit_])
            share_out = self.share_out()
            programme = Programme(name="Drosos", start_date=MEETING)
            programme.save()
            moves = [self.meeting.move, exit_.move, share_out.move]
            for population, documents in [
                    ('avec.meeting', [self.meeting]),
                    ('avec.membership.exit', [exit_]),
                    ('avec.share_out', [share_out]),
                    ('account.move', moves)]:
                sample = self.sample(population=population)
                with self.subTest(population=population):
                    self.assertEqual(
                        set(sample.get_population()), set(documents))
                    sample.programme = programme
                    self.assertEqual(sample.get_population(), [])
            self.assertEqual(
                set(self.sample(
                        population='account.move',
                        end_date=MEETING).get_population()),
                set(moves[:2]))
            self.group.programme = programme
            self.group.save()
            self.assertEqual(
                self.sample(programme=programme).get_population(),
                [self.meeting])

    @with_transaction()
    def test_percentage(self):
        with self.world():
            self.meet(MEETING + dt.timedelta(weeks=1))
            self.meet(MEETING + dt.timedelta(weeks=2))
            for size, percentage, drawn in [
                    (None, 34, 2), (3, 10, 3), (1, 100, 3), (9, None, 3)]:
                with self.subTest(size=size, percentage=percentage):
                    sample = self.draw(
                        size=size,
                        percentage=percentage and Decimal(percentage))
                    self.assertEqual(len(sample.lines), drawn)

    @with_transaction()
    def test_nothing_to_draw(self):
        with self.world(), self.assertRaises(SampleError):
            self.draw(end_date=dt.date(2026, 1, 2))

    @with_transaction()
    def test_what_is_drawn_stays(self):
        "Only what was checked is noted, by the auditor"
        pool = Pool()
        Sample = pool.get('avec.audit.sample')
        Line = pool.get('avec.audit.sample.line')
        with self.world() as company:
            auditor = create_user('auditor', company)
            with acting_as(auditor):
                sample = self.draw()
                line, = sample.lines
                for refused in [
                        lambda: Sample.write([sample], {'seed': "Better"}),
                        lambda: Sample.write([sample], {'state': 'draft'}),
                        lambda: Sample.delete([sample]),
                        lambda: Line.write([line], {'rank': 9}),
                        lambda: Line.delete([line]),
                        lambda: Line.create([{
                                    'sample': sample.id, 'rank': 2,
                                    'key': 'a', 'digest': 'b',
                                    'document': str(self.meeting)}])]:
                    with self.assertRaises(SampleFrozenError):
                        refused()
                draft = self.sample()
                with self.assertRaises(SampleFrozenError):
                    Sample.write([draft], {'state': 'drawn'})
                Sample.delete([draft])
                Sample.write([sample], {
                        'note': "All seen", 'lines': [
                            ('write', [line.id], {
                                    'checked': True, 'note': "Signed"})]})
            sample = Sample(sample.id)
            self.assertEqual(sample.checked, 1)
            self.assertEqual(sample.lines[0].note, "Signed")
            with acting_as(create_user('finance', company)):
                self.assertEqual(Sample(sample.id).checked, 1)
                with self.assertRaises(AccessError):
                    Line.write(Line.browse([line]), {'checked': False})

    @with_transaction()
    def test_printed_sample(self):
        "The seed and the method are on paper"
        from trytond.modules.avec_group.tests.test_report import (
            render, text_of)
        with self.world():
            sample = self.draw()
            text = text_of(render('avec.audit.sample.print', [sample]))
            for expected in [
                    "2026-11", sample.population_digest, str(self.meeting),
                    self.meeting.rec_name]:
                self.assertIn(expected, text)


class LoanSampleTestCase(AuditTestCase):
    extras = EXTRAS

    @with_transaction()
    def test_loans_disbursed(self):
        from trytond.modules.avec_loan.tests.office import (
            FIRST_MEETING, create_loan, create_product, disburse,
            lending_group)
        Sample = Pool().get('avec.audit.sample')
        with self.world():
            product = create_product()
            group, cycle = lending_group(product, name="Lenders")
            loan = create_loan(group.memberships[0], cycle, product)
            create_loan(group.memberships[1], cycle, product)
            disburse([loan])
            sample = Sample(
                name="Loans", seed="1", size=5, population='avec.loan',
                start_date=FIRST_MEETING + dt.timedelta(days=1),
                end_date=dt.date(2026, 12, 31))
            sample.save()
            Sample.draw([sample])
            line, = Sample(sample.id).lines
            self.assertEqual(line.document, loan)
