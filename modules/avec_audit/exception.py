# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The exceptions that an auditor looks at, found by query"
from sql import Column, Literal, Union

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.avec_group.document import format_amount
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import queries_group, queries_loan
from .sql_tools import context_company

# More than the queries, so that which one found a row is told by its id
_QUERIES = 64
# What the figures of the reasons are, where they are no money
_COUNTS = {
    'backdated_attempt', 'loan_gap', 'loan_open', 'loan_term', 'meeting_gap',
    'move_gap', 'out_of_order', 'recorded_late', 'shares_over',
    'shares_under'}


class Context(ModelView):
    __name__ = 'avec.audit.exception.context'
    __string__ = "Audit Exception Context"

    company = fields.Many2One('company.company', "Company", required=True)
    avec_late_days = fields.Integer(
        "Days to Record", required=True,
        domain=[
            ('avec_late_days', '>=', 0),
            ],
        help="Show the documents recorded more days after their date.")

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_avec_late_days(cls):
        return late_days(Transaction().context.get('company'))

    @fields.depends('company')
    def on_change_company(self):
        if self.company:
            self.avec_late_days = late_days(self.company.id)


def late_days(company):
    "Return after how many days a document is recorded late in the office"
    Configuration = Pool().get('avec.configuration')
    return Configuration(1).get_multivalue('audit_late_days', company=company)


