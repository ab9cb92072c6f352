# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.modules.avec_group.report import AvecReport
from trytond.pool import Pool
from trytond.transaction import check_access

from .exceptions import CertificateError


@dataclass(frozen=True)
class SheetRow:
    "A line of an attendance sheet, as texts"
    number: str
    member: str
    group: str
    attendance: str
    hours: str


class TrainingReport(AvecReport):
    "A paper about training"

    @classmethod
    def _get_context(cls, records):
        context = super()._get_context(records)
        context['hours'] = cls.format_hours
        context['today'] = Pool().get('ir.date').today()
        return context

    @classmethod
    def format_hours(cls, hours):
        if hours is None:
            return ''
        digits = 0 if hours == hours.to_integral_value() else 2
        return cls.format_number(hours, None, digits=digits)


class AttendanceSheet(TrainingReport):
    "The sheet as it was filled"
    __name__ = 'avec.training.session.sheet'

    @classmethod
    def _get_context(cls, sessions):
        context = super()._get_context(sessions)
        context['rows'] = cls._get_rows(sessions)
        context['clock'] = cls._clock
        context['attendances'] = list(
            cls._selection('avec.training.attendance', 'attendance').values())
        return context

    @classmethod
    def _clock(cls, time):
        return cls._isolate(f'{time:%H:%M}')

    @classmethod
    def _lines(cls, sessions):
        "Return the lines that the reader may see, by session, in order"
        Attendance = Pool().get('avec.training.attendance')
        # A session may be shared with groups that another agent follows
        with check_access():
            ids = [l.id for l in Attendance.search([
                        ('session', 'in', [s.id for s in sessions]),
                        ], order=[
                        ('membership.group.code', 'ASC'),
                        ('membership.number', 'ASC')])]
        lines = defaultdict(list)
        for line in Attendance.browse(ids):
            lines[line.session.id].append(line)
        return lines

    @classmethod
    def _get_rows(cls, sessions):
        label = cls._get_label()
        lines = cls._lines(sessions)
        return {
            s.id: [
                cls._row(
                    l.membership, label(l, 'attendance'),
                    cls.format_hours(
                        (l.hours or s.hours) if l.is_present else None))
                for l in lines[s.id]]
            for s in sessions}

    @classmethod
    def _row(cls, membership, attendance='', hours=''):
        return SheetRow(
            cls.format_count(membership.number), membership.party.rec_name,
            membership.group.party.rec_name, attendance, hours)


class BlankAttendanceSheet(AttendanceSheet):
    "The sheet to be filled by hand and signed"
    __name__ = 'avec.training.session.blank_sheet'

    @classmethod
    def _get_rows(cls, sessions):
        Membership = Pool().get('avec.membership')
        lines = cls._lines(sessions)
        # Read at once for the sessions whose members were not yet brought
        groups = {
            s: {g.id for g in s.groups} for s in sessions
            if not lines[s.id]}
        with check_access():
            ids = [m.id for m in Membership.search([
                        ('group', 'in', list(set().union(*groups.values()))),
                        ], order=[
                        ('group.code', 'ASC'), ('number', 'ASC')])]
        members = Membership.browse(ids)
        rows = {}
        for session in sessions:
            if session in groups:
                sheet = [
                    m for m in members
                    if m.group.id in groups[session]
                    and m.is_active(session.date)]
            else:
                sheet = [l.membership for l in lines[session.id]]
            rows[session.id] = [cls._row(m) for m in sheet]
        return rows


class Certificate(TrainingReport):
    "Printed for a curriculum or, from a member, for all those completed"
    __name__ = 'avec.training.certificate'

    @classmethod
    def _get_context(cls, records):
        Progress = Pool().get('avec.training.progress')
        context = super()._get_context(records)
        rows = cls._rows(records)
        cls.check_trained(rows)
        attended = Progress.attended_topics(rows)
        context['certificates'] = [
            (r, list(cls._topics(r, attended[r.id]))) for r in rows]
        return context

    @classmethod
    def _topics(cls, row, days):
        "Yield the topics that were attended, with their days"
        for topic in row.curriculum.topics:
            if topic.id in days:
                yield topic.name, cls.format_day(days[topic.id])

    @classmethod
    def _rows(cls, records):
        Progress = Pool().get('avec.training.progress')
        if records[0].__name__ == Progress.__name__:
            return records
        completed = defaultdict(list)
        for row in Progress.search([
                    ('party', 'in', [m.party.id for m in records]),
                    ('trained', '=', True),
                    ], order=[('curriculum', 'ASC')]):
            completed[row.company, row.party].append(row)
        rows = []
        for membership in records:
            found = completed[membership.company, membership.party]
            if not found:
                raise CertificateError(gettext(
                        'avec_training.msg_certificate_none',
                        member=membership.party.rec_name))
            rows.extend(r for r in found if r not in rows)
        return rows

    @classmethod
    def check_trained(cls, rows):
        for row in rows:
            if not row.trained:
                raise CertificateError(gettext(
                        'avec_training.msg_certificate_not_trained',
                        member=row.party.rec_name,
                        curriculum=row.curriculum.rec_name,
                        done=getattr(row, row.rule),
                        required=cls._quantity(row)))

    @classmethod
    def _quantity(cls, row):
        "Return what is required in words"
        return gettext(
            f'avec_training.msg_certificate_done_{row.rule}',
            count=f'{(row.required or 0).normalize():f}')


class FollowUp(TrainingReport):
    "Who still lacks what in a group"
    __name__ = 'avec.training.follow_up'

    @classmethod
    def _get_context(cls, groups):
        Progress = Pool().get('avec.training.progress')
        context = super()._get_context(groups)
        rows = Progress.search([
                ('groups', 'in', [g.id for g in groups]),
                ], order=[('curriculum', 'ASC'), ('party.name', 'ASC')])
        lacking, counts = defaultdict(list), defaultdict(dict)
        for row in rows:
            for group in row.groups:
                done, total = counts[group.id].get(row.curriculum, (0, 0))
                counts[group.id][row.curriculum] = (
                    done + bool(row.trained), total + 1)
                if not row.trained:
                    lacking[group.id].append(row)
        context['lacking'] = lacking
        context['counts'] = counts
        return context
