# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, Unique, fields, tree)


class Sector(DeactivableMixin, tree(separator=' / '), ModelSQL, ModelView):
    __name__ = 'avec.sector'
    __string__ = "Sector"

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char(
        "Code", required=True,
        help="The code of the section or of the division in the "
        "classification of economic activities (ISIC Rev. 4).")
    parent = fields.Many2One(
        'avec.sector', "Parent", ondelete='RESTRICT',
        help="The sector of which this is a part.")
    childs = fields.One2Many('avec.sector', 'parent', "Sub-sectors")

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(table, table.code),
                'avec_livelihood.msg_sector_code_unique'),
            ]
        cls._order.insert(0, ('code', 'ASC'))

    def get_rec_name(self, name):
        return f'{self.code} - {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('code', operator, operand, *extra),
            ('name', operator, operand, *extra),
            ]