class Exception_(ModelSQL, ModelView):
    __name__ = 'avec.audit.exception'
    __string__ = "Audit Exception"

    kind = fields.Selection([
            ('cash_difference', "Cash Difference"),
            ('box_mismatch', "Box Not in Ledger"),
            ('cancelled', "Cancelled"),
            ('backdated', "Backdated"),
            ('recorded_late', "Recorded Late"),
            ('self_posted', "Posted by Its Author"),
            ('member_limit', "Member Outside the Rules"),
            ('rounding', "Rounding Left Over"),
            ('number_gap', "Number Missing"),
            ], "Kind", sort=False)
    kind_string = kind.translated('kind')
    reason = fields.Char("Reason")
    company = fields.Many2One('company.company', "Company")
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    group = fields.Many2One(
        'avec.group', "Group",
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    cycle = fields.Many2One('avec.cycle', "Cycle")
    membership = fields.Many2One('avec.membership', "Member")
    date = fields.Date("Date")
    document = fields.Reference("Document", selection='get_documents')
    employee = fields.Many2One(
        'company.employee', "Signed By",
        help="Who did what is questioned, as the document says.")
    user = fields.Many2One(
        'res.user', "Recorded By", help="The user who made the document.")
    amount = Monetary("Amount", currency='currency', digits='currency')
    found = fields.Numeric("Found")
    allowed = fields.Numeric("Expected")
    note = fields.Char("Note")
    explanation = fields.Function(
        fields.Text("Explanation"), 'get_explanation')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('date', 'DESC'),
            ('group', 'ASC'),
            ('id', 'DESC'),
            ]

    @classmethod
    def get_documents(cls):
        pool = Pool()
        Model = pool.get('ir.model')
        return [(n, Model.get_name(n)) for n in cls._documents()]

    @classmethod
    def _documents(cls):
        "Return the names of the models of the documents"
        Meeting = Pool().get('avec.meeting')
        return [*Meeting._document_models(), 'account.move']

    @classmethod
    def queries(cls):
        """Return the queries, {the kind that each finds: [function, ...]}

        A function takes an Audit, see queries_group.
        """
        return {
            'cash_difference': [queries_group.cash_differences],
            'box_mismatch': [queries_group.box_mismatches],
            'cancelled': [queries_group.cancelled],
            'backdated': [
                queries_group.backdated_attempts,
                queries_group.out_of_order],
            'recorded_late': [queries_group.recorded_late],
            'self_posted': [queries_group.self_posted],
            'member_limit': [
                queries_group.shares_outside,
                queries_group.contributions_below],
            'rounding': [queries_group.rounding_left],
            'number_gap': [
                queries_group.meeting_gaps, queries_group.move_gaps],
            }

    @classmethod
    def _numbered_queries(cls):
        "Return [(number, kind, function), ...]"
        functions = [(k, f) for k, fs in cls.queries().items() for f in fs]
        assert len(functions) < _QUERIES
        return [(i, k, f) for i, (k, f) in enumerate(functions)]

    @classmethod
    def table_query(cls):
        context = Transaction().context
        company = context_company()
        days = context.get('avec_late_days')
        if days is None:
            days = late_days(company)
        audit = queries_group.Audit(company, days)
        kinds = context.get('_avec_kinds')
        numbers = context.get('_avec_queries')
        queries = []
        for number, kind, function in cls._numbered_queries():
            if ((kinds is not None and kind not in kinds)
                    or (numbers is not None and number not in numbers)):
                continue
            query = function(audit)
            queries.append(query.select(
                    (query.source * _QUERIES + number).as_('id'),
                    Literal(company).as_('company'),
                    *(Column(query, n).as_(n)
                        for n in queries_group.COLUMNS)))
        return Union(*queries, all_=True)

    @classmethod
    def search(cls, domain, *args, **kwargs):
        # A tab asks for one kind: the others need not be looked for
        with Transaction().set_context(_avec_kinds=cls._kinds(domain)):
            return super().search(domain, *args, **kwargs)

    @classmethod
    def search_count(cls, domain, *args, **kwargs):
        with Transaction().set_context(_avec_kinds=cls._kinds(domain)):
            return super().search_count(domain, *args, **kwargs)

    @classmethod
    def _kinds(cls, domain):
        "Return the kinds that the domain asks for, None for all"
        if not domain or domain[0] == 'OR':
            return None
        for clause in domain:
            if isinstance(clause, str):
                continue
            if clause and isinstance(clause[0], str):
                name, operator, *value = clause
                if (name, operator) == ('kind', '='):
                    return value
            elif kinds := cls._kinds(clause):
                return kinds
        return None

    @classmethod
    def read(cls, ids, fields_names):
        # Only the queries that found the rows are asked again
        with Transaction().set_context(
                _avec_kinds=None,
                _avec_queries=sorted({i % _QUERIES for i in ids})):
            return super().read(ids, fields_names)

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_explanation(cls, exceptions, name):
        return {e.id: e._explain() for e in exceptions}

    def _explain(self):
        text = gettext(
            f'avec_audit.msg_exception_{self.reason}',
            found=self._figure(self.found),
            expected=self._figure(self.allowed),
            amount=self._money(self.amount and abs(self.amount)),
            group=self.group.rec_name if self.group else '',
            member=self.membership.rec_name if self.membership else '',
            employee=self.employee.rec_name if self.employee else '',
            number=self.note or '')
        if self.note and self.kind != 'number_gap':
            text = gettext(
                'avec_audit.msg_exception_note', text=text, note=self.note)
        return text

    def _figure(self, value):
        if value is None:
            return ''
        if self.reason in _COUNTS:
            return str(int(value))
        return self._money(value)

    def _money(self, value):
        if value is None:
            return ''
        return format_amount(value, self.currency)

    def get_rec_name(self, name):
        document = self.document.rec_name if self.document else ''
        return f'{self.kind_string} - {document}'


class ExceptionLoan(metaclass=PoolMeta):
    __name__ = 'avec.audit.exception'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.kind.selection.append(('loan_limit', "Loan Over the Limits"))

    @classmethod
    def _documents(cls):
        return [*super()._documents(), 'avec.loan']

    @classmethod
    def queries(cls):
        queries = super().queries()
        queries['loan_limit'] = [
            queries_loan.over_savings, queries_loan.over_term,
            queries_loan.too_many_open]
        queries['self_posted'].append(queries_loan.self_approved)
        queries['number_gap'].append(queries_loan.loan_gaps)
        return queries
