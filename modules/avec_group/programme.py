# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .trail import HistoryMixin


class Programme(HistoryMixin, ModelSQL, ModelView):
    __name__ = 'avec.programme'
    __string__ = "Programme"

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code")
    company = fields.Many2One('company.company', "Company", required=True)
    donor = fields.Many2One(
        'party.party', "Donor",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'},
        help="The party that funds the programme.")
    start_date = fields.Date(
        "Start Date", required=True,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "End Date",
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('end_date', '>=', Eval('start_date', None)),
                ()),
            ])
    indirect_method = fields.Selection([
            ('factor', "Household Factor"),
            ('households', "Recorded Households"),
            ], "Indirect Beneficiaries", required=True,
        help="How the indirect beneficiaries are counted: the direct ones "
        "times the household factor, or the other people recorded in their "
        "households.")
    household_factor = fields.Numeric(
        "Household Factor", digits=(16, 2),
        domain=[
            If(Eval('indirect_method') == 'factor',
                ('household_factor', '>=', 0),
                ()),
            ],
        states={
            'required': Eval('indirect_method') == 'factor',
            'invisible': Eval('indirect_method') != 'factor',
            },
        help="The number of people reached for each direct beneficiary.")
    groups = fields.One2Many(
        'avec.group', 'programme', "Groups",
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        add_remove=[
            ('programme', '=', None),
            ])

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(table, table.company, table.code),
                'avec_group.msg_programme_code_unique'),
            ]
        cls._order.insert(0, ('start_date', 'DESC'))
        cls._order.insert(1, ('name', 'ASC'))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_start_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_indirect_method(cls):
        return 'factor'

    @classmethod
    def default_household_factor(cls):
        return Decimal(4)

    def get_rec_name(self, name):
        if self.code:
            return f'[{self.code}] {self.name}'
        return self.name

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
