# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta

from . import figures, loan_figures


class Group(metaclass=PoolMeta):
    __name__ = 'avec.group'

    @classmethod
    def avec_figures(cls, company_id, date):
        "Return the queries of the figures of the groups, see figures"
        return [
            figures.member_figures(company_id, date),
            figures.turnover_figures(company_id, date),
            figures.attendance_figures(company_id, date),
            figures.ledger_figures(company_id, date)]

    @classmethod
    def avec_charge_rates(cls, cycles):
        """Return the service charge a month of loans of the cycles.

        Returns {cycle id: rate}, the highest where several are offered.
        """
        return {}


class GroupLoan(metaclass=PoolMeta):
    __name__ = 'avec.group'

    @classmethod
    def avec_figures(cls, company_id, date):
        return super().avec_figures(company_id, date) + [
            loan_figures.open_figures(company_id, date),
            loan_figures.disbursed_figures(company_id, date),
            loan_figures.written_off_figures(company_id, date)]

    @classmethod
    def avec_charge_rates(cls, cycles):
        return loan_figures.charge_rates(cycles)
