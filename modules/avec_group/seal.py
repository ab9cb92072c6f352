# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from dataclasses import dataclass, field

from sql.aggregate import Max

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from .digest import START, VERSION, Link, follow
from .exceptions import SealError
from .sealed import read

# How much of a digest is printed on paper
SHORT = 12
# The origins of the moves of a group that are made by hand
_BY_HAND = {'account.fiscalyear', 'account.move'}


@dataclass(frozen=True)
class Break:
    """Where a chain is broken

    number: that of the seal or None for a document without one, document:
    its model and id or None, reason: a key of BREAKS, message: translated.
    """
    number: int
    document: str
    reason: str
    message: str


@dataclass
class Check:
    "What was found in the chain of a group"
    checked: int
    afterwards: int
    # The number and the beginning of the digest of the last seal
    last: str
    breaks: list = field(default_factory=list)


class Seal(ModelSQL, ModelView):
    __name__ = 'avec.seal'
    __string__ = "Seal"

    group = fields.Many2One(
        'avec.group', "Group", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    number = fields.Integer(
        "Number", required=True, readonly=True,
        help="The place in the chain of the group.")
    document = fields.Reference(
        "Document", 'get_documents', required=True, readonly=True)
    event = fields.Selection([
            ('posted', "Posted"),
            ('paid', "Paid"),
            ('cancelled', "Cancelled"),
            ('carried', "Carried Forward"),
            ], "Event", required=True, readonly=True, sort=False)
    event_string = event.translated('event')
    afterwards = fields.Boolean(
        "Sealed Afterwards", readonly=True,
        help="It happened before there were seals.")
    version = fields.Integer(
        "Version", required=True, readonly=True,
        help="The version of what is sealed, and how.")
    previous = fields.Char(
        "Previous", readonly=True,
        help="The digest of the seal before in the chain of the group.")
    digest = fields.Char(
        "Digest", required=True, readonly=True,
        help="The SHA-256 of what is sealed and of the seal before.")
    short_digest = fields.Function(fields.Char(
            "Short Digest", help="The beginning of the digest, as printed."),
        'on_change_with_short_digest')

    @classmethod
    def __setup__(cls):
        cls.previous.search_unaccented = False
        cls.digest.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.group, table.number),
                'avec_group.msg_seal_number_unique'),
            ('document_unique', Unique(table, table.document, table.event),
                'avec_group.msg_seal_document_unique'),
            ]
        cls._sql_indexes.add(Index(
                table,
                (table.group, Index.Range()),
                (table.number, Index.Range(order='DESC'))))
        cls._order = [
            ('group', 'ASC'),
            ('number', 'DESC'),
            ('id', 'DESC'),
            ]

    @classmethod
    def document_models(cls):
        "Return the names of the models whose documents are sealed"
        return [
            'avec.cycle', 'avec.opening', 'avec.meeting',
            'avec.membership.exit', 'avec.share_out']

    @classmethod
    def get_documents(cls):
        Model = Pool().get('ir.model')
        get_name = Model.get_name
        return [(m, get_name(m)) for m in cls.document_models()]

    @fields.depends('group', '_parent_group.company')
    def on_change_with_company(self, name=None):
        return self.group.company if self.group else None

    @classmethod
    def search_company(cls, name, clause):
        return [('group.' + clause[0], *clause[1:])]

    @fields.depends('digest')
    def on_change_with_short_digest(self, name=None):
        return (self.digest or '')[:SHORT]

    @classmethod
    def check_modification(cls, mode, seals, values=None, external=False):
        super().check_modification(
            mode, seals, values=values, external=external)
        if external or mode != 'create':
            for seal in seals:
                raise SealError(gettext(
                        'avec_group.msg_seal_frozen', seal=seal.rec_name))

    @classmethod
    def copy(cls, seals, default=None):
        # A copy would be a seal of what is sealed already
        for seal in seals:
            raise SealError(gettext(
                    'avec_group.msg_seal_frozen', seal=seal.rec_name))
        return []

    def get_rec_name(self, name):
        return f'{self.group.rec_name} / {self.number}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('group.rec_name', *clause[1:])]

    # -- making them

    @classmethod
    def add(cls, Document, documents, event):
        "Seal the event of the documents, in the order of their moves"
        ids = {d.id for d in documents}
        if not ids:
            return
        groups = cls._groups(Document, ids)
        events = [
            (group, move, Document.__name__, id_, event)
            for group, move, id_ in cls._in_order(
                Document, groups, ids, event)]
        cls._add(events)

    @classmethod
    def _groups(cls, Document, ids):
        "Return {document id: group id}"
        table = Document.__table__()
        from_, group = Document.sealed_group(table)
        cursor = Transaction().connection.cursor()
        groups = {}
        for sub_ids in grouped_slice(list(ids)):
            cursor.execute(*from_.select(
                    table.id, group,
                    where=fields.SQL_OPERATORS['in'](
                        table.id, list(sub_ids))))
            groups.update(cursor.fetchall())
        return groups

    @classmethod
    def _in_order(cls, Document, groups, ids, event):
        "Return [(group id, move id or 0, document id), ...] by move"
        rows = []
        _, names = Document.sealed_events()[event]
        for row in read(Document, 'id', list(ids), names):
            move = max([row[n] or 0 for n in names], default=0)
            rows.append((groups[row['id']], move, row['id']))
        return sorted(rows)

    @classmethod
    def _add(cls, events, afterwards=False):
        """Save the seals of the events, in their order in each chain.

        events: [(group id, move id, model, document id, event), ...].
        """
        groups = {e[0] for e in events}
        cls._lock(groups)
        last = {g: (n, d) for g, (_, n, d) in cls._last(groups).items()}
        contents = cls._contents(
            {(model, id_, event) for _, _, model, id_, event in events})
        to_create = []
        for group, _, model, id_, event in events:
            number, previous = last.get(group, (0, START))
            link = Link(
                group=group, number=number + 1, document=f'{model},{id_}',
                event=event, afterwards=afterwards, previous=previous,
                content=contents[model, id_, event])
            last[group] = link.number, link.digest
            to_create.append({
                    'group': group,
                    'number': link.number,
                    'document': link.document,
                    'event': event,
                    'afterwards': afterwards,
                    'version': VERSION,
                    'previous': previous,
                    'digest': link.digest,
                    })
        with without_check_access():
            cls.create(to_create)

    @classmethod
    def lock_chains(cls, Document, documents):
        """Lock the chains that the documents are to be sealed in.

        It is asked for before the work, because a lock that is missing makes
        the transaction start again.
        """
        cls._lock(cls._groups(Document, {d.id for d in documents}).values())

    @classmethod
    def _lock(cls, groups):
        "Let no other seal be added to the chains of the groups meanwhile"
        Group = Pool().get('avec.group')
        Group.lock({int(g) for g in groups})

    @classmethod
    def _last(cls, groups):
        "Return {group id: (seal id, number, digest)} of the last seals"
        table, last = cls.__table__(), cls.__table__()
        cursor = Transaction().connection.cursor()
        result = {}
        for sub_groups in grouped_slice([int(g) for g in groups]):
            ends = last.select(
                last.group, Max(last.number).as_('number'),
                where=fields.SQL_OPERATORS['in'](
                    last.group, list(sub_groups)),
                group_by=last.group)
            cursor.execute(*table
                .join(ends, condition=(table.group == ends.group)
                    & (table.number == ends.number))
                .select(
                    table.group, table.id, table.number, table.digest))
            result.update((g, tuple(row)) for g, *row in cursor.fetchall())
        return result

    @classmethod
    def _contents(cls, events):
        "Return {(model, id, event): digest of the content now}"
        pool = Pool()
        ids = defaultdict(list)
        for model, id_, event in events:
            ids[model, event].append(id_)
        return {
            (model, id_, event): content
            for (model, event), found in ids.items()
            for id_, content in pool.get(model).sealed_contents(
                found, event).items()}

    @classmethod
    def last_of_documents(cls, documents):
        "Return the last seal of each document, {id: seal id or None}"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        result = {d.id: None for d in documents}
        for sub_documents in grouped_slice(documents):
            cursor.execute(*table.select(
                    table.document, Max(table.id),
                    where=fields.SQL_OPERATORS['in'](
                        table.document, [str(d) for d in sub_documents]),
                    group_by=table.document))
            for document, seal in cursor.fetchall():
                result[int(document.partition(',')[2])] = seal
        return result

    @classmethod
    def last_short(cls, groups):
        "Return the last seals as printed, {group id: number and digest}"
        return {
            g: f'{number} / {digest[:SHORT]}'
            for g, (_, number, digest) in cls._last(
                {g.id for g in groups}).items()}

    @classmethod
    def seal_existing(cls, groups):
        """Seal what was posted before there were seals, in order of moves.

        Returns the number of seals made.
        """
        events = cls._not_sealed(groups, cls._expected(groups))
        cls._add(events, afterwards=True)
        return len(events)

    @classmethod
    def _expected(cls, groups):
        "Return what must be sealed, [(*as for _add, [move id]), ...]"
        pool = Pool()
        return [
            (group, max(moves, default=0), model, id_, event, moves)
            for model in cls.document_models()
            for group, moves, id_, event in pool.get(
                model).sealed_expected(groups)]

    @classmethod
    def _not_sealed(cls, groups, expected):
        "Return what no seal tells of, as for _add"
        sealed = {
            (r['document'], r['event']) for r in read(
                cls, 'group', [g.id for g in groups], ['document', 'event'])}
        return sorted((
                (group, move, model, id_, event)
                for group, move, model, id_, event, _ in expected
                if (f'{model},{id_}', event) not in sealed),
            key=lambda e: e[:2])

    # -- checking them

    @classmethod
    def verify(cls, groups):
        """Check the chains of the groups against the books.

        Returns {group: Check}, with the breaks in the order of the chains.
        """
        rows = defaultdict(list)
        for row in read(
                cls, 'group', [g.id for g in groups], [
                    'group', 'number', 'document', 'event', 'afterwards',
                    'previous', 'digest']):
            rows[row['group']].append(row)
        contents = cls._contents({
                (*cls._split(r['document']), r['event'])
                for rs in rows.values() for r in rs
                if cls._is_known(r)})
        expected = cls._expected(groups)
        not_sealed = defaultdict(list)
        for event in cls._not_sealed(groups, expected):
            not_sealed[event[0]].append(event)
        foreign = cls._foreign_moves(
            groups, {m for *_, moves in expected for m in moves})
        result = {}
        for group in groups:
            chain = sorted(rows[group.id], key=lambda r: r['number'])
            check = cls._verify(group, chain, contents, not_sealed[group.id])
            check.breaks.extend(
                cls._break(group, None, f'account.move,{m}', None, 'move')
                for m in foreign[group.id])
            result[group] = check
        return result

    @classmethod
    def _split(cls, document):
        model, _, id_ = document.partition(',')
        return model, int(id_)

    @classmethod
    def _is_known(cls, row):
        "Return if the event of the row is one of the model of its document"
        model, _, id_ = row['document'].partition(',')
        return (model in cls.document_models() and id_.isdigit()
            and row['event'] in Pool().get(model).sealed_events())

    @classmethod
    def _verify(cls, group, chain, contents, not_sealed):
        by_number = {r['number']: r for r in chain}
        links = [
            Link(
                group=group.id, number=r['number'], document=r['document'],
                event=r['event'], afterwards=bool(r['afterwards']),
                previous=r['previous'] or START,
                content=contents.get(
                    (*cls._split(r['document']), r['event'])
                    if cls._is_known(r) else None))
            for r in chain]
        check = Check(
            checked=len(links),
            afterwards=sum(l.afterwards for l in links),
            last=(f"{chain[-1]['number']} / {chain[-1]['digest'][:SHORT]}"
                if chain else ''))
        waiting = list(not_sealed)
        for number, reason in follow(
                links, {r['number']: r['digest'] for r in chain}):
            document = event = None
            if number in by_number:
                row = by_number[number]
                document, event = row['document'], row['event']
            elif waiting:
                # What has no seal is what the missing one was for
                _, _, model, id_, event = waiting.pop(0)
                document = f'{model},{id_}'
            check.breaks.append(
                cls._break(group, number, document, event, reason))
        check.breaks.extend(
            cls._break(group, None, f'{model},{id_}', event, 'unsealed')
            for _, _, model, id_, event in waiting)
        return check

    @classmethod
    def _foreign_moves(cls, groups, made):
        """Return the posted moves that no document made, {group id: [id]}.

        made: the ids of those that documents made.  Those that close a
        fiscal year, and their reversals, are made by hand.
        """
        Move = Pool().get('account.move')
        table = Move.__table__()
        cursor = Transaction().connection.cursor()
        result = defaultdict(list)
        for sub_groups in grouped_slice(list(groups)):
            cursor.execute(*table.select(
                    table.avec_group, table.id, table.origin,
                    where=fields.SQL_OPERATORS['in'](
                        table.avec_group, [g.id for g in sub_groups])
                    & (table.state == 'posted'),
                    order_by=table.id))
            for group, id_, origin in cursor.fetchall():
                model, _, _ = (origin or '').partition(',')
                if id_ not in made and model not in _BY_HAND:
                    result[group].append(id_)
        return result

    @classmethod
    def _break(cls, group, number, document, event, reason):
        events = dict(cls.fields_get(['event'])['event']['selection'])
        return Break(
            number=number, document=document, reason=reason,
            message=gettext(
                f'avec_group.msg_seal_break_{reason}',
                group=group.rec_name,
                number=number or '',
                event=events.get(event, ''),
                document=cls._name(document)))

    @classmethod
    def _name(cls, document):
        "Return the name of the document, or its model and id if it is gone"
        if not document:
            return '?'
        model, id_ = cls._split(document)
        if model not in [*cls.document_models(), 'account.move']:
            return document
        Document = Pool().get(model)
        with without_check_access():
            found = Document.search([('id', '=', id_)])
        name = Pool().get('ir.model').get_name(model)
        return f'{name} {found[0].rec_name}' if found else document
