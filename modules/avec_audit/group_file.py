# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The whole file of a group as one archive"
from dataclasses import dataclass
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.avec_group import spreadsheet
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.report import Report
from trytond.transaction import check_access
from trytond.wizard import Button, StateReport, StateView, Wizard

from . import archive

# Where the name of a person stands
_NAMES = 'party.name'
# Where anything may be written, a name too
_FREE = {
    'answer', 'conclusion', 'description', 'note', 'purpose', 'text', 'title'}


@dataclass(frozen=True)
class Table:
    """What a file of the archive lists

    domain: of the records, where {group} and {cycle} are filled in.
    columns: the paths of the fields.
    cycle: the path to the cycle, None for what is of no cycle.
    """
    name: str
    model: str
    group: str
    columns: list
    cycle: str = None


@dataclass(frozen=True)
class Paper:
    "What is printed into the archive"
    name: str
    report: str
    table: str
    states: tuple = ()


class GroupFileStart(ModelView):
    __name__ = 'avec.audit.group_file.start'
    __string__ = "Group File"

    groups = fields.Many2Many(
        'avec.group', None, None, "Groups", readonly=True)
    cycle = fields.Many2One(
        'avec.cycle', "Cycle",
        domain=[
            ('group', 'in', Eval('groups', [])),
            ],
        help="Leave empty for all the cycles.")
    with_names = fields.Boolean(
        "With Names",
        help="Write the names of the members beside their numbers, and the "
        "notes, which may name them.")
    printed = fields.Boolean(
        "With Printed Papers",
        states={
            'invisible': ~Eval('with_names'),
            },
        help="Add the sheets of meetings and share-outs and the statements "
        "of cycles as they are printed. They name the members.")
    attachments = fields.Boolean(
        "With Attachments",
        states={
            'invisible': ~Eval('with_names'),
            },
        help="Add the files attached to the group and to its documents. "
        "They may name the members.")


class PackGroupFile(Wizard):
    __name__ = 'avec.audit.group_file.pack'

    start = StateView(
        'avec.audit.group_file.start',
        'avec_audit.group_file_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Export", 'pack', 'tryton-export', default=True),
            ])
    pack = StateReport('avec.audit.group_file')

    def default_start(self, fields):
        return {
            'groups': [r.id for r in self.records],
            'with_names': False,
            'printed': False,
            'attachments': False,
            }

    def do_pack(self, action):
        start = self.start
        with_names = bool(start.with_names)
        return action, {
            'ids': [r.id for r in self.records],
            'model': 'avec.group',
            'cycle': start.cycle.id if start.cycle else None,
            'with_names': with_names,
            'printed': with_names and bool(start.printed),
            'attachments': with_names and bool(start.attachments),
            }


