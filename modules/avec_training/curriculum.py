# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from sql.aggregate import Count, Sum

from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, Unique, fields, sequence_ordered)
from trytond.modules.avec_group.trail import TrailMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import completion
from .axis import SharedMixin


class Curriculum(
        TrailMixin, SharedMixin, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'avec.training.curriculum'
    __string__ = "Training Curriculum"

    axis = fields.Many2One(
        'avec.training.axis', "Axis", required=True, ondelete='RESTRICT',
        domain=[
            If(Eval('company', None),
                ('company', 'in', [Eval('company', -1), None]),
                ('company', '=', None)),
            ],
        help="Who completes one of the curricula of an axis is trained in "
        "it.")
    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)
    description = fields.Text("Description", translate=True)
    rule = fields.Selection([
            ('hours', "Hours Attended"),
            ('topics', "Topics Attended"),
            ], "Completed By", required=True, sort=False,
        help="What a member must have attended, at sessions that were held, "
        "to complete the curriculum.")
    hours_required = fields.Numeric(
        "Hours Required", digits=(16, 2),
        domain=[
            If(Eval('rule') == 'hours',
                ['OR', ('hours_required', '=', None),
                    ('hours_required', '>', 0)],
                ()),
            ],
        states={
            'required': Eval('rule') == 'hours',
            'invisible': Eval('rule') != 'hours',
            },
        help="A member completes the curriculum on the day on which the "
        "hours attended at its sessions sum up to this number.")
    share_required = fields.Numeric(
        "Share of Topics Required", digits=(16, 4),
        domain=[
            If(Eval('rule') == 'topics',
                ['OR', ('share_required', '=', None), [
                        ('share_required', '>', 0),
                        ('share_required', '<=', 1),
                        ]],
                ()),
            ],
        states={
            'required': Eval('rule') == 'topics',
            'invisible': Eval('rule') != 'topics',
            },
        help="A member completes the curriculum on the day on which this "
        "share of the number of its topics was attended, rounded up to whole "
        "topics.\n"
        "A topic is attended at one session that covers it.")
    topics = fields.One2Many(
        'avec.training.topic', 'curriculum', "Topics")
    hours = fields.Function(fields.Numeric(
            "Hours", digits=(16, 2), help="The hours of all its topics."),
        'get_totals')
    topics_required = fields.Function(fields.Integer(
            "Topics Required",
            states={
                'invisible': Eval('rule') != 'topics',
                },
            help="How many topics a member must have attended."),
        'get_totals')

    @classmethod
    def trail_lines(cls):
        return ['topics']

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        cls._sql_constraints.append(
            cls._code_unique('avec_training.msg_curriculum_code_unique'))
        cls._order.insert(0, ('axis', 'ASC'))
        cls._order.insert(1, ('code', 'ASC'))

    @classmethod
    def default_rule(cls):
        return 'topics'

    @classmethod
    def default_share_required(cls):
        return Decimal('0.8')

    @classmethod
    def get_totals(cls, curricula, names):
        Topic = Pool().get('avec.training.topic')
        table = Topic.__table__()
        cursor = Transaction().connection.cursor()
        totals = {}
        query = table.select(
            table.curriculum, Sum(table.hours), Count(table.id),
            where=fields.SQL_OPERATORS['in'](
                table.curriculum, [c.id for c in curricula]),
            group_by=table.curriculum)
        cursor.execute(*query)
        for curriculum, hours, count in cursor:
            # SQLite gives the sum of decimals as a float
            totals[curriculum] = (
                Decimal(str(hours)).quantize(Decimal('0.01')), count)
        result = {n: {} for n in names}
        for curriculum in curricula:
            hours, count = totals.get(curriculum.id, (Decimal(0), 0))
            if 'hours' in names:
                result['hours'][curriculum.id] = hours
            if 'topics_required' in names:
                result['topics_required'][curriculum.id] = (
                    completion.required_topics(
                        curriculum.share_required, count)
                    if curriculum.rule == 'topics' else None)
        return result

    @classmethod
    def copy(cls, curricula, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('code', lambda o: o['code'] + ' (2)')
        return super().copy(curricula, default=default)

    def get_rec_name(self, name):
        return f'[{self.code}] {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('name', operator, operand, *extra),
            ('code', operator, operand, *extra),
            ]


class Topic(sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'avec.training.topic'
    __string__ = "Training Topic"

    curriculum = fields.Many2One(
        'avec.training.curriculum', "Curriculum", required=True,
        ondelete='CASCADE')
    name = fields.Char("Name", required=True, translate=True)
    hours = fields.Numeric(
        "Hours", digits=(16, 2), required=True,
        domain=['OR', ('hours', '=', None), ('hours', '>', 0)],
        help="How long the topic takes.")
    skills = fields.Many2Many(
        'avec.training.topic-avec.training.skill.kind', 'topic', 'skill',
        "Skills", help="What members are able to do afterwards.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('curriculum')
        cls._order.insert(0, ('curriculum', 'ASC'))


class TopicSkill(ModelSQL):
    __name__ = 'avec.training.topic-avec.training.skill.kind'
    __string__ = "Training Topic - Skill"

    topic = fields.Many2One(
        'avec.training.topic', "Topic", required=True, ondelete='CASCADE')
    skill = fields.Many2One(
        'avec.training.skill.kind', "Skill", required=True,
        ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('topic')
        table = cls.__table__()
        cls._sql_constraints += [
            ('topic_skill_unique',
                Unique(table, table.topic, table.skill),
                'avec_training.msg_topic_skill_unique'),
            ]
