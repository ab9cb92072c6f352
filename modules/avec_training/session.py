# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.trail import TrailMixin
from trytond.modules.company.model import employee_field, set_employee
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, check_access

from . import completion
from .exceptions import SessionFrozenError, SessionStateError
from .session_check import SessionCheckMixin

_STATES = {
    'readonly': Eval('state') != 'planned',
    }
# What only the buttons change
_CONTROLLED = {'number', 'state', 'held_by', 'cancelled_by'}
# What may be written once the session was held
_FREE = {'note', 'assessments'}
_EMPLOYEES = ['planned', 'held', 'cancelled']
_COLORS = {
    'planned': 'royalblue', 'held': 'seagreen', 'cancelled': 'gray'}


class Session(SessionCheckMixin, TrailMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.training.session'
    __string__ = "Training Session"

    number = fields.Char("Number", readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': (Eval('id', -1) >= 0) | Bool(Eval('groups', [])),
            })
    curriculum = fields.Many2One(
        'avec.training.curriculum', "Curriculum", required=True,
        ondelete='RESTRICT', states=_STATES,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ])
    axis = fields.Function(fields.Many2One('avec.training.axis', "Axis"),
        'on_change_with_axis', searcher='search_axis')
    topics = fields.Many2Many(
        'avec.training.session-avec.training.topic', 'session', 'topic',
        "Topics", states=_STATES,
        domain=[
            ('curriculum', '=', Eval('curriculum', -1)),
            ],
        help="What the session covers of the curriculum.")
    programme = fields.Many2One(
        'avec.programme', "Programme", ondelete='RESTRICT', states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Without groups, the session is for all the groups of the "
        "programme.")
    groups = fields.Many2Many(
        'avec.training.session-avec.group', 'session', 'group', "Groups",
        states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            If(Eval('programme'),
                ('programme', '=', Eval('programme', -1)), ()),
            ],
        help="Whose members are trained.\n"
        "Leave empty for a session of the whole programme.")
    trainer = fields.Many2One(
        'party.party', "Trainer", ondelete='RESTRICT', states=_STATES,
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    place = fields.Char("Place", states=_STATES)
    subdivision = fields.Many2One(
        'country.subdivision', "Province", ondelete='RESTRICT',
        states=_STATES)
    date = fields.Date("Date", required=True, states=_STATES)
    start_time = fields.Time(
        "Start Time", "%H:%M", required=True, states=_STATES)
    end_time = fields.Time(
        "End Time", "%H:%M", required=True, states=_STATES,
        domain=[
            If(Eval('start_time') & Eval('end_time'),
                ('end_time', '>', Eval('start_time', None)),
                ()),
            ])
    hours = fields.Numeric(
        "Hours", digits=(16, 2), required=True, states=_STATES,
        domain=['OR', ('hours', '=', None), ('hours', '>', 0)],
        help="What counts as attended, without the breaks.")
    attendances = fields.One2Many(
        'avec.training.attendance', 'session', "Attendance", states=_STATES)
    assessments = fields.One2Many(
        'avec.training.assessment', 'session', "Assessments",
        states={
            'readonly': Eval('state') == 'cancelled',
            })
    note = fields.Text("Note")
    cancel_reason = fields.Char(
        "Reason for Cancelling",
        states={
            'readonly': Eval('state') == 'cancelled',
            },
        help="Must be given to cancel a session that was held.")
    expected_count = fields.Function(fields.Integer(
            "On the Sheet"), 'get_counts')
    present_count = fields.Function(fields.Integer(
            "Present", help="Who was present or late."), 'get_counts')
    scope = fields.Function(fields.Char(
            "For", help="The groups, or the whole programme."),
        'get_scope')
    time = fields.Function(fields.Char("Time"), 'on_change_with_time')
    color = fields.Function(fields.Char("Color"), 'on_change_with_color')
    state = fields.Selection([
            ('planned', "Planned"),
            ('held', "Held"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    held_by = employee_field("Held By", states=_EMPLOYEES)
    cancelled_by = employee_field("Cancelled By", states=_EMPLOYEES)

    @classmethod
    def trail_lines(cls):
        return ['attendances']

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.company, table.number),
                'avec_training.msg_session_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table,
                    (table.date, Index.Range(order='DESC')),
                    (table.start_time, Index.Range())),
                Index(table,
                    (table.curriculum, Index.Range()),
                    (table.date, Index.Range())),
                Index(table, (table.trainer, Index.Range())),
                Index(table, (table.state, Index.Equality(
                            cardinality='low')),
                    where=table.state == 'planned'),
                })
        cls._order = [
            ('date', 'DESC'),
            ('start_time', 'DESC'),
            ('id', 'DESC'),
            ]
        cls._transitions |= {
            ('planned', 'held'),
            ('planned', 'cancelled'),
            ('held', 'cancelled'),
            ('held', 'planned'),
            ('cancelled', 'planned'),
            }
        cls._buttons.update({
                'fill': {
                    'invisible': Eval('state') != 'planned',
                    'depends': ['state'],
                    },
                'assess': {
                    'invisible': Eval('state') != 'held',
                    'depends': ['state'],
                    },
                'plan': {
                    'invisible': Eval('state') == 'planned',
                    'depends': ['state'],
                    },
                'hold': {
                    'invisible': Eval('state') != 'planned',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': Eval('state') == 'cancelled',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'planned'

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_start_time(cls):
        return dt.time(9, 0)

    @classmethod
    def default_trainer(cls):
        Employee = Pool().get('company.employee')
        if employee := Transaction().context.get('employee'):
            return Employee(employee).party.id

    # -- what is typed

    @fields.depends('curriculum', '_parent_curriculum.axis')
    def on_change_with_axis(self, name=None):
        return self.curriculum.axis if self.curriculum else None

    @classmethod
    def search_axis(cls, name, clause):
        return [('curriculum.' + clause[0], *clause[1:])]

    @classmethod
    def get_scope(cls, sessions, name):
        Group = Pool().get('avec.group')
        groups = {s.id: [g.id for g in s.groups] for s in sessions}
        # A session may be shared with groups that another agent follows
        with check_access():
            seen = {g.id for g in Group.search([
                        ('id', 'in', list({
                                    g for gs in groups.values()
                                    for g in gs})),
                        ])}
        return {
            s.id: ', '.join(g.rec_name for g in s.groups if g.id in seen)
            or (s.programme.rec_name if s.programme else '')
            for s in sessions}

    @fields.depends('start_time', 'end_time')
    def on_change_with_time(self, name=None):
        return ' – '.join(
            f'{t:%H:%M}' for t in [self.start_time, self.end_time] if t)

    @fields.depends('state')
    def on_change_with_color(self, name=None):
        return _COLORS.get(self.state)

    @fields.depends('curriculum', 'topics')
    def on_change_curriculum(self):
        self.topics = [
            t for t in self.topics or [] if t.curriculum == self.curriculum]

    @fields.depends(
        'topics', 'start_time', 'hours', methods=['_set_end_time'])
    def on_change_topics(self):
        if self.topics:
            self.hours = sum((t.hours for t in self.topics), Decimal(0))
            self._set_end_time()

    @fields.depends('hours', methods=['_set_end_time'])
    def on_change_start_time(self):
        self._set_end_time()

    @fields.depends('start_time', 'end_time', 'hours')
    def _set_end_time(self):
        if not self.start_time or not self.hours:
            return
        end = (dt.datetime.combine(dt.date.min, self.start_time)
            + dt.timedelta(minutes=int(self.hours * 60)))
        # Not past the end of the day
        if end.date() == dt.date.min:
            self.end_time = end.time()

    @fields.depends('start_time', 'end_time', 'hours')
    def on_change_end_time(self):
        if (self.start_time and self.end_time
                and self.start_time < self.end_time):
            most = completion.duration(self.start_time, self.end_time)
            if not self.hours or self.hours > most:
                self.hours = most

    @fields.depends(
        'groups', 'place', 'subdivision', methods=['_bring_members'])
    def on_change_groups(self):
        if len(self.groups or []) == 1:
            group, = self.groups
            self.place = self.place or group.locality
            self.subdivision = self.subdivision or group.subdivision
        self._bring_members()

    @fields.depends(methods=['_bring_members'])
    def on_change_date(self):
        self._bring_members()

    @fields.depends('date', 'groups', 'attendances')
    def _bring_members(self):
        "Put the members of the groups on the day on the sheet"
        Attendance = Pool().get('avec.training.attendance')
        if not self.date:
            return
        members = self._members(
            [g.id for g in self.groups or []], self.date)
        members = {m.id: m for m in members}
        kept = []
        for line in self.attendances or []:
            membership = getattr(line, 'membership', None)
            if not membership or members.pop(membership.id, None):
                kept.append(line)
        parties = {
            l.membership.party for l in kept
            if getattr(l, 'membership', None)}
        for membership in members.values():
            if membership.party not in parties:
                parties.add(membership.party)
                kept.append(Attendance.new_for(membership))
        self.attendances = kept

    @classmethod
    def _members(cls, groups, date):
        "Return the members of the groups on the day, in order"
        Membership = Pool().get('avec.membership')
        return [
            m for m in Membership.search([
                    ('group', 'in', groups),
                    ('start_date', '<=', date),
                    ], order=[('group.code', 'ASC'), ('number', 'ASC')])
            if m.is_active(date)]

    # -- figures

    @classmethod
    def get_counts(cls, sessions, names):
        Attendance = Pool().get('avec.training.attendance')
        table = Attendance.__table__()
        cursor = Transaction().connection.cursor()
        result = {n: {s.id: 0 for s in sessions} for n in names}
        cursor.execute(*table.select(
                table.session, table.attendance, Count(table.id),
                where=fields.SQL_OPERATORS['in'](
                    table.session, [s.id for s in sessions]),
                group_by=[table.session, table.attendance]))
        for session, attendance, count in cursor:
            if 'expected_count' in result:
                result['expected_count'][session] += count
            if ('present_count' in result
                    and attendance in Attendance.PRESENT):
                result['present_count'][session] += count
        return result

    # -- checks

    @classmethod
    def index_set_field(cls, name):
        index = super().index_set_field(name)
        # The scope of the session is checked with its lines
        if name in {'attendances', 'assessments'}:
            index += 1
        return index

    @classmethod
    def _check_reach(cls, sessions):
        # A button asks for read access only
        with check_access():
            cls.write(cls.browse([s.id for s in sessions]), {})

    # -- the life of a session

    @classmethod
    @ModelView.button
    def fill(cls, sessions):
        "Bring the members who are missing on the sheets, read at once"
        pool = Pool()
        Attendance = pool.get('avec.training.attendance')
        Group = pool.get('avec.group')
        Membership = pool.get('avec.membership')
        cls._check_reach(sessions)
        sessions = [s for s in sessions if s.state == 'planned']
        groups = {s: {g.id for g in s.groups} for s in sessions}
        for group in Group.search([
                    ('programme', 'in', list({
                                s.programme.id for s in sessions
                                if not s.groups})),
                    ]):
            for session in sessions:
                if not session.groups and session.programme == group.programme:
                    groups[session].add(group.id)
        # Who fills the sheet brings the members that he or she may see
        with check_access():
            ids = [m.id for m in Membership.search([
                        ('group', 'in', list(set().union(*groups.values()))),
                        ], order=[('group.code', 'ASC'), ('number', 'ASC')])]
        members = Membership.browse(ids)
        lines = []
        for session in sessions:
            there = {l.party for l in session.attendances}
            for membership in members:
                if (membership.group.id in groups[session]
                        and membership.party not in there
                        and membership.is_active(session.date)):
                    there.add(membership.party)
                    line = Attendance.new_for(membership)
                    line.session = session
                    lines.append(line)
        Attendance.save(lines)

    @classmethod
    @ModelView.button
    def assess(cls, sessions):
        """Bring a line to be scored for each member who was present

        It is the score before the training for who has none yet."""
        pool = Pool()
        Assessment = pool.get('avec.training.assessment')
        Attendance = pool.get('avec.training.attendance')
        cls._check_reach(sessions)
        sessions = [s for s in sessions if s.state == 'held']
        with check_access():
            ids = [l.id for l in Attendance.search([
                        ('session', 'in', [s.id for s in sessions]),
                        ('attendance', 'in', list(Attendance.PRESENT)),
                        ], order=[('session', 'ASC'), ('id', 'ASC')])]
        present = Attendance.browse(ids)
        there, assessed = set(), set()
        for assessment in Assessment.search([
                    ('party', 'in', list({l.party.id for l in present})),
                    ]):
            if assessment.session:
                there.add((assessment.session, assessment.membership))
            if assessment.moment == 'before':
                assessed.add((assessment.curriculum, assessment.party))
        Assessment.save([
                Assessment(
                    membership=l.membership, session=l.session,
                    curriculum=l.session.curriculum, date=l.session.date,
                    moment=(
                        'after' if (l.session.curriculum, l.party) in assessed
                        else 'before'))
                for l in present if (l.session, l.membership) not in there])

    @classmethod
    @ModelView.button
    @Workflow.transition('planned')
    def plan(cls, sessions):
        cls._check_reach(sessions)
        for session in sessions:
            if session.assessments:
                raise SessionStateError(gettext(
                        'avec_training.msg_session_assessed',
                        session=session.rec_name))
        cls.write(sessions, {
                'held_by': None, 'cancelled_by': None,
                'cancel_reason': None})

    @classmethod
    @ModelView.button
    @Workflow.transition('held')
    @set_employee('held_by')
    def hold(cls, sessions):
        cls._check_reach(sessions)
        cls.check_sheets(sessions)
        cls.check_attendees(sessions)

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    @set_employee('cancelled_by')
    def cancel(cls, sessions):
        cls._check_reach(sessions)
        for session in sessions:
            if session.state == 'held' and not session.cancel_reason:
                raise SessionStateError(gettext(
                        'avec_training.msg_session_cancel_reason',
                        session=session.rec_name))

    # -- what is stored

    @classmethod
    def preprocess_values(cls, mode, values):
        Configuration = Pool().get('avec.configuration')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and not values.get('number'):
            company = values.get('company', cls.default_company())
            if company is not None:
                if sequence := Configuration(1).get_multivalue(
                        'training_sequence', company=company):
                    values['number'] = sequence.get()
        return values

    @classmethod
    def check_modification(cls, mode, sessions, values=None, external=False):
        super().check_modification(
            mode, sessions, values=values, external=external)
        for session in sessions:
            if mode == 'create':
                refused = external and session.state != 'planned'
            elif mode == 'delete':
                refused = session.state != 'planned'
            elif external:
                free = set(_FREE)
                if session.state == 'held':
                    free.add('cancel_reason')
                refused = (
                    values.keys() & _CONTROLLED
                    or (session.state != 'planned' and values.keys() - free))
            else:
                refused = False
            if refused:
                raise SessionFrozenError(gettext(
                        'avec_training.msg_session_frozen',
                        session=session.rec_name))

    @classmethod
    def copy(cls, sessions, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'attendances', 'assessments', 'cancel_reason',
                'held_by', 'cancelled_by']:
            default.setdefault(name, None)
        default.setdefault('date', cls.default_date())
        return super().copy(sessions, default=default)

    def get_rec_name(self, name):
        date = format_date(self.date) if self.date else ''
        name = self.curriculum.name if self.curriculum else ''
        return f'{self.number} - {name} ({date})'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('number', operator, operand, *extra),
            ('curriculum.rec_name', operator, operand, *extra),
            ('groups.rec_name', operator, operand, *extra),
            ('place', operator, operand, *extra),
            ]
