# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The capital of a cooperative in the books of its company"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.model.exceptions import AccessError
from trytond.modules.account.exceptions import PeriodNotFoundError
from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, acting_as, create_group, create_user, office)
from trytond.modules.avec_livelihood.exceptions import (
    CapitalError, CapitalMoveError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

from .office import bureau, create_cooperative

DAY = dt.date(2026, 1, 12)


def set_accounts(company):
    pool = Pool()
    Account = pool.get('account.account')
    Configuration = pool.get('account.configuration')

    def account(code):
        result, = Account.search([
                ('company', '=', company.id), ('code', '=', code)])
        return result
    capital = Account(
        name="Capital", code='1111', company=company,
        type=account('1161').type)
    capital.save()
    configuration = Configuration(1)
    configuration.avec_cooperative_capital = capital
    configuration.avec_cooperative_capital_due = account('3421')
    configuration.avec_cooperative_cash = account('5141')
    configuration.save()


@contextmanager
def kept_books():
    "A cooperative whose books the office keeps in another company"
    with office("Cooperative") as books:
        pass
    with bureau("Office", currency=books.currency) as company:
        group = create_group("Safran", ["Aicha", "Fatima"])
        cooperative = create_cooperative(
            group, party=books.party, books=books)
        # As at a day on which all of this has happened
        with Transaction().set_context(avec_date=dt.date(2026, 12, 31)):
            yield company, cooperative


def draft(member, kind, amount, date=DAY):
    Payment = Pool().get('avec.cooperative.payment')
    payment = Payment(
        cooperative=member.cooperative, member=member, kind=kind,
        amount=Decimal(amount), date=date,
        shares=amount // 100 if kind != 'payment' else None)
    payment.save()
    return payment


class CapitalTestCase(OfficeTestCase):
    "What members subscribe and pay"
    module = 'avec_livelihood'

    @classmethod
    def prepare(cls):
        with office("Cooperative") as books:
            set_accounts(books)

    @with_transaction()
    def test_finance_of_the_office_posts_in_the_other_company(self):
        "Without being a user of it, and others read the document"
        pool = Pool()
        Move = pool.get('account.move')
        Payment = pool.get('avec.cooperative.payment')
        with kept_books() as (company, cooperative):
            payment = draft(cooperative.members[0], 'subscription', 300)
            date = Transaction().context['avec_date']
            with acting_as(create_user('finance', company)), \
                    Transaction().set_context(avec_date=date):
                Payment.post([Payment(payment.id)])
            payment = Payment(payment.id)
            self.assertEqual(payment.move.company, cooperative.books)
            self.assertEqual(payment.move.state, 'posted')
            self.assertEqual(Move.search([
                        ('origin.cooperative', 'in', [cooperative.id],
                            'avec.cooperative.payment'),
                        ]), [payment.move])
            for role in ['programme', 'auditor']:
                with acting_as(create_user(role, company)):
                    values, = Payment.read(
                        [payment.id], ['amount', 'move', 'state'])
                    self.assertEqual(values['state'], 'posted')

    @with_transaction()
    def test_documents_posted_together(self):
        "The subscription counts before its payment, whatever their order"
        Payment = Pool().get('avec.cooperative.payment')
        with kept_books() as (_, cooperative):
            first, second = cooperative.members
            payments = [
                draft(first, 'payment', 200),
                draft(first, 'subscription', 200),
                draft(second, 'subscription', 100)]
            Payment.post(payments)
            self.assertEqual({p.state for p in payments}, {'posted'})
            lines = [
                l for p in payments for l in p.move.lines
                if l.account.reconcile]
            self.assertEqual(
                {(l.party, bool(l.reconciliation)) for l in lines},
                {(first.party, True), (second.party, False)})

    @with_transaction()
    def test_nothing_is_posted_of_what_is_refused(self):
        "One document above what is subscribed refuses the others too"
        Payment = Pool().get('avec.cooperative.payment')
        with kept_books() as (_, cooperative):
            first, _ = cooperative.members
            payments = [
                draft(first, 'subscription', 100),
                draft(first, 'payment', 60), draft(first, 'payment', 50)]
            with self.assertRaisesRegex(CapitalError, '10'):
                Payment.post(payments)
            payments = Payment.browse(payments)
            self.assertFalse([p for p in payments if p.move])

    @with_transaction()
    def test_member_who_leaves_is_paid_back(self):
        "The shares given back are no longer subscribed nor paid"
        Payment = Pool().get('avec.cooperative.payment')
        with kept_books() as (_, cooperative):
            first, second = cooperative.members
            subscription, payment, refund, _ = payments = [
                draft(first, 'subscription', 300),
                draft(first, 'payment', 200), draft(first, 'refund', 200),
                draft(second, 'subscription', 100)]
            Payment.post(payments)
            first, _ = Payment(refund.id).cooperative.members
            self.assertEqual(
                (first.shares, first.subscribed, first.paid, first.to_pay),
                (1, Decimal(100), Decimal(0), Decimal(100)))
            cooperative = first.cooperative
            self.assertEqual(
                (cooperative.subscribed, cooperative.paid),
                (Decimal(200), Decimal(0)))
            self.assertEqual({
                    (l.account.code, l.debit, l.credit)
                    for l in Payment(refund.id).move.lines}, {
                    ('1111', Decimal(200), Decimal(0)),
                    ('5141', Decimal(0), Decimal(200))})
            # Nothing is left to be paid back
            again = draft(first, 'refund', 100)
            with self.assertRaisesRegex(CapitalError, "pay back"):
                Payment.post([again])
            for document in [payment, subscription]:
                with self.assertRaisesRegex(CapitalError, "paid back"):
                    Payment.cancel([Payment(document.id)])
            Payment.cancel([Payment(refund.id)])
            Payment.cancel([Payment(payment.id)])
            first, _ = Payment(refund.id).cooperative.members
            self.assertEqual(
                (first.shares, first.paid, first.to_pay),
                (3, Decimal(0), Decimal(300)))

    @with_transaction()
    def test_move_is_not_changed_by_hand(self):
        pool = Pool()
        Line = pool.get('account.move.line')
        Move = pool.get('account.move')
        Payment = pool.get('avec.cooperative.payment')
        with kept_books() as (_, cooperative):
            payment = draft(cooperative.members[0], 'subscription', 100)
            Payment.post([payment])
            move = Move(payment.move.id)
            with self.assertRaises(CapitalMoveError):
                move.cancel()
            with check_access():
                for change in [
                        lambda: Move.write([move], {'description': "?"}),
                        lambda: Move.delete([move]),
                        lambda: Line.write(
                            list(move.lines), {'description': "?"})]:
                    with self.assertRaises(AccessError):
                        change()

    @with_transaction()
    def test_day_without_period(self):
        Payment = Pool().get('avec.cooperative.payment')
        with kept_books() as (_, cooperative):
            payment = draft(
                cooperative.members[0], 'subscription', 100,
                date=dt.date(2025, 3, 3))
            with self.assertRaises(PeriodNotFoundError):
                Payment.post([payment])

    @with_transaction()
    def test_amount_of_a_subscription_is_that_of_its_shares(self):
        with kept_books() as (_, cooperative):
            with self.assertRaisesRegex(CapitalError, '150'):
                draft(cooperative.members[0], 'subscription', 150)
