# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What loans add to the papers of a group"
from decimal import Decimal

from trytond.i18n import gettext
from trytond.modules.avec_group.report import Section
from trytond.pool import Pool, PoolMeta

from . import debts, payments
from .repayment import ORDER


class LoanReportMixin:
    "How the papers tell of loans"
    __slots__ = ()

    @classmethod
    def _strings(cls, model, *names):
        "Return the labels of the fields"
        definitions = Pool().get(model).fields_get(names)
        return [definitions[n]['string'] for n in names]

    @classmethod
    def _sums(cls, currency, *columns):
        "Return the totals of the columns of amounts as they are printed"
        return [
            cls.format_amount(sum(c, Decimal(0)), currency) for c in columns]

    @classmethod
    def _total_row(cls, *cells):
        return [gettext('avec_loan.msg_paper_total'), *cells]

    @classmethod
    def _document(cls, document):
        "Return the name of the document that settled a loan"
        name = document.__names__()['model']
        if document.__name__ == 'avec.meeting':
            name = f'{name} {cls.format_count(document.number)}'
        return name

    @classmethod
    def _payment_columns(cls):
        return [
            *cls._strings('avec.meeting', 'date'),
            gettext('avec_loan.msg_paper_document'),
            *cls._strings('avec.meeting.repayment', 'amount', *ORDER),
            ]

    @classmethod
    def _payment_cells(cls, payment, currency):
        amounts = [getattr(payment.amounts, p) for p in ORDER]
        return [
            cls.format_day(payment.date), cls._document(payment.document),
            *(cls.format_amount(a, currency)
                for a in [payment.amount, *amounts])]


class MeetingSheet(LoanReportMixin, metaclass=PoolMeta):
    __name__ = 'avec.meeting.sheet'

    @classmethod
    def _get_sections(cls, meetings):
        sections = super()._get_sections(meetings)
        for meeting in meetings:
            if meeting.repayments:
                sections[meeting.id].append(
                    cls._repayments_section(meeting))
            if meeting.disbursements:
                sections[meeting.id].append(
                    cls._disbursements_section(meeting))
        return sections

    @classmethod
    def _repayments_section(cls, meeting):
        names = ['amount', *ORDER]
        if meeting.state in {'draft', 'held'}:
            # What was owed before is not told once it is paid
            names.insert(0, 'due')
        currency = meeting.currency
        rows = [
            [r.membership.rec_name, r.loan.number, *(
                    cls.format_amount(getattr(r, n), currency)
                    for n in names)]
            for r in meeting.repayments]
        rows.append(cls._total_row('', *cls._sums(currency, *(
                        [getattr(r, n) or 0 for r in meeting.repayments]
                        for n in names))))
        title, = cls._strings('avec.meeting', 'repayments')
        return Section(
            title,
            cls._strings(
                'avec.meeting.repayment', 'membership', 'loan', *names),
            rows)

    @classmethod
    def _disbursements_section(cls, meeting):
        loans = [d.loan for d in meeting.disbursements]
        rows = [
            [l.membership.rec_name, l.number, l.product.name,
                cls.format_count(l.term),
                cls.format_amount(l.principal, meeting.currency)]
            for l in loans]
        rows.append(cls._total_row('', '', '', *cls._sums(
                    meeting.currency, [l.principal for l in loans])))
        return Section(
            gettext('avec_loan.msg_paper_loans_paid_out'), [
                *cls._strings(
                    'avec.meeting.disbursement', 'membership', 'loan'),
                *cls._strings('avec.loan', 'product', 'term', 'principal'),
                ], rows)


