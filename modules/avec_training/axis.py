# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.model import (
    Exclude, ModelSQL, ModelView, fields, sequence_ordered)


class SharedMixin:
    "What an office has of its own or shares with the others"
    __slots__ = ()

    company = fields.Many2One(
        'company.company', "Company", ondelete='RESTRICT',
        help="Leave empty to share it with all the companies.")

    @classmethod
    def _code_unique(cls, message):
        table = cls.__table__()
        return ('code_exclude',
            Exclude(table,
                (Coalesce(table.company, -1), Equal), (table.code, Equal)),
            message)


class Axis(SharedMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'avec.training.axis'
    __string__ = "Training Axis"

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)
    description = fields.Text("Description", translate=True)
    curricula = fields.One2Many(
        'avec.training.curriculum', 'axis', "Curricula", readonly=True)

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        cls._sql_constraints.append(
            cls._code_unique('avec_training.msg_axis_code_unique'))

    @classmethod
    def copy(cls, axes, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('curricula', None)
        default.setdefault('code', lambda o: o['code'] + ' (2)')
        return super().copy(axes, default=default)

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


class SkillKind(ModelSQL, ModelView):
    __name__ = 'avec.training.skill.kind'
    __string__ = "Skill"

    name = fields.Char("Name", required=True, translate=True)
    axis = fields.Many2One(
        'avec.training.axis', "Axis", required=True, ondelete='RESTRICT')
    topics = fields.Many2Many(
        'avec.training.topic-avec.training.skill.kind', 'skill', 'topic',
        "Topics", readonly=True, help="The topics that give the skill.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('axis')
        cls._order.insert(0, ('axis', 'ASC'))
        cls._order.insert(1, ('name', 'ASC'))

    @classmethod
    def copy(cls, kinds, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('topics', None)
        return super().copy(kinds, default=default)
