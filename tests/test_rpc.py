# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a client may not do, whatever it sends"
import datetime as dt
import unittest
from contextlib import ExitStack
from decimal import Decimal

from tests import rpc
from tests.browser import DATABASE, MODULES, server

FROZEN = "in its state"


class RPCTestCase(unittest.TestCase):
    "Clients of a server"
    modules = MODULES
    set_up = staticmethod(rpc.set_up)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(
            server(cls.modules, 'en', cls.set_up))
        cls.admin = cls.client('admin')
        cls.agent = cls.client('agent')

    @classmethod
    def client(cls, login):
        return rpc.Client(cls.server.url, DATABASE, login)

    def assertRefused(self, message, call, *args, **context):
        with self.assertRaisesRegex(rpc.Refused, message):
            call(*args, **context)


class RPCTest(RPCTestCase):
    "The server refuses what the screens do not offer"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.posted, = cls.find('avec.meeting', ('state', '=', 'posted'))
        cls.held = cls.find('avec.meeting', ('state', '=', 'held'))
        cls.draft, = cls.find('avec.meeting', ('state', '=', 'draft'))

    @classmethod
    def find(cls, model, *domain):
        "Return the ids of the records of the first group"
        if model.startswith('avec.meeting'):
            prefix = 'meeting.' if model != 'avec.meeting' else ''
            domain += ((prefix + 'cycle.group.code', '=', 'AVEC-0001'),)
        return cls.admin.model(
            model, 'search', list(domain), 0, None, [('id', 'ASC')])

    def lines(self, meeting, model='avec.meeting.line'):
        return self.find(model, ('meeting', '=', meeting))

    def test_posted_meeting_is_frozen(self):
        "Nothing of a posted sheet is written, deleted or added"
        call = self.admin.model
        for values in [
                {'note': "Changed"}, {'date': None}, {'cycle': None},
                {'loan_fund_counted': Decimal(0)}, {'state': 'draft'},
                {'number': 9}, {'move': None}, {'cancel_move': None},
                {'posted_by': None},
                {'lines': [('delete', self.lines(self.posted))]},
                {'lines': [('remove', self.lines(self.posted))]},
                {'lines': [('create', [{}])]},
                {'operations': [('create', [{
                                    'kind': 'income', 'fund': 'loan_fund',
                                    'amount': Decimal(1),
                                    'description': "?"}])]}]:
            with self.subTest(values=values):
                self.assertRefused(
                    FROZEN, call, 'avec.meeting', 'write', [self.posted],
                    values)
        self.assertRefused(
            FROZEN, call, 'avec.meeting', 'delete', [self.posted])
        self.assertEqual(
            self.admin.read('avec.meeting', self.posted, 'state', 'number'),
            ['posted', 1])

    def test_lines_of_posted_meeting_are_frozen(self):
        "The lines and operations of a posted sheet are frozen with it"
        call = self.admin.model
        for model, values in [
                ('avec.meeting.line', {'shares': 5}),
                ('avec.meeting.operation', {'amount': Decimal(500)})]:
            with self.subTest(model=model):
                line, *_ = self.lines(self.posted, model)
                self.assertRefused(
                    FROZEN, call, model, 'write', [line], values)
                self.assertRefused(FROZEN, call, model, 'delete', [line])
                self.assertRefused(
                    FROZEN, call, model, 'write', [line],
                    {'meeting': self.draft})

    def test_nothing_enters_a_posted_meeting(self):
        "No line or operation is made in a posted sheet nor moved into it"
        call = self.admin.model
        operation = {
            'kind': 'income', 'fund': 'loan_fund', 'amount': Decimal(1),
            'description': "?"}
        self.assertRefused(
            FROZEN, call, 'avec.meeting.operation', 'create',
            [{'meeting': self.posted, **operation}])
        moving, *_ = self.lines(self.draft, 'avec.meeting.operation')
        self.assertRefused(
            FROZEN, call, 'avec.meeting.operation', 'write', [moving],
            {'meeting': self.posted})
        self.assertRefused(
            FROZEN, call, 'avec.meeting', 'write', [self.posted],
            {'operations': [('add', [moving])]})
        line, *_ = self.lines(self.draft)
        self.assertRefused(
            FROZEN, call, 'avec.meeting.line', 'write', [line],
            {'meeting': self.held[0]})

    def test_move_of_posted_meeting_is_frozen(self):
        "The move is the document's: nobody changes or cancels it by hand"
        call = self.admin.model
        move, = self.admin.read('avec.meeting', self.posted, 'move')
        lines = self.find('account.move.line', ('move', '=', move))
        for values in [
                {'description': "?"}, {'state': 'draft'},
                {'avec_group': None}, {'avec_cycle': None},
                {'lines': [('delete', lines)]}]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', call, 'account.move', 'write', [move], values)
        self.assertRefused('.', call, 'account.move', 'delete', [move])
        self.assertRefused('.', call, 'account.move', 'draft', [move])
        self.assertRefused(
            '.', call, 'account.move.line', 'write', lines[:1],
            {'debit': Decimal(1)})
        self.assertRefused('.', call, 'account.move.line', 'delete', lines)
        self.assertRefused(
            '.', call, 'account.move.line', 'create', [{'move': move}])
        session, _, _ = self.admin.call(
            'wizard.account.move.cancel.create', {
                **self.admin.context, 'active_model': 'account.move',
                'active_id': move, 'active_ids': [move]})
        self.assertRefused(
            '.', self.admin.call, 'wizard.account.move.cancel.execute',
            session, {'default': {'reversal': True}}, 'cancel', {
                **self.admin.context, 'active_model': 'account.move',
                'active_id': move, 'active_ids': [move]})
        self.assertEqual(
            self.admin.read('account.move', move, 'state'), ['posted'])

    def test_no_move_in_the_books_of_a_group_by_hand(self):
        "No move is made in the books of a group but by its documents"
        move, = self.admin.read('avec.meeting', self.posted, 'move')
        names = ['company', 'journal', 'period', 'date', 'avec_group']
        values = dict(zip(
                names, self.admin.read('account.move', move, *names)))
        self.assertRefused(
            '.', self.admin.model, 'account.move', 'create', [values])
        self.assertRefused(
            '.', self.admin.model, 'account.move', 'create', [{
                    **values, 'avec_group': None, 'avec_cycle': 1,
                    'origin': f'avec.meeting,{self.draft}'}])

    def test_state_of_draft_is_not_written(self):
        "What the buttons write is not written by a client"
        move, cycle = self.admin.read(
            'avec.meeting', self.posted, 'move', 'cycle')
        for values in [
                {'state': 'posted'}, {'state': 'held'}, {'number': 7},
                {'move': move}, {'cancel_move': move}]:
            with self.subTest(values=values):
                self.assertRefused(
                    FROZEN, self.admin.model, 'avec.meeting', 'write',
                    [self.draft], values)
                self.assertRefused(
                    FROZEN, self.admin.model, 'avec.meeting', 'create',
                    [{'cycle': cycle, 'date': dt.date(2026, 3, 2), **values}])

    def test_held_sheet_is_frozen(self):
        "What was checked does not change until it is a draft again"
        self.assertRefused(
            FROZEN, self.agent.model, 'avec.meeting', 'write',
            self.held[:1], {'loan_fund_counted': Decimal(0)})
        line, *_ = self.lines(self.held[0])
        self.assertRefused(
            FROZEN, self.agent.model, 'avec.meeting.line', 'write',
            [line], {'shares': 5})

    def test_posted_documents_of_a_cycle_keep_it(self):
        "A group and a cycle with documents are not deleted"
        group, = self.find('avec.group', ('code', '=', 'AVEC-0001'))
        cycle, = self.admin.read('avec.meeting', self.posted, 'cycle')
        line, *_ = self.lines(self.posted)
        member, = self.admin.read('avec.meeting.line', line, 'membership')
        for model, id in [
                ('avec.group', group), ('avec.cycle', cycle),
                ('avec.membership', member)]:
            with self.subTest(model=model):
                self.assertRefused(
                    '.', self.admin.model, model, 'delete', [id])

    def test_member_with_documents_stays_the_same(self):
        "The savings of a member are not given to somebody else"
        line, *_ = self.lines(self.posted)
        member, = self.admin.read('avec.meeting.line', line, 'membership')
        party, group = self.admin.read(
            'avec.membership', member, 'party', 'group')
        parties = self.find(
            'party.party', ('id', '!=', party), ('name', '=', "agent"))
        other, *_ = self.find('avec.group', ('id', '!=', group))
        for values in [
                {'party': parties[0]}, {'group': other},
                {'start_date': dt.date(2026, 6, 1)}]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', self.admin.model, 'avec.membership', 'write',
                    [member], values)

    def test_buttons_by_role(self):
        "A button that the role has not is refused"
        cycle, = self.admin.read('avec.meeting', self.posted, 'cycle')
        for login, model, button, id in [
                ('agent', 'avec.meeting', 'post', self.held[0]),
                ('agent', 'avec.meeting', 'cancel', self.posted),
                ('agent', 'avec.cycle', 'share', cycle),
                ('programme', 'avec.meeting', 'hold', self.draft),
                ('auditor', 'avec.meeting', 'post', self.held[0]),
                ('manager', 'avec.meeting', 'post', self.held[0])]:
            with self.subTest(login=login, button=button):
                self.assertRefused(
                    button, self.client(login).model, model, button, [id])

    def test_button_in_another_state(self):
        "A button that the state does not show is refused"
        for button, id in [
                ('post', self.posted), ('post', self.draft),
                ('hold', self.held[0]), ('cancel', self.held[0]),
                ('draft', self.posted)]:
            with self.subTest(button=button, id=id):
                self.assertRefused(
                    button, self.admin.model, 'avec.meeting', button, [id])

    def test_methods_that_are_no_buttons(self):
        "What is no button is not called"
        for method in [
                '_post_moves', '_set_numbers', '_cancel_moves', 'check_later',
                'save_and_post', 'lock']:
            with self.subTest(method=method):
                self.assertRefused(
                    '403', self.admin.model, 'avec.meeting', method,
                    [self.posted])

    def test_private_context(self):
        "A private key in the context gives no right"
        for key in ['_check_access', '_amend', '_skip_warnings', '_log']:
            for value in [False, True]:
                with self.subTest(key=key, value=value):
                    context = {key: value}
                    self.assertRefused(
                        FROZEN, self.admin.model, 'avec.meeting', 'write',
                        [self.posted], {'note': "?"}, **context)
                    self.assertRefused(
                        'post', self.agent.model, 'avec.meeting', 'post',
                        self.held[:1], **context)

    def test_private_context_reads_no_ledger(self):
        "Without the right the ledger stays closed to any context"
        move, = self.admin.read('avec.meeting', self.posted, 'move')
        self.assertRefused(
            '.', self.agent.model, 'account.move', 'read', [move],
            ['number'], _check_access=False, user=1)

    def test_warning_is_answered_by_its_user(self):
        "A warning is not silenced for somebody else"
        self.assertRefused(
            '.', self.agent.model, 'res.user.warning', 'create', [{
                    'name': 'group_size', 'user': 1, 'always': True}])

    def test_roles_are_not_taken(self):
        "Nobody gives himself another role"
        role, = self.find('res.group', ('name', '=', "AVEC Finance"))
        user, = self.find('res.user', ('login', '=', 'agent'))
        self.assertRefused(
            '.', self.agent.model, 'res.user', 'write', [user],
            {'groups': [('add', [role])]})
        self.agent.model(
            'res.user', 'set_preferences', {'groups': [('add', [role])]})
        self.assertNotIn(role, self.admin.read('res.user', user, 'groups')[0])
        self.assertRefused(
            'post', self.agent.model, 'avec.meeting', 'post',
            self.held[:1])

    def test_amendment_by_role(self):
        "The wizard that amends is refused to the agent"
        cycle, = self.admin.read('avec.meeting', self.posted, 'cycle')
        self.assertRefused(
            '.', self.agent.call, 'wizard.avec.cycle.amend.create', {
                **self.agent.context, 'active_model': 'avec.cycle',
                'active_id': cycle, 'active_ids': [cycle]})
        self.assertRefused(
            'frozen', self.admin.model, 'avec.cycle', 'write', [cycle],
            {'share_value': Decimal(20)}, _amend=True)


