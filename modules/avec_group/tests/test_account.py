# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import re
from decimal import Decimal

from trytond.model.exceptions import AccessError
from trytond.modules.account.exceptions import PeriodNotFoundError
from trytond.modules.account.tests import create_chart
from trytond.modules.avec_group.exceptions import (
    AccountSettingError, GroupMoveError)
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

from .office import OfficeTestCase
from .office import office as office_of

YEAR = dt.date(2024, 1, 1)
SETTINGS = {
    'avec_loan_fund_cash': '5161',
    'avec_social_fund_cash': '5162',
    'avec_savings': '4463',
    'avec_social_fund': '4488',
    'avec_share_out_payable': '4465',
    'avec_fine_income': '7581',
    'avec_other_income': '7188',
    'avec_expense': '6188',
    'avec_cash_difference': '6588',
    'avec_surplus_distributed': '1169',
    'avec_surplus_carried': '1161',
    }


def office():
    "A company with the chart of the groups and two fiscal years"
    return office_of(years=[YEAR.year, YEAR.year + 1])


def create_party(name):
    Party = Pool().get('party.party')
    party = Party(name=name)
    party.save()
    return party


def create_group(company, name):
    Group = Pool().get('avec.group')
    group = Group(party=create_party(name), company=company)
    group.save()
    return group


def create_cycle(group, start_date=YEAR):
    Cycle = Pool().get('avec.cycle')
    cycle = Cycle(
        group=group, start_date=start_date,
        end_date=start_date + dt.timedelta(days=300),
        share_value=Decimal(10))
    cycle.save()
    return cycle


def get_account(name):
    Configuration = Pool().get('account.configuration')
    return Configuration(1).get_avec_account(
        'avec_' + name, Transaction().context['company'])


def new_move(cycle, date, amounts, group=None, party=None):
    "Return a saved move of the amounts: debit positive, credit negative"
    pool = Pool()
    Journal = pool.get('account.journal')
    Line = pool.get('account.move.line')
    Move = pool.get('account.move')
    Period = pool.get('account.period')
    company = Transaction().context['company']
    journal, = Journal.search([('code', '=', 'AVEC')])
    lines = []
    for name, amount in amounts.items():
        account = get_account(name)
        lines.append(Line(
                account=account,
                party=party if account.party_required else None,
                debit=max(amount, Decimal(0)),
                credit=max(-amount, Decimal(0))))
    move = Move(
        company=company, journal=journal, date=date,
        period=Period.find(company, date=date),
        avec_group=cycle.group if cycle else group, avec_cycle=cycle,
        origin=cycle, lines=lines)
    move.save()
    return move


def post(*args, **kwargs):
    Move = Pool().get('account.move')
    move = new_move(*args, **kwargs)
    Move.post([move])
    return move


def save_and_fine(cycle, date, savings, fine, party=None):
    "Post savings and a fine paid into the loan fund"
    return post(cycle, date, {
            'loan_fund_cash': Decimal(savings + fine),
            'savings': Decimal(-savings),
            'fine_income': Decimal(-fine),
            }, party=party or create_party("Fatima"))


def balances(names, **context):
    "Return the balances of the accounts in the context"
    Account = Pool().get('account.account')
    accounts = [get_account(n) for n in names]
    with Transaction().set_context(**context):
        return [a.balance for a in Account.browse(accounts)]


def get_year(year=2024):
    FiscalYear = Pool().get('account.fiscalyear')
    fiscalyear, = FiscalYear.search([
            ('start_date', '=', dt.date(year, 1, 1)),
            ])
    return fiscalyear


def balance_non_deferral(fiscalyear):
    "Return the moves made by the wizard and its action"
    pool = Pool()
    Journal = pool.get('account.journal')
    Move = pool.get('account.move')
    Period = pool.get('account.period')
    Wizard = pool.get(
        'account.fiscalyear.balance_non_deferral', type='wizard')
    journal = Journal(name="Closing", code='CLO', type='situation')
    journal.save()
    period = Period(
        name="Closing", type='adjustment', fiscalyear=fiscalyear,
        start_date=fiscalyear.end_date, end_date=fiscalyear.end_date)
    period.save()
    session_id, _, _ = Wizard.create()
    wizard = Wizard(session_id)
    wizard.start.fiscalyear = fiscalyear
    wizard.start.journal = journal
    wizard.start.period = period
    wizard.start.credit_account = get_account('surplus_carried')
    wizard.start.debit_account = get_account('surplus_carried')
    (action, data), = wizard._execute('balance')['actions']
    moves = Move.search([('journal', '=', journal.id)])
    return moves, action, data


