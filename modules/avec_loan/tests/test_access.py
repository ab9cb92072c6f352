# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.avec_group.tests.matrix import MatrixMixin
from trytond.modules.avec_group.tests.office import (
    ROLES, OfficeTestCase, acting_as, create_employee, create_user, office)
from trytond.modules.avec_loan.exceptions import LoanApprovalError
from trytond.modules.currency.tests import create_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

from .office import (
    FIRST_MEETING, create_loan, create_product, disburse, hold, lending_group,
    meet)

NONE, READ = set(), {'read'}
ALL = {'read', 'write', 'create', 'delete'}
EVERYBODY = [READ] * 5
# What each role may do, in the order of ROLES
MATRIX = {
    'avec.loan.product': [READ, READ, READ, READ, ALL],
    'avec.loan': [ALL, ALL, READ, READ, READ],
    'avec.loan.guarantor': [ALL, ALL, READ, READ, READ],
    'avec.loan.instalment': [ALL, ALL, READ, READ, READ],
    'avec.loan.rescheduling': [READ, ALL, READ, READ, READ],
    'avec.loan.rescheduling.row': [READ, ALL, READ, READ, READ],
    'avec.loan.write_off': [READ, ALL, READ, READ, READ],
    'avec.cycle-avec.loan.product': [ALL, ALL, ALL, READ, READ],
    'avec.meeting.disbursement': [ALL, ALL, READ, READ, READ],
    'avec.meeting.repayment': [ALL, ALL, READ, READ, READ],
    'avec.opening.loan': [READ, ALL, READ, READ, READ],
    'avec.loan.portfolio.group': EVERYBODY,
    'avec.loan.portfolio.subdivision': [NONE, READ, READ, READ, READ],
    'avec.loan.portfolio.field_officer': [NONE, READ, READ, READ, READ],
    }
BUTTONS = {
    ('avec.loan', 'approve'): {'finance'},
    ('avec.loan', 'reject'): {'finance'},
    ('avec.loan', 'cancel'): {'field_officer', 'finance'},
    ('avec.loan', 'reschedule'): {'finance'},
    ('avec.loan', 'write_off'): {'finance'},
    ('avec.loan.write_off', 'post'): {'finance'},
    ('avec.loan.write_off', 'cancel'): {'finance'},
    ('avec.loan.rescheduling', 'post'): {'finance'},
    ('avec.loan.rescheduling', 'cancel'): {'finance'},
    }
# The models of which each group has records
OF_GROUP = [
    m for m in MATRIX if m != 'avec.loan.product' and 'portfolio' not in m]


def live_through(group, cycle, product):
    "Give the group a loan of each fate and a record of each document"
    pool = Pool()
    Guarantor = pool.get('avec.loan.guarantor')
    Rescheduling = pool.get('avec.loan.rescheduling')
    WriteOff = pool.get('avec.loan.write_off')
    first, second, third = group.memberships
    loans = [
        create_loan(m, cycle, product, principal=40)
        for m in [first, second]]
    Guarantor(loan=loans[0], membership=third).save()
    loans = disburse(loans)
    date = dt.date(2026, 3, 2)
    meet(cycle, date, repay={loans[0]: 10})
    for Model, loan, values in [
            (Rescheduling, loans[0], {'term': 2}),
            (WriteOff, loans[1], {})]:
        document = Model(loan=loan, date=date, **values)
        document.on_change_loan()
        document.save()
        Model.post([document])
    return loans


