# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is posted is sealed, and what is changed behind the back is found"
import datetime as dt
from decimal import Decimal
from unittest.mock import patch

from sql import Column

from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.digest import Link
from trytond.modules.avec_group.exceptions import SealError
from trytond.modules.avec_group.scripts import check_seals
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, with_transaction
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from .office import (
    ROLES, OfficeTestCase, acting_as, count_boxes, create_group, create_party,
    create_sheet, create_user, office, run_cycle)


def live(group):
    "Post a document of each kind for the group and return its cycle"
    pool = Pool()
    Cycle = pool.get('avec.cycle')
    Exit = pool.get('avec.membership.exit')
    Meeting = pool.get('avec.meeting')
    Opening = pool.get('avec.opening')
    Operation = pool.get('avec.meeting.operation')
    ShareOut = pool.get('avec.share_out')
    cycle = run_cycle(group)
    opening = Opening(
        cycle=cycle, date=dt.date(2026, 1, 12), loan_fund_cash=Decimal(10),
        surplus=Decimal(10))
    opening.save()
    Opening.post([opening])
    sheets = [
        create_sheet(cycle, dt.date(2026, 1, 12 + 7 * i)) for i in range(2)]
    Operation(
        meeting=sheets[0], kind='grant', fund='social_fund',
        amount=Decimal(1), party=group.memberships[0].party,
        description="Medicine").save()
    for sheet in Meeting.browse(sheets):
        count_boxes(sheet)
        Meeting.hold([sheet])
    Meeting.post(Meeting.browse(sheets))
    exit_ = Exit(
        membership=group.memberships[-1], date=dt.date(2026, 1, 25))
    exit_.save()
    Exit.post([exit_])
    Cycle.share([cycle])
    share_out = ShareOut(cycle=cycle, date=dt.date(2026, 11, 30))
    share_out.save()
    ShareOut.compute([share_out])
    ShareOut.post([share_out])
    ShareOut.pay([share_out])
    return cycle


