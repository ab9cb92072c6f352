# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What reading balances and typing a sheet cost"
from proteus import Model
from trytond.pool import Pool

from . import groups
from .measure import alternate, ratio, seconds, spread, watch

__all__ = [
    'measure_balances', 'measure_form', 'measure_list', 'measure_typing']

AMOUNTS = ['shares', 'savings', 'balance_due']
# What the clients load first
PAGE = 1000


def _read_together(ids):
    Membership = Pool().get('avec.membership')
    Membership.read(ids, AMOUNTS)


def _read_one_by_one(ids):
    Membership = Pool().get('avec.membership')
    for id_ in ids:
        Membership.read([id_], AMOUNTS)


def _memberships(cycle_ids):
    Membership = Pool().get('avec.membership')
    return [m.id for m in Membership.search([
                ('group.cycles', 'in', cycle_ids)])]


def measure_balances(books, cycles, runs):
    "Return what reading the balances of all members at once saves"
    ids = books.run(_memberships, cycles)
    together, apart = alternate(
        runs,
        lambda: books.run(_read_together, ids),
        lambda: books.run(_read_one_by_one, ids))
    return {
        'memberships': len(ids),
        'seconds_together': spread(together),
        'seconds_one_by_one': spread(apart),
        'ratio_one_by_one_to_together': ratio(apart, together),
        }


def _view_fields(name, view=None):
    "Return the names that the clients read to show the view"
    pool = Pool()
    Record = pool.get(name)
    ModelData = pool.get('ir.model.data')
    view_id = ModelData.get_id('avec_group', view)
    fields = Record.fields_view_get(view_id)['fields']
    return [*fields, '_timestamp', '_write', '_delete', *(
            f'{n}.rec_name' for n, d in fields.items()
            if d['type'] == 'many2one')]


def _page(name, view, limit):
    Record = Pool().get(name)
    names = _view_fields(name, view)
    ids = [r.id for r in Record.search([], limit=limit)]
    for i in range(0, len(ids), PAGE):
        Record.read(ids[i:i + PAGE], names)
    return len(ids)


def measure_list(books, runs):
    "Return what showing the list of the groups with their balances costs"
    view = 'avec.group', 'group_view_list'
    first = seconds(books.run, _page, *view, PAGE, runs=runs)
    everything = seconds(books.run, _page, *view, None, runs=runs)
    return {
        'groups': books.run(_page, *view, None),
        f'seconds_first_{PAGE}': spread(first),
        'seconds_all': spread(everything),
        }


def _sum(calls):
    return sum(s for _, s in calls)


def _open_new(cycle):
    Meeting = Model.get('avec.meeting')
    with watch() as calls:
        meeting = Meeting()
        meeting.cycle = cycle
    return meeting, _sum(calls)


def _open_saved(meeting_id):
    pool = Pool()
    Line = pool.get('avec.meeting.line')
    Meeting = pool.get('avec.meeting')
    values, = Meeting.read(
        [meeting_id], _view_fields('avec.meeting', 'meeting_view_form'))
    Line.read(list(values['lines']), _view_fields(
            'avec.meeting.line', 'meeting_line_view_list_sheet'))


def measure_form(books, cycle_id, runs):
    "Return what opening a sheet costs, a new one and a saved one"
    Cycle = Model.get('avec.cycle')
    cycle = Cycle(cycle_id)
    new = [_open_new(cycle) for _ in range(runs + 1)][1:]
    values = books.run(groups.sheet, cycle_id, groups.week(0))
    meeting_id, = books.run(groups.save, values)
    saved = seconds(books.run, _open_saved, meeting_id, runs=runs)
    return {
        'members': len(new[0][0].lines),
        'seconds_new': spread([s for _, s in new]),
        'seconds_saved': spread(saved),
        }


def measure_typing(cycle_id, keystrokes):
    """Return what typing shares in the lines of a new sheet costs.

    A value that is typed in a line makes the client ask the server about the
    line and then about the sheet with its totals and boxes."""
    Cycle = Model.get('avec.cycle')
    meeting, _ = _open_new(Cycle(cycle_id))
    times, calls_count = [], 0
    for number in range(keystrokes + 1):
        line = meeting.lines[number % len(meeting.lines)]
        with watch() as calls:
            line.shares = 1 + line.shares % 5
        times.append(_sum(calls))
        calls_count = len(calls)
    return {
        'lines': len(meeting.lines),
        'calls': calls_count,
        'milliseconds': spread([t * 1000 for t in times[1:]], 2),
        }
