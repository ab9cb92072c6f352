# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from proteus import Model

__all__ = ['attend', 'axis', 'create_curriculum', 'plan_session']


def axis(code):
    "Return the axis of the code"
    Axis = Model.get('avec.training.axis')
    found, = Axis.find([('code', '=', code)])
    return found


def create_curriculum(code, name, axis_code, topics, **values):
    """Create a curriculum of topics, {name: (hours, [skills])}

    Without other values 80 % of the topics must be attended."""
    Curriculum = Model.get('avec.training.curriculum')
    Kind = Model.get('avec.training.skill.kind')
    curriculum = Curriculum(code=code, name=name, axis=axis(axis_code))
    for field, value in values.items():
        setattr(curriculum, field, value)
    for topic_name, (hours, skills) in topics.items():
        topic = curriculum.topics.new(
            name=topic_name, hours=Decimal(hours))
        for skill in skills:
            kind = Kind(name=skill, axis=axis(axis_code))
            kind.save()
            topic.skills.append(Kind(kind.id))
    curriculum.save()
    return curriculum


def plan_session(curriculum, groups, topics, date, trainer, **values):
    "Return the session as typed and not yet saved"
    Group = Model.get('avec.group')
    Session = Model.get('avec.training.session')
    Topic = Model.get('avec.training.topic')
    session = Session()
    session.curriculum = curriculum
    session.date = date
    session.trainer = trainer
    session.start_time = dt.time(9)
    session.groups.extend(Group(g.id) for g in groups)
    session.topics.extend(
        Topic(t.id) for t in curriculum.topics if t.name in topics)
    for name, value in values.items():
        setattr(session, name, value)
    return session


def attend(session, **attendances):
    "Save the session with how the members named attended, and hold it"
    lines = {l.party.name: l for l in session.attendances}
    for name, attendance in attendances.items():
        lines[name].attendance = attendance
    session.click('hold')
    return session
