# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.avec_group.document import format_date
from trytond.modules.avec_group.trail import TrailMixin
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from . import income
from .exceptions import EmploymentError
from .mixins import PersonMixin, SectorMixin, as_at, last_day

# The months after which the person is asked again
FOLLOW_UPS = [3, 6, 12]


class Employment(TrailMixin, PersonMixin, SectorMixin, ModelSQL, ModelView):
    __name__ = 'avec.employment'
    __string__ = "Employment"

    employer = fields.Many2One(
        'party.party', "Employer", ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    employer_name = fields.Char(
        "Employer's Name",
        states={
            'required': ~Eval('employer'),
            'invisible': Bool(Eval('employer')),
            },
        help="For an employer who is not a party.")
    job = fields.Char("Job", required=True)
    contract = fields.Selection([
            (None, ""),
            ('permanent', "Permanent"),
            ('fixed_term', "Fixed Term"),
            ('insertion', "Insertion"),
            ('apprenticeship', "Apprenticeship"),
            ('temporary', "Temporary Agency"),
            ('seasonal', "Seasonal"),
            ('unwritten', "Unwritten"),
            ], "Contract", required=True, sort=False)
    found_by = fields.Selection([
            (None, ""),
            ('programme', "The Programme"),
            ('group', "The Group"),
            ('agency', "The Employment Agency"),
            ('family', "Family or Friends"),
            ('self', "The Person"),
            ('other', "Other"),
            ], "Found By", required=True, sort=False,
        help="Who found the job.")
    start_date = fields.Date("Start Date", required=True)
    end_date = fields.Date(
        "End Date",
        states={
            'required': Bool(Eval('end_reason')),
            })
    end_reason = fields.Selection([
            (None, ""),
            ('contract', "End of the Contract"),
            ('resigned', "Resigned"),
            ('dismissed', "Dismissed"),
            ('closed', "Employer Closed"),
            ('better', "Better Work Found"),
            ('family', "Family or Health"),
            ('other', "Other"),
            ], "End Reason", sort=False)
    follow_ups = fields.One2Many(
        'avec.employment.follow_up', 'employment', "Follow-ups",
        help="Made when the job is saved.")
    in_post = fields.Function(fields.Boolean(
            "In Post", help="The job is not known to have ended."),
        'on_change_with_in_post', searcher='search_in_post')
    months_kept = fields.Function(fields.Integer(
            "Months Kept",
            help="The last follow-up at which the person was still in post."),
        'get_months_kept')
    note = fields.Text("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.party, Index.Range())),
                Index(table, (table.membership, Index.Range())),
                })
        cls._order.insert(0, ('start_date', 'DESC'))

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('end_date')
    def on_change_with_in_post(self, name=None):
        return not self.end_date or self.end_date > as_at()

    @classmethod
    def search_in_post(cls, name, clause):
        _, operator, value = clause
        if operator in {'!=', 'not in'}:
            value = not value
        if isinstance(value, (list, tuple)):
            value = True in value
        there = ['OR', ('end_date', '=', None), ('end_date', '>', as_at())]
        return [there] if value else [('end_date', '<=', as_at())]

    @classmethod
    def get_months_kept(cls, employments, name):
        FollowUp = Pool().get('avec.employment.follow_up')
        result = dict.fromkeys(map(int, employments), 0)
        for follow_up in FollowUp.search([
                    ('employment', 'in', list(result)),
                    ('in_post', '=', 'yes'),
                    ('done_date', '<=', as_at()),
                    ]):
            employment = follow_up.employment.id
            result[employment] = max(result[employment], follow_up.months)
        return result

    @classmethod
    def validate_fields(cls, employments, field_names):
        super().validate_fields(employments, field_names)
        cls.check_dates(employments, field_names)

    @classmethod
    def check_dates(cls, employments, field_names=None):
        FollowUp = Pool().get('avec.employment.follow_up')
        if field_names and not field_names & {'start_date', 'end_date'}:
            return
        today = last_day()
        for employment in employments:
            start, end = employment.start_date, employment.end_date
            if end and end < start:
                raise EmploymentError(gettext(
                        'avec_livelihood.msg_employment_dates',
                        employment=employment.rec_name))
            for date in [start, end]:
                if date and date > today:
                    raise EmploymentError(gettext(
                            'avec_livelihood.msg_employment_future',
                            employment=employment.rec_name,
                            date=format_date(date)))
        FollowUp.check_dates([f for e in employments for f in e.follow_ups])

    @classmethod
    def on_modification(cls, mode, employments, field_names=None):
        FollowUp = Pool().get('avec.employment.follow_up')
        super().on_modification(mode, employments, field_names=field_names)
        if mode == 'create':
            FollowUp.save([
                    FollowUp(employment=e, months=m)
                    for e in employments for m in FOLLOW_UPS])
        elif mode == 'write' and 'start_date' in (field_names or ()):
            follow_ups = [f for e in employments for f in e.follow_ups]
            for follow_up in follow_ups:
                follow_up.due_date = follow_up.on_change_with_due_date()
            FollowUp.save(follow_ups)

    @classmethod
    def copy(cls, employments, default=None):
        default = default.copy() if default is not None else {}
        for name in ['end_date', 'end_reason', 'follow_ups', 'note']:
            default.setdefault(name, None)
        return super().copy(employments, default=default)

    def get_rec_name(self, name):
        return f'{self.party.rec_name} - {self.job}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('job', operator, operand, *extra),
            ('employer_name', operator, operand, *extra),
            ('employer.rec_name', operator, operand, *extra),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Bool(Eval('end_date')), 'muted', '')),
            ]


