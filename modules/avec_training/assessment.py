# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.trail import TrailMixin
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If

from . import completion, outcomes
from .attendance import MemberMixin
from .exceptions import AttendanceValidationError, SessionFrozenError


class Assessment(TrailMixin, MemberMixin, ModelSQL, ModelView):
    __name__ = 'avec.training.assessment'
    __string__ = "Training Assessment"

    session = fields.Many2One(
        'avec.training.session', "Session", ondelete='RESTRICT',
        domain=[
            If(Eval('company'), ('company', '=', Eval('company', -1)), ()),
            ],
        help="At which the member was assessed, if it was at one.")
    curriculum = fields.Many2One(
        'avec.training.curriculum', "Curriculum", ondelete='RESTRICT',
        states={
            'required': ~Eval('session'),
            'readonly': Bool(Eval('session')),
            },
        domain=[
            If(Eval('company'),
                ('company', 'in', [Eval('company', -1), None]), ()),
            ])
    axis = fields.Function(fields.Many2One('avec.training.axis', "Axis"),
        'on_change_with_axis', searcher='search_axis')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    moment = fields.Selection([
            ('before', "Before"),
            ('after', "After"),
            ], "Moment", required=True, sort=False,
        help="Before the training or after it.")
    date = fields.Date(
        "Date",
        states={
            'required': ~Eval('session'),
            },
        help="Leave empty for the day of the session.")
    score = fields.Numeric(
        "Score", digits=(16, 2),
        domain=[
            If(Bool(Eval('score')), [
                    ('score', '>=', 0),
                    ('score', '<=', Eval('max_score', 0)),
                    ], ()),
            ],
        help="Leave empty who was not assessed.")
    max_score = fields.Numeric(
        "Out Of", digits=(16, 2), required=True,
        domain=['OR', ('max_score', '=', None), ('max_score', '>', 0)],
        help="The most that can be scored.")
    percent = fields.Function(fields.Numeric(
            "Percentage", digits=(16, 4)), 'on_change_with_percent')
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('moment_unique',
                Unique(table, table.membership, table.curriculum,
                    table.moment, table.date),
                'avec_training.msg_assessment_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.membership, Index.Range())),
                Index(table, (table.session, Index.Range())),
                Index(table, (table.curriculum, Index.Range())),
                })
        cls._order = [
            ('date', 'DESC'),
            ('membership', 'ASC'),
            ('id', 'DESC'),
            ]

    @classmethod
    def default_moment(cls):
        return 'before'

    @classmethod
    def default_max_score(cls):
        return Decimal(20)

    @fields.depends('session', '_parent_session.curriculum',
        '_parent_session.date', 'curriculum', 'date')
    def on_change_session(self):
        if self.session:
            self.curriculum = self.session.curriculum
            self.date = self.date or self.session.date

    @fields.depends('curriculum', '_parent_curriculum.axis')
    def on_change_with_axis(self, name=None):
        return self.curriculum.axis if self.curriculum else None

    @classmethod
    def search_axis(cls, name, clause):
        return [('curriculum.' + clause[0], *clause[1:])]

    @fields.depends('score', 'max_score')
    def on_change_with_percent(self, name=None):
        return completion.percent(self.score, self.max_score)

    @classmethod
    def preprocess_values(cls, mode, values):
        Session = Pool().get('avec.training.session')
        values = super().preprocess_values(mode, values)
        if values.get('session'):
            session = Session(values['session'])
            values['curriculum'] = session.curriculum.id
            if mode == 'create' and not values.get('date'):
                values['date'] = session.date
        return values

    @classmethod
    def validate_fields(cls, assessments, field_names):
        super().validate_fields(assessments, field_names)
        cls.check_member(assessments, field_names)

    @classmethod
    def check_member(cls, assessments, field_names=None):
        if field_names and not (
                field_names & {'membership', 'session', 'date'}):
            return
        for assessment in assessments:
            if (assessment.session and assessment.session.company
                    != assessment.membership.group.company):
                fault = 'company'
            elif not assessment.membership.is_active(assessment.date):
                fault = 'member'
            else:
                continue
            raise AttendanceValidationError(gettext(
                    f'avec_training.msg_assessment_{fault}',
                    member=assessment.membership.rec_name,
                    group=assessment.membership.group.rec_name,
                    session=(
                        assessment.session.rec_name
                        if assessment.session else ''),
                    date=format_date(assessment.date)))

    @classmethod
    def check_modification(
            cls, mode, assessments, values=None, external=False):
        super().check_modification(
            mode, assessments, values=values, external=external)
        if not external:
            return
        sessions = [a.session for a in assessments if a.session]
        if values and values.get('session'):
            sessions.append(
                Pool().get('avec.training.session')(values['session']))
        for session in sessions:
            if session.state == 'cancelled':
                raise SessionFrozenError(gettext(
                        'avec_training.msg_session_frozen',
                        session=session.rec_name))

    def get_rec_name(self, name):
        return f'{self.membership.rec_name} @ {self.curriculum.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('membership.rec_name', operator, operand, *extra),
            ('curriculum.rec_name', operator, operand, *extra),
            ]


class Gain(ModelSQL, ModelView):
    __name__ = 'avec.training.gain'
    __string__ = "Training Score Gain"

    company = fields.Many2One('company.company', "Company")
    party = fields.Many2One(
        'party.party', "Member",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    membership = fields.Many2One('avec.membership', "Membership")
    group = fields.Many2One('avec.group', "Group")
    curriculum = fields.Many2One('avec.training.curriculum', "Curriculum")
    axis = fields.Many2One('avec.training.axis', "Axis")
    before_date = fields.Date("Date Before")
    before = fields.Numeric(
        "Before", digits=(16, 4),
        help="The first score before the training.")
    after_date = fields.Date("Date After")
    after = fields.Numeric(
        "After", digits=(16, 4),
        help="The last score after the training.")
    gain = fields.Numeric(
        "Gain", digits=(16, 4),
        help="By how much the score grew, in points of percentage.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('group', 'ASC'))
        cls._order.insert(1, ('membership', 'ASC'))

    @classmethod
    def table_query(cls):
        gains = outcomes.score_gains(outcomes.context_date())
        return gains.select(*(
                c.as_(c.name) for c in (
                    getattr(gains, n) for n in [
                        'id', 'company', 'party', 'membership', 'group',
                        'curriculum', 'axis', 'before_date', 'before',
                        'after_date', 'after', 'gain'])))

    def get_rec_name(self, name):
        return f'{self.party.rec_name} @ {self.curriculum.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('party.rec_name', *clause[1:])]