def close(fiscalyear):
    pool = Pool()
    FiscalYear = pool.get('account.fiscalyear')
    Move = pool.get('account.move')
    moves, _, _ = balance_non_deferral(fiscalyear)
    Move.post(moves)
    FiscalYear.close([fiscalyear])
    return moves


def books(group, cycle=None):
    return {'avec_group': group.id, 'avec_cycle': cycle.id if cycle else None}


class AccountTestCase(OfficeTestCase):

    @classmethod
    def prepare(cls):
        with office():
            pass


class ChartTestCase(AccountTestCase):

    @with_transaction()
    def test_one_wizard_sets_all_the_accounts_of_an_office(self):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        with office() as company:
            configuration = Configuration(1)
            accounts = configuration.get_avec_accounts(SETTINGS, company)
            self.assertEqual(
                {n: a.code for n, a in accounts.items()}, SETTINGS)
            self.assertEqual(configuration.avec_journal.code, 'AVEC')
            self.assertEqual(
                configuration.default_account_receivable.code, '3421')
            self.assertEqual(
                configuration.default_account_payable.code, '4411')

    @with_transaction()
    def test_another_chart_sets_none(self):
        Configuration = Pool().get('account.configuration')
        company = create_company()
        with set_company(company):
            create_chart(company)
            self.assertIsNone(Configuration(1).avec_savings)

    @with_transaction()
    def test_a_missing_setting_is_named(self):
        Configuration = Pool().get('account.configuration')
        company = create_company()
        with set_company(company):
            with self.assertRaisesRegex(
                    AccountSettingError, "Members' Savings"):
                Configuration(1).get_avec_account('avec_savings', company)