class FollowUp(ModelSQL, ModelView):
    __name__ = 'avec.employment.follow_up'
    __string__ = "Employment Follow-up"

    employment = fields.Many2One(
        'avec.employment', "Employment", required=True, readonly=True,
        ondelete='CASCADE')
    party = fields.Function(fields.Many2One('party.party', "Person"),
        'get_employment', searcher='search_employment')
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'get_employment', searcher='search_employment')
    field_officer = fields.Function(fields.Many2One(
            'company.employee', "Field Officer"),
        'get_employment', searcher='search_employment')
    months = fields.Integer(
        "Months", required=True, readonly=True, domain=[('months', '>', 0)],
        help="How long after the start of the job.")
    due_date = fields.Date("Due Date", required=True, readonly=True)
    in_post = fields.Selection([
            (None, ""),
            ('yes', "Yes"),
            ('no', "No"),
            ], "Still in Post", sort=False,
        states={
            'required': Bool(Eval('done_date')),
            },
        help="If the person still had the job.")
    done_date = fields.Date(
        "Done on",
        states={
            'required': Bool(Eval('in_post')),
            })
    done_by = fields.Many2One(
        'company.employee', "Done By", readonly=True, ondelete='RESTRICT')
    # The tabs are by this one, as a list hides what all its rows share
    done = fields.Function(
        fields.Boolean("Done"), 'on_change_with_done',
        searcher='search_done')
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('employment')
        table = cls.__table__()
        cls._sql_constraints += [
            ('months_unique', Unique(table, table.employment, table.months),
                'avec_livelihood.msg_follow_up_unique'),
            ]
        cls._sql_indexes.add(Index(
                table, (table.due_date, Index.Range()),
                where=table.in_post == Null))
        cls._order = [
            ('due_date', 'ASC'),
            ('id', 'ASC'),
            ]

    @fields.depends('employment', 'months', '_parent_employment.start_date')
    def on_change_with_due_date(self):
        if self.employment and self.employment.start_date and self.months:
            return income.add_months(
                self.employment.start_date, self.months)

    def get_employment(self, name):
        value = getattr(self.employment, name)
        return value.id if value else None

    @classmethod
    def search_employment(cls, name, clause):
        return [('employment.' + clause[0], *clause[1:])]

    @fields.depends('in_post')
    def on_change_with_done(self, name=None):
        return bool(self.in_post)

    @classmethod
    def search_done(cls, name, clause):
        _, operator, value = clause
        if operator in {'!=', 'not in'}:
            value = not value
        return [('in_post', '!=' if value else '=', None)]

    @fields.depends('in_post', 'done_date')
    def on_change_in_post(self):
        if not self.in_post:
            self.done_date = None
        elif not self.done_date:
            self.done_date = Pool().get('ir.date').today()

    @classmethod
    def preprocess_values(cls, mode, values):
        Employment = Pool().get('avec.employment')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('employment'):
            values['due_date'] = income.add_months(
                Employment(values['employment']).start_date,
                values['months'])
        if values.get('in_post'):
            values.setdefault(
                'done_by', Transaction().context.get('employee'))
        return values

    @classmethod
    def validate_fields(cls, follow_ups, field_names):
        super().validate_fields(follow_ups, field_names)
        if not field_names or field_names & {'done_date', 'in_post'}:
            cls.check_dates(follow_ups)

    @classmethod
    def check_dates(cls, follow_ups):
        today = last_day()
        for follow_up in follow_ups:
            date = follow_up.done_date
            employment = follow_up.employment
            if not date:
                continue
            if date > today:
                message = 'msg_follow_up_future'
            elif date < employment.start_date:
                message = 'msg_follow_up_before'
            elif (follow_up.in_post == 'yes' and employment.end_date
                    and employment.end_date < date):
                message = 'msg_follow_up_ended'
            else:
                continue
            raise EmploymentError(gettext(
                    'avec_livelihood.' + message,
                    follow_up=follow_up.rec_name, date=format_date(date)))

    @classmethod
    def on_modification(cls, mode, follow_ups, field_names=None):
        Employment = Pool().get('avec.employment')
        super().on_modification(mode, follow_ups, field_names=field_names)
        if mode == 'delete':
            return
        employments = []
        for follow_up in follow_ups:
            employment = follow_up.employment
            if follow_up.in_post == 'no' and not employment.end_date:
                # At the latest, until the day is known
                employment.end_date = follow_up.done_date
                employments.append(employment)
        Employment.save(employments)

    def get_rec_name(self, name):
        return f'{self.employment.rec_name} ({self.months})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employment.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        today = Pool().get('ir.date').today()
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Bool(Eval('in_post')), 'muted',
                    If(Eval('due_date', today) <= today, 'warning', ''))),
            ]
