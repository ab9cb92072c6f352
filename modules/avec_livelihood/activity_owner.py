# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If


class Owner(ModelSQL, ModelView):
    __name__ = 'avec.activity.owner'
    __string__ = "Activity Owner"

    activity = fields.Many2One(
        'avec.activity', "Activity", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        domain=[
            If(Eval('company'),
                ('company', '=', Eval('company', -1)), ()),
            ])
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    company = fields.Function(fields.Many2One(
            'company.company', "Company"), 'on_change_with_company')
    start_date = fields.Date(
        "Start Date",
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ],
        help="Leave empty for an owner from the start.")
    end_date = fields.Date(
        "End Date", help="Leave empty for an owner until the end.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('activity')
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.activity, Index.Range())),
                Index(table, (table.membership, Index.Range())),
                })

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_group(self, name=None):
        return self.membership.group if self.membership else None

    @classmethod
    def search_group(cls, name, clause):
        return [('membership.' + clause[0], *clause[1:])]

    @fields.depends('activity', '_parent_activity.company')
    def on_change_with_company(self, name=None):
        return self.activity.company if self.activity else None

    def overlaps(self, other):
        "Return if both own the activity on a same day"
        return not (
            (self.end_date and other.start_date
                and self.end_date < other.start_date)
            or (other.end_date and self.start_date
                and other.end_date < self.start_date))

    @classmethod
    def validate_fields(cls, owners, field_names):
        Activity = Pool().get('avec.activity')
        super().validate_fields(owners, field_names)
        Activity.check_owners(
            Activity.browse({o.activity for o in owners}))

    @classmethod
    def on_delete(cls, owners):
        Activity = Pool().get('avec.activity')
        callback = super().on_delete(owners)
        # An idea may be deleted, its owners first
        activities = list({
                o.activity.id for o in owners if o.activity.state != 'idea'})
        callback.append(
            lambda: Activity.check_owners(Activity.browse(activities)))
        return callback

    def get_rec_name(self, name):
        return self.membership.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