class BooksOfAGroupTestCase(AccountTestCase):

    @with_transaction()
    def test_balances_of_a_group_and_of_a_cycle(self):
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            first = create_cycle(one)
            second = create_cycle(one, dt.date(2024, 11, 1))
            save_and_fine(first, dt.date(2024, 2, 1), 100, 5)
            save_and_fine(second, dt.date(2024, 11, 5), 30, 1)
            save_and_fine(create_cycle(two), dt.date(2024, 2, 1), 1000, 50)
            names = ['savings', 'fine_income', 'loan_fund_cash']

            self.assertEqual(balances(names), [-1130, -56, 1186])
            self.assertEqual(balances(names, **books(one)), [-130, -6, 136])
            self.assertEqual(
                balances(names, **books(one, first)), [-100, -5, 105])
            self.assertEqual(
                balances(names, **books(one, second)), [-30, -1, 31])

    @with_transaction()
    def test_statements_of_a_group(self):
        pool = Pool()
        Type = pool.get('account.account.type')
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            save_and_fine(create_cycle(one), dt.date(2024, 2, 1), 100, 5)
            save_and_fine(create_cycle(two), dt.date(2024, 2, 1), 1000, 50)

            def amount(name, **context):
                with Transaction().set_context(**books(one), **context):
                    type_, = Type.search([('name', '=', name)])
                    return type_.amount
            sheet = {'date': dt.date(2024, 12, 31), 'cumulate': True}
            self.assertEqual(amount("Assets", **sheet), 105)
            self.assertEqual(amount("Liabilities", **sheet), 100)
            self.assertEqual(amount("Surplus", **sheet), 5)
            self.assertEqual(
                amount("Surplus of the Year", fiscalyear=get_year().id), 5)

    @with_transaction()
    def test_general_ledger_of_a_group(self):
        pool = Pool()
        Ledger = pool.get('account.general_ledger.account')
        Line = pool.get('account.general_ledger.line')
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            cycle = create_cycle(one)
            save_and_fine(cycle, dt.date(2024, 2, 1), 100, 5)
            save_and_fine(create_cycle(two), dt.date(2024, 2, 1), 1000, 50)
            account = get_account('savings')
            with Transaction().set_context(
                    fiscalyear=get_year().id, **books(one, cycle)):
                ledger, = Ledger.search([
                        ('account', '=', account.id),
                        ('line_count', '!=', 0),
                        ])
                self.assertEqual(ledger.credit, 100)
                self.assertEqual(ledger.end_balance, -100)
                line, = Line.search([('account', '=', account.id)])
                self.assertEqual(line.balance, -100)
                self.assertEqual(line.avec_group, one)
                self.assertEqual(line.avec_cycle, cycle)

    @with_transaction()
    def test_aged_balance_of_a_group(self):
        AgedBalance = Pool().get('account.aged_balance')
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            member = create_party("Fatima")
            for group, amount in [(one, 100), (two, 1000)]:
                post(create_cycle(group), dt.date(2024, 2, 1), {
                        'surplus_distributed': Decimal(amount),
                        'share_out_payable': Decimal(-amount),
                        }, party=member)
            context = {
                'company': company.id, 'date': dt.date(2024, 2, 29),
                'type': 'supplier', 'unit': 'day',
                'term1': 30, 'term2': 60, 'term3': 90}

            def balance(**books):
                with Transaction().set_context(**context, **books):
                    return [a.balance for a in AgedBalance.search([])]
            self.assertEqual(balance(), [-1100])
            self.assertEqual(balance(**books(one)), [-100])
            self.assertEqual(balance(**books(two, two.cycles[0])), [-1000])

    @with_transaction()
    def test_lines_opened_from_the_chart_are_those_of_the_group(self):
        pool = Pool()
        Line = pool.get('account.move.line')
        OpenAccount = pool.get('account.move.open_account', type='wizard')
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            save_and_fine(create_cycle(one), dt.date(2024, 2, 1), 100, 5)
            save_and_fine(create_cycle(two), dt.date(2024, 2, 1), 1000, 50)
            account = get_account('savings')
            with Transaction().set_context(
                    active_model='account.account', active_id=account.id,
                    active_ids=[account.id], **books(one)):
                session_id, _, _ = OpenAccount.create()
                action, _ = OpenAccount(session_id).do_open_({'name': ""})
            line, = Line.search(
                PYSONDecoder().decode(action['pyson_domain']))
            self.assertEqual(line.credit, 100)
            self.assertEqual(line.avec_group, one)

    @with_transaction()
    def test_context_of_the_reports(self):
        pool = Pool()
        with office() as company:
            one, two = create_group(company, "1"), create_group(company, "2")
            cycle = create_cycle(one)
            for name in ['account.account.context',
                    'account.general_ledger.account.context',
                    'account.general_ledger.line.context',
                    'account.balance_sheet.context',
                    'account.balance_sheet.comparison.context',
                    'account.income_statement.context',
                    'account.aged_balance.context']:
                with self.subTest(context=name):
                    Context = pool.get(name)
                    with Transaction().set_context(avec_cycle=cycle.id):
                        context = Context(**Context.default_get(
                                ['avec_group', 'avec_cycle'],
                                with_rec_name=False))
                    self.assertEqual(context.avec_group, one)
                    self.assertEqual(context.avec_cycle, cycle)

                    context.company = company
                    context.avec_group = two
                    context.on_change_avec_group()
                    self.assertIsNone(context.avec_cycle)

                    context.company = None
                    context.on_change_company()
                    self.assertIsNone(context.avec_group)

                    view = Context.fields_view_get(view_type='form')
                    self.assertIn('avec_cycle', view['fields'])