class AccessTestCase(MatrixMixin, OfficeTestCase):
    "The roles do their work on loans, and no more"
    module = 'avec_loan'
    matrix = MATRIX
    buttons = BUTTONS
    followers = True

    @with_transaction()
    def test_refused_models_and_buttons(self):
        "What a role may not do is refused when it is tried"
        pool = Pool()
        with office() as company:
            product = create_product()
            group, cycle = lending_group(product)
            live_through(group, cycle, product)
            for role in ROLES:
                user = create_user(role, company)
                group.field_officer = user.employee
                group.save()
                for model, modes in MATRIX.items():
                    self.refused(
                        user, model, ALL - modes[ROLES.index(role)])
                for (model, name), roles in BUTTONS.items():
                    if role in roles:
                        continue
                    Model = pool.get(model)
                    records = Model.search([], limit=1)
                    with self.subTest(role=role, model=model, button=name), \
                            acting_as(user), \
                            self.assertRaisesRegex(AccessButtonError, name):
                        getattr(Model, name)(Model.browse(records))

    def refused(self, user, model, modes):
        Model = Pool().get(model)
        if callable(Model.table_query):
            modes = modes & {'read'}
        records = Model.search([], limit=1)
        tries = {
            'read': lambda: Model.read([r.id for r in records], ['id']),
            'write': lambda: Model.write(Model.browse(records), {}),
            'create': lambda: Model.create([{}]),
            'delete': lambda: Model.delete(Model.browse(records)),
            }
        for mode in modes:
            with self.subTest(user=user.login, model=model, mode=mode), \
                    acting_as(user), self.assertRaises(AccessError):
                tries[mode]()

    @with_transaction()
    def test_field_officer_requests_for_own_groups(self):
        "A field officer requests a loan, which only finance approves"
        Loan = Pool().get('avec.loan')
        with office() as company:
            product = create_product()
            user = create_user('field_officer', company)
            followed, cycle = lending_group(
                product, name="Followed", field_officer=user.employee)
            other, other_cycle = lending_group(product, name="Other")

            def values(group, cycle):
                return {
                    'membership': group.memberships[0].id,
                    'cycle': cycle.id, 'product': product.id,
                    'principal': Decimal(40), 'term': 2,
                    'request_date': FIRST_MEETING}
            with acting_as(user):
                loan, = Loan.create([values(followed, cycle)])
                self.assertEqual(loan.requested_by, user.employee)
                Loan.write([loan], {'principal': Decimal(50)})
                with self.assertRaises(AccessError):
                    Loan.create([values(other, other_cycle)])
                with self.assertRaises(AccessButtonError):
                    Loan.approve([loan])
                with self.assertRaises(AccessError):
                    Loan.write([loan], {'state': 'approved'})
            with acting_as(create_user('finance', company)):
                Loan.approve([Loan(loan.id)])
            with acting_as(user):
                with self.assertRaises(AccessError):
                    Loan.write([Loan(loan.id)], {'principal': Decimal(60)})
                Loan.write([Loan(loan.id)], {'note': "He was told"})
                Loan.cancel([Loan(loan.id)])
            self.assertEqual(Loan(loan.id).state, 'cancelled')

    @with_transaction()
    def test_field_officer_sees_the_loans_of_the_groups_followed(self):
        "A field officer sees the loans of own groups and no other"
        with office() as company:
            product = create_product()
            user = create_user('field_officer', company)
            followed, cycle = lending_group(
                product, name="Followed", field_officer=user.employee)
            create_employee(company, "Other")
            other, other_cycle = lending_group(product, name="Other")
            live_through(followed, cycle, product)
            live_through(other, other_cycle, product)
            for model in set(OF_GROUP) - {'avec.opening.loan'}:
                Model = Pool().get(model)
                with self.subTest(model=model):
                    everything = Model.search([])
                    with acting_as(user):
                        seen = Model.search([])
                        hidden = [r.id for r in everything if r not in seen]
                        self.assertTrue(seen)
                        self.assertEqual(len(seen) * 2, len(everything))
                        with self.assertRaises(AccessError):
                            Model.read(hidden, ['id'])
                        with self.assertRaises(AccessError):
                            Model.write(Model.browse(hidden), {})
                        with self.assertRaises(AccessError):
                            Model.delete(Model.browse(hidden))
            Portfolio = Pool().get('avec.loan.portfolio.group')
            with acting_as(user):
                self.assertEqual(
                    [p.group for p in Portfolio.search([])], [followed])

    @with_transaction()
    def test_other_company(self):
        "Nobody sees the loans of another company"
        pool = Pool()
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            live_through(group, cycle, product)
        with office("Elsewhere", create_currency('eur')) as elsewhere:
            users = [create_user(r, elsewhere) for r in ROLES]
        models = [
            m for m in MATRIX
            if m != 'avec.opening.loan' and 'portfolio' not in m]
        for user in users:
            for model in models:
                Model = pool.get(model)
                ids = [r.id for r in Model.search([])]
                with self.subTest(user=user.login, model=model):
                    self.assertTrue(ids)
                    with acting_as(user):
                        self.assertEqual(Model.search([]), [])
                        with self.assertRaises(AccessError):
                            Model.read(ids, ['id'])
            with acting_as(user):
                Portfolio = pool.get('avec.loan.portfolio.group')
                self.assertEqual(Portfolio.search([]), [])

    @with_transaction()
    def test_what_is_posted_is_not_changed(self):
        "Not even the administrator of the database changes what is posted"
        pool = Pool()
        Guarantor = pool.get('avec.loan.guarantor')
        Loan = pool.get('avec.loan')
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            loan, other = live_through(group, cycle, product)
            request = create_loan(
                group.memberships[2], cycle, product, principal=20)
            guarantor = Guarantor(
                loan=request, membership=group.memberships[0])
            guarantor.save()
            changes = [
                (loan, {'principal': Decimal(1)}),
                (loan, {'state': 'repaid'}),
                (loan, {'membership': group.memberships[1].id}),
                (loan, {'disbursement_date': FIRST_MEETING}),
                (loan, {'approved_by': None}),
                (loan, {'instalments': [
                            ('delete', [loan.instalments[0].id])]}),
                (request, {'state': 'approved'}),
                (request, {'disbursement_date': FIRST_MEETING}),
                (loan.guarantors and Guarantor.search(
                        [('loan', '=', loan.id)])[0],
                    {'membership': group.memberships[1].id}),
                (guarantor, {'loan': loan.id}),
                (loan.instalments[0], {'principal': Decimal(1)}),
                (loan.instalments[0], {'due_date': FIRST_MEETING}),
                (loan.repayments[0], {'amount': Decimal(1)}),
                (loan.repayments[0], {'principal': Decimal(1)}),
                (loan.reschedulings[0], {'term': 9}),
                (loan.reschedulings[0].rows[0], {'principal': Decimal(1)}),
                ]
            for model in [
                    'avec.loan.write_off', 'avec.meeting.disbursement']:
                record = pool.get(model).search([], limit=1)[0]
                changes.append((record, {'loan': request.id}))
            offer, = pool.get('avec.cycle-avec.loan.product').search([])
            changes.append((offer, {'product': create_product().id}))
            for record, values in changes:
                Model = record.__class__
                with self.subTest(model=Model.__name__, values=values), \
                        check_access(), self.assertRaises(AccessError):
                    Model.write([record], values)
            for record in {r for r, _ in changes} - {request, guarantor}:
                Model = record.__class__
                with self.subTest(model=Model.__name__), check_access(), \
                        self.assertRaises(AccessError):
                    Model.delete([record])
            with check_access(), self.assertRaises(AccessError):
                Loan.create([{
                            'membership': group.memberships[2].id,
                            'cycle': cycle.id, 'product': product.id,
                            'principal': Decimal(10), 'term': 1,
                            'state': 'disbursed'}])

    @with_transaction()
    def test_offer_does_not_enter_a_running_cycle(self):
        "No product enters the rules that the members voted"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Offer = pool.get('avec.cycle-avec.loan.product')
        with office():
            product, other = create_product(), create_product()
            group, cycle = lending_group(product)
            draft, = Cycle.copy([cycle], default={
                    'loan_products': [other.id]})
            offer, = Offer.search([('cycle', '=', draft.id)])
            with check_access(), self.assertRaises(AccessError):
                Offer.write([offer], {'cycle': cycle.id})

    @with_transaction()
    def test_change_is_in_the_books_of_its_loan(self):
        "A draft turned to the loan of another group is posted in its books"
        WriteOff = Pool().get('avec.loan.write_off')
        with office():
            product = create_product()
            loans = []
            for name in ["First", "Second"]:
                group, cycle = lending_group(product, name=name)
                loans += disburse([create_loan(
                            group.memberships[0], cycle, product)])
            document, = WriteOff.create([{
                        'loan': loans[0].id, 'date': dt.date(2026, 3, 2)}])
            with check_access():
                WriteOff.write([document], {'loan': loans[1].id})
            WriteOff.post([document])
            self.assertEqual(document.cycle, loans[1].cycle)
            self.assertEqual(document.move.avec_group, loans[1].group)

    @with_transaction()
    def test_plan_is_not_added_to(self):
        "No instalment, repayment or guarantor is added to what is posted"
        pool = Pool()
        with office():
            product = create_product()
            group, cycle = lending_group(product)
            loan, other = live_through(group, cycle, product)
            meeting = loan.repayments[0].meeting
            for model, values in [
                    ('avec.loan.instalment', {
                            'loan': loan.id, 'number': 9,
                            'start_date': FIRST_MEETING,
                            'due_date': FIRST_MEETING,
                            'opening': Decimal(0), 'principal': Decimal(0),
                            'charge': Decimal(0)}),
                    ('avec.loan.guarantor', {
                            'loan': loan.id,
                            'membership': group.memberships[1].id}),
                    ('avec.meeting.repayment', {
                            'meeting': meeting.id, 'loan': other.id,
                            'amount': Decimal(1)}),
                    ('avec.meeting.disbursement', {
                            'meeting': meeting.id, 'loan': loan.id}),
                    ]:
                with self.subTest(model=model), check_access(), \
                        self.assertRaises(AccessError):
                    pool.get(model).create([values])

    @with_transaction()
    def test_four_eyes(self):
        "Who requested does not approve, where the office says so"
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        Loan = pool.get('avec.loan')
        with office() as company:
            product = create_product()
            group, cycle = lending_group(product)
            first, second = [
                create_user('finance', company, login=l) for l in 'ab']

            def request(membership):
                with acting_as(first):
                    loan, = Loan.create([{
                                'membership': membership.id,
                                'cycle': cycle.id, 'product': product.id,
                                'principal': Decimal(40), 'term': 2}])
                return loan
            loans = [request(m) for m in group.memberships]
            with acting_as(first):
                Loan.approve([Loan(loans[0].id)])
            configuration = Configuration(1)
            configuration.loan_four_eyes = True
            configuration.save()
            with acting_as(first), self.assertRaises(LoanApprovalError):
                Loan.approve([Loan(loans[1].id)])
            with acting_as(second):
                Loan.approve([Loan(loans[1].id)])
            self.assertEqual(
                Loan(loans[1].id).approved_by, second.employee)
            # Requested in the name of somebody else, it is still one's own
            with acting_as(first):
                Loan.write([Loan(loans[2].id)], {'purpose': "Wool"})
                with self.assertRaises(AccessError):
                    Loan.write([Loan(loans[2].id)], {
                            'requested_by': second.employee.id})

    @with_transaction()
    def test_sheet_by_role(self):
        "A field officer holds the sheet with loans that finance posts"
        pool = Pool()
        Loan = pool.get('avec.loan')
        Meeting = pool.get('avec.meeting')
        with office() as company:
            product = create_product()
            user = create_user('field_officer', company)
            finance = create_user('finance', company)
            group, cycle = lending_group(product, field_officer=user.employee)
            loan = create_loan(group.memberships[0], cycle, product)
            Loan.approve([loan])
            date = FIRST_MEETING + dt.timedelta(weeks=1)
            with acting_as(user):
                meeting = hold(cycle.__class__(cycle.id), date, lend=[loan])
                with self.assertRaises(AccessButtonError):
                    Meeting.post([meeting])
            with acting_as(finance):
                Meeting.post([Meeting(meeting.id)])
            self.assertEqual(Loan(loan.id).state, 'disbursed')
            with acting_as(user):
                date += dt.timedelta(weeks=6)
                loan = Loan(loan.id)
                meeting = hold(
                    cycle.__class__(cycle.id), date, repay={loan: 20})
            with acting_as(finance):
                Meeting.post([Meeting(meeting.id)])
                Meeting.cancel([Meeting(meeting.id)])
                with Transaction().set_context(_skip_warnings=True):
                    WriteOff = pool.get('avec.loan.write_off')
                    document, = WriteOff.create([{
                                'loan': loan.id, 'date': date}])
                    WriteOff.post([document])
            self.assertEqual(Loan(loan.id).state, 'written_off')
