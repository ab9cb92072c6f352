# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.tests.office import (
    ROLES, START, OfficeTestCase, acting_as, count_boxes, create_group,
    create_sheet, create_user, office, run_cycle)
from trytond.modules.avec_group.tests.test_report import (
    WRITING_MODE, create_language, render, text_of)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

FIRST = dt.date(2026, 1, 12)
TODAY = dt.date(2026, 3, 26)
REPORTS = {
    'avec.loan.contract': 'avec.loan',
    'avec.loan.statement': 'avec.loan',
    'avec.meeting.sheet': 'avec.meeting',
    'avec.meeting.blank_sheet': 'avec.cycle',
    'avec.membership.passbook': 'avec.membership',
    'avec.cycle.statement': 'avec.cycle',
    }


def create_product(**values):
    Product = Pool().get('avec.loan.product')
    product = Product(
        name="Small Loan", rate=Decimal('0.02'), late_penalty=Decimal(1))
    for name, value in values.items():
        setattr(product, name, value)
    product.save()
    return product


def create_lending_cycle(product):
    "A group that lends, with its treasurer and its first meeting posted"
    pool = Pool()
    Meeting = pool.get('avec.meeting')
    Officer = pool.get('avec.group.officer')
    group = create_group("Atlas", ["Aicha", "Fatima", "Hind"])
    Officer(
        membership=group.memberships[2], role='treasurer',
        start_date=START).save()
    cycle = run_cycle(group, loan_products=[product])
    sheet = create_sheet(cycle, FIRST, shares=5)
    Meeting.hold([sheet])
    Meeting.post([sheet])
    return cycle


def request(membership, product, principal, **values):
    Loan = Pool().get('avec.loan')
    loan = Loan(
        membership=membership, product=product, principal=Decimal(principal),
        term=3, request_date=FIRST, **values)
    loan.on_change_membership()
    loan.save()
    Loan.approve([loan])
    return loan


def meet(cycle, date, lend=(), paid=None, post=True):
    "Post a sheet that pays the loans out, and on which members repay"
    pool = Pool()
    Disbursement = pool.get('avec.meeting.disbursement')
    Meeting = pool.get('avec.meeting')
    sheet = create_sheet(cycle, date)
    sheet.disbursements = [Disbursement(loan=l) for l in lend]
    for repayment in sheet.repayments:
        repayment.amount = Decimal((paid or {}).get(
                repayment.loan, repayment.amount))
        repayment.on_change_amount()
    sheet.repayments = sheet.repayments
    sheet.save()
    count_boxes(Meeting(sheet.id))
    sheet = Meeting(sheet.id)
    if post:
        Meeting.hold([sheet])
        Meeting.post([sheet])
    return sheet


def number_from_one():
    "Give the first number to the next loan, as tests leave theirs behind"
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Sequence = pool.get('ir.sequence')
    sequence = Sequence(ModelData.get_id('avec_loan', 'sequence_loan'))
    sequence.number_next = 1
    sequence.save()


def live_through():
    """Aicha is late with a loan of 90, and 60 are approved for Fatima

    Aicha paid the first of three instalments, and 11.20 of the second.
    """
    product = create_product()
    cycle = create_lending_cycle(product)
    aicha, fatima, hind = cycle.group.memberships
    loan = request(
        aicha, product, 90, guarantors=[fatima, hind], purpose="A sheep")
    meet(cycle, dt.date(2026, 1, 19), lend=[loan])
    meet(cycle, dt.date(2026, 2, 23))
    meet(cycle, dt.date(2026, 3, 23), paid={loan: '11.20'})
    request(fatima, product, 60)


@contextmanager
def story():
    "The records of the group that was lived through"
    pool = Pool()
    Date = pool.get('ir.date')
    Loan = pool.get('avec.loan')
    with office() as company, patch.object(Date, 'today', return_value=TODAY):
        loan, = Loan.search([('state', '=', 'disbursed')])
        approved, = Loan.search([('state', '=', 'approved')])
        _, paid_out, _, repaid = pool.get('avec.meeting').search(
            [], order=[('date', 'ASC')])
        yield {
            'company': company,
            'avec.cycle': loan.cycle,
            'avec.loan': loan,
            'avec.meeting': repaid,
            'avec.membership': loan.membership,
            'approved': approved,
            'paid out': paid_out,
            }


