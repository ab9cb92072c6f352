# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How many queries the work takes, whatever the number of members"
from trytond.pool import Pool

from . import groups
from .measure import count_queries

__all__ = ['measure_queries']

FEW, MANY = 10, 30


def _share(cycle_ids):
    Cycle = Pool().get('avec.cycle')
    Cycle.share(Cycle.browse(cycle_ids))


def _share_outs(cycle_ids):
    ShareOut = Pool().get('avec.share_out')
    return [s.id for s in ShareOut.create([
                {'cycle': c, 'date': groups.week(1)} for c in cycle_ids])]


def _compute(*ids):
    ShareOut = Pool().get('avec.share_out')
    ShareOut.compute(ShareOut.browse(ids))


def _steps(books, cycle_ids):
    "Return the number of queries of each step for all the cycles at once"
    values = [
        books.run(groups.sheet, c, groups.week(0)) for c in cycle_ids]
    meetings = books.run(groups.save, *values)
    counts = {
        name: books.run(count_queries, step, *meetings)
        for name, step in [('hold', groups.hold), ('post', groups.post)]}
    books.run(_share, cycle_ids)
    share_outs = books.run(_share_outs, cycle_ids)
    counts['compute'] = books.run(count_queries, _compute, *share_outs)
    return counts


def measure_queries(books, documents):
    """Return the number of queries to hold, post and compute.

    Once for one and for many documents, once for groups of few and of many
    members; the first group fills the caches and is not counted.  The
    insertions are counted apart."""
    cycles = {}
    for name, count, members in [
            ('warm', 1, FEW), ('one', 1, FEW), ('all', documents, FEW),
            ('many', 1, MANY)]:
        cycles[name] = books.without_access(
            groups.create, count, members, f"Queries {name}")
    counts = {n: _steps(books, c) for n, c in cycles.items()}
    result = {}
    for step in ['hold', 'post', 'compute']:
        (one, rows), (all_, _), (many, more_rows) = [
            counts[n][step] for n in ['one', 'all', 'many']]
        result[step] = {
            'one_document': one,
            f'{documents}_documents': all_,
            f'{FEW}_members': one,
            f'{MANY}_members': many,
            'growth_with_members': many - one,
            'insertions': {
                f'{FEW}_members': rows, f'{MANY}_members': more_rows},
            }
    return result
