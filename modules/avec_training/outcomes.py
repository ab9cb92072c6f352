# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What members learnt, as queries for lists, reports and indicators

Each counts persons: who is in two groups, or left and came back, is one."""
from sql import Cast, Literal, Null, Union, Window
from sql.aggregate import Count, Max, Min, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Ceil, Round, RowNumber

from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'attended', 'context_date', 'hours_by_axis', 'number', 'ratio',
    'requirements', 'score_gains', 'topics_attended', 'trained',
    'trained_by_axis']

_PERSON = ['company', 'party', 'curriculum']


def context_date():
    "Return the day at which the user looks at what members learnt"
    return (Transaction().context.get('avec_date')
        or Pool().get('ir.date').today())


def number(column):
    "Return the decimal to calculate with, which SQLite stores as bytes"
    return Cast(column, 'NUMERIC')


def ratio(part, whole):
    "Return the part as a fraction of the whole"
    # The float makes SQLite divide decimals that happen to be whole
    return Round(number(part * 1.0 / whole), 4)


def attended(date, start=None):
    """Return the query of who attended what at sessions that were held

    From the start to the date, both included.  Its columns are id (of the
    attendance), session, company, party, membership, group, curriculum, date
    and hours."""
    pool = Pool()
    Attendance = pool.get('avec.training.attendance')
    line = Attendance.__table__()
    membership = pool.get('avec.membership').__table__()
    session = pool.get('avec.training.session').__table__()
    where = (
        (session.state == 'held')
        & line.attendance.in_(sorted(Attendance.PRESENT))
        & (session.date <= date))
    if start:
        where &= session.date >= start
    return (line
        .join(session, condition=line.session == session.id)
        .join(membership, condition=line.membership == membership.id)
        .select(
            line.id.as_('id'),
            session.id.as_('session'),
            session.company.as_('company'),
            membership.party.as_('party'),
            membership.id.as_('membership'),
            membership.group.as_('group'),
            session.curriculum.as_('curriculum'),
            session.date.as_('date'),
            number(Coalesce(line.hours, session.hours)).as_('hours'),
            where=where))


def topics_attended(date):
    """Return the query of the topics that persons attended

    Its columns are company, party, curriculum, topic and date, the first day
    on which a session that covers it was attended."""
    pool = Pool()
    covered = pool.get('avec.training.session-avec.training.topic').__table__()
    topic = pool.get('avec.training.topic').__table__()
    line = attended(date)
    person = [getattr(line, n) for n in _PERSON]
    return (line
        .join(covered, condition=covered.session == line.session)
        .join(topic, condition=(covered.topic == topic.id)
            & (topic.curriculum == line.curriculum))
        .select(
            *(c.as_(n) for c, n in zip(person, _PERSON)),
            topic.id.as_('topic'),
            Min(line.date).as_('date'),
            group_by=[*person, topic.id]))


def requirements():
    """Return the query of what the curricula require

    Its columns are curriculum, axis, rule, required (hours or number of
    topics) and active."""
    pool = Pool()
    curriculum = pool.get('avec.training.curriculum').__table__()
    topic = pool.get('avec.training.topic').__table__()
    count = topic.select(
        topic.curriculum.as_('curriculum'), Count(topic.id).as_('count'),
        group_by=topic.curriculum)
    # Whole numbers, because SQLite calculates with floats
    topics = number(Ceil(
            Round(number(curriculum.share_required) * 10000)
            * Coalesce(count.count, 0) / 10000.0))
    return (curriculum
        .join(count, 'LEFT', condition=count.curriculum == curriculum.id)
        .select(
            curriculum.id.as_('curriculum'),
            curriculum.axis.as_('axis'),
            curriculum.rule.as_('rule'),
            curriculum.active.as_('active'),
            Case(
                (curriculum.rule == 'hours',
                    number(curriculum.hours_required)),
                else_=topics).as_('required')))


def trained(date):
    """Return the query of the persons who completed a curriculum by the date

    Its columns are company, party, curriculum, axis and date, the day on
    which what is required was reached."""
    line, topic = attended(date), topics_attended(date)
    steps = Union(
        line.select(
            *(getattr(line, n).as_(n) for n in _PERSON),
            line.date.as_('date'), line.hours.as_('done'),
            Literal('hours').as_('rule')),
        topic.select(
            *(getattr(topic, n).as_(n) for n in _PERSON),
            topic.date.as_('date'), Literal(1).as_('done'),
            Literal('topics').as_('rule')),
        all_=True)
    required = requirements()
    summed = (steps
        .join(required, condition=(steps.curriculum == required.curriculum)
            & (steps.rule == required.rule))
        .select(
            *(getattr(steps, n).as_(n) for n in _PERSON),
            required.axis.as_('axis'),
            required.required.as_('required'),
            steps.date.as_('date'),
            # All that was attended on a day counts on that day
            Round(Sum(steps.done, window=Window(
                        [getattr(steps, n) for n in _PERSON],
                        order_by=[steps.date])), 2).as_('done'),
            where=required.required > 0))
    person = [getattr(summed, n) for n in [*_PERSON, 'axis']]
    return summed.select(
        *(c.as_(n) for c, n in zip(person, [*_PERSON, 'axis'])),
        Min(summed.date).as_('date'),
        where=summed.done >= summed.required,
        group_by=person)


def trained_by_axis(date):
    """Return the query of the persons who are trained in an axis by the date

    It is who completed one of its curricula.  Its columns are company, party,
    axis and date, the first day on which it was so."""
    done = trained(date)
    person = [done.company, done.party, done.axis]
    return done.select(
        done.company.as_('company'), done.party.as_('party'),
        done.axis.as_('axis'), Min(done.date).as_('date'),
        group_by=person)


def hours_by_axis(date, start=None):
    """Return the query of the hours that persons attended by axis

    From the start to the date, both included.  Its columns are company,
    party, membership, group, axis and hours."""
    line = attended(date, start)
    curriculum = Pool().get('avec.training.curriculum').__table__()
    key = [
        line.company, line.party, line.membership, line.group,
        curriculum.axis]
    return (line
        .join(curriculum, condition=line.curriculum == curriculum.id)
        .select(
            *(c.as_(c.name) for c in key),
            Sum(line.hours).as_('hours'),
            group_by=key))


def score_gains(date):
    """Return the query of the scores before and after by the date

    The first score before and the last one after of each person in each
    curriculum.  Its columns are id, company, party, membership, group,
    curriculum, axis, before_date, before, after_date, after and gain; the
    scores are fractions and the gain is null while one is missing."""
    pool = Pool()
    curriculum = pool.get('avec.training.curriculum').__table__()
    membership = pool.get('avec.membership').__table__()
    scored = _scored(date)
    person = [getattr(scored, n) for n in _PERSON]
    persons = scored.select(
        Min(scored.id).as_('id'),
        Max(scored.membership).as_('membership'),
        *(c.as_(n) for c, n in zip(person, _PERSON)),
        group_by=person)
    before = _ranked(date, 'before', lambda c: c.asc)
    after = _ranked(date, 'after', lambda c: c.desc)

    def same(scores):
        condition = scores.rank == 1
        for name in _PERSON:
            condition &= getattr(scores, name) == getattr(persons, name)
        return condition

    return (persons
        .join(membership, condition=persons.membership == membership.id)
        .join(curriculum, condition=persons.curriculum == curriculum.id)
        .join(before, 'LEFT', condition=same(before))
        .join(after, 'LEFT', condition=same(after))
        .select(
            persons.id.as_('id'),
            persons.company.as_('company'),
            persons.party.as_('party'),
            persons.membership.as_('membership'),
            membership.group.as_('group'),
            persons.curriculum.as_('curriculum'),
            curriculum.axis.as_('axis'),
            before.date.as_('before_date'),
            before.score.as_('before'),
            after.date.as_('after_date'),
            after.score.as_('after'),
            Round(after.score - before.score, 4).as_('gain')))


def _scored(date):
    "Return the query of the scores, without those of cancelled sessions"
    pool = Pool()
    assessment = pool.get('avec.training.assessment').__table__()
    group = pool.get('avec.group').__table__()
    membership = pool.get('avec.membership').__table__()
    session = pool.get('avec.training.session').__table__()
    return (assessment
        .join(membership, condition=assessment.membership == membership.id)
        .join(group, condition=membership.group == group.id)
        .join(session, 'LEFT', condition=assessment.session == session.id)
        .select(
            assessment.id.as_('id'),
            group.company.as_('company'),
            membership.party.as_('party'),
            membership.id.as_('membership'),
            assessment.curriculum.as_('curriculum'),
            assessment.moment.as_('moment'),
            assessment.date.as_('date'),
            ratio(number(assessment.score), number(assessment.max_score)
                ).as_('score'),
            where=(assessment.date <= date)
            & (assessment.score != Null)
            & (Coalesce(session.state, '') != 'cancelled')))


def _ranked(date, moment, direction):
    "Return the query of the scores of the moment, ranked by day"
    scored = _scored(date)
    return scored.select(
        *(getattr(scored, n).as_(n) for n in [*_PERSON, 'date', 'score']),
        RowNumber(window=Window(
                [getattr(scored, n) for n in _PERSON],
                order_by=[direction(scored.date), direction(scored.id)])
            ).as_('rank'),
        where=scored.moment == moment)