class SealTestCase(OfficeTestCase):
    "The chain of a group is that of its books"

    @classmethod
    def prepare(cls):
        with office():
            group = create_group("Tissage", ["Aicha", "Fatima", "Hind"])
            live(group)

    def group(self):
        Group = Pool().get('avec.group')
        group, = Group.search([('party.name', '=', "Tissage")])
        return group

    def seals(self, group=None):
        Seal = Pool().get('avec.seal')
        return Seal.search(
            [('group', '=', (group or self.group()).id)],
            order=[('number', 'ASC')])

    def breaks(self):
        "Return (number, document, reason) of what is broken"
        Seal = Pool().get('avec.seal')
        check, = Seal.verify([self.group()]).values()
        return [(b.number, b.document, b.reason) for b in check.breaks]

    def execute(self, query):
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)

    def table(self, model):
        return Pool().get(model).__table__()

    def seal_of(self, model, event='posted'):
        "Return the first seal of a document of the model"
        return [
            s for s in self.seals()
            if s.document.__name__ == model and s.event == event][0]

    def assertBroken(self, query, seal, reason='content'):
        self.execute(query)
        self.assertEqual(
            self.breaks(), [(seal.number, str(seal.document), reason)])

    @with_transaction()
    def test_every_event_has_a_seal(self):
        "Each document is sealed in the order in which it was posted"
        with office():
            seals = self.seals()
            self.assertEqual([s.number for s in seals], list(range(1, 7)))
            self.assertEqual(
                [(s.document.__name__, s.event) for s in seals], [
                    ('avec.opening', 'posted'),
                    ('avec.meeting', 'posted'),
                    ('avec.meeting', 'posted'),
                    ('avec.membership.exit', 'posted'),
                    ('avec.share_out', 'posted'),
                    ('avec.share_out', 'paid')])
            self.assertEqual(
                [s.previous or '' for s in seals],
                ['', *[s.digest for s in seals[:-1]]])
            self.assertEqual(self.breaks(), [])
            share_out = seals[-1].document
            self.assertEqual(share_out.seal, seals[-1])
            self.assertEqual(
                seals[-1].short_digest, seals[-1].digest[:12])
            self.assertIsNone(share_out.cycle.seal)

    @with_transaction()
    def test_nobody_writes_seals(self):
        "Seals are made by posting only, whoever asks"
        Seal = Pool().get('avec.seal')
        with office() as company:
            seal = self.seals()[0]
            values = {
                'group': seal.group.id, 'number': 99,
                'document': str(seal.document), 'event': 'cancelled',
                'version': 1, 'digest': 'x'}
            for role in [*ROLES, None]:
                tries = [
                    lambda: Seal.create([values]),
                    lambda: Seal.write([Seal(seal.id)], {'digest': 'x'}),
                    lambda: Seal.delete([Seal(seal.id)]),
                    lambda: Seal.copy([Seal(seal.id)])]
                if role:
                    user = create_user(role, company)
                    if role == 'field_officer':
                        seal.group.field_officer = user.employee
                        seal.group.save()
                else:
                    user = Pool().get('res.user')(Transaction().user)
                for try_ in tries:
                    with self.subTest(role=role), acting_as(user), \
                            self.assertRaises(AccessError):
                        try_()
            for try_ in tries[1:]:
                with self.assertRaises(SealError):
                    try_()

    @with_transaction()
    def test_roles_see_seals(self):
        Seal = Pool().get('avec.seal')
        with office() as company:
            for role in ROLES:
                with self.subTest(role=role), \
                        acting_as(create_user(role, company)):
                    self.assertEqual(
                        Seal.search([], count=True),
                        0 if role == 'field_officer' else 6)

    @with_transaction()
    def test_shares_changed(self):
        "The shares of a member on a sheet that is posted"
        with office():
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.line')
            self.assertBroken(line.update(
                    [line.shares], [4],
                    where=line.id == seal.document.lines[0].id), seal)

    @with_transaction()
    def test_line_deleted(self):
        "A line of a sheet that is posted"
        with office():
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.operation')
            self.assertBroken(line.delete(
                    where=line.id == seal.document.operations[0].id), seal)

    @with_transaction()
    def test_grant_given_to_another(self):
        with office():
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.operation')
            self.assertBroken(line.update(
                    [line.party], [self.group().memberships[1].party.id],
                    where=line.id == seal.document.operations[0].id), seal)

    @with_transaction()
    def test_amount_of_move_changed(self):
        "The amount in the ledger, in balance or not"
        with office():
            seal = self.seal_of('avec.share_out', 'paid')
            line = self.table('account.move.line')
            self.assertBroken(line.update(
                    [line.debit], [Decimal('99.99')],
                    where=(line.move == seal.document.payment_move.id)
                    & (line.debit > 0)), seal)

    @with_transaction()
    def test_member_of_move_changed(self):
        "The savings of a member given to another"
        with office():
            seal = self.seal_of('avec.membership.exit')
            line = self.table('account.move.line')
            leaves = seal.document.membership.party
            self.assertBroken(line.update(
                    [line.party], [self.group().memberships[0].party.id],
                    where=(line.move == seal.document.move.id)
                    & (line.party == leaves.id)), seal)

    @with_transaction()
    def test_line_of_move_added(self):
        with office():
            seal = self.seal_of('avec.opening')
            line = self.table('account.move.line')
            copied = seal.document.move.lines[0]
            self.assertBroken(line.insert(
                    [line.move, line.account, line.debit, line.credit,
                        line.state],
                    [[copied.move.id, copied.account.id, 5, 0, 'valid']]),
                seal)

    @with_transaction()
    def test_document_deleted(self):
        "A sheet that is there no more"
        with office():
            seal = self.seal_of('avec.meeting')
            for model, column in [
                    ('avec.meeting.line', 'meeting'),
                    ('avec.meeting.operation', 'meeting'),
                    ('avec.meeting', 'id')]:
                table = self.table(model)
                self.execute(table.delete(
                        where=getattr(table, column) == seal.document.id))
            self.assertEqual(self.breaks(), [
                    (seal.number, str(seal.document), 'gone'),
                    (None, f'account.move,{seal.document.move.id}', 'move')])

    @with_transaction()
    def test_seal_deleted(self):
        "The seal of a document is named by the document"
        with office():
            seal = self.seal_of('avec.membership.exit')
            document = str(seal.document)
            table = self.table('avec.seal')
            self.execute(table.delete(where=table.id == seal.id))
            self.assertEqual(
                self.breaks(), [(seal.number, document, 'missing')])

    @with_transaction()
    def test_last_seal_deleted(self):
        "The chain has no hole, but the document has no seal"
        with office():
            seal = self.seals()[-1]
            document = str(seal.document)
            table = self.table('avec.seal')
            self.execute(table.delete(where=table.id == seal.id))
            self.assertEqual(self.breaks(), [(None, document, 'unsealed')])

    @with_transaction()
    def test_seal_rewritten(self):
        "A seal that agrees with the change does not fit the next one"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        with office():
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.line')
            self.execute(line.update(
                    [line.shares], [4],
                    where=line.id == seal.document.lines[0].id))
            content, = Meeting.sealed_contents(
                [seal.document.id], 'posted').values()
            link = Link(
                group=seal.group.id, number=seal.number,
                document=str(seal.document), event=seal.event,
                afterwards=False, previous=seal.previous, content=content)
            table = self.table('avec.seal')
            self.assertBroken(table.update(
                    [table.digest], [link.digest],
                    where=table.id == seal.id), seal, 'rewritten')

    @with_transaction()
    def test_move_that_no_document_made(self):
        "A move put in the books of a group"
        with office():
            move = self.table('account.move')
            seal = self.seal_of('avec.meeting')
            made = seal.document.move
            values = {
                'number': 'fake', 'date': made.date, 'state': 'posted',
                'journal': made.journal.id, 'period': made.period.id,
                'company': made.company.id, 'origin': str(seal.document),
                'avec_group': made.avec_group.id}
            self.execute(move.insert(
                    [getattr(move, n) for n in values],
                    [list(values.values())]))
            (number, document, reason), = self.breaks()
            self.assertEqual((number, reason), (None, 'move'))
            self.assertTrue(document.startswith('account.move,'))

    @with_transaction()
    def test_cancel(self):
        "What is cancelled is sealed, with the moves that reverse it"
        pool = Pool()
        ShareOut = pool.get('avec.share_out')
        with office():
            share_out = self.seals()[-1].document
            ShareOut.cancel([share_out])
            seal = self.seals()[-1]
            self.assertEqual(
                (seal.document, seal.event, seal.number),
                (share_out, 'cancelled', 7))
            self.assertEqual(self.breaks(), [])
            line = self.table('account.move.line')
            self.assertBroken(line.delete(
                    where=line.move == seal.document.payment_cancel_move.id),
                seal)

    @with_transaction()
    def test_seal_existing(self):
        "What was posted before there were seals is sealed in its order"
        Seal = Pool().get('avec.seal')
        with office():
            before = [(s.document, s.event) for s in self.seals()]
            table = self.table('avec.seal')
            self.execute(table.delete())
            self.assertEqual(
                [r for _, _, r in self.breaks()], ['unsealed'] * 6)
            self.assertEqual(Seal.seal_existing([self.group()]), 6)
            self.assertEqual(
                [(s.document, s.event) for s in self.seals()], before)
            self.assertTrue(all(s.afterwards for s in self.seals()))
            self.assertEqual(self.breaks(), [])
            self.assertEqual(Seal.seal_existing([self.group()]), 0)

    @with_transaction()
    def test_what_changes_lawfully(self):
        "Another name, a party replaced, an erasure and a rejoining"
        pool = Pool()
        Erase = pool.get('party.erase', type='wizard')
        Group = pool.get('avec.group')
        Membership = pool.get('avec.membership')
        Replace = pool.get('party.replace', type='wizard')
        with office():
            group = self.group()
            left = [m for m in group.memberships if m.end_date][0]
            stays = group.memberships[0]
            double = create_party("Aicha again")
            # As the wizard does, which stops at the moves that are posted
            for model, name in Replace.fields_to_replace():
                table = self.table(model)
                column = Column(table, name)
                self.execute(table.update(
                        [column], [double.id],
                        where=column == stays.party.id))
            value, = Membership.read([stays.id], ['party'])
            self.assertEqual(value['party'], double.id)
            self.assertEqual(self.breaks(), [])

            Membership(
                group=group, party=left.party,
                start_date=dt.date(2026, 2, 1)).save()
            self.assertEqual(self.breaks(), [])
            Membership.delete(Membership.search([
                        ('start_date', '=', dt.date(2026, 2, 1))]))

            left.party.active = False
            left.party.save()
            session, _, _ = Erase.create()
            erase = Erase(session)
            erase.ask.party = left.party
            erase.transition_erase()
            group.locality = "Elsewhere"
            group.save()
            account = self.seals()[1].document.move.lines[0].account
            account.name, account.code = "Another", "X1"
            account.save()
            self.assertEqual(Group(group.id).locality, "Elsewhere")
            self.assertEqual(self.breaks(), [])

    @with_transaction()
    def test_next_cycle(self):
        "What the last cycle left is carried by moves that are sealed"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        with office():
            cycle = self.seals()[-1].document.cycle
            Cycle.close([cycle])
            following = run_cycle(
                self.group(), start_date=dt.date(2026, 12, 1),
                end_date=dt.date(2027, 11, 30))
            seal = self.seals()[-1]
            self.assertEqual(
                (seal.document, seal.event), (following, 'carried'))
            self.assertEqual(self.breaks(), [])
            line = self.table('account.move.line')
            self.assertBroken(line.update(
                    [line.credit], [1],
                    where=(line.move == following.carry_moves[0].id)
                    & (line.credit > 0)), seal)

    @with_transaction()
    def test_two_groups(self):
        "Each group has a chain of its own, posted in one go"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        with office():
            groups = [
                create_group(n, ["Amina", "Nour"]) for n in ["Une", "Deux"]]
            sheets = [create_sheet(run_cycle(g)) for g in groups]
            Meeting.hold(sheets)
            Meeting.post(sheets)
            for group, sheet in zip(groups, sheets):
                seal, = self.seals(group)
                self.assertEqual(
                    (seal.number, seal.document), (1, sheet))
            self.assertEqual(self.breaks(), [])

    def test_locks_are_taken_before_the_work(self):
        "The transaction starts again for a lock before it has done the work"
        saved = []

        @with_transaction()
        def post():
            pool = Pool()
            Cycle = pool.get('avec.cycle')
            JournalPeriod = pool.get('account.journal.period')
            Meeting = pool.get('avec.meeting')
            Move = pool.get('account.move')
            # Only the first move of a month takes this one
            JournalPeriod.lock()
            avec_save = Move.avec_save

            def save(moves):
                saved.append(moves)
                avec_save(moves)

            with office(), patch.object(Move, 'avec_save', save):
                Cycle.close([self.seals()[-1].document.cycle])
                sheet = create_sheet(run_cycle(
                        self.group(), start_date=dt.date(2026, 12, 1),
                        end_date=dt.date(2027, 11, 30)),
                    dt.date(2026, 12, 7))
                Meeting.hold([sheet])
                Meeting.post([sheet])

        post()
        # What the last cycle left, out of it and into the next, and the sheet
        self.assertEqual([len(m) for m in saved], [2, 1])

    def test_locks_are_asked_for_together(self):
        "The transaction starts again once for all that posting locks"
        with Transaction().start(DB_NAME, 1) as transaction, office():
            Meeting = Pool().get('avec.meeting')
            with self.assertRaises(TransactionError) as caught:
                Meeting.lock_books(Meeting.search([]))
            transaction.rollback()
        extras = {}
        caught.exception.fix(extras)
        self.assertEqual(
            extras['_lock_records'].keys(),
            {'avec_group', 'avec_cycle', 'ir_sequence_strict'})

    @with_transaction()
    def test_queries_do_not_grow(self):
        "Sealing a sheet of twelve costs the queries of a sheet of three"
        pool = Pool()
        Meeting = pool.get('avec.meeting')
        Seal = pool.get('avec.seal')
        with office():
            counts = []
            for size in [3, 12]:
                names = [f"Member {size} {i}" for i in range(size)]
                group = create_group(f"Group {size}", names)
                sheet = create_sheet(run_cycle(group))
                Meeting.hold([sheet])
                Meeting.post([sheet])
                table = self.table('avec.seal')
                self.execute(table.delete(where=table.group == group.id))
                with CountQueries() as queries:
                    Seal.add(Meeting, [sheet], 'posted')
                counts.append(queries.count)
            self.assertEqual(*counts)
            self.assertLess(counts[0], 25)

    @with_transaction()
    def test_wizard(self):
        "The auditor checks all groups or some, and is told what is broken"
        pool = Pool()
        Check = pool.get('avec.seal.check', type='wizard')
        with office() as company:
            group = self.group()
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.line')
            auditor = create_user('auditor', company)

            def check(**context):
                with acting_as(auditor), Transaction().set_context(**context):
                    session, start, _ = Check.create()
                    # As a client has it executed
                    with without_check_access():
                        result = Check.execute(session, {}, start)
                    return result['view']['defaults']
            found = check()
            self.assertEqual((found['checked'], found['broken']), (6, 0))
            self.execute(line.update(
                    [line.shares], [4],
                    where=line.id == seal.document.lines[0].id))
            found = check(
                active_model='avec.group', active_id=group.id,
                active_ids=[group.id])
            self.assertEqual((found['checked'], found['broken']), (6, 1))
            result, = found['groups']
            self.assertEqual(result['breaks'], 1)
            self.assertIn(seal.document.rec_name, result['first_break'])
            with acting_as(create_user('programme', company)), \
                    self.assertRaises(AccessError):
                Check.create()

    @with_transaction()
    def test_command(self):
        "The command tells a line by break and its status"
        with office() as company:
            group = self.group()
            written = []

            def check(**arguments):
                written.clear()
                return check_seals.check(write=written.append, **arguments)
            self.assertEqual(check(), 0)
            self.assertIn("6 seals, 0 broken", written[-1])
            self.assertEqual(check(codes=[group.code], quiet=True), 0)
            self.assertEqual(written, [])
            self.assertEqual(check(codes=['none']), 2)
            self.assertEqual(check(company='none'), 2)
            seal = self.seal_of('avec.meeting')
            line = self.table('avec.meeting.line')
            self.execute(line.update(
                    [line.shares], [4],
                    where=line.id == seal.document.lines[0].id))
            self.assertEqual(
                check(company=company.party.name, quiet=True), 1)
            message, = written
            self.assertIn(seal.document.rec_name, message)
            self.assertEqual(
                check_seals.parser().parse_args(
                    ['-d', 'db', '--group', 'A', '--group', 'B']).group,
                ['A', 'B'])

    @with_transaction()
    def test_every_field_is_sealed_or_may_change(self):
        "A field that is added is sealed, or it is said why not"
        assert_fields_sealed(self, MAY_CHANGE)


