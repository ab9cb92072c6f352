# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta

from . import debts


class MeetingLine(metaclass=PoolMeta):
    __name__ = 'avec.meeting.line'

    loans_due = fields.Function(Monetary(
            "Loans Due", currency='currency', digits='currency',
            help="What the member must repay to be up to date."),
        'get_loans_due')

    @classmethod
    def get_loans_due(cls, lines, name):
        Loan = Pool().get('avec.loan')
        typed = [l for l in lines if l.meeting.state in {'draft', 'held'}]
        read = debts.read(Loan.search([
                    ('membership', 'in', [l.membership.id for l in typed]),
                    ('state', '=', 'disbursed'),
                    ]))
        result = dict.fromkeys([l.id for l in lines])
        for line in typed:
            result[line.id] = line.sum_due(read, line.meeting.date)
        return result

    def sum_due(self, read, date):
        "Return what the member has to pay of the debts by the date"
        return sum((
                d.due(date).total for d in read.values()
                if d.loan.membership == self.membership), Decimal(0))
