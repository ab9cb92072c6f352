# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What members have of each curriculum and what they still lack"
from collections import defaultdict

from sql import Cast, Literal, Null, Window
from sql.aggregate import Count, Max, Min, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Round, RowNumber

from trytond import backend
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

from . import outcomes

# More than the records that are put in the id of a row with another
ROW = 10 ** 6
STATES = [
    ('not_started', "Not Started"),
    ('in_progress', "In Progress"),
    ('trained', "Trained"),
    ]


class ProgressContext(ModelView):
    __name__ = 'avec.training.progress.context'
    __string__ = "Training Progress Context"

    avec_date = fields.Date(
        "Date", required=True, help="As at the end of this day.")

    @classmethod
    def default_avec_date(cls):
        return outcomes.context_date()


class Progress(ModelSQL, ModelView):
    __name__ = 'avec.training.progress'
    __string__ = "Training Progress"

    company = fields.Many2One('company.company', "Company")
    party = fields.Many2One(
        'party.party', "Member",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'},
        help="One line by person, even if he or she is in two groups.")
    membership = fields.Many2One('avec.membership', "Membership")
    group = fields.Many2One('avec.group', "Group")
    groups = fields.Function(fields.Many2Many(
            'avec.group', None, None, "Groups",
            help="All the groups of the person on the day."),
        'get_groups', searcher='search_groups')
    member = fields.Boolean(
        "Active Member", help="Belongs to a group on the day.")
    programme = fields.Many2One('avec.programme', "Programme")
    subdivision = fields.Many2One('country.subdivision', "Province")
    field_officer = fields.Many2One('company.employee', "Field Officer")
    axis = fields.Many2One('avec.training.axis', "Axis")
    curriculum = fields.Many2One('avec.training.curriculum', "Curriculum")
    rule = fields.Selection([
            ('hours', "Hours Attended"),
            ('topics', "Topics Attended"),
            ], "Completed By", sort=False)
    hours = fields.Numeric("Hours Attended", digits=(16, 2))
    topics = fields.Integer("Topics Attended")
    required = fields.Numeric(
        "Required", digits=(16, 2),
        help="The hours or the number of topics, as the curriculum says.")
    share = fields.Numeric(
        "Share", digits=(16, 4),
        help="The part of what is required that was attended.")
    last_date = fields.Date(
        "Last Session", help="The last session that the member attended.")
    trained = fields.Boolean("Trained")
    trained_date = fields.Date("Trained On")
    missing = fields.Function(fields.Char(
            "Missing Topics",
            help="The topics that the member did not attend."),
        'get_missing')
    state = fields.Selection(STATES, "State", sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('group', 'ASC'))
        cls._order.insert(1, ('membership', 'ASC'))
        cls._order.insert(2, ('curriculum', 'ASC'))

    @classmethod
    def table_query(cls):
        date = outcomes.context_date()
        person, required = cls._persons(date), outcomes.requirements()
        done, done_topics = cls._done(date), cls._done_topics(date)
        trained = outcomes.trained(date)
        reached = Case(
            (required.rule == 'hours', done.hours),
            else_=done_topics.topics)

        def same(query):
            return (
                (query.company == person.company)
                & (query.party == person.party)
                & (query.curriculum == required.curriculum))

        share = Case(
            (required.required > 0, Case(
                    (reached >= required.required, 1),
                    else_=outcomes.ratio(
                        Coalesce(reached, 0), required.required))),
            else_=Null)
        return (person
            .join(required, condition=Literal(True))
            .join(done, 'LEFT', condition=same(done))
            .join(done_topics, 'LEFT', condition=same(done_topics))
            .join(trained, 'LEFT', condition=same(trained))
            .select(
                (Cast(person.id, 'BIGINT') * ROW
                    + required.curriculum).as_('id'),
                *(getattr(person, n).as_(n) for n in [
                        'company', 'party', 'membership', 'group', 'member',
                        'programme', 'subdivision', 'field_officer']),
                required.axis.as_('axis'),
                required.curriculum.as_('curriculum'),
                required.rule.as_('rule'),
                required.required.as_('required'),
                Coalesce(done.hours, 0).as_('hours'),
                Coalesce(done_topics.topics, 0).as_('topics'),
                share.as_('share'),
                done.last_date.as_('last_date'),
                (trained.date != Null).as_('trained'),
                trained.date.as_('trained_date'),
                Case(
                    (trained.date != Null, 'trained'),
                    (done.last_date != Null, 'in_progress'),
                    else_='not_started').as_('state'),
                where=(required.active == Literal(True))
                | (done.last_date != Null)))

    @classmethod
    def _persons(cls, date):
        """Return the query of the persons with their main membership

        It is the last one, before those that have ended, in a group that the
        user follows if there is one."""
        pool = Pool()
        User = pool.get('res.user')
        group = pool.get('avec.group').__table__()
        membership = pool.get('avec.membership').__table__()
        active = (
            (membership.end_date == Null) | (membership.end_date > date))
        order_by = [
            Case((active, 0), else_=1),
            membership.start_date.desc,
            membership.id.desc]
        if employees := User.get_employees():
            order_by.insert(1, Case(
                    (group.field_officer.in_(list(employees)), 0), else_=1))
        key = [group.company, membership.party]
        ranked = (membership
            .join(group, condition=membership.group == group.id)
            .select(
                Min(membership.id, window=Window(key)).as_('id'),
                group.company.as_('company'),
                membership.party.as_('party'),
                membership.id.as_('membership'),
                group.id.as_('group'),
                Case((active, True), else_=False).as_('member'),
                group.programme.as_('programme'),
                group.subdivision.as_('subdivision'),
                group.field_officer.as_('field_officer'),
                RowNumber(window=Window(key, order_by=order_by)).as_('rank'),
                where=membership.start_date <= date))
        return ranked.select(
            *(getattr(ranked, n).as_(n) for n in [
                    'id', 'company', 'party', 'membership', 'group', 'member',
                    'programme', 'subdivision', 'field_officer']),
            where=ranked.rank == 1)

    @classmethod
    def _done(cls, date):
        line = outcomes.attended(date)
        key = [line.company, line.party, line.curriculum]
        return line.select(
            *(c.as_(c.name) for c in key),
            Round(Sum(line.hours), 2).as_('hours'),
            Max(line.date).as_('last_date'),
            group_by=key)

    @classmethod
    def _done_topics(cls, date):
        topic = outcomes.topics_attended(date)
        key = [topic.company, topic.party, topic.curriculum]
        return topic.select(
            *(c.as_(c.name) for c in key),
            Count(topic.topic).as_('topics'),
            group_by=key)

    # -- groups

    @classmethod
    def _in_groups(cls):
        "Return the query of the active memberships and their groups"
        pool = Pool()
        date = outcomes.context_date()
        group = pool.get('avec.group').__table__()
        membership = pool.get('avec.membership').__table__()
        return membership, group, (
            membership.join(group, condition=membership.group == group.id),
            (membership.start_date <= date)
            & ((membership.end_date == Null) | (membership.end_date > date)))

    @classmethod
    def get_groups(cls, rows, name):
        membership, group, (tables, active) = cls._in_groups()
        cursor = Transaction().connection.cursor()
        groups = defaultdict(list)
        cursor.execute(*tables.select(
                group.company, membership.party, group.id,
                where=active & fields.SQL_OPERATORS['in'](
                    membership.party, list({r.party.id for r in rows})),
                order_by=[group.code, group.id]))
        for company, party, group_id in cursor:
            groups[company, party].append(group_id)
        return {r.id: groups[r.company.id, r.party.id] for r in rows}

    @classmethod
    def search_groups(cls, name, clause):
        Membership = Pool().get('avec.membership')
        name, operator, operand, *target = clause
        _, _, nested = name.partition('.')
        date = outcomes.context_date()
        found = operator
        if operator.startswith('not '):
            found = operator[len('not '):]
        elif operator.startswith('!'):
            found = operator[1:]
        members = Membership.search([
                ('.'.join(filter(None, ['group', nested])),
                    found, operand, *target),
                ('start_date', '<=', date),
                ['OR', ('end_date', '=', None), ('end_date', '>', date)],
                ], query=True)
        table = Membership.__table__()
        return [
            ('party', 'in' if found == operator else 'not in', table.select(
                    table.party, where=table.id.in_(members)))]

    # -- what is missing

    @classmethod
    def get_missing(cls, rows, name):
        attended = cls.attended_topics(rows)
        return {
            r.id: ', '.join(
                t.name for t in r.curriculum.topics
                if t.id not in attended[r.id]) if not r.trained else ''
            for r in rows}

    @classmethod
    def attended_topics(cls, rows):
        "Return the topics that were attended, {row id: {topic id: day}}"
        topic = outcomes.topics_attended(outcomes.context_date())
        cursor = Transaction().connection.cursor()
        query = topic.select(
            *(getattr(topic, n).as_(n) for n in [
                    'company', 'party', 'curriculum', 'topic', 'date']),
            where=fields.SQL_OPERATORS['in'](
                topic.party, list({r.party.id for r in rows})))
        if backend.name == 'sqlite':
            # It gives the first of dates as a text
            sqlite_apply_types(query, [None, None, None, None, 'DATE'])
        cursor.execute(*query)
        days = defaultdict(dict)
        for company, party, curriculum, id_, day in cursor:
            days[company, party, curriculum][id_] = day
        return {
            r.id: days[r.company.id, r.party.id, r.curriculum.id]
            for r in rows}

    def get_rec_name(self, name):
        return f'{self.party.rec_name} @ {self.curriculum.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('curriculum.rec_name', operator, operand, *extra),
            ]
