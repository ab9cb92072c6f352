# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The seals of what is lent, repaid, rescheduled and lost"
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests import test_seal
from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, create_group, office, run_cycle)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .office import (
    FIRST_MEETING, create_loan, create_product, disburse, lending_group, meet)

WEEK = dt.timedelta(weeks=1)
MAY_CHANGE = {
    **test_seal.MAY_CHANGE,
    'avec.loan.rescheduling': {'reason', 'state'},
    'avec.loan.rescheduling.row': {'rescheduling'},
    'avec.loan.write_off': {'reason', 'state'},
    'avec.meeting.disbursement': {'meeting'},
    'avec.meeting.repayment': {'meeting'},
    'avec.opening.loan': {'opening'},
    }


class SealTestCase(OfficeTestCase):
    "What the loans change stays as it was posted"
    module = 'avec_loan'

    def verify(self, group):
        "Return (number, document, reason) of what is broken"
        Seal = Pool().get('avec.seal')
        check, = Seal.verify([group]).values()
        return [(b.number, b.document, b.reason) for b in check.breaks]

    def events(self, group):
        Seal = Pool().get('avec.seal')
        return [
            (s.document.__name__, s.event) for s in Seal.search(
                [('group', '=', group.id)], order=[('number', 'ASC')])]

    def change(self, record, **values):
        "Write in the table, behind the back of the models"
        table = record.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [getattr(table, n) for n in values], list(values.values()),
                where=table.id == record.id))

    def assertBroken(self, document, event, record, **values):
        "Check that a change breaks the seal, until it is undone"
        Seal = Pool().get('avec.seal')
        before, = record.__class__.read([record.id], list(values))
        seal, = Seal.search([
                ('document', '=', str(document)), ('event', '=', event)])
        self.change(record, **values)
        self.assertEqual(
            self.verify(seal.group),
            [(seal.number, str(document), 'content')])
        self.change(record, **{n: before[n] for n in values})
        self.assertEqual(self.verify(seal.group), [])

    @with_transaction()
    def test_loans(self):
        "A loan is lent, repaid, rescheduled, written off and recovered"
        pool = Pool()
        Loan = pool.get('avec.loan')
        Meeting = pool.get('avec.meeting')
        Rescheduling = pool.get('avec.loan.rescheduling')
        WriteOff = pool.get('avec.loan.write_off')
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            loans = [
                create_loan(m, cycle, product, principal=60)
                for m in group.memberships[:2]]
            loans = disburse(loans)
            lent, = Meeting.search([('date', '=', FIRST_MEETING + WEEK)])
            date = FIRST_MEETING + 5 * WEEK
            paid = meet(cycle, date, repay={loans[0]: 30, loans[1]: 10})
            self.assertEqual(self.verify(group), [])

            rescheduling = Rescheduling(
                loan=loans[0], date=date + WEEK, term=2)
            rescheduling.on_change_loan()
            rescheduling.save()
            Rescheduling.post([rescheduling])
            with Transaction().set_context(_skip_warnings=True):
                write_off = WriteOff(loan=loans[1], date=date + WEEK)
                write_off.on_change_loan()
                write_off.save()
                WriteOff.post([write_off])
            last = meet(
                cycle, date + 2 * WEEK, repay={loans[0]: 10, loans[1]: 5})
            self.assertEqual(self.events(group), [
                    ('avec.meeting', 'posted'),
                    ('avec.meeting', 'posted'),
                    ('avec.meeting', 'posted'),
                    ('avec.loan.rescheduling', 'posted'),
                    ('avec.loan.write_off', 'posted'),
                    ('avec.meeting', 'posted')])
            self.assertEqual(self.verify(group), [])

            repayment = paid.repayments[0]
            self.assertBroken(
                paid, 'posted', repayment, amount=Decimal('29'))
            self.assertBroken(
                paid, 'posted', repayment, charge=Decimal('0.5'))
            other = create_loan(group.memberships[2], cycle, product)
            self.assertBroken(
                lent, 'posted', lent.disbursements[0], loan=other.id)
            receivable = [l for l in lent.move.lines if l.maturity_date][0]
            self.assertBroken(
                lent, 'posted', receivable,
                maturity_date=dt.date(2030, 1, 1))
            self.assertBroken(
                lent, 'posted', receivable,
                party=group.memberships[2].party.id)
            self.assertBroken(
                rescheduling, 'posted', rescheduling.rows[0],
                principal=Decimal(1))
            self.assertBroken(
                write_off, 'posted', write_off, amount=Decimal(1))

            Meeting.cancel([last])
            WriteOff.cancel([write_off])
            Rescheduling.cancel([rescheduling])
            self.assertEqual(self.events(group)[6:], [
                    ('avec.meeting', 'cancelled'),
                    ('avec.loan.write_off', 'cancelled'),
                    ('avec.loan.rescheduling', 'cancelled')])
            self.assertEqual(self.verify(group), [])
            self.assertEqual(Loan(loans[1].id).state, 'disbursed')

    @with_transaction()
    def test_carried(self):
        "What is owed at the end of a cycle is carried, to the same member"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Opening = pool.get('avec.opening')
        OpeningLoan = pool.get('avec.opening.loan')
        ShareOut = pool.get('avec.share_out')
        with office():
            product = create_product()
            group = create_group("Tissage", ["Aicha", "Hind"])
            cycle = run_cycle(
                group, loan_products=[product], loans_at_share_out='carry')
            opening = Opening(cycle=cycle, date=FIRST_MEETING)
            opening.on_change_cycle()
            for line in opening.lines:
                line.shares = 20
            opening.loans = [OpeningLoan(
                    membership=group.memberships[0], product=product,
                    principal=Decimal(50), term=12)]
            opening.loan_fund_cash = Decimal(350)
            opening.save()
            Opening.post([opening])
            self.assertBroken(
                opening, 'posted', opening.loans[0], principal=Decimal(1))
            Cycle.share([cycle])
            share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
            share_out.save()
            ShareOut.compute([share_out])
            with Transaction().set_context(_skip_warnings=True):
                ShareOut.post([share_out])
            ShareOut.pay([share_out])
            self.assertBroken(
                share_out, 'posted', share_out.lines[0],
                debt_left=Decimal(7))
            Cycle.close([cycle])
            following = run_cycle(
                group, start_date=dt.date(2026, 12, 1),
                end_date=dt.date(2027, 11, 30), loan_products=[product])
            self.assertEqual(
                self.events(group)[-1], ('avec.cycle', 'carried'))
            self.assertEqual(self.verify(group), [])
            owed = [
                l for l in following.carry_moves[0].lines if l.party][0]
            self.assertBroken(
                following, 'carried', owed,
                party=group.memberships[1].party.id)

    @with_transaction()
    def test_every_field_is_sealed_or_may_change(self):
        "A field that is added is sealed, or it is said why not"
        test_seal.assert_fields_sealed(self, MAY_CHANGE)
