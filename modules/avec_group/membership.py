# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from sql import Null
from sql.aggregate import Max

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import ledger
from .exceptions import (
    MembershipValidationError, OfficerValidationError, OfficerWarning)
from .trail import HistoryMixin


class Membership(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.membership'
    __string__ = "Group Membership"

    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    party = fields.Many2One(
        'party.party', "Member", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    number = fields.Integer(
        "Number", domain=[('number', '>=', 1)],
        help="The number of the member in the group.\n"
        "Leave empty to take the next one.")
    start_date = fields.Date(
        "Start Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "End Date", readonly=True,
        help="Filled by the exit of the member.")
    end_reason = fields.Selection([
            (None, ""),
            ('left', "Left"),
            ('excluded', "Excluded"),
            ('died', "Died"),
            ], "End Reason", readonly=True, sort=False)
    officers = fields.One2Many(
        'avec.group.officer', 'membership', "Offices")
    shares = fields.Function(fields.Integer(
            "Shares", help="The shares held."), 'get_amounts')
    savings = fields.Function(Monetary(
            "Savings", currency='currency', digits='currency',
            help="The value of the shares held, as posted."), 'get_amounts')
    balance_due = fields.Function(Monetary(
            "Balance Due", currency='currency', digits='currency',
            help="What the member owes the group, as posted."),
        'get_amounts')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def trail_lines(cls):
        return ['officers']

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.group, table.number),
                'avec_group.msg_membership_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.party, Index.Range())),
                Index(table,
                    (table.group, Index.Range()),
                    (table.number, Index.Range())),
                })
        cls._order.insert(0, ('group', 'ASC'))
        cls._order.insert(1, ('number', 'ASC'))

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends('group', '_parent_group.company')
    def on_change_with_company(self, name=None):
        return self.group.company if self.group else None

    @classmethod
    def search_company(cls, name, clause):
        return [('group.' + clause[0], *clause[1:])]

    @fields.depends('group', '_parent_group.company')
    def on_change_with_currency(self, name=None):
        if self.group and self.group.company:
            return self.group.company.currency

    def is_active(self, date):
        "Return if the member belongs to the group on that day"
        return (self.start_date <= date
            and (not self.end_date or self.end_date > date))

    @classmethod
    def get_amounts(cls, memberships, names):
        Cycle = Pool().get('avec.cycle')
        date = Transaction().context.get('avec_date')
        result = {n: {m.id: Decimal(0) for m in memberships} for n in names}
        if {'shares', 'savings'} & set(names):
            by_cycle = ledger.member_savings(memberships, date=date)
            cycles = Cycle.browse({c for s in by_cycle.values() for c in s})
            value = {c.id: c.share_value for c in cycles}
            for membership, savings in by_cycle.items():
                if 'savings' in result:
                    result['savings'][membership] = sum(savings.values())
                if 'shares' in result:
                    result['shares'][membership] = sum(
                        a / value[c] for c, a in savings.items())
        if 'shares' in result:
            result['shares'] = {
                m: int(s) for m, s in result['shares'].items()}
        if 'balance_due' in result:
            result['balance_due'] = ledger.member_debts(
                memberships, date=date)
        return result

    @classmethod
    def create(cls, vlist):
        vlist = [v.copy() for v in vlist]
        cls._number(vlist)
        return super().create(vlist)

    @classmethod
    def _number(cls, vlist):
        "Fill the next numbers of each group in the values without number"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        missing = [v for v in vlist if not v.get('number') and v.get('group')]
        if not missing:
            return
        cursor.execute(*table.select(
                table.group, Max(table.number),
                where=fields.SQL_OPERATORS['in'](
                    table.group, list({v['group'] for v in missing})),
                group_by=table.group))
        last = dict(cursor)
        for values in vlist:
            if values.get('number') and values.get('group'):
                last[values['group']] = max(
                    last.get(values['group']) or 0, values['number'])
        for values in missing:
            last[values['group']] = (last.get(values['group']) or 0) + 1
            values['number'] = last[values['group']]

    @classmethod
    def validate_fields(cls, memberships, field_names):
        super().validate_fields(memberships, field_names)
        cls.check_active_once(memberships, field_names)

    @classmethod
    def check_active_once(cls, memberships, field_names=None):
        if field_names and not (
                field_names & {'group', 'party', 'start_date', 'end_date'}):
            return
        table, other = cls.__table__(), cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table
            .join(other, condition=(table.group == other.group)
                & (table.party == other.party) & (table.id != other.id))
            .select(table.id,
                where=fields.SQL_OPERATORS['in'](
                    table.id, [m.id for m in memberships])
                & ((other.end_date == Null)
                    | (other.end_date >= table.start_date))
                & ((table.end_date == Null)
                    | (table.end_date >= other.start_date)),
                limit=1))
        if row := cursor.fetchone():
            membership = cls(row[0])
            raise MembershipValidationError(gettext(
                    'avec_group.msg_membership_active_once',
                    party=membership.party.rec_name,
                    group=membership.group.rec_name))

    @classmethod
    def check_modification(
            cls, mode, memberships, values=None, external=False):
        super().check_modification(
            mode, memberships, values=values, external=external)
        if not external:
            return
        ended = {'end_date', 'end_reason'}
        if mode == 'write' and values.keys() & ended:
            for membership in memberships:
                if any(getattr(membership, n) != values[n]
                        for n in ended & values.keys()):
                    raise AccessError(gettext(
                            'avec_group.msg_membership_end_by_exit',
                            membership=membership.rec_name))
        elif mode == 'create':
            for membership in memberships:
                if membership.end_date:
                    raise AccessError(gettext(
                            'avec_group.msg_membership_end_by_exit',
                            membership=membership.rec_name))
        if mode == 'write':
            cls.check_documents(memberships, values)

    @classmethod
    def check_documents(cls, memberships, values):
        "Check that what the member did in the group stays with the member"
        for membership in memberships:
            domain = []
            start_date = values.get('start_date')
            if any(n in values and values[n] != getattr(membership, n).id
                    for n in ['group', 'party']):
                pass
            elif start_date and start_date > membership.start_date:
                domain.append(('date', '<', start_date))
            else:
                continue
            if membership._has_documents(domain):
                raise AccessError(gettext(
                        'avec_group.msg_membership_documents',
                        membership=membership.rec_name))

    def _has_documents(self, domain):
        "Return if the member is on a document of the domain"
        pool = Pool()
        Exit = pool.get('avec.membership.exit')
        if Exit.search([
                    ('membership', '=', self.id),
                    ('state', '=', 'posted'),
                    *domain,
                    ], limit=1):
            return True
        for name, parent in [
                ('avec.meeting.line', 'meeting'),
                ('avec.opening.line', 'opening'),
                ('avec.share_out.line', 'share_out')]:
            Line = pool.get(name)
            if Line.search([
                        ('membership', '=', self.id),
                        (parent, 'where', [
                                ('state', 'in', ['held', 'posted', 'paid']),
                                *domain,
                                ]),
                        ], limit=1):
                return True
        return False

    @classmethod
    def copy(cls, memberships, default=None):
        default = default.copy() if default is not None else {}
        for name in ['number', 'end_date', 'end_reason', 'officers']:
            default.setdefault(name, None)
        return super().copy(memberships, default=default)

    def get_rec_name(self, name):
        return f'{self.number} - {self.party.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        domain = [bool_op,
            ('party.rec_name', operator, operand, *extra),
            ('group.rec_name', operator, operand, *extra),
            ]
        if isinstance(operand, str) and operand.strip('%').isdigit():
            number = int(operand.strip('%'))
            domain.append(
                ('number', '!=' if bool_op == 'AND' else '=', number))
        return domain


