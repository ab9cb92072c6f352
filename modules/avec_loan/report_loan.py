# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The papers of a loan"
from trytond.i18n import gettext
from trytond.modules.avec_group.report import AvecReport, Section
from trytond.pool import Pool

from . import debts, payments
from .report import LoanReportMixin

_ARREARS = ['outstanding', 'overdue', 'days_overdue', 'arrears']
_DUE = ['due', 'settlement']


class LoanReport(LoanReportMixin, AvecReport):
    "A paper about loans"

    @classmethod
    def _start(cls, loan):
        "Return the day on which the loan is paid out, as it is planned"
        if loan.disbursement_date:
            return loan.disbursement_date
        for instalment in loan.instalments:
            return instalment.start_date
        return loan.request_date


class LoanContract(LoanReport):
    __name__ = 'avec.loan.contract'

    @classmethod
    def _get_context(cls, loans):
        context = super()._get_context(loans)
        context['officers'] = cls._officers([
                (l.id, l.group, cls._start(l)) for l in loans])
        context['starts'] = {l.id: cls._start(l) for l in loans}
        context['terms'] = {l.id: list(cls._terms(l)) for l in loans}
        return context

    @classmethod
    def _terms(cls, loan):
        "Return what the product says, [(field, sentence), ...]"
        product = loan.product
        names = ['method', 'amortization', 'period']
        texts = [
            cls._charge_text(product),
            gettext('avec_loan.msg_terms_' + product.amortization),
            cls._period_text(product)]
        if product.grace_principal:
            names.append('grace_principal')
            texts.append(gettext(
                    'avec_loan.msg_terms_grace_principal',
                    count=cls.format_count(product.grace_principal)))
        if product.grace_interest:
            names.append('grace_interest')
            texts.append(cls._grace_interest_text(product))
        names += ['late_penalty', 'early_repayment', 'repayment_order']
        texts += [
            cls._penalty_text(product),
            gettext('avec_loan.msg_terms_early_' + product.early_repayment),
            cls._order_text(product)]
        return zip(cls._strings('avec.loan.product', *names), texts)

    @classmethod
    def _charge_text(cls, product):
        if not product.rate:
            return gettext('avec_loan.msg_terms_no_charge')
        return gettext(
            f'avec_loan.msg_terms_{product.method}_{product.rate_period}',
            rate=cls._percentage(product.rate))

    @classmethod
    def _percentage(cls, rate):
        percentage = (100 * rate).normalize()
        digits = max(-percentage.as_tuple().exponent, 0)
        return cls._isolate(
            cls.format_number(percentage, None, digits=digits) + '%')

    @classmethod
    def _period_text(cls, product):
        period = cls._selection('avec.loan.product', 'period')[product.period]
        if product.period != 'meeting' and product.due_on_meetings:
            return gettext('avec_loan.msg_terms_meetings', period=period)
        return period

    @classmethod
    def _grace_interest_text(cls, product):
        kind = 'free' if product.grace_interest_free else 'later'
        return gettext(
            'avec_loan.msg_terms_grace_interest_' + kind,
            count=cls.format_count(product.grace_interest))

    @classmethod
    def _penalty_text(cls, product):
        days = product.penalty_grace_days
        if not product.late_penalty:
            return gettext('avec_loan.msg_terms_no_penalty')
        amount = cls.format_money(product.late_penalty, product.currency)
        if days:
            return gettext(
                'avec_loan.msg_terms_penalty_days',
                amount=amount, days=cls.format_count(days))
        return gettext('avec_loan.msg_terms_penalty', amount=amount)

    @classmethod
    def _order_text(cls, product):
        orders = cls._selection('avec.loan.product', 'repayment_order')
        return gettext(
            'avec_loan.msg_terms_order',
            order=orders[product.repayment_order])


