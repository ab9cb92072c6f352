# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is sealed of the documents that move the money of a group.

It is read from the tables and not from the records, so that it is what the
database holds, for a whole list with a number of queries that does not grow.
"""
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import wraps
from itertools import chain

from sql import Column

from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from .digest import digest

# What documents are read at once
DOCUMENTS = 1000


def sealed(event):
    "Seal the documents that the method takes to the state of that name"
    def decorator(func):
        @wraps(func)
        def wrapper(cls, documents, *args, **kwargs):
            Seal = Pool().get('avec.seal')
            changing = [
                d for d in documents
                if d.state != event and (d.state, event) in cls._transitions]
            cls.lock_books(changing)
            result = func(cls, documents, *args, **kwargs)
            Seal.add(cls, changing, event)
            return result
        return wrapper
    return decorator


class SealedMixin:
    "A document of which each event is sealed"
    __slots__ = ()

    seal = fields.Function(fields.Many2One(
            'avec.seal', "Seal",
            help="The last seal of the document."), 'get_seal')

    @classmethod
    def get_seal(cls, documents, name):
        Seal = Pool().get('avec.seal')
        return Seal.last_of_documents(documents)

    @classmethod
    def sealed_events(cls):
        """Return what each event adds, {event: (fields, moves)}.

        fields: the names of the fields that are frozen by it, moves: those
        of its moves.  What is not there may change lawfully later: texts,
        which may tell of a person, and what is computed.
        """
        return {
            'posted': (
                ['date', *cls._signatures('computed', 'held', 'posted')],
                ['move']),
            'cancelled': (cls._signatures('cancelled'), ['cancel_move']),
            }

    @classmethod
    def _signatures(cls, *steps):
        names = [f'{s}_by' for s in steps]
        return [n for n in names if n in cls._fields]

    @classmethod
    def sealed_lines(cls):
        "Return what is frozen of the lines, {One2Many: names of fields}"
        return {}

    @classmethod
    def sealed_member(cls):
        "Return the path to the membership of who the document is about"

    @classmethod
    def sealed_group(cls, table):
        "Return the table joined with what tells the group, and its column"
        cycle = Pool().get('avec.cycle').__table__()
        return (
            table.join(cycle, condition=table.cycle == cycle.id), cycle.group)

    @classmethod
    def sealed_expected(cls, groups):
        """Yield what must be sealed of the groups.

        Yields (group id, [move id], document id, event).
        """
        names = {e: ms for e, (_, ms) in cls.sealed_events().items()}
        columns = sorted({n for ns in names.values() for n in ns})
        for row in _read_groups(cls, groups, ['state', *columns]):
            for event, moved in names.items():
                if cls._happened(row, event):
                    moves = [row[n] for n in moved if row[n] is not None]
                    yield row['group'], moves, row['id'], event

    @classmethod
    def _happened(cls, row, event):
        "Return if the event happened to the document of the row"
        states = {
            'posted': {'posted', 'paid', 'cancelled'},
            'paid': {'paid'},
            'cancelled': {'cancelled'},
            }
        return row['state'] in states[event] or (
            event == 'paid' and row['payment_move'] is not None)

    @classmethod
    def sealed_moves(cls, rows, event):
        "Return the moves of the event, {document id: [move id]}"
        _, names = cls.sealed_events()[event]
        return {
            r['id']: [r[n] for n in names if r[n] is not None] for r in rows}

    @classmethod
    def sealed_contents(cls, ids, event):
        """Return the digest of what is sealed, {document id: hexadecimal}.

        A document that is not there has none.
        """
        result = {}
        for sub_ids in grouped_slice(list(ids), DOCUMENTS):
            for id_, content in cls._sealed_contents(sub_ids, event):
                result[id_] = digest(content)
        return result

    @classmethod
    def _sealed_contents(cls, ids, event):
        names, move_names = cls.sealed_events()[event]
        path = cls.sealed_member()
        if path:
            names = [*names, path.partition('.')[0]]
        rows = list(read(cls, 'id', ids, [*names, *move_names]))
        members = Members()
        members.add(cls, rows, path)
        contents = {r['id']: {n: r[n] for n in names} for r in rows}
        if event == 'posted':
            for name, line_names in cls.sealed_lines().items():
                cls._add_lines(contents, name, line_names, members)
        moves = cls.sealed_moves(rows, event)
        found = _read_moves(list(chain.from_iterable(moves.values())), members)
        for id_, content in contents.items():
            content['moves'] = [found.get(m) for m in moves[id_]]
            yield id_, content

    @classmethod
    def _add_lines(cls, contents, name, names, members):
        field = cls._fields[name]
        Line = field.get_target()
        rows = list(read(
                Line, field.field, list(contents), [field.field, *names]))
        members.add(Line, rows, Line.sealed_member())
        for row in Line.sealed_rows(rows):
            contents[row.pop(field.field)].setdefault(name, []).append(row)


class SealedLineMixin:
    "A line of a document that is sealed"
    __slots__ = ()

    @classmethod
    def sealed_member(cls):
        "Return the path to the membership of who the line is about"

    @classmethod
    def sealed_rows(cls, rows):
        "Return the rows as they are sealed"
        return rows


class Members:
    "The memberships of the records that moves come from, and their persons"

    def __init__(self):
        self._memberships = {}

    def add(self, Model, rows, path):
        "Add the records of the rows, whose memberships are at the path"
        if not path:
            return
        origins = defaultdict(list)
        name, _, rest = path.partition('.')
        for row in rows:
            if row[name] is not None:
                origins[row[name]].append(f"{Model.__name__},{row['id']}")
        for id_, membership in self._follow(
                Model._fields[name].get_target(), origins, rest):
            self._memberships.update(
                dict.fromkeys(origins[id_], membership))

    def has(self, origin):
        "Return if the membership of the record is known"
        return origin in self._memberships

    @classmethod
    def _follow(cls, Model, ids, path):
        "Yield (id, membership id) at the end of the path"
        if not path:
            yield from ((i, i) for i in ids)
            return
        name, _, rest = path.partition('.')
        values = {
            r['id']: r[name] for r in read(Model, 'id', list(ids), [name])}
        memberships = dict(cls._follow(
                Model._fields[name].get_target(), set(values.values()), rest))
        yield from ((i, memberships.get(v)) for i, v in values.items())

    def persons(self):
        "Return {record: (membership id, party id)}"
        Membership = Pool().get('avec.membership')
        parties = {
            r['id']: r['party'] for r in read(
                Membership, 'id', list(set(self._memberships.values())),
                ['party'])}
        return {
            r: (m, parties.get(m)) for r, m in self._memberships.items()}


def read(Model, column, values, names):
    "Yield the rows of the table as mappings, in the order of the ids"
    table = Model.__table__()
    cursor = Transaction().connection.cursor()
    names = list(dict.fromkeys(['id', *names]))
    types = [Model._fields[n]._type for n in names]
    for sub_values in grouped_slice(list(values), DOCUMENTS):
        cursor.execute(*table.select(
                *(Column(table, n) for n in names),
                where=fields.SQL_OPERATORS['in'](
                    Column(table, column), list(sub_values)),
                order_by=table.id))
        for row in cursor.fetchall():
            yield {
                n: _value(t, v) for n, t, v in zip(names, types, row)}


def _read_groups(Model, groups, names):
    "Yield the rows of the documents of the groups, with their group"
    table = Model.__table__()
    from_, group = Model.sealed_group(table)
    cursor = Transaction().connection.cursor()
    names = list(dict.fromkeys(['id', *names]))
    for sub_groups in grouped_slice(list(groups), DOCUMENTS):
        cursor.execute(*from_.select(
                *(Column(table, n) for n in names), group,
                where=fields.SQL_OPERATORS['in'](
                    group, [int(g) for g in sub_groups])))
        for row in cursor.fetchall():
            yield dict(zip([*names, 'group'], row))


def _read_moves(ids, members):
    "Return {move id: what is sealed of it}"
    pool = Pool()
    Line = pool.get('account.move.line')
    Move = pool.get('account.move')
    moves = {r['id']: r for r in read(Move, 'id', ids, Move.sealed_fields())}
    rows = list(read(Line, 'move', ids, Line.sealed_fields()))
    members.add(Line, [
            r for r in rows
            if r['party'] is not None and not members.has(r['origin'])],
        Line.sealed_member())
    persons = members.persons()
    nobody = None, None
    for row in rows:
        membership, party = persons.get(
            row['origin'],
            persons.get(f"{Line.__name__},{row['id']}", nobody))
        row['membership'] = membership
        if membership is None or row['party'] == party:
            # The person may be replaced by another record, here and there
            del row['party']
        moves[row.pop('move')].setdefault('lines', []).append(row)
    return moves


def _value(type_, value):
    "Return the value as it is whatever database it comes from"
    if value is None or type_ == 'boolean' and not value:
        # A box that is not ticked is as one that did not exist
        return None
    if type_ == 'boolean':
        return True
    if type_ == 'numeric':
        return value if isinstance(value, Decimal) else Decimal(str(value))
    if type_ == 'date' and isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value