class Officer(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.group.officer'
    __string__ = "Committee Member"

    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='CASCADE',
        domain=[
            ('group', '=', Eval('group', -1)),
            ])
    role = fields.Selection([
            ('chair', "Chair"),
            ('secretary', "Secretary"),
            ('treasurer', "Treasurer"),
            ('money_counter', "Money Counter"),
            ('key_holder', "Key Holder"),
            ], "Role", required=True, sort=False)
    role_string = role.translated('role')
    start_date = fields.Date(
        "Start Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date("End Date")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('group')
        cls._order.insert(0, ('start_date', 'DESC'))

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @fields.depends(
        'membership', 'group', '_parent_membership.group',
        '_parent_group.id')
    def on_change_membership(self):
        if self.membership and not self.group:
            self.group = self.membership.group

    @classmethod
    def preprocess_values(cls, mode, values):
        Membership = Pool().get('avec.membership')
        values = super().preprocess_values(mode, values)
        if (mode == 'create'
                and not values.get('group') and values.get('membership')):
            values['group'] = Membership(values['membership']).group.id
        return values

    @classmethod
    def _single_roles(cls):
        return {'chair', 'secretary', 'treasurer'}

    @classmethod
    def validate_fields(cls, officers, field_names):
        super().validate_fields(officers, field_names)
        cls.check_one_holder(officers, field_names)
        cls.check_keys(officers, field_names)

    def _together(self):
        "Return the other offices held in the group at the same time"
        domain = [
            ('group', '=', self.group.id),
            ('id', '!=', self.id),
            ['OR',
                ('end_date', '=', None),
                ('end_date', '>=', self.start_date),
                ],
            ]
        if self.end_date:
            domain.append(('start_date', '<=', self.end_date))
        return self.search(domain)

    @classmethod
    def check_one_holder(cls, officers, field_names=None):
        for officer in officers:
            for other in officer._together():
                same = other.membership == officer.membership
                if other.role == officer.role and (
                        same or officer.role in cls._single_roles()):
                    raise OfficerValidationError(gettext(
                            'avec_group.msg_officer_one_holder',
                            role=officer.role_string,
                            group=officer.group.rec_name,
                            member=other.membership.rec_name))

    @classmethod
    def check_keys(cls, officers, field_names=None):
        Warning = Pool().get('res.user.warning')
        for officer in officers:
            roles = {o.role for o in officer._together()
                if o.membership == officer.membership}
            if not roles or ('key_holder' in roles) == (
                    officer.role == 'key_holder'):
                continue
            key = Warning.format('key_on_committee', [officer])
            if Warning.check(key):
                raise OfficerWarning(key, gettext(
                        'avec_group.msg_officer_key',
                        member=officer.membership.rec_name))

    def get_rec_name(self, name):
        return f'{self.role_string} - {self.membership.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('membership.rec_name', *clause[1:])]