class LoanRPCTest(RPCTestCase):
    "The server refuses of loans what the screens do not offer"
    set_up = staticmethod(rpc.set_up_loans)
    # By model, a change that is of no consequence by itself
    changes = {
        'avec.loan': {'note': "?"},
        'avec.loan.instalment': {'active': False},
        'avec.meeting.disbursement': {'loan': None},
        'avec.meeting.repayment': {'amount': Decimal(1)},
        }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lent, cls.other_lent = cls.find(('state', '=', 'disbursed'))
        cls.request, cls.other_request = cls.find(('state', '=', 'request'))

    @classmethod
    def find(cls, *domain, model='avec.loan', client=None):
        return (client or cls.admin).model(
            model, 'search', list(domain), 0, None, [('id', 'ASC')])

    def of(self, loan):
        "Return the ids of the records of the loan, by model"
        records = {
            m: self.find(('loan', '=', loan), model=m)
            for m in self.changes if m != 'avec.loan'}
        self.assertTrue(all(records.values()))
        return {'avec.loan': [loan], **records}

    def values(self, loan):
        "Return the values of a request like the loan"
        names = ['membership', 'cycle', 'product', 'principal', 'term']
        return dict(zip(names, self.admin.read('avec.loan', loan, *names)))

    def test_another_field_officer_reads_and_changes_nothing(self):
        "The loans of a group are closed to who does not follow it"
        call = self.client('colleague').model
        for model, ids in self.of(self.lent).items():
            with self.subTest(model=model):
                self.assertFalse(
                    set(ids) & set(call(model, 'search', [])))
                self.assertRefused('.', call, model, 'read', ids, ['id'])
                self.assertRefused(
                    '.', call, model, 'write', ids, self.changes[model])
                self.assertRefused('.', call, model, 'delete', ids)
        self.assertRefused(
            '.', call, 'avec.loan', 'create', [self.values(self.request)])
        self.assertRefused(
            '.', call, 'avec.loan', 'write', [self.other_request],
            self.values(self.request))
        self.assertRefused('.', call, 'avec.loan', 'cancel', [self.request])

    def test_field_officer_requests_and_does_not_approve(self):
        "Who may only request a loan sends no approval either"
        call = self.agent.model
        for button in ['approve', 'reject']:
            self.assertRefused(
                button, call, 'avec.loan', button, [self.request])
        for button in ['reschedule', 'write_off']:
            self.assertRefused(
                button, call, 'avec.loan', button, [self.lent])
        for values in [
                {'state': 'approved'}, {'state': 'disbursed'},
                {'approved_by': 1}, {'requested_by': None},
                {'disbursement_date': dt.date(2026, 3, 2)},
                {'number': "X"}]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', call, 'avec.loan', 'write', [self.request], values)
        for values in [
                {'state': 'approved'}, {'approved_by': 1},
                {'disbursement_date': dt.date(2026, 3, 2)}]:
            with self.subTest(values=values):
                self.assertRefused(
                    '.', call, 'avec.loan', 'create',
                    [{**self.values(self.request), **values}])
        for wizard in ['avec.loan.reschedule']:
            self.assertRefused(
                '.', self.agent.call, f'wizard.{wizard}.create', {
                    **self.agent.context, 'active_model': 'avec.loan',
                    'active_id': self.lent, 'active_ids': [self.lent]})
        self.assertEqual(
            self.admin.read('avec.loan', self.request, 'state'), ['request'])

    def test_buttons_by_role(self):
        "Only finance decides about loans"
        for login in ['programme', 'auditor', 'manager']:
            call = self.client(login).model
            for button, loan in [
                    ('approve', self.request), ('reject', self.request),
                    ('cancel', self.request), ('write_off', self.lent),
                    ('reschedule', self.lent)]:
                with self.subTest(login=login, button=button):
                    self.assertRefused(
                        button, call, 'avec.loan', button, [loan])

    def test_button_in_another_state(self):
        "A button that the state does not show is refused"
        for button, loan in [
                ('approve', self.lent), ('reject', self.lent),
                ('cancel', self.lent), ('write_off', self.request),
                ('reschedule', self.request)]:
            with self.subTest(button=button):
                self.assertRefused(
                    button, self.client('finance').model, 'avec.loan',
                    button, [loan])

    def test_auditor_only_reads(self):
        "An auditor reads the loans of all groups and writes none"
        call = self.client('auditor').model
        for loan in [self.lent, self.other_lent]:
            for model, ids in self.of(loan).items():
                with self.subTest(model=model, loan=loan):
                    self.assertEqual(
                        len(call(model, 'read', ids, ['loan'
                                    if model != 'avec.loan' else 'state'])),
                        len(ids))
                    self.assertRefused(
                        '.', call, model, 'write', ids, self.changes[model])
                    self.assertRefused('.', call, model, 'delete', ids)
        self.assertRefused(
            '.', call, 'avec.loan', 'create', [self.values(self.request)])

    def test_what_is_posted_is_frozen(self):
        "The administrator changes no loan that is paid out, nor its papers"
        call = self.admin.model
        records = self.of(self.lent)
        date = dt.date(2026, 3, 2)
        guarantors, member = self.admin.read(
            'avec.loan', self.lent, 'guarantors', 'membership')
        for model, values in [
                ('avec.loan', {'principal': Decimal(1)}),
                ('avec.loan', {'term': 1}), ('avec.loan', {'cycle': None}),
                ('avec.loan', {'state': 'repaid'}),
                ('avec.loan', {'disbursement_date': date}),
                ('avec.loan', {'membership': None}),
                ('avec.loan', {'guarantors': [('remove', guarantors)]}),
                ('avec.loan', {'guarantors': [('add', [member])]}),
                ('avec.loan', {'instalments': [
                            ('delete', records['avec.loan.instalment'])]}),
                ('avec.loan', {'repayments': [
                            ('delete', records['avec.meeting.repayment'])]}),
                ('avec.loan.instalment', {'principal': Decimal(1)}),
                ('avec.loan.instalment', {'charge': Decimal(0)}),
                ('avec.loan.instalment', {'penalty': Decimal(0)}),
                ('avec.loan.instalment', {'due_date': date}),
                ('avec.loan.instalment', {'closed': True}),
                ('avec.loan.instalment', {'loan': self.other_lent}),
                ('avec.meeting.disbursement', {'loan': self.request}),
                ('avec.meeting.repayment', {'amount': Decimal(1)}),
                ('avec.meeting.repayment', {'principal': Decimal(10)}),
                ('avec.meeting.repayment', {'charge': Decimal(0)}),
                ('avec.meeting.repayment', {'loan': self.other_lent})]:
            for context in [{}, {'_check_access': False}]:
                with self.subTest(model=model, values=values, **context):
                    self.assertRefused(
                        '.', call, model, 'write', records[model], values,
                        **context)
        for model, ids in records.items():
            with self.subTest(model=model):
                self.assertRefused('.', call, model, 'delete', ids)
        self.assertEqual(
            self.admin.read(
                'avec.loan', self.lent, 'state', 'principal', 'outstanding'),
            ['disbursed', Decimal(60), self.outstanding()])

    def outstanding(self):
        "Return what the ledger says that the borrower owes"
        lines = self.admin.model(
            'account.move.line', 'search_read', [
                ('avec_instalment.loan', '=', self.lent),
                ('account.type.receivable', '=', True),
                ], 0, None, None, ['debit', 'credit'])
        return sum(l['debit'] - l['credit'] for l in lines)

    def test_nothing_is_added_to_what_is_posted(self):
        "No instalment, repayment or loan enters what is posted"
        call = self.admin.model
        repayment, = self.of(self.lent)['avec.meeting.repayment']
        meeting, = self.admin.read(
            'avec.meeting.repayment', repayment, 'meeting')
        date = dt.date(2026, 3, 2)
        for model, values in [
                ('avec.loan.instalment', {
                        'loan': self.lent, 'number': 9, 'start_date': date,
                        'due_date': date, 'opening': Decimal(0),
                        'principal': Decimal(0), 'charge': Decimal(0)}),
                ('avec.meeting.repayment', {
                        'meeting': meeting, 'loan': self.request,
                        'amount': Decimal(1)}),
                ('avec.meeting.disbursement', {
                        'meeting': meeting, 'loan': self.request})]:
            with self.subTest(model=model):
                self.assertRefused('.', call, model, 'create', [values])
        for values in [
                {'repayments': [('delete', [repayment])]},
                {'repayments': [('write', [repayment], {
                                'amount': Decimal(1)})]},
                {'disbursements': [('create', [{'loan': self.request}])]}]:
            with self.subTest(values=values):
                self.assertRefused(
                    FROZEN, call, 'avec.meeting', 'write', [meeting], values)

    def test_methods_that_are_no_buttons(self):
        "What changes the plan and the state of loans is not called"
        for model, method in [
                # Guarantors are reached through their loan alone
                ('avec.loan.guarantor', 'read'),
                ('avec.loan.guarantor', 'delete'),
                ('avec.loan', 'plan'), ('avec.loan', 'settle'),
                ('avec.loan', 'check_limits'),
                ('avec.meeting', '_disburse'),
                ('avec.meeting.repayment', 'pay'),
                ('avec.loan.write_off', '_post_moves')]:
            with self.subTest(model=model, method=method):
                self.assertRefused(
                    '403', self.admin.model, model, method, [self.lent])
