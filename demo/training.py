# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Members are trained: curricula, sessions, attendance and scores"
import datetime as dt
from collections import defaultdict
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from . import learning
from .calendar import LAST_WEEK
from .groups import chunks
from .office import translate
from .part import Part

__all__ = ['Training']

_CANCELLED = "La salle de la commune n'était pas libre."
_GENERAL = dt.date(2027, 1, 16)
_HALL = "Maison des jeunes / دار الشباب"


class Training(Part):
    "The sessions through which the members acquired their skills"
    module = 'avec_training'

    def prepare(self, books):
        self._curricula = _curricula()
        self._trainers = _trainers()
        sessions, taken = defaultdict(list), set()
        for book in books:
            for lesson in learning.lessons(book.plan, book.active):
                session = self._session(book, lesson, taken)
                sessions[lesson.state].append((book, lesson, session))
        for state, made in sessions.items():
            self._save(made, state)
        self._general()

    def _session(self, book, lesson, taken):
        "Return the unsaved session, on a day on which the trainer is free"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Session = pool.get('avec.training.session')
        plan = book.plan
        date = lesson.date
        while (plan.field_officer, date, lesson.start) in taken or (
                date.weekday() == 6):
            date += dt.timedelta(days=1)
        taken.add((plan.field_officer, date, lesson.start))
        curriculum, topics = self._curricula[lesson.course]
        # A break in the middle of what takes the whole day
        length = lesson.hours + (1 if lesson.hours > 5 else 0)
        start = lesson.start if length < 9 else 9
        return Session(
            company=self.office.company, curriculum=curriculum,
            topics=[topics[t] for t in lesson.topics],
            groups=[book.group], programme=self.office.programme,
            trainer=self._trainers[plan.field_officer],
            place=plan.village,
            subdivision=self.office.subdivisions[plan.province.code],
            date=date, start_time=dt.time(start),
            end_time=dt.time(start + length), hours=Decimal(lesson.hours),
            attendances=[
                Attendance(
                    membership=book.memberships[l.member],
                    attendance=l.attendance, hours=l.hours)
                for l in lesson.lines])

    def _save(self, made, state):
        Session = Pool().get('avec.training.session')
        sessions = [s for _, _, s in made]
        for part in chunks(sessions, 20):
            Session.save(part)
        with Transaction().set_user(self.office.users['programme']):
            if state == 'held':
                Session.hold(sessions)
                self._assess(made)
            elif state == 'cancelled':
                Session.write(sessions, {'cancel_reason': _CANCELLED})
                Session.cancel(sessions)

    @staticmethod
    def _assess(made):
        Assessment = Pool().get('avec.training.assessment')
        assessments = [
            Assessment(
                membership=book.memberships[line.member], session=session,
                moment=lesson.moment, score=line.score,
                curriculum=session.curriculum, date=session.date)
            for book, lesson, session in made
            for line in lesson.lines if line.score is not None]
        for part in chunks(assessments, 200):
            Assessment.save(part)

    def _general(self):
        "Plan a day for all the groups of the programme"
        Session = Pool().get('avec.training.session')
        curriculum, topics = self._curricula['EMP']
        Session(
            company=self.office.company, curriculum=curriculum,
            topics=[topics[2]], programme=self.office.programme,
            trainer=self._trainers[0], place=_HALL, date=_GENERAL,
            start_time=dt.time(10), end_time=dt.time(12),
            hours=Decimal(2)).save()

    # -- what must be true

    def check(self, books):
        "All the members acquired the skills of the first two axes"
        expected = {
            b.memberships[i] for b in books
            for i, m in enumerate(b.plan.members) if not m.leaving}
        for code in ['life', 'technical']:
            trained = self._trained(code)
            if count := len(expected - trained):
                yield f"{count} members are not trained in {code}"
            if more := len(trained - expected):
                yield f"{more} who are no members are trained in {code}"

    @staticmethod
    def _trained(code):
        "Return the memberships of the active members trained in the axis"
        Progress = Pool().get('avec.training.progress')
        with Transaction().set_context(avec_date=LAST_WEEK):
            return {
                p.membership.id for p in Progress.search([
                        ('axis.code', '=', code),
                        ('trained', '=', True),
                        ('membership.end_date', '=', None),
                        ])}


def _trainers():
    "Make the trainers and return their ids"
    Party = Pool().get('party.party')
    parties = [Party(name=n) for n in learning.TRAINERS]
    Party.save(parties)
    return [p.id for p in parties]


def _curricula():
    "Make the curricula, {key: (id, ids of the topics)}"
    pool = Pool()
    Curriculum = pool.get('avec.training.curriculum')
    Kind = pool.get('avec.training.skill.kind')
    ModelData = pool.get('ir.model.data')
    Topic = pool.get('avec.training.topic')
    curricula, kinds, topics = {}, {}, {}
    for key, course in learning.CURRICULA.items():
        axis = ModelData.get_id('avec_training', f'axis_{course.axis}')
        curricula[key] = Curriculum(
            code=key, name=course.names[0], axis=axis, rule=course.rule,
            hours_required=(
                course.required if course.rule == 'hours' else None),
            share_required=(
                course.required if course.rule == 'topics' else None))
        kinds[key] = [
            Kind(name=skill[0], axis=axis) for _, _, skill in course.topics]
    Curriculum.save(list(curricula.values()))
    Kind.save([k for ks in kinds.values() for k in ks])
    for key, course in learning.CURRICULA.items():
        topics[key] = [
            Topic(
                curriculum=curricula[key], name=names[0],
                hours=Decimal(hours), sequence=i, skills=[kind])
            for i, ((hours, names, _), kind) in enumerate(
                zip(course.topics, kinds[key]), 1)]
    Topic.save([t for ts in topics.values() for t in ts])
    for key, course in learning.CURRICULA.items():
        named = [(curricula[key], course.names)]
        named += zip(topics[key], [n for _, n, _ in course.topics])
        named += zip(kinds[key], [s for _, _, s in course.topics])
        for record, names in named:
            translate(record, 'name', **dict(zip(['fr', 'ar', 'en'], names)))
    return {
        k: (c.id, [t.id for t in topics[k]]) for k, c in curricula.items()}
