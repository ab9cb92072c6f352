# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a client may not do, whatever it sends"
import datetime as dt
import unittest
from contextlib import ExitStack
from decimal import Decimal

from tests import rpc
from tests.browser import DATABASE, server

FROZEN = "in its state"


class RPCTest(unittest.TestCase):
    "The server refuses what the screens do not offer"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(
            server(['avec_group'], 'en', rpc.set_up))
        cls.admin = cls.client('admin')
        cls.agent = cls.client('agent')
        cls.posted, = cls.find('avec.meeting', ('state', '=', 'posted'))
        cls.held = cls.find('avec.meeting', ('state', '=', 'held'))
        cls.draft, = cls.find('avec.meeting', ('state', '=', 'draft'))

    @classmethod
    def client(cls, login):
        return rpc.Client(cls.server.url, DATABASE, login)

    @classmethod
    def find(cls, model, *domain):
        "Return the ids of the records of the first group"
        if model.startswith('avec.meeting'):
            prefix = 'meeting.' if model != 'avec.meeting' else ''
            domain += ((prefix + 'cycle.group.code', '=', 'AVEC-0001'),)
        return cls.admin.model(
            model, 'search', list(domain), 0, None, [('id', 'ASC')])

    def assertRefused(self, message, call, *args, **context):
        with self.assertRaisesRegex(rpc.Refused, message):
            call(*args, **context)

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
