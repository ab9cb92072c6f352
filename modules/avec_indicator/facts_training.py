# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts about trainings"
from sql import Literal, Null

from trytond.modules.avec_training import outcomes
from trytond.pool import Pool

from .facts_group import ONE
from .formula import Formula, number, on_day, within

__all__ = ['FORMULAS']

# The axes of which a member must have the skills
SKILLS = ['life', 'technical']


def _axes():
    Axis = Pool().get('avec.training.axis')
    return [(a.code, a.rec_name) for a in Axis.search([])]


def _memberships(scope):
    "Return the memberships in the groups of the office on the day"
    pool = Pool()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    return (membership
        .join(group, condition=membership.group == group.id)
        .select(
            membership.party.as_('party'), membership.group.as_('group'),
            group.company.as_('company'),
            where=on_day(membership, scope.date)
            & (group.company == scope.company)))


def members_skilled(scope):
    members = _memberships(scope)
    where = Literal(True)
    for code in SKILLS:
        axis = Pool().get('avec.training.axis').__table__()
        done = outcomes.trained_by_axis(scope.date)
        where &= members.party.in_(done
            .join(axis, condition=done.axis == axis.id)
            .select(done.party, where=(axis.code == code)
                & (done.company == scope.company)))
    return members.select(
        members.party.as_('record'), members.party.as_('person'),
        members.group.as_('group'), ONE.as_('numerator'),
        ONE.as_('denominator'), where=where)


def training_hours(scope):
    pool = Pool()
    axis = pool.get('avec.training.axis').__table__()
    curriculum = pool.get('avec.training.curriculum').__table__()
    line = outcomes.attended(scope.date, scope.start)
    return (line
        .join(curriculum, condition=line.curriculum == curriculum.id)
        .join(axis, condition=curriculum.axis == axis.id)
        .select(
            line.id.as_('record'), line.party.as_('person'),
            line.group.as_('group'), line.hours.as_('numerator'),
            ONE.as_('denominator'),
            where=axis.code == scope.argument))


def persons_trained(scope):
    """The persons in each of their groups, those they left as well

    Who completed a curriculum stays trained."""
    pool = Pool()
    axis = pool.get('avec.training.axis').__table__()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    done = outcomes.trained_by_axis(scope.date)
    return (done
        .join(axis, condition=done.axis == axis.id)
        .join(membership, condition=membership.party == done.party)
        .join(group, condition=(membership.group == group.id)
            & (group.company == done.company))
        .select(
            done.party.as_('record'), done.party.as_('person'),
            group.id.as_('group'), ONE.as_('numerator'),
            ONE.as_('denominator'),
            where=(axis.code == scope.argument)
            & (membership.start_date <= scope.date)
            & within(done.date, scope)))


def score_gain(scope):
    gain = outcomes.score_gains(scope.date)
    return gain.select(
        gain.id.as_('record'), gain.party.as_('person'),
        gain.group.as_('group'), gain.axis.as_('detail'),
        number(gain.gain).as_('numerator'), ONE.as_('denominator'),
        where=gain.gain != Null)


FORMULAS = {
    'members_skilled': Formula(
        'party.party', members_skilled, unit='persons'),
    'training_hours': Formula(
        'avec.training.attendance', training_hours, 'sum', unit='hours',
        arguments=_axes, period=True),
    'persons_trained': Formula(
        'party.party', persons_trained, unit='persons', arguments=_axes,
        period=True),
    'score_gain': Formula(
        'avec.training.gain', score_gain, 'mean', unit='points',
        detail='avec.training.axis'),
    }
