# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict
from decimal import Decimal

from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta


class MeetingLine(metaclass=PoolMeta):
    __name__ = 'avec.meeting.line'

    loans_due = fields.Function(Monetary(
            "Loans Due", currency='currency', digits='currency',
            help="What the member must repay to be up to date."),
        'get_loans_due')

    @classmethod
    def get_loans_due(cls, lines, name):
        Loan = Pool().get('avec.loan')
        result = dict.fromkeys([l.id for l in lines])
        typed = defaultdict(list)
        for line in lines:
            if line.meeting.state in {'draft', 'held'}:
                typed[line.meeting].append(line)
        for meeting, members in typed.items():
            read = meeting.read_debts(Loan.search([
                        ('membership', 'in', [
                                l.membership.id for l in members]),
                        ('state', '=', 'disbursed'),
                        ]))
            for line in members:
                result[line.id] = line.sum_due(read, meeting.date)
        return result

    def sum_due(self, read, date):
        "Return what the member has to pay of the debts by the date"
        return sum((
                d.due(date).total for d in read.values()
                if d.loan.membership == self.membership), Decimal(0))