class GroupFile(Report):
    """The moves, the sheets and the documents of groups

    Who exports finds what he or she may read."""
    __name__ = 'avec.audit.group_file'

    @classmethod
    def _execute(cls, records, header, data, action):
        Group = Pool().get('avec.group')
        files = {}
        with check_access():
            for group in Group.browse([r.id for r in records]):
                for path, content in cls.get_files(group, data).items():
                    files[f'{archive.file_name(group.code)}/{path}'] = content
        return 'zip', archive.to_zip(files)

    @classmethod
    def get_files(cls, group, data):
        "Return the files of the group, {path: bytes}"
        found = {
            t.name: cls._find(t, group, data.get('cycle'))
            for t in cls.tables()}
        files = {
            f'{t.name}.csv': spreadsheet.to_csv(cls._table(
                    t, found[t.name], data.get('with_names')))
            for t in cls.tables()}
        files['summary.csv'] = spreadsheet.to_csv(
            spreadsheet.Table('summary', cls._summary(group, found, data)))
        if data.get('printed'):
            files.update(cls._print(found))
        if data.get('attachments'):
            files.update(cls._attachments(group, found))
        return files

    # -- the tables

    @classmethod
    def tables(cls):
        "Return the tables of the archive"
        return [
            Table('members', 'avec.membership', 'group', [
                    'number', _NAMES, 'start_date', 'end_date', 'end_reason',
                    'shares', 'savings', 'balance_due']),
            Table('officers', 'avec.group.officer', 'membership.group', [
                    'role', 'membership.number', 'membership.party.name',
                    'start_date', 'end_date']),
            Table('cycles', 'avec.cycle', 'group', [
                    'number', 'start_date', 'end_date', 'state',
                    'meeting_interval', 'share_value', 'min_shares',
                    'max_shares', 'social_fund_contribution', 'fine_fund',
                    'quorum', 'cash_rounding', 'exit_on_death',
                    'social_fund_at_share_out', 'leftover', 'savings',
                    'loan_fund_cash', 'social_fund_cash', 'surplus',
                    'total_shares', 'share_price'], cycle='id'),
            Table('amendments', 'avec.cycle.amendment.change',
                'amendment.cycle.group', [
                    'amendment.cycle.number', 'amendment.date', 'rule',
                    'old', 'new', 'amendment.reason'],
                cycle='amendment.cycle'),
            Table('openings', 'avec.opening', 'cycle.group', [
                    'cycle.number', 'date', 'state', 'loan_fund_cash',
                    'social_fund_cash', 'move.number', 'cancel_move.number'],
                cycle='cycle'),
            Table('meetings', 'avec.meeting', 'cycle.group', [
                    'cycle.number', 'number', 'date', 'state',
                    'loan_fund_opening', 'loan_fund_expected',
                    'loan_fund_counted', 'social_fund_opening',
                    'social_fund_expected', 'social_fund_counted',
                    'held_by.party.name', 'posted_by.party.name',
                    'cancelled_by.party.name', 'move.number',
                    'cancel_move.number', 'note'], cycle='cycle'),
            Table('meeting_lines', 'avec.meeting.line',
                'meeting.cycle.group', [
                    'meeting.cycle.number', 'meeting.number', 'meeting.date',
                    'membership.number', 'membership.party.name',
                    'attendance', 'represented', 'shares', 'amount',
                    'social_fund', 'fine', 'note'], cycle='meeting.cycle'),
            Table('meeting_operations', 'avec.meeting.operation',
                'meeting.cycle.group', [
                    'meeting.cycle.number', 'meeting.number', 'meeting.date',
                    'kind', 'fund', 'amount', _NAMES, 'description'],
                cycle='meeting.cycle'),
            Table('exits', 'avec.membership.exit', 'membership.group', [
                    'cycle.number', 'date', 'membership.number',
                    'membership.party.name', 'reason', 'state', 'savings',
                    'surplus', 'deductions', 'payable',
                    'posted_by.party.name', 'move.number',
                    'cancel_move.number'], cycle='cycle'),
            Table('share_outs', 'avec.share_out', 'cycle.group', [
                    'cycle.number', 'date', 'state', 'share_price',
                    'leftover_amount', 'computed_by.party.name',
                    'posted_by.party.name', 'paid_by.party.name',
                    'move.number', 'payment_move.number',
                    'cancel_move.number', 'payment_cancel_move.number'],
                cycle='cycle'),
            Table('share_out_lines', 'avec.share_out.line',
                'share_out.cycle.group', [
                    'share_out.cycle.number', 'share_out.date',
                    'membership.number', 'membership.party.name', 'shares',
                    'savings', 'surplus', 'social_fund', 'deductions',
                    'payable'], cycle='share_out.cycle'),
            Table('moves', 'account.move', 'avec_group', [
                    'number', 'date', 'post_date', 'period.name',
                    'journal.name', 'avec_cycle.number', 'origin',
                    'description', 'state'], cycle='avec_cycle'),
            Table('move_lines', 'account.move.line', 'move.avec_group', [
                    'move.number', 'move.date', 'move.avec_cycle.number',
                    'account.code', 'account.name', 'party.code', _NAMES,
                    'debit', 'credit', 'maturity_date',
                    'reconciliation.number', 'origin'],
                cycle='move.avec_cycle'),
            Table('seals', 'avec.seal', 'group', [
                    'number', 'document', 'event', 'afterwards', 'version',
                    'previous', 'digest']),
            Table('findings', 'avec.audit.finding', 'group', [
                    'number', 'document', 'title', 'text', 'severity',
                    'state', 'answer', 'conclusion', 'opened_on',
                    'opened_by.party.name', 'answered_on',
                    'answered_by.party.name', 'closed_on',
                    'closed_by.party.name']),
            ]

    @classmethod
    def _find(cls, table, group, cycle):
        Model = Pool().get(table.model)
        domain = [(table.group, '=', group.id)]
        if cycle and table.cycle:
            domain.append((table.cycle, '=', cycle))
        return Model.search(domain, order=[('id', 'ASC')])

    @classmethod
    def _table(cls, table, records, with_names):
        Model = Pool().get(table.model)
        columns = [
            c for c in table.columns
            if with_names or not _may_name(Model, c)]
        return spreadsheet.Table(table.name, [
                [_label(Model, c) for c in columns],
                *([_value(r, c, with_names) for c in columns]
                    for r in records)])

    @classmethod
    def _summary(cls, group, found, data):
        "Return what the archive holds, and the totals of its moves"
        Cycle = Pool().get('avec.cycle')
        lines = [
            l for l in found['move_lines'] if l.move.state == 'posted']
        debit = sum((l.debit for l in lines), Decimal(0))
        credit = sum((l.credit for l in lines), Decimal(0))
        cycle = data.get('cycle')

        def text(name):
            return gettext(f'avec_audit.msg_group_file_{name}')
        return [
            [text('company'), group.company.rec_name],
            [text('group'), group.rec_name],
            [text('cycle'), Cycle(cycle).rec_name if cycle else text('all')],
            [text('debit'), debit],
            [text('credit'), credit],
            [text('balance'), debit - credit],
            *([f'{name}.csv', len(records)]
                for name, records in found.items()),
            ]

    # -- what is on paper

    @classmethod
    def papers(cls):
        "Return what is printed"
        return [
            Paper('cycle_statements', 'avec.cycle.statement', 'cycles',
                ('running', 'sharing', 'closed')),
            Paper('meeting_sheets', 'avec.meeting.sheet', 'meetings',
                ('posted', 'cancelled')),
            Paper('share_out_sheets', 'avec.share_out.sheet', 'share_outs',
                ('posted', 'paid', 'cancelled')),
            ]

    @classmethod
    def _print(cls, found):
        pool = Pool()
        files = {}
        for paper in cls.papers():
            records = [
                r for r in found[paper.table]
                if not paper.states or r.state in paper.states]
            if records:
                Printed = pool.get(paper.report, type='report')
                extension, content, *_ = Printed.execute(
                    [r.id for r in records], {
                        'model': records[0].__name__,
                        })
                files[f'papers/{paper.name}.{extension}'] = content
        return files

    @classmethod
    def _attachments(cls, group, found):
        Attachment = Pool().get('ir.attachment')
        resources = [str(group)]
        for records in found.values():
            resources.extend(map(str, records))
        files = {}
        for attachment in Attachment.search([
                    ('resource', 'in', resources),
                    ('type', '=', 'data'),
                    ], order=[('id', 'ASC')]):
            folder = archive.file_name(str(attachment.resource))
            name = archive.file_name(attachment.name)
            files[f'attachments/{folder}/{attachment.id} {name}'] = (
                attachment.data or b'')
        return files

    @classmethod
    def check_access(cls, action, model, ids):
        super().check_access(action, model, ids)
        if model != 'avec.group':
            raise AccessError(gettext(
                    'avec_audit.msg_group_file_model', model=model))