class BlankSheet(LoanReportMixin, metaclass=PoolMeta):
    __name__ = 'avec.meeting.blank_sheet'

    @classmethod
    def _get_sections(cls, records):
        sections = super()._get_sections(records)
        loans = cls._loans_of_groups(
            list({cls._cycle(r).group for r in records}))
        read = debts.read(
            [l for l in loans if l.state == 'disbursed']).values()
        for record in records:
            cycle = cls._cycle(record)
            owed = [d for d in read if d.loan.group == cycle.group]
            if owed:
                sections[record.id].append(cls._to_repay_section(
                        cls._meeting_date(record), owed))
            approved = [
                l for l in loans
                if l.state == 'approved' and l.cycle == cycle]
            if approved:
                sections[record.id].append(cls._to_pay_out_section(approved))
        return sections

    @classmethod
    def _loans_of_groups(cls, groups):
        Loan = Pool().get('avec.loan')
        return Loan.search([
                ('group', 'in', [g.id for g in groups]),
                ('state', 'in', ['approved', 'disbursed']),
                ], order=[('membership.number', 'ASC'), ('id', 'ASC')])

    @classmethod
    def _meeting_date(cls, record):
        Meeting = Pool().get('avec.meeting')
        return cls._date(record) or Meeting._next_date(cls._cycle(record))

    @classmethod
    def _to_repay_section(cls, date, owed):
        "Return the table of what is due, with room for what is paid"
        currency = owed[0].loan.currency
        figures = [
            (d.outstanding, d.due(date).total, d.settlement(date).total)
            for d in owed]
        rows = [
            [d.loan.membership.rec_name, d.loan.number, *(
                    cls.format_amount(a, currency) for a in amounts), '', '']
            for d, amounts in zip(owed, figures)]
        rows.append(cls._total_row(
                '', *cls._sums(currency, *zip(*figures)), '', ''))
        return Section(
            gettext(
                'avec_loan.msg_paper_due', date=cls.format_day(date)), [
                *cls._strings(
                    'avec.meeting.repayment', 'membership', 'loan'),
                *cls._strings('avec.loan', 'outstanding'),
                *cls._strings(
                    'avec.meeting.repayment', 'due', 'settlement', 'amount'),
                gettext('avec_loan.msg_paper_signature'),
                ], rows)

    @classmethod
    def _to_pay_out_section(cls, loans):
        "Return the table of the loans that were approved, to be signed"
        return Section(
            gettext('avec_loan.msg_paper_loans_to_pay_out'), [
                *cls._strings(
                    'avec.meeting.disbursement', 'membership', 'loan'),
                *cls._strings(
                    'avec.loan', 'product', 'term', 'principal', 'charge'),
                gettext('avec_loan.msg_paper_signature'),
                ], [
                [l.membership.rec_name, l.number, l.product.name,
                    cls.format_count(l.term), *(
                        cls.format_amount(a, l.currency)
                        for a in [l.principal, l.charge]), '']
                for l in loans])


class MemberPassbook(LoanReportMixin, metaclass=PoolMeta):
    __name__ = 'avec.membership.passbook'

    @classmethod
    def _get_sections(cls, memberships):
        sections = super()._get_sections(memberships)
        cycles = cls._cycles(memberships)
        loans = cls._loans_of_members(memberships)
        paid = payments.read(loans)
        figures = Pool().get('avec.loan').get_arrears(loans, ['outstanding'])
        due = Pool().get('avec.loan').get_due(loans, ['due'])
        for membership in memberships:
            cycle = cycles.get(membership.group.id)
            printed = [
                l for l in loans
                if l.membership == membership
                and cls._is_printed(l, paid[l.id], cycle)]
            if not printed:
                continue
            sections[membership.id].append(cls._loans_section(
                    printed, {**figures, **due}))
            rows = [
                [*cls._payment_cells(p, l.currency), l.number]
                for l in printed for p in paid[l.id]
                if p.amount and p.cycle == cycle.id]
            if rows:
                sections[membership.id].append(
                    cls._repayments_section(rows))
        return sections

    @classmethod
    def _loans_of_members(cls, memberships):
        Loan = Pool().get('avec.loan')
        return Loan.search([
                ('membership', 'in', [m.id for m in memberships]),
                ('state', 'in', debts.DISBURSED),
                ], order=[('disbursement_date', 'ASC'), ('id', 'ASC')])

    @classmethod
    def _is_printed(cls, loan, paid, cycle):
        return (loan.state == 'disbursed' or loan.cycle == cycle
            or any(p.cycle == cycle.id for p in paid))

    @classmethod
    def _repayments_section(cls, rows):
        title, = cls._strings('avec.loan', 'repayments')
        loan, = cls._strings('avec.meeting.repayment', 'loan')
        return Section(title, [*cls._payment_columns(), loan], rows)

    @classmethod
    def _loans_section(cls, loans, figures):
        label = cls._get_label()
        title, = cls._strings('avec.membership', 'loans')
        return Section(
            title, [
                *cls._strings('avec.loan', 'number'),
                *cls._strings('avec.meeting', 'date'),
                *cls._strings(
                    'avec.loan', 'principal', 'charge', 'outstanding', 'due',
                    'state'),
                ], [
                [l.number, cls.format_day(l.disbursement_date), *(
                        cls.format_amount(a, l.currency) for a in [
                            l.principal, l.charge,
                            figures['outstanding'][l.id],
                            figures['due'][l.id]]),
                    label(l, 'state')]
                for l in loans])