class ClosedYearTestCase(AccountTestCase):
    names = ['savings', 'fine_income', 'loan_fund_cash', 'expense',
        'surplus_carried', 'surplus_distributed']

    def setup_year(self, company):
        "Two groups, one of which shared out its first cycle"
        one, two = create_group(company, "1"), create_group(company, "2")
        first, second = create_cycle(one), create_cycle(one)
        save_and_fine(first, dt.date(2024, 2, 1), 100, 20)
        post(first, dt.date(2024, 3, 1), {
                'expense': Decimal(5), 'loan_fund_cash': Decimal(-5)})
        member = create_party("Aicha")
        post(first, dt.date(2024, 10, 1), {
                'savings': Decimal(100),
                'surplus_distributed': Decimal(15),
                'share_out_payable': Decimal(-115)}, party=member)
        save_and_fine(second, dt.date(2024, 11, 1), 30, 2)
        third = create_cycle(two)
        save_and_fine(third, dt.date(2024, 6, 1), 1000, 50)
        return one, two, first, second, third

    @with_transaction()
    def test_each_cycle_of_each_group_gets_its_closing_move(self):
        with office() as company:
            one, two, first, second, third = self.setup_year(company)
            moves, action, data = balance_non_deferral(get_year())
            self.assertEqual(
                {m.avec_cycle: m.avec_group for m in moves},
                {first: one, second: one, third: two})
            for move in moves:
                self.assertEqual(move.origin, get_year())
                self.assertEqual(
                    sum(l.debit - l.credit for l in move.lines), 0)
            self.assertCountEqual(
                PYSONDecoder().decode(action['pyson_domain'])[0][2],
                [m.id for m in moves])
            self.assertEqual(data, {})

    @with_transaction()
    def test_income_is_carried_and_what_was_distributed_is_cleared(self):
        with office() as company:
            one, two, first, second, third = self.setup_year(company)
            moves = close(get_year())
            carried = get_account('surplus_carried')
            amounts = {
                m.avec_cycle: [l.credit - l.debit
                    for l in m.lines if l.account == carried]
                for m in moves}
            self.assertEqual(amounts, {first: [], second: [2], third: [50]})
            names = ['surplus_distributed', 'surplus_carried']
            year = {'fiscalyear': get_year(2025).id}
            self.assertEqual(
                balances(names, **books(one, first), **year), [0, 0])
            self.assertEqual(
                balances(names, **books(one), **year), [0, -2])

    @with_transaction()
    def test_a_second_run_makes_nothing(self):
        pool = Pool()
        Wizard = pool.get(
            'account.fiscalyear.balance_non_deferral', type='wizard')
        with office() as company:
            self.setup_year(company)
            moves, _, _ = balance_non_deferral(get_year())
            session_id, _, _ = Wizard.create()
            wizard = Wizard(session_id)
            wizard.start.fiscalyear = get_year()
            self.assertEqual(wizard.create_avec_moves(), [])
            self.assertIsNone(wizard.create_move())

    @with_transaction()
    def test_what_belongs_to_no_group_is_closed_as_always(self):
        with office() as company:
            one, two, first, second, third = self.setup_year(company)
            post(None, dt.date(2024, 5, 1), {
                    'loan_fund_cash': Decimal(7), 'other_income': Decimal(-7)})
            moves, action, _ = balance_non_deferral(get_year())
            apart, = [m for m in moves if not m.avec_group]
            self.assertEqual(
                sorted((l.account.code, l.debit, l.credit)
                    for l in apart.lines),
                [('1161', 0, 7), ('7188', 7, 0)])
            self.assertEqual(len(moves), 4)
            self.assertCountEqual(
                PYSONDecoder().decode(action['pyson_domain'])[0][2],
                [m.id for m in moves])

    @with_transaction()
    def test_balances_after_the_close_are_those_before(self):
        with office() as company:
            one, two, first, second, third = self.setup_year(company)
            names = ['savings', 'loan_fund_cash', 'share_out_payable']
            surplus = ['fine_income', 'expense',
                'surplus_carried', 'surplus_distributed']
            date = {'date': dt.date(2025, 3, 1)}
            selections = [
                books(one), books(two), books(one, first),
                books(one, second), books(two, third)]
            before = [
                (balances(names, **s, **date),
                    sum(balances(surplus, **s, **date)))
                for s in selections]
            close(get_year())
            after = [
                (balances(names, **s, **date),
                    sum(balances(surplus, **s, **date)))
                for s in selections]
            self.assertEqual(after, before)
            self.assertEqual(
                [balances(names, **s) for s in selections],
                [b for b, _ in before])

    @with_transaction()
    def test_the_next_year_adds_to_the_closed_one(self):
        pool = Pool()
        AccountParty = pool.get('account.account.party')
        Ledger = pool.get('account.general_ledger.account')
        with office() as company:
            one, two, first, second, third = self.setup_year(company)
            close(get_year())
            member = create_party("Fatima")
            save_and_fine(second, dt.date(2025, 1, 15), 10, 1, party=member)
            account = get_account('savings')
            with Transaction().set_context(
                    fiscalyear=get_year(2025).id, **books(one)):
                ledger, = Ledger.search([('account', '=', account.id)])
                self.assertEqual(ledger.start_balance, -30)
                self.assertEqual(ledger.end_balance, -40)
                party, = AccountParty.search([
                        ('account', '=', account.id),
                        ('party', '=', member.id),
                        ])
                self.assertEqual(party.balance, -10)
            with Transaction().set_context(
                    fiscalyear=get_year(2025).id, cumulate=True,
                    **books(one, second)):
                account = account.__class__(account.id)
                self.assertEqual((account.debit, account.credit), (0, 40))

    @with_transaction()
    def test_a_year_closed_from_the_ledger_of_a_group_is_closed_for_all(self):
        pool = Pool()
        Deferral = pool.get('account.account.deferral')
        with office() as company:
            one, *_ = self.setup_year(company)
            with Transaction().set_context(**books(one)):
                close(get_year())
            deferral, = Deferral.search([
                    ('account', '=', get_account('loan_fund_cash').id),
                    ])
            self.assertEqual(deferral.balance, 1197)

    @with_transaction()
    def test_a_closing_move_is_cancelled_in_the_books_of_its_group(self):
        pool = Pool()
        Move = pool.get('account.move')
        with office() as company:
            self.setup_year(company)
            moves, _, _ = balance_non_deferral(get_year())
            Move.post(moves)
            move = moves[0]
            cancel = move.cancel(reversal=True)
            self.assertEqual(cancel.avec_group, move.avec_group)
            self.assertEqual(cancel.avec_cycle, move.avec_cycle)