class LoanStatement(LoanReport):
    __name__ = 'avec.loan.statement'

    @classmethod
    def _get_context(cls, loans):
        context = super()._get_context(loans)
        context['today'] = Pool().get('ir.date').today()
        context['figures'] = cls._get_figures(loans)
        return context

    @classmethod
    def _get_figures(cls, loans):
        """Return the figures of today, two by two.

        {loan id: [((label, text), (label, text)), ...]}
        """
        Loan = Pool().get('avec.loan')
        read = debts.read(loans)
        values = {
            **Loan.get_arrears(loans, _ARREARS),
            **Loan.get_due(loans, _DUE),
            }
        return {
            l.id: _pairs([
                    *cls._owed_figures(
                        l, {n: v[l.id] for n, v in values.items()}),
                    *cls._loss_figures(read[l.id])])
            for l in loans}

    @classmethod
    def _owed_figures(cls, loan, values):
        for name, string in zip(
                values, cls._strings('avec.loan', *values)):
            value = values[name]
            if name == 'arrears':
                text = cls._selection('avec.loan', name)[value]
            elif name == 'days_overdue':
                text = cls.format_count(value)
            else:
                text = cls.format_money(value, loan.currency)
            yield string, text

    @classmethod
    def _loss_figures(cls, debt):
        if debt.written_off:
            for name, amount in [
                    ('written_off', debt.written_off),
                    ('recovered', debt.recovered),
                    ('to_recover', debt.to_recover)]:
                yield (
                    gettext('avec_loan.msg_paper_' + name),
                    cls.format_money(amount, debt.loan.currency))

    @classmethod
    def _get_sections(cls, loans):
        sections = super()._get_sections(loans)
        paid = payments.read(loans)
        for loan in loans:
            if any(p.amounts.total for p in paid[loan.id]):
                sections[loan.id].append(
                    cls._repayments_section(loan, paid[loan.id]))
            if any(p.lost or p.recovered for p in paid[loan.id]):
                sections[loan.id].append(
                    cls._losses_section(loan, paid[loan.id]))
            sections[loan.id].extend(
                cls._plan_section(r) for r in reversed(loan.reschedulings)
                if r.state == 'posted')
        return sections

    @classmethod
    def _repayments_section(cls, loan, paid):
        "Return the table of what was repaid, with what was left each time"
        left = loan.principal
        rows = []
        for payment in paid:
            left -= payment.amounts.principal + payment.lost
            if payment.amounts.total:
                rows.append([
                        *cls._payment_cells(payment, loan.currency),
                        cls.format_amount(left, loan.currency)])
        repayments, outstanding = cls._strings(
            'avec.loan', 'repayments', 'outstanding')
        return Section(
            repayments, [*cls._payment_columns(), outstanding], rows)

    @classmethod
    def _losses_section(cls, loan, paid):
        "Return the table of what was written off and of what came back"
        left = 0
        rows = []
        for payment in paid:
            left += payment.lost - payment.recovered
            if payment.lost or payment.recovered:
                rows.append([
                        cls.format_day(payment.date),
                        cls._document(payment.document), *(
                            cls.format_amount(a, loan.currency) for a in [
                                payment.lost, payment.recovered, left])])
        return Section(
            gettext('avec_loan.msg_paper_losses'), [
                *cls._strings('avec.meeting', 'date'),
                gettext('avec_loan.msg_paper_document'),
                gettext('avec_loan.msg_paper_written_off'),
                gettext('avec_loan.msg_paper_recovered'),
                gettext('avec_loan.msg_paper_to_recover'),
                ], rows)

    @classmethod
    def _plan_section(cls, rescheduling):
        "Return the plan that the rescheduling replaced"
        names = ['opening', 'principal', 'charge', 'penalty', 'paid']
        title = gettext(
            'avec_loan.msg_paper_plan_before',
            date=cls.format_day(rescheduling.date))
        if rescheduling.reason:
            title = f'{title} ({rescheduling.reason})'
        return Section(
            title,
            cls._strings(
                'avec.loan.rescheduling.row', 'number', 'due_date', *names), [
                [cls.format_count(r.number), cls.format_day(r.due_date), *(
                        cls.format_amount(getattr(r, n), r.currency)
                        for n in names)]
                for r in rescheduling.rows])


def _pairs(figures):
    figures = list(figures)
    if len(figures) % 2:
        figures.append(('', ''))
    return list(zip(figures[::2], figures[1::2]))