def _may_name(Model, path):
    "Tell if a member may be named there"
    *_, (_, field) = _fields(Model, path)
    parts = path.split('.')
    if parts[-2:] == ['party', 'name']:
        # The staff that signs is named in any case
        return not any(p.endswith('_by') for p in parts)
    return parts[-1] in _FREE or isinstance(field, fields.Text)


def _fields(Model, path):
    "Give (model, field) of each part of the path"
    for name in path.split('.'):
        field = Model._fields[name]
        yield Model, field
        if hasattr(field, 'get_target'):
            Model = field.get_target()


def _label(Model, path):
    "Return the titles of the fields of the path"
    return ' / '.join(
        M.fields_get([f.name])[f.name]['string']
        for M, f in _fields(Model, path))


def _value(record, path, with_names):
    for name in path.split('.'):
        if record is None:
            return None
        record = getattr(record, name)
    if hasattr(record, 'rec_name'):
        # The name of a document may be that of its member
        return record.rec_name if with_names else str(record)
    return record


class GroupFileLoan(metaclass=PoolMeta):
    __name__ = 'avec.audit.group_file'

    @classmethod
    def tables(cls):
        return super().tables() + [
            Table('loans', 'avec.loan', 'membership.group', [
                    'number', 'cycle.number', 'membership.number',
                    'membership.party.name', 'product.name', 'principal',
                    'term', 'purpose', 'request_date', 'disbursement_date',
                    'state', 'outstanding', 'overdue', 'days_overdue',
                    'requested_by.party.name', 'approved_by.party.name'],
                cycle='cycle'),
            Table('loan_instalments', 'avec.loan.instalment',
                'loan.membership.group', [
                    'loan.number', 'number', 'due_date', 'opening',
                    'principal', 'charge', 'closing', 'paid', 'state'],
                cycle='loan.cycle'),
            Table('loan_repayments', 'avec.meeting.repayment',
                'meeting.cycle.group', [
                    'meeting.number', 'meeting.date', 'loan.number',
                    'amount', 'principal', 'charge', 'penalty',
                    'meeting.state'], cycle='meeting.cycle'),
            Table('loan_write_offs', 'avec.loan.write_off', 'cycle.group', [
                    'loan.number', 'date', 'amount', 'state', 'reason',
                    'posted_by.party.name', 'move.number',
                    'cancel_move.number'], cycle='cycle'),
            Table('loan_reschedulings', 'avec.loan.rescheduling',
                'cycle.group', [
                    'loan.number', 'date', 'state', 'reason',
                    'posted_by.party.name', 'move.number'], cycle='cycle'),
            ]
