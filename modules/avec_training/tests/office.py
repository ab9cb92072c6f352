# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Training of a group for the unit tests, see the office of avec_group"
import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from trytond.modules.avec_group.tests.office import create_party
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool

__all__ = [
    'assess', 'create_curriculum', 'create_session', 'days', 'hold', 'office',
    'train']

FIRST = dt.date(2026, 1, 12)


@contextmanager
def office(name="Office", currency=None):
    "Set a company, which needs no accounts to train"
    company = create_company(name, currency=currency)
    with set_company(company):
        yield company


def days(count):
    "Return the day so many days after the first session"
    return FIRST + dt.timedelta(days=count)


def create_curriculum(
        axis='life', topics=(2, 2, 2, 2), skills=True, code=None, **values):
    "Create a curriculum of topics by their hours, each giving a skill"
    pool = Pool()
    Curriculum = pool.get('avec.training.curriculum')
    Kind = pool.get('avec.training.skill.kind')
    ModelData = pool.get('ir.model.data')
    Topic = pool.get('avec.training.topic')
    axis = ModelData.get_id('avec_training', f'axis_{axis}')
    curriculum = Curriculum(
        name="Curriculum", axis=axis,
        code=code or f'C{Curriculum.search_count([]) + 1}')
    for name, value in values.items():
        setattr(curriculum, name, value)
    curriculum.save()
    kinds = []
    if skills:
        kinds = [Kind(name=f"Skill {i}", axis=axis)
            for i in range(len(topics))]
        Kind.save(kinds)
    Topic.save([
            Topic(
                curriculum=curriculum, name=f"Topic {i}", hours=Decimal(h),
                sequence=i, skills=kinds[i:i + 1])
            for i, h in enumerate(topics)])
    return Curriculum(curriculum.id)


def create_session(
        curriculum, groups, topics=(0,), date=FIRST, hours=2, start=9,
        trainer=None, **values):
    "Plan a session of the topics, by their ranks, with its members"
    pool = Pool()
    Session = pool.get('avec.training.session')
    session = Session(
        curriculum=curriculum, groups=groups, date=date,
        topics=[curriculum.topics[t] for t in topics],
        trainer=trainer or create_party("Trainer"),
        start_time=dt.time(start), end_time=dt.time(start + int(hours)),
        hours=Decimal(hours))
    for name, value in values.items():
        setattr(session, name, value)
    session.save()
    Session.fill([session])
    return Session(session.id)


def hold(session, attendances=None, hours=None):
    "Hold the session, with how the members attended by their names"
    pool = Pool()
    Attendance = pool.get('avec.training.attendance')
    Session = pool.get('avec.training.session')
    lines = []
    for line in session.attendances:
        name = line.party.name
        line.attendance = (attendances or {}).get(name, 'present')
        line.hours = (hours or {}).get(name)
        lines.append(line)
    Attendance.save(lines)
    session = Session(session.id)
    Session.hold([session])
    return Session(session.id)


def train(curriculum, groups, topics=(0,), date=FIRST, absent=(), **values):
    "Hold a session of the topics, at which some were absent"
    session = create_session(curriculum, groups, topics, date, **values)
    return hold(session, dict.fromkeys(absent, 'absent'))


def assess(membership, curriculum, moment, date, score, **values):
    Assessment = Pool().get('avec.training.assessment')
    assessment = Assessment(
        membership=membership, curriculum=curriculum, moment=moment,
        date=date, score=None if score is None else Decimal(score))
    for name, value in values.items():
        setattr(assessment, name, value)
    assessment.save()
    return assessment