class Counter:
    "Pass everything on to a connection or cursor and count what it executes"

    def __init__(self, wrapped, queries):
        self._wrapped = wrapped
        self._queries = queries

    def __getattr__(self, name):
        return getattr(self._wrapped, name)

    def __iter__(self):
        return iter(self._wrapped)

    def cursor(self, *args, **kwargs):
        return Counter(self._wrapped.cursor(*args, **kwargs), self._queries)

    def execute(self, sql, *args, **kwargs):
        self._queries.append(sql)
        return self._wrapped.execute(sql, *args, **kwargs)


def count_queries(name, records):
    "Return how many queries the report needs"
    Report = Pool().get(name, type='report')
    transaction = Transaction()
    connection, queries = transaction.connection, []
    # Without what was read before
    with transaction.set_context(measure=len(records)):
        records = records[0].browse([r.id for r in records])
        transaction.connection = Counter(connection, queries)
        try:
            Report._get_context(records)
        finally:
            transaction.connection = connection
    return len(queries)


class LoanReportTestCase(OfficeTestCase):
    "Test the papers of loans"
    module = 'avec_loan'

    @classmethod
    def prepare(cls):
        Date = Pool().get('ir.date')
        with office(), patch.object(Date, 'today', return_value=TODAY):
            number_from_one()
            live_through()

    @with_transaction()
    def test_contract(self):
        "The contract names who signs, says the terms and shows the plan"
        with story() as records:
            text = text_of(render(
                    'avec.loan.contract', [records['avec.loan']]))
        for expected in [
                "Lender Atlas Borrower 1 Aicha Guarantor 2 Fatima "
                "Guarantor 3 Hind",
                "Principal usd90.00 Paid out on 01/19/2026",
                "To Repay usd93.60 Purpose A sheep",
                "2% a month on the principal that is not yet repaid.",
                "usd1.00 once for each instalment",
                "2 03/23/2026 60.00 30.00 1.20 31.20 30.00",
                "Total 90.00 3.60 93.60",
                "The guarantors repay",
                "Chair Secretary Treasurer Hind"]:
            self.assertIn(expected, text)
        self.assertNotIn("not paid out yet", text)

    @with_transaction()
    def test_contract_of_approved_loan(self):
        "Before it is paid out, the contract shows the plan as it would be"
        with story() as records:
            text = text_of(render(
                    'avec.loan.contract', [records['approved']]))
        for expected in [
                "Paid out on 03/30/2026", "not paid out yet",
                "1 05/04/2026 60.00 20.00 1.20 21.20 40.00"]:
            self.assertIn(expected, text)
        self.assertNotIn("Guarantor", text)

    @with_transaction()
    def test_contract_after_cancelled_payment(self):
        "A loan whose payment is cancelled is planned again"
        Meeting = Pool().get('avec.meeting')
        with office():
            product = create_product()
            cycle = create_lending_cycle(product)
            loan = request(cycle.group.memberships[0], product, 90)
            sheet = meet(cycle, dt.date(2026, 1, 19), lend=[loan])
            Meeting.cancel([sheet])
            text = text_of(render('avec.loan.contract', [loan]))
            self.assertIn("3 04/20/2026 30.00 30.00 0.60 30.60 0.00", text)
            # And paid out again
            meet(cycle, dt.date(2026, 1, 26), lend=[loan])
            text = text_of(render('avec.loan.contract', [loan]))
        self.assertIn("3 04/27/2026 30.00 30.00 0.60 30.60 0.00", text)
        self.assertIn("Total 90.00 3.60 93.60", text)

    @with_transaction()
    def test_contract_of_request(self):
        "A request has no plan yet, and its paper is not a contract"
        Loan = Pool().get('avec.loan')
        with story() as records:
            loan, = Loan.copy([records['avec.loan']])
            text = text_of(render('avec.loan.contract', [loan]))
        self.assertIn("Loan Contract (Request)", text)
        self.assertNotIn("Opening", text)
        self.assertNotIn("To Repay usd", text)

    @with_transaction()
    def test_terms(self):
        "Each way to lend is told in words"
        Report = Pool().get('avec.loan.contract', type='report')
        with office():
            for values, sentence in [
                    ({'rate': Decimal(0)},
                        "The loan bears no service charge."),
                    ({'method': 'flat', 'rate': Decimal('0.0125')},
                        "1.25% a month on the principal lent, until the end "
                        "of the loan."),
                    ({'method': 'flat', 'rate_period': 'year'},
                        "2% a year on the principal lent, until the end of "
                        "the loan."),
                    ({'rate_period': 'year'},
                        "2% a year on the principal that is not yet "
                        "repaid."),
                    ({'amortization': 'equal_instalments'},
                        "All instalments are of the same amount, to the "
                        "rounding."),
                    ({'amortization': 'interest_only'},
                        "Each instalment pays the service charge, and the "
                        "last one repays the principal."),
                    ({'amortization': 'bullet'},
                        "The principal and the service charge are paid "
                        "together with the last instalment."),
                    ({'period': 'week', 'due_on_meetings': False}, "Week"),
                    ({'period': 'meeting'}, "Meeting"),
                    ({'grace_principal': 2},
                        "First instalments without principal: 2."),
                    ({'grace_interest': 1},
                        "First instalments whose service charge is "
                        "collected later: 1."),
                    ({'grace_interest': 1, 'grace_interest_free': True},
                        "First instalments free of service charge: 1."),
                    ({'late_penalty': Decimal(0)},
                        "Paying late bears no penalty."),
                    ({'penalty_grace_days': 7},
                        "usd1.00 once for each instalment that is not paid "
                        "in full by its due date; days allowed after it: "
                        "7."),
                    ({'early_repayment': 'whole'},
                        "Who repays before the end owes the whole service "
                        "charge."),
                    ({'repayment_order': 'principal_charge_penalty'},
                        "A repayment pays the oldest instalment first, in "
                        "this order: Principal, Charge, Penalty.")]:
                with self.subTest(**values):
                    Loan = Pool().get('avec.loan')
                    terms = Report._terms(
                        Loan(product=create_product(**values)))
                    self.assertIn(sentence, [t for _, t in terms])

    @with_transaction()
    def test_statement(self):
        "The statement tells what was paid, what is late and what is left"
        with story() as records:
            text = text_of(render(
                    'avec.loan.statement', [records['avec.loan']]))
        for expected in [
                "Figures on 03/26/2026 Outstanding usd50.00 "
                "Overdue usd20.00 Days Overdue 3 Arrears 1 to 30 Days "
                "Due Today usd21.00 To Settle Today usd51.60",
                "1 02/23/2026 30.00 1.80 31.80 31.80 0.00 Paid "
                "2 03/23/2026 30.00 1.20 31.20 11.20 21.00 Late "
                "3 04/20/2026 30.00 0.60 30.60 0.00 30.60 Pending "
                "Total 90.00 3.60 93.60 43.00 51.60",
                "02/23/2026 Meeting 3 31.80 0.00 1.80 30.00 60.00 "
                "03/23/2026 Meeting 4 11.20 0.00 1.20 10.00 50.00"]:
            self.assertIn(expected, text)

    @with_transaction()
    def test_statement_of_rescheduled_loan(self):
        "The plan before a rescheduling is kept and shown"
        Rescheduling = Pool().get('avec.loan.rescheduling')
        with story() as records:
            loan = records['avec.loan']
            document = Rescheduling(
                loan=loan, date=dt.date(2026, 3, 30), term=2,
                reason="The harvest is lost.")
            document.on_change_loan()
            document.save()
            Rescheduling.post([document])
            statement = text_of(render('avec.loan.statement', [loan]))
            contract = text_of(render('avec.loan.contract', [loan]))
        self.assertIn(
            "Plan Before the Rescheduling of 03/30/2026 "
            "(The harvest is lost.)", statement)
        self.assertIn(
            "3 04/20/2026 30.00 30.00 0.60 0.00 0.00", statement)
        # The contract shows the new plan, with the penalty already owed
        self.assertIn("Instalments 4", contract)
        self.assertIn("4 06/01/2026 25.00 25.00 0.50 25.50 0.00", contract)
        self.assertIn("when the loan was rescheduled: usd1.00", contract)

    @with_transaction()
    def test_statement_of_loan_written_off(self):
        "What was lost and what came back of it are told"
        pool = Pool()
        Loan = pool.get('avec.loan')
        Meeting = pool.get('avec.meeting')
        Repayment = pool.get('avec.meeting.repayment')
        with story() as records:
            loan = records['avec.loan']
            cycle = records['avec.cycle']
            with patch.object(
                    pool.get('res.user.warning'), 'check',
                    return_value=False):
                Loan.write_off([loan])
            sheet = create_sheet(cycle, dt.date(2026, 3, 30))
            sheet.repayments = [
                *sheet.repayments, Repayment(loan=loan, amount=Decimal(15))]
            sheet.save()
            sheet = Meeting(sheet.id)
            count_boxes(sheet)
            Meeting.hold([sheet])
            Meeting.post([sheet])
            statement = text_of(render('avec.loan.statement', [loan]))
            cycle_statement = text_of(render('avec.cycle.statement', [cycle]))
            passbook = text_of(render(
                    'avec.membership.passbook', [loan.membership]))
        for expected in [
                "Written Off usd50.00 Recovered usd15.00 "
                "Left to Recover usd35.00",
                "03/26/2026 Loan Write-off 50.00 0.00 50.00 "
                "03/30/2026 Meeting 5 0.00 15.00 35.00"]:
            self.assertIn(expected, statement)
        self.assertIn(
            "1 - Aicha L-00001 90.00 40.00 50.00 0.00 0.00", cycle_statement)
        self.assertIn("03/30/2026 Meeting 5 15.00 0.00", passbook)

    @with_transaction()
    def test_payments_from_exit_and_share_out(self):
        "What was taken from savings is a repayment as any other"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Exit = pool.get('avec.membership.exit')
        ShareOut = pool.get('avec.share_out')
        with office():
            number_from_one()
            product = create_product()
            cycle = create_lending_cycle(product)
            aicha, fatima, _ = cycle.group.memberships
            loans = [request(m, product, 30) for m in [aicha, fatima]]
            meet(cycle, dt.date(2026, 1, 19), lend=loans)
            exit_ = Exit(
                membership=fatima, date=dt.date(2026, 1, 20), reason='left')
            exit_.on_change_membership()
            exit_.save()
            Exit.post([exit_])
            Cycle.share([cycle])
            share_out = ShareOut(cycle=cycle, date=dt.date(2026, 1, 21))
            share_out.save()
            ShareOut.compute([share_out])
            ShareOut.post([share_out])
            texts = [
                text_of(render('avec.loan.statement', [l])) for l in loans]
            passbook = text_of(render('avec.membership.passbook', [aicha]))
        self.assertIn("01/21/2026 Share-out 30.60 0.00 0.60 30.00 0.00",
            texts[0])
        self.assertIn("01/20/2026 Member Exit 30.60 0.00 0.60", texts[1])
        self.assertIn(
            "01/21/2026 Share-out 30.60 0.00 0.60 30.00 L-00001", passbook)

    @with_transaction()
    def test_meeting_sheet(self):
        "The sheet shows what was repaid and paid out"
        with story() as records:
            repaid, paid_out = [
                text_of(render('avec.meeting.sheet', [records[n]]))
                for n in ['avec.meeting', 'paid out']]
        self.assertIn(
            "Repayments Member Loan Paid Penalty Service Charge Principal "
            "1 - Aicha L-00001 11.20 0.00 1.20 10.00 "
            "Total 11.20 0.00 1.20 10.00", repaid)
        self.assertNotIn("Loans Paid Out", repaid)
        self.assertIn(
            "Loans Paid Out Member Loan Product Term Principal "
            "1 - Aicha L-00001 Small Loan 3 90.00 Total 90.00", paid_out)

    @with_transaction()
    def test_draft_sheet(self):
        "A sheet that is not posted shows what is due"
        with story() as records:
            sheet = meet(
                records['avec.cycle'], dt.date(2026, 4, 20), post=False)
            text = text_of(render('avec.meeting.sheet', [sheet]))
        self.assertIn("1 - Aicha L-00001 51.60 51.60 1.00 0.60 50.00", text)

    @with_transaction()
    def test_blank_sheet(self):
        "The blank form says what is due at the meeting, from both models"
        with story() as records:
            by_cycle = text_of(render(
                    'avec.meeting.blank_sheet', [records['avec.cycle']]))
            sheet = meet(
                records['avec.cycle'], dt.date(2026, 4, 20), post=False)
            by_meeting = text_of(render('avec.meeting.blank_sheet', [sheet]))
        self.assertIn(
            "Repayments Due on 03/30/2026 "
            "Member Loan Outstanding Due To Settle Paid Signature "
            "1 - Aicha L-00001 50.00 21.00 51.60 Total 50.00 21.00 51.60",
            by_cycle)
        self.assertIn("2 - Fatima L-00002 Small Loan 3 60.00 2.40", by_cycle)
        self.assertIn("Repayments Due on 04/20/2026", by_meeting)
        self.assertIn("1 - Aicha L-00001 50.00 51.60 51.60", by_meeting)

    @with_transaction()
    def test_passbook(self):
        "The passbook shows the loans and the repayments of its member only"
        with story() as records:
            aicha, _, hind = records['avec.cycle'].group.memberships
            text = text_of(render('avec.membership.passbook', [aicha]))
            other = text_of(render('avec.membership.passbook', [hind]))
        self.assertIn(
            "L-00001 01/19/2026 90.00 3.60 50.00 21.00 Disbursed", text)
        self.assertIn(
            "02/23/2026 Meeting 3 31.80 0.00 1.80 30.00 L-00001 "
            "03/23/2026 Meeting 4 11.20 0.00 1.20 10.00 L-00001", text)
        self.assertNotIn("Loans", other)

    @with_transaction()
    def test_cycle_statement(self):
        "The statement of a cycle lists its loans, and balances with them"
        with story() as records:
            text = text_of(render(
                    'avec.cycle.statement', [records['avec.cycle']]))
        for expected in [
                "Loans on 03/26/2026",
                "1 - Aicha L-00001 90.00 40.00 0.00 50.00 20.00 "
                "Total 90.00 40.00 0.00 50.00 20.00",
                "Loans to Members usd50.00"]:
            self.assertIn(expected, text)

    @with_transaction()
    def test_queries_do_not_grow(self):
        "The papers of many members cost as many queries as those of one"
        pool = Pool()
        Loan = pool.get('avec.loan')
        with office():
            product = create_product()
            cycle = create_lending_cycle(product)
            members = cycle.group.memberships
            loans = [request(m, product, 30) for m in members]
            meet(cycle, dt.date(2026, 1, 19), lend=loans)
            meet(cycle, dt.date(2026, 2, 23))
            loans = Loan.browse(loans)
            for name, records in [
                    ('avec.membership.passbook', members),
                    ('avec.loan.contract', loans),
                    ('avec.loan.statement', loans)]:
                with self.subTest(report=name):
                    # The first time fills the caches of the labels
                    count_queries(name, records[:2])
                    self.assertEqual(
                        count_queries(name, records[:1]),
                        count_queries(name, records))

    @with_transaction()
    def test_every_role_prints(self):
        "Who reads a loan prints it, without access to the ledger"
        with story() as records:
            for role in ROLES:
                user = create_user(role, records['company'])
                if role == 'field_officer':
                    group = records['avec.cycle'].group
                    group.field_officer = user.employee
                    group.save()
                with acting_as(user):
                    for name, model in REPORTS.items():
                        with self.subTest(role=role, report=name):
                            self.assertIn("L-00001", text_of(
                                    render(name, [records[model]])))

    @with_transaction()
    def test_other_groups_are_not_printed(self):
        "A field officer does not print the loans of another's group"
        with story() as records:
            user = create_user('field_officer', records['company'])
            for name in ['avec.loan.contract', 'avec.loan.statement']:
                with (self.subTest(report=name), acting_as(user),
                        self.assertRaises(AccessError)):
                    render(name, [records['avec.loan']])

    @with_transaction()
    def test_languages(self):
        "Every paper prints in each language, turned round where it must"
        with story() as records:
            create_language()
            for name, model in REPORTS.items():
                for language, mode in [
                        ('en', 'lr-tb'), ('fr', 'lr-tb'), ('ar', 'rl-tb')]:
                    with self.subTest(report=name, language=language):
                        document = render(name, [records[model]], language)
                        self.assertEqual({
                                n.get(WRITING_MODE)
                                for tree in document.values()
                                for n in tree.iter()
                                if n.get(WRITING_MODE)}, {mode})
                        self.assertIn("L-00001", text_of(document))

    @with_transaction()
    def test_texts_are_translatable(self):
        "The wizard of translations finds the texts of the papers"
        pool = Pool()
        Set = pool.get('ir.translation.set', type='wizard')
        Translation = pool.get('ir.translation')
        session_id, _, _ = Set.create()
        Set(session_id).set_report()
        for name in ['avec.loan.contract', 'avec.loan.statement']:
            texts = {t.src for t in Translation.search([
                        ('type', '=', 'report'), ('name', '=', name),
                        ('module', '=', 'avec_loan')])}
            self.assertLessEqual(
                {"Loan", "Borrower", "Due Date", "Service Charge"}, texts)