# What is stored and not sealed: texts that tell of persons, what later steps
# write, and what is told by the others
MAY_CHANGE = {
    'avec.meeting': {'note', 'state'},
    'avec.meeting.line': {'meeting', 'note'},
    'avec.meeting.operation': {'meeting', 'description'},
    'avec.membership.exit': {'note', 'state'},
    'avec.opening': {'state'},
    'avec.opening.line': {'opening'},
    'avec.share_out': {'state'},
    'avec.share_out.line': {'share_out'},
    }


def assert_fields_sealed(case, may_change):
    "Check that each stored field of the documents is sealed or may change"
    pool = Pool()
    Seal = pool.get('avec.seal')
    found = {}
    for name in Seal.document_models():
        Document = pool.get(name)
        if name == 'avec.cycle':
            continue
        sealed = {
            n for fields, moves in Document.sealed_events().values()
            for n in [*fields, *moves]}
        sealed.add((Document.sealed_member() or '').partition('.')[0])
        lines = Document.sealed_lines()
        found[name] = stored(Document) - sealed - lines.keys()
        for line, names in lines.items():
            Line = Document._fields[line].get_target()
            found[Line.__name__] = stored(Line) - set(names)
    case.assertEqual({n: f for n, f in found.items() if f}, may_change)


def stored(Model):
    "Return the names of the fields that have a column of their own"
    return {
        n for n, f in Model._fields.items()
        if f.sql_type() and n not in {
            'id', 'create_uid', 'create_date', 'write_uid', 'write_date',
            'last_modified_by', 'last_modified_at'}}


class CountQueries:
    "Count what is asked of the database"

    def __enter__(self):
        self.count = 0
        self._connection = connection = Transaction().connection
        counter = self

        class Connection:
            def cursor(self, *args, **kwargs):
                counter.count += 1
                return connection.cursor(*args, **kwargs)

            def __getattr__(self, name):
                return getattr(connection, name)
        Transaction().connection = Connection()
        return self

    def __exit__(self, *args):
        Transaction().connection = self._connection
