# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict

from trytond.i18n import gettext
from trytond.modules.avec_group.document import format_date
from trytond.pool import Pool

from . import completion
from .exceptions import OverlapWarning, SessionError, SessionValidationError


class SessionCheckMixin:
    "What must be right to keep a session, and to hold it"
    __slots__ = ()

    @classmethod
    def validate_fields(cls, sessions, field_names):
        super().validate_fields(sessions, field_names)
        cls.check_scope(sessions, field_names)
        cls.check_hours(sessions, field_names)
        cls.check_members(sessions, field_names)
        cls.check_trainers(sessions, field_names)

    @classmethod
    def check_scope(cls, sessions, field_names=None):
        if field_names and not (field_names & {'groups', 'programme'}):
            return
        for session in sessions:
            if not session.groups and not session.programme:
                raise SessionValidationError(gettext(
                        'avec_training.msg_session_scope',
                        session=session.rec_name))

    @classmethod
    def check_hours(cls, sessions, field_names=None):
        if field_names and not (
                field_names & {'hours', 'start_time', 'end_time'}):
            return
        for session in sessions:
            most = completion.duration(session.start_time, session.end_time)
            if session.hours > most:
                raise SessionValidationError(gettext(
                        'avec_training.msg_session_hours',
                        session=session.rec_name,
                        hours=session.hours, most=most))

    @classmethod
    def check_members(cls, sessions, field_names=None):
        Attendance = Pool().get('avec.training.attendance')
        if field_names and not (field_names & {
                    'company', 'date', 'groups', 'programme', 'hours'}):
            return
        Attendance.check_sessions(sessions)

    @classmethod
    def check_trainers(cls, sessions, field_names=None):
        "Warn of a trainer who is at two sessions at the same hours"
        if field_names and not (field_names & {
                    'trainer', 'date', 'start_time', 'end_time'}):
            return
        sessions = [s for s in sessions if s.state == 'planned']
        for session, other in cls._same_hours(
                [s for s in sessions if s.trainer]):
            if session.trainer == other.trainer:
                cls._warn(session, other, session.trainer)

    @classmethod
    def _same_hours(cls, sessions):
        "Yield each of the sessions with the others at the same hours"
        others = defaultdict(list)
        for other in cls.search([
                    ('date', 'in', list({s.date for s in sessions})),
                    ('state', '!=', 'cancelled'),
                    ], order=[('id', 'ASC')]):
            others[other.company, other.date].append(other)
        for session in sessions:
            for other in others[session.company, session.date]:
                if other.id != session.id and completion.overlap(
                        (session.start_time, session.end_time),
                        (other.start_time, other.end_time)):
                    yield session, other

    @classmethod
    def _warn(cls, session, other, party):
        Warning = Pool().get('res.user.warning')
        key = Warning.format(
            f'training_overlap_{party.id}', [session, other])
        if Warning.check(key):
            raise OverlapWarning(key, gettext(
                    'avec_training.msg_session_overlap',
                    party=party.rec_name, session=session.rec_name,
                    other=other.rec_name))

    @classmethod
    def check_attendees(cls, sessions):
        "Warn of persons who are at two sessions at the same hours"
        Attendance = Pool().get('avec.training.attendance')
        pairs = list(cls._same_hours(sessions))
        parties = defaultdict(dict)
        for line in Attendance.search([
                    ('session', 'in', list({
                                s.id for pair in pairs for s in pair})),
                    ('attendance', 'in', list(Attendance.PRESENT)),
                    ]):
            parties[line.session.id][line.party.id] = line.party
        for session, other in pairs:
            there = parties[other.id]
            for party in parties[session.id].values():
                if party.id in there:
                    cls._warn(session, other, party)

    @classmethod
    def check_sheets(cls, sessions):
        today = Pool().get('ir.date').today()
        for session in sessions:
            faults = list(session._faults(today))
            if faults:
                raise SessionError(
                    gettext('avec_training.msg_session_faults',
                        session=session.rec_name),
                    '\n'.join(faults))

    def _faults(self, today):
        "Yield the message of what is missing to hold the session"
        if self.date > today:
            yield gettext(
                'avec_training.msg_session_future',
                date=format_date(self.date))
        if not self.trainer:
            yield gettext('avec_training.msg_session_trainer')
        if not self.topics and self.curriculum.topics:
            yield gettext(
                'avec_training.msg_session_topics',
                curriculum=self.curriculum.rec_name)
        if not any(l.is_present for l in self.attendances):
            yield gettext('avec_training.msg_session_nobody')
        there = {l.membership.group for l in self.attendances}
        for group in self.groups:
            if group not in there:
                yield gettext(
                    'avec_training.msg_session_group_missing',
                    group=group.rec_name)