class MoveOfAGroupTestCase(AccountTestCase):

    @with_transaction()
    def test_nobody_makes_changes_or_deletes_one_by_hand(self):
        pool = Pool()
        Line = pool.get('account.move.line')
        Move = pool.get('account.move')
        with office() as company:
            group = create_group(company, "1")
            cycle = create_cycle(group)
            amounts = {
                'loan_fund_cash': Decimal(5), 'other_income': Decimal(-5)}
            move = new_move(cycle, dt.date(2024, 2, 1), amounts)
            apart = new_move(None, dt.date(2024, 2, 1), amounts)
            with check_access():
                with self.assertRaises(GroupMoveError):
                    Move.create([{
                                'company': company.id,
                                'journal': move.journal.id,
                                'period': move.period.id,
                                'date': move.date,
                                'avec_group': group.id,
                                }])
                with self.assertRaises(GroupMoveError):
                    Move.write([move], {'description': "By hand"})
                with self.assertRaises(GroupMoveError):
                    Move.write([apart], {'avec_group': group.id})
                with self.assertRaises(GroupMoveError):
                    Move.delete([move])
                with self.assertRaises(GroupMoveError):
                    Line.write([move.lines[0]], {'maturity_date': YEAR})
                Move.write([apart], {'description': "By hand"})
                Move.delete([apart])

    @with_transaction()
    def test_cancelling_it_names_the_document_to_cancel(self):
        pool = Pool()
        Move = pool.get('account.move')
        with office() as company:
            cycle = create_cycle(create_group(company, "1"))
            move = save_and_fine(cycle, dt.date(2024, 2, 1), 100, 5)
            with self.assertRaisesRegex(
                    GroupMoveError, re.escape(cycle.rec_name)):
                move.cancel()
            copy, = Move.copy([move])
            self.assertIsNone(copy.origin)
            self.assertIsNone(copy.avec_group)
            self.assertIsNone(copy.avec_cycle)

    @with_transaction()
    def test_its_lines_are_not_grouped_delegated_nor_rescheduled(self):
        pool = Pool()
        Group = pool.get('account.move.line.group', type='wizard')
        Delegate = pool.get('account.move.line.delegate', type='wizard')
        Reschedule = pool.get('account.move.line.reschedule', type='wizard')
        with office() as company:
            cycle = create_cycle(create_group(company, "1"))
            member = create_party("Fatima")
            move = post(cycle, dt.date(2024, 2, 1), {
                    'surplus_distributed': Decimal(9),
                    'share_out_payable': Decimal(-9)}, party=member)
            lines = [l for l in move.lines if l.party]
            with self.assertRaises(GroupMoveError):
                Group.group_lines(lines, move.journal)
            with self.assertRaises(GroupMoveError):
                Delegate.delegate_lines(lines, member, move.journal)
            with self.assertRaises(GroupMoveError):
                Reschedule.reschedule_lines(lines, move.journal, [])

    @with_transaction()
    def test_it_is_reversed_in_its_books(self):
        pool = Pool()
        Move = pool.get('account.move')
        with office() as company:
            cycle = create_cycle(create_group(company, "1"))
            moves = [
                save_and_fine(cycle, dt.date(2024, 2, 1), 100, 5),
                save_and_fine(cycle, dt.date(2024, 3, 1), 70, 1)]
            reversals = Move.avec_reverse(moves)
            for move, reversal in zip(moves, reversals):
                self.assertEqual(reversal.state, 'draft')
                self.assertEqual(reversal.date, move.date)
                self.assertEqual(reversal.origin, move.origin)
                self.assertEqual(reversal.avec_group, move.avec_group)
                self.assertEqual(reversal.avec_cycle, move.avec_cycle)
                self.assertCountEqual(
                    [(l.account, l.party, l.debit, l.credit)
                        for l in reversal.lines],
                    [(l.account, l.party, l.credit, l.debit)
                        for l in move.lines])
            Move.post(reversals)
            self.assertEqual(
                balances(['savings', 'loan_fund_cash', 'fine_income']),
                [0, 0, 0])

    @with_transaction()
    def test_it_is_not_reversed_in_a_closed_period(self):
        pool = Pool()
        Move = pool.get('account.move')
        Period = pool.get('account.period')
        with office() as company:
            cycle = create_cycle(create_group(company, "1"))
            move = save_and_fine(cycle, dt.date(2024, 1, 15), 100, 5)
            Period.close([move.period])
            with self.assertRaises(PeriodNotFoundError):
                Move.avec_reverse([move])
            reversal, = Move.avec_reverse([move], dt.date(2024, 2, 1))
            self.assertEqual(reversal.date, dt.date(2024, 2, 1))


