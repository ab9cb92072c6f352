# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Null
from sql.conditionals import Case, Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_date
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .exceptions import AttendanceValidationError
from .outcomes import number
from .session_link import SessionLinkMixin


class MemberMixin:
    "What tells of a member"
    __slots__ = ()

    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    party = fields.Function(fields.Many2One(
            'party.party', "Person",
            context={
                'company': Eval('company', -1),
                },
            depends={'company'}),
        'on_change_with_party', searcher='search_party')

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_company(self, name=None):
        if self.membership and self.membership.group:
            return self.membership.group.company

    @classmethod
    def search_company(cls, name, clause):
        return [('membership.group.' + clause[0], *clause[1:])]

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_group(self, name=None):
        return self.membership.group if self.membership else None

    @classmethod
    def search_group(cls, name, clause):
        return [('membership.' + clause[0], *clause[1:])]

    @fields.depends('membership', '_parent_membership.party')
    def on_change_with_party(self, name=None):
        return self.membership.party if self.membership else None

    @classmethod
    def search_party(cls, name, clause):
        return [('membership.' + clause[0], *clause[1:])]


class Attendance(MemberMixin, SessionLinkMixin, ModelSQL, ModelView):
    __name__ = 'avec.training.attendance'
    __string__ = "Training Attendance"

    PRESENT = frozenset({'present', 'late'})

    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    attendance = fields.Selection([
            ('present', "Present"),
            ('late', "Late"),
            ('excused', "Excused"),
            ('absent', "Absent"),
            ], "Attendance", required=True, sort=False)
    hours = fields.Numeric(
        "Hours Attended", digits=(16, 2),
        domain=[
            If(Eval('hours'), ('hours', '>', 0), ()),
            ],
        states={
            'readonly': ~Eval('attendance').in_(['present', 'late']),
            },
        help="Only if it was not the whole session.")
    note = fields.Char("Note")
    date = fields.Function(fields.Date("Date"),
        'on_change_with_date', searcher='search_session')
    curriculum = fields.Function(fields.Many2One(
            'avec.training.curriculum', "Curriculum"),
        'on_change_with_curriculum', searcher='search_session')
    session_state = fields.Function(fields.Selection(
            'get_session_states', "Session State"),
        'on_change_with_session_state', searcher='search_session_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('membership_unique',
                Unique(table, table.session, table.membership),
                'avec_training.msg_attendance_membership_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.membership, Index.Range())))
        cls._order = [
            ('session', 'DESC'),
            ('membership', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_attendance(cls):
        return 'present'

    @classmethod
    def new_for(cls, membership):
        "Return the line of the member as it stands on a blank sheet"
        return cls(
            membership=membership, attendance='present',
            group=membership.group, party=membership.party,
            company=membership.group.company)

    @property
    def is_present(self):
        return getattr(self, 'attendance', None) in self.PRESENT

    @fields.depends('attendance')
    def on_change_attendance(self):
        if not self.is_present:
            self.hours = None

    @fields.depends('session', '_parent_session.date')
    def on_change_with_date(self, name=None):
        return self.session.date if self.session else None

    @fields.depends('session', '_parent_session.curriculum')
    def on_change_with_curriculum(self, name=None):
        return self.session.curriculum if self.session else None

    @fields.depends('session', '_parent_session.state')
    def on_change_with_session_state(self, name=None):
        return self.session.state if self.session else None

    @classmethod
    def get_session_states(cls):
        Session = Pool().get('avec.training.session')
        return Session.fields_get(['state'])['state']['selection']

    @classmethod
    def search_session(cls, name, clause):
        return [('session.' + clause[0], *clause[1:])]

    @classmethod
    def search_session_state(cls, name, clause):
        return [('session.state', *clause[1:])]

    # -- checks

    @classmethod
    def validate_fields(cls, lines, field_names):
        super().validate_fields(lines, field_names)
        if not field_names or (field_names & {
                    'session', 'membership', 'attendance', 'hours'}):
            table = cls.__table__()
            cls._check(table, table.id, lines)

    @classmethod
    def check_sessions(cls, sessions):
        "Check the lines of the sessions"
        table = cls.__table__()
        cls._check(table, table.session, sessions)

    @classmethod
    def _check(cls, table, column, records):
        "Check with one query the lines that have one of the records"
        pool = Pool()
        Group = pool.get('avec.group')
        Membership = pool.get('avec.membership')
        Session = pool.get('avec.training.session')
        Link = pool.get('avec.training.session-avec.group')
        cursor = Transaction().connection.cursor()
        session, membership = Session.__table__(), Membership.__table__()
        group, link = Group.__table__(), Link.__table__()
        any_link = Link.__table__()
        twin, twin_membership = cls.__table__(), Membership.__table__()
        in_groups = link.id != Null
        in_programme = (
            ~session.id.in_(any_link.select(any_link.session))
            & (group.programme == session.programme))
        here = (
            (membership.start_date <= session.date)
            & ((membership.end_date == Null)
                | (membership.end_date > session.date))
            & (Coalesce(group.formation_date, session.date)
                <= session.date))
        fault = Case(
            (group.company != session.company, 'company'),
            (~here, 'member'),
            (~(in_groups | in_programme), 'scope'),
            (number(table.hours) > number(session.hours), 'hours'),
            (twin.id != Null, 'twice'),
            else_=Null)
        faults = (table
            .join(session, condition=table.session == session.id)
            .join(membership, condition=table.membership == membership.id)
            .join(group, condition=membership.group == group.id)
            .join(link, 'LEFT', condition=(link.session == session.id)
                & (link.group == group.id))
            .join(twin_membership, 'LEFT',
                condition=(twin_membership.party == membership.party)
                & (twin_membership.id != membership.id))
            .join(twin, 'LEFT', condition=(twin.session == session.id)
                & (twin.membership == twin_membership.id))
            .select(table.id.as_('line'), fault.as_('fault'),
                where=fields.SQL_OPERATORS['in'](
                    column, [r.id for r in records])))
        cursor.execute(*faults.select(
                faults.line, faults.fault, where=faults.fault != Null,
                order_by=faults.line, limit=1))
        if row := cursor.fetchone():
            id_, fault = row
            line = cls(id_)
            raise AttendanceValidationError(gettext(
                    f'avec_training.msg_attendance_{fault}',
                    member=line.membership.rec_name,
                    group=line.membership.group.rec_name,
                    session=line.session.rec_name,
                    date=format_date(line.session.date)))

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.session.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('membership.rec_name', operator, operand, *extra),
            ('session.rec_name', operator, operand, *extra),
            ]
