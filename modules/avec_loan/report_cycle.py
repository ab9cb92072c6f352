# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.modules.avec_group.report import Section
from trytond.pool import Pool, PoolMeta

from . import debts, payments
from .report import LoanReportMixin


class CycleStatement(LoanReportMixin, metaclass=PoolMeta):
    __name__ = 'avec.cycle.statement'

    @classmethod
    def _get_sections(cls, cycles):
        Loan = Pool().get('avec.loan')
        sections = super()._get_sections(cycles)
        loans = Loan.search([
                ('group', 'in', list({c.group.id for c in cycles})),
                ('state', 'in', debts.DISBURSED),
                ], order=[('membership.number', 'ASC'), ('id', 'ASC')])
        paid = payments.read(loans)
        arrears = Loan.get_arrears(loans, ['outstanding', 'overdue'])
        for cycle in cycles:
            printed = [
                l for l in loans
                if l.group == cycle.group
                and cls._is_of_cycle(l, paid[l.id], cycle)]
            if printed:
                sections[cycle.id].append(cls._loans_section(
                        cycle, printed, paid, arrears))
        return sections

    @classmethod
    def _is_of_cycle(cls, loan, paid, cycle):
        "Return if the loan was granted in the cycle or carried to it"
        return (loan.cycle == cycle
            or any(p.cycle == cycle.id for p in paid)
            or (loan.state == 'disbursed'
                and cycle.state in {'running', 'sharing'}))

    @classmethod
    def _loans_section(cls, cycle, loans, paid, arrears):
        today = Pool().get('ir.date').today()
        currency = cycle.currency
        figures = [
            (l.principal,
                sum(p.amounts.principal for p in paid[l.id]),
                sum(p.lost for p in paid[l.id]),
                arrears['outstanding'][l.id], arrears['overdue'][l.id])
            for l in loans]
        rows = [
            [l.membership.rec_name, l.number, *(
                    cls.format_amount(a, currency) for a in amounts)]
            for l, amounts in zip(loans, figures)]
        rows.append(cls._total_row(
                '', *cls._sums(currency, *zip(*figures))))
        return Section(
            gettext(
                'avec_loan.msg_paper_loans', date=cls.format_day(today)), [
                *cls._strings(
                    'avec.meeting.disbursement', 'membership', 'loan'),
                *cls._strings('avec.loan', 'principal'),
                gettext('avec_loan.msg_paper_repaid'),
                gettext('avec_loan.msg_paper_written_off'),
                *cls._strings('avec.loan', 'outstanding', 'overdue'),
                ], rows)