class AuditorTestCase(AccountTestCase):

    @with_transaction()
    def test_an_auditor_reads_the_ledger_and_writes_nothing(self):
        pool = Pool()
        Account = pool.get('account.account')
        AgedBalance = pool.get('account.aged_balance')
        Balance = pool.get(
            'account.fiscalyear.balance_non_deferral', type='wizard')
        Group = pool.get('res.group')
        Ledger = pool.get('account.general_ledger.account')
        Line = pool.get('account.move.line')
        ModelData = pool.get('ir.model.data')
        Move = pool.get('account.move')
        Type = pool.get('account.account.type')
        User = pool.get('res.user')
        with office() as company:
            cycle = create_cycle(create_group(company, "1"))
            move = save_and_fine(cycle, dt.date(2024, 1, 15), 100, 5)
            auditor = User(
                name="Auditor", login='auditor', companies=[company],
                company=company, groups=[Group(
                        ModelData.get_id('avec_group', 'group_auditor'))])
            auditor.save()
            account = get_account('savings')
            transaction = Transaction()
            with transaction.set_user(auditor.id), \
                    transaction.set_context(User.get_preferences(
                            context_only=True)), check_access():
                Move.read([move.id], ['date', 'avec_group'])
                Line.read([l.id for l in move.lines], ['debit', 'credit'])
                Account.read([account.id], ['balance', 'debit', 'credit'])
                Type.read([account.type.id], ['amount'])
                self.assertTrue(Ledger.search([]))
                AgedBalance.search([])
                for refused in [
                        lambda: Move.create([{}]),
                        lambda: Move.write([move], {'description': "X"}),
                        lambda: Move.delete([move]),
                        lambda: Move.post([move]),
                        lambda: Line.write(
                            list(move.lines), {'description': "X"}),
                        lambda: Account.write([account], {'name': "X"}),
                        Balance.create,
                        ]:
                    with self.assertRaises(AccessError):
                        refused()


del AccountTestCase
