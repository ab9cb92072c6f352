# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What posting a meeting costs"
import statistics

from trytond.modules.avec_group import account
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import groups
from .measure import ratio, spread, stopwatch

__all__ = ['measure_chunks', 'measure_growth', 'measure_posting']


def _one_by_one(meeting_id):
    Move = Pool().get('account.move')
    for move in groups.naive(meeting_id):
        move.save()
        Move.post([move])


def _rows(table, where):
    "Return the columns and rows of the table but for the id"
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(where=where, order_by=table.id))
    names = [d[0] for d in cursor.description]
    keep = [i for i, n in enumerate(names) if n != 'id']
    return (
        [names[i] for i in keep],
        [[row[i] for i in keep] for row in cursor.fetchall()])


def _read_rows(meeting_id):
    "Return the rows that the meeting made in the ledger"
    pool = Pool()
    Line = pool.get('account.move.line')
    Meeting = pool.get('avec.meeting')
    Move = pool.get('account.move')
    move, line = Move.__table__(), Line.__table__()
    move_id = Meeting(meeting_id).move.id
    return (
        _rows(move, move.id == move_id), _rows(line, line.move == move_id))


def _insert_rows(moves, lines):
    "Insert the rows of a move with plain SQL, return the id of the move"
    pool = Pool()
    move = pool.get('account.move').__table__()
    line = pool.get('account.move.line').__table__()
    database = Transaction().database
    cursor = Transaction().connection.cursor()
    names, rows = moves
    returning = [move.id] if database.has_returning() else None
    cursor.execute(*move.insert(
            [getattr(move, n) for n in names], rows, returning=returning))
    if returning:
        move_id, = cursor.fetchone()
    else:
        move_id = database.lastid(cursor)
    names, rows = lines
    at = names.index('move')
    cursor.execute(*line.insert(
            [getattr(line, n) for n in names],
            [[*row[:at], move_id, *row[at + 1:]] for row in rows]))
    return move_id


def _delete_rows(move_id):
    pool = Pool()
    move = pool.get('account.move').__table__()
    line = pool.get('account.move.line').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*line.delete(where=line.move == move_id))
    cursor.execute(*move.delete(where=move.id == move_id))


def _hold_and_post(books, meeting_id):
    books.run(groups.hold, meeting_id)
    books.run(groups.post, meeting_id)


def _round(books, cycle, number):
    """Post a meeting and the same money in the other ways, return the times.

    A move for each transaction is saved and posted without checks of access
    and in one database transaction for all, which is the fastest way to do
    it."""
    times = {}

    def timed(name, run, *args):
        times[name], result = stopwatch(run, *args)
        return result

    values = books.run(groups.sheet, cycle, groups.week(number))
    meeting_id, = timed('save', books.run, groups.save, values)
    timed('hold_and_post', _hold_and_post, books, meeting_id)
    timed('naive', books.without_access, _one_by_one, meeting_id)
    rows = books.run(_read_rows, meeting_id)
    move_id = timed(
        'plain_sql', books.without_access, _insert_rows, *rows)
    books.without_access(_delete_rows, move_id)
    return times


def measure_posting(books, cycle, runs):
    "Return the rate of posting and its ratios to the other ways"
    rounds = [_round(books, cycle, i) for i in range(runs + 1)][1:]
    times = {n: [r[n] for r in rounds] for n in rounds[0]}
    both = [
        sum(t) for t in zip(times['save'], times['hold_and_post'])]
    return {
        'members': groups.MEMBERS,
        'naive_moves': books.run(groups.count_transactions, cycle),
        'meetings_per_second': spread(
            [1 / t for t in times['hold_and_post']], 2),
        'meetings_per_second_with_saving': spread([1 / t for t in both], 2),
        'seconds': {n: spread(t) for n, t in times.items()},
        'ratio_to_naive': ratio(times['naive'], times['hold_and_post']),
        'ratio_to_naive_with_saving': ratio(times['naive'], both),
        'ratio_to_plain_sql': ratio(
            times['hold_and_post'], times['plain_sql']),
        }


def measure_growth(books, cycles, meetings, window):
    """Return what a meeting costs when many were posted before.

    The groups meet in turn, week after week.  The cost is the median over
    the window of meetings around the one asked."""
    times = []
    for number in range(meetings):
        for cycle in cycles:
            values = books.run(groups.sheet, cycle, groups.week(number))
            meeting_id, = books.run(groups.save, values)
            times.append(stopwatch(_hold_and_post, books, meeting_id)[0])
    first = max(len(times) // 20 - window // 2, 0)
    early, late = times[first:first + window], times[-window:]
    return {
        'groups': len(cycles),
        'meetings': len(times),
        'early': {'from': first + 1, **spread(early)},
        'late': {'from': len(times) - window + 1, **spread(late)},
        'ratio_late_to_early': round(
            statistics.median(late) / statistics.median(early), 3),
        }


def measure_chunks(books, cycles, sizes, runs):
    """Return what posting a meeting of each group at once costs.

    sizes: the numbers of lines after which the moves are saved, which take
    turns."""
    times = {s: [] for s in sizes}
    chosen, week = account.LINES_PER_SAVE, 0
    try:
        for _ in range(runs + 1):
            for size in sizes:
                account.LINES_PER_SAVE = size
                times[size].append(_post_together(books, cycles, week))
                week += 1
    finally:
        account.LINES_PER_SAVE = chosen
    return {
        'meetings': len(cycles),
        'chosen': chosen,
        'seconds': {str(s): spread(t[1:]) for s, t in times.items()},
        }


def _post_together(books, cycles, week):
    values = [
        books.run(groups.sheet, c, groups.week(week)) for c in cycles]
    meetings = books.run(groups.save, *values)
    books.run(groups.hold, *meetings)
    return stopwatch(books.run, groups.post, *meetings)[0]
