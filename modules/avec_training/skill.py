# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Cast, Window
from sql.functions import RowNumber

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval

from . import outcomes
from .progress import ROW


class Skill(ModelSQL, ModelView):
    __name__ = 'avec.training.skill'
    __string__ = "Acquired Skill"

    company = fields.Many2One('company.company', "Company")
    party = fields.Many2One(
        'party.party', "Member",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    membership = fields.Many2One('avec.membership', "Membership")
    group = fields.Many2One('avec.group', "Group")
    skill = fields.Many2One('avec.training.skill.kind', "Skill")
    axis = fields.Many2One('avec.training.axis', "Axis")
    topic = fields.Many2One('avec.training.topic', "Topic")
    session = fields.Many2One(
        'avec.training.session', "Proved By",
        help="The first session that gave the skill to the member.")
    date = fields.Date("Date")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('date', 'DESC'))
        cls._order.insert(1, ('group', 'ASC'))

    @classmethod
    def table_query(cls):
        pool = Pool()
        covered = pool.get(
            'avec.training.session-avec.training.topic').__table__()
        given = pool.get(
            'avec.training.topic-avec.training.skill.kind').__table__()
        kind = pool.get('avec.training.skill.kind').__table__()
        line = outcomes.attended(outcomes.context_date())
        proofs = (line
            .join(covered, condition=covered.session == line.session)
            .join(given, condition=given.topic == covered.topic)
            .join(kind, condition=given.skill == kind.id)
            .select(
                (Cast(line.id, 'BIGINT') * ROW
                    + kind.id).as_('id'),
                line.company.as_('company'),
                line.party.as_('party'),
                line.membership.as_('membership'),
                line.group.as_('group'),
                kind.id.as_('skill'),
                kind.axis.as_('axis'),
                covered.topic.as_('topic'),
                line.session.as_('session'),
                line.date.as_('date'),
                RowNumber(window=Window(
                        [line.company, line.party, kind.id],
                        order_by=[
                            line.date.asc, line.id.asc, covered.topic.asc])
                    ).as_('rank')))
        return proofs.select(
            *(getattr(proofs, n).as_(n) for n in [
                    'id', 'company', 'party', 'membership', 'group', 'skill',
                    'axis', 'topic', 'session', 'date']),
            where=proofs.rank == 1)

    def get_rec_name(self, name):
        return f'{self.party.rec_name} @ {self.skill.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('skill.rec_name', operator, operand, *extra),
            ]
