# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.document import format_amount, format_date
from trytond.modules.avec_group.trail import TrailMixin
from trytond.modules.company.model import employee_field, set_employee
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, check_access

from . import debts
from .exceptions import (
    LoanApprovalError, LoanFrozenError, LoanLimitError, LoanStateError)
from .product import INTERVALS
from .repayment import bucket

_STATES = {
    'readonly': Eval('state') != 'request',
    }
_LENT = {
    'invisible': ~Eval('state').in_(debts.DISBURSED),
    }
_SIGNED = [
    'approved', 'disbursed', 'repaid', 'written_off', 'rejected', 'cancelled']
# What only the documents of the loan and its buttons change
_CONTROLLED = {
    'number', 'state', 'disbursement_date', 'requested_by', 'approved_by',
    'rejected_by', 'instalments'}
_NOTES = {'note'}


class Loan(TrailMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.loan'
    __string__ = "Loan"

    number = fields.Char("Number", readonly=True)
    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT',
        states=_STATES,
        domain=[
            If(Eval('state') == 'request', ('end_date', '=', None), ()),
            ],
        help="Who borrows.")
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    party = fields.Function(fields.Many2One(
            'party.party', "Borrower",
            context={
                'company': Eval('company', -1),
                },
            depends={'company'}),
        'on_change_with_party', searcher='search_party')
    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='RESTRICT',
        states=_STATES,
        domain=[
            ('group', '=', Eval('group', -1)),
            If(Eval('state') == 'request', ('state', '=', 'running'), ()),
            ],
        help="The cycle under whose constitution the loan is granted.")
    product = fields.Many2One(
        'avec.loan.product', "Product", required=True, ondelete='RESTRICT',
        states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            If(Eval('state') == 'request',
                ('cycles', '=', Eval('cycle', -1)), ()),
            ])
    principal = Monetary(
        "Principal", currency='currency', digits='currency', required=True,
        # Without None what is not yet typed is marked as wrong
        domain=['OR', ('principal', '=', None), ('principal', '>', 0)],
        states=_STATES)
    term = fields.Integer(
        "Term", required=True, states=_STATES,
        domain=['OR', ('term', '=', None), ('term', '>=', 1)],
        help="The number of instalments.")
    request_date = fields.Date("Request Date", required=True, states=_STATES)
    disbursement_date = fields.Date("Disbursement Date", readonly=True)
    purpose = fields.Char(
        "Purpose", states=_STATES, help="What the money is for.")
    guarantors = fields.Many2Many(
        'avec.loan.guarantor', 'loan', 'membership', "Guarantors",
        states=_STATES,
        domain=[
            ('group', '=', Eval('group', -1)),
            ('id', '!=', Eval('membership', -1)),
            ])
    note = fields.Text("Note")
    instalments = fields.One2Many(
        'avec.loan.instalment', 'loan', "Instalments", readonly=True,
        help="The plan of what is to be repaid.")
    reschedulings = fields.One2Many(
        'avec.loan.rescheduling', 'loan', "Reschedulings", readonly=True,
        help="What changed the plan, with the plan before.")
    repayments = fields.One2Many(
        'avec.meeting.repayment', 'loan', "Repayments", readonly=True,
        filter=[
            ('meeting.state', '=', 'posted'),
            ])
    charge = fields.Function(Monetary(
            "Service Charge", currency='currency', digits='currency',
            help="The service charge of the plan."),
        'get_charge')
    outstanding = fields.Function(Monetary(
            "Outstanding", currency='currency', digits='currency',
            help="The principal not yet repaid, as posted."),
        'get_arrears', searcher='search_arrears')
    overdue = fields.Function(Monetary(
            "Overdue", currency='currency', digits='currency',
            states=_LENT,
            help="The principal of the instalments that are late."),
        'get_arrears', searcher='search_arrears')
    days_overdue = fields.Function(fields.Integer(
            "Days Overdue", states=_LENT,
            help="The days since the oldest late instalment was due."),
        'get_arrears', searcher='search_arrears')
    arrears = fields.Function(fields.Selection([
                (None, ""),
                ('current', "Up to Date"),
                ('1_30', "1 to 30 Days"),
                ('31_60', "31 to 60 Days"),
                ('61_90', "61 to 90 Days"),
                ('over_90', "Over 90 Days"),
                ], "Arrears", sort=False),
        'get_arrears', searcher='search_arrears')
    due = fields.Function(Monetary(
            "Due Today", currency='currency', digits='currency',
            states=_LENT,
            help="What must be paid to be up to date: "
            "principal, service charge and penalties."),
        'get_due')
    settlement = fields.Function(Monetary(
            "To Settle Today", currency='currency', digits='currency',
            states=_LENT,
            help="What ends the loan if it is paid today."),
        'get_due')
    state = fields.Selection([
            ('request', "Request"),
            ('approved', "Approved"),
            ('disbursed', "Disbursed"),
            ('repaid', "Repaid"),
            ('written_off', "Written Off"),
            ('rejected', "Rejected"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    requested_by = employee_field("Requested By", states=['request', *_SIGNED])
    approved_by = employee_field("Approved By", states=['request', *_SIGNED])
    rejected_by = employee_field("Rejected By", states=['request', *_SIGNED])

    @classmethod
    def trail_lines(cls):
        return ['instalments']

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.cycle, table.number),
                'avec_loan.msg_loan_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.membership, Index.Range())),
                Index(table, (table.cycle, Index.Range())),
                Index(table, (table.state, Index.Equality(
                            cardinality='low')),
                    where=table.state.in_(
                        ['request', 'approved', 'disbursed'])),
                })
        cls._order.insert(0, ('request_date', 'DESC'))
        cls._transitions |= {
            ('request', 'approved'),
            ('request', 'rejected'),
            ('request', 'cancelled'),
            ('approved', 'cancelled'),
            ('approved', 'disbursed'),
            ('disbursed', 'approved'),
            ('disbursed', 'repaid'),
            ('repaid', 'disbursed'),
            ('disbursed', 'written_off'),
            ('written_off', 'disbursed'),
            }
        cls._buttons.update({
                'approve': {
                    'invisible': Eval('state') != 'request',
                    'depends': ['state'],
                    },
                'reject': {
                    'invisible': Eval('state') != 'request',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(['request', 'approved']),
                    'depends': ['state'],
                    },
                'reschedule': {
                    'invisible': Eval('state') != 'disbursed',
                    'depends': ['state'],
                    },
                'write_off': {
                    'invisible': Eval('state') != 'disbursed',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'request'

    @classmethod
    def default_request_date(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_requested_by(cls):
        return Transaction().context.get('employee')

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_company(self, name=None):
        if self.membership and self.membership.group:
            return self.membership.group.company

    @classmethod
    def search_company(cls, name, clause):
        return [('membership.group.' + clause[0], *clause[1:])]

    @fields.depends(methods=['on_change_with_company'])
    def on_change_with_currency(self, name=None):
        company = self.on_change_with_company()
        return company.currency if company else None

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_group(self, name=None):
        return self.membership.group if self.membership else None

    @classmethod
    def search_group(cls, name, clause):
        return [('membership.' + clause[0], *clause[1:])]

    @fields.depends('membership', '_parent_membership.party')
    def on_change_with_party(self, name=None):
        return self.membership.party if self.membership else None

    @classmethod
    def search_party(cls, name, clause):
        return [('membership.' + clause[0], *clause[1:])]

    @fields.depends(
        'membership', '_parent_membership.group', 'cycle', 'product',
        methods=['_propose_product'])
    def on_change_membership(self):
        Cycle = Pool().get('avec.cycle')
        if not self.membership or not self.membership.group:
            self.cycle = None
        elif not self.cycle or self.cycle.group != self.membership.group:
            cycles = Cycle.search([
                    ('group', '=', self.membership.group.id),
                    ('state', '=', 'running'),
                    ], limit=1)
            self.cycle = cycles[0] if cycles else None
        self._propose_product()

    @fields.depends(methods=['_propose_product'])
    def on_change_cycle(self):
        self._propose_product()

    @fields.depends('cycle', 'product', '_parent_cycle.loan_products')
    def _propose_product(self):
        offered = self.cycle.loan_products if self.cycle else []
        if self.product not in offered:
            self.product = offered[0] if len(offered) == 1 else None

    # -- the figures

    @classmethod
    def get_charge(cls, loans, name):
        return {
            l.id: sum((i.charge for i in l.instalments), Decimal(0))
            for l in loans}

    @classmethod
    def _date(cls):
        return (Transaction().context.get('avec_date')
            or Pool().get('ir.date').today())

    @classmethod
    def get_arrears(cls, loans, names):
        date = cls._date()
        result = {n: {} for n in names}
        owed = debts.outstanding(
            loans, date=Transaction().context.get('avec_date'))
        charges = {}
        if {'days_overdue', 'arrears'} & set(names):
            charges = debts.charge_overdue(loans, date)
        for loan in loans:
            values = cls._get_arrears(
                owed[loan.id], charges.get(loan.id), date)
            for name in names:
                result[name][loan.id] = values[name]
        return result

    @classmethod
    def _get_arrears(cls, owed, charge_since, date):
        late = {d: a for d, a in owed.items() if d < date}
        since = min([*late, charge_since or date])
        days = (date - since).days
        return {
            'outstanding': sum(owed.values(), Decimal(0)),
            'overdue': sum(late.values(), Decimal(0)),
            'days_overdue': days,
            'arrears': bucket(days) if owed else None,
            }

    @classmethod
    def search_arrears(cls, name, clause):
        # A loan that is not open has no arrears, and few are open today
        _, operator, value = clause
        table = cls.__table__()
        states = ['disbursed']
        if Transaction().context.get('avec_date'):
            states = debts.DISBURSED
        open_ = cls.search([('state', 'in', states)])
        values = cls.get_arrears(open_, [name])[name]
        field = 'arrears' if name == 'arrears' else 'days_overdue'
        none = None if field == 'arrears' else 0
        match = _matcher(operator, value)
        found = [i for i, v in values.items() if match(v)]
        if match(none):
            rest = table.select(
                table.id, where=~table.state.in_(states))
            return ['OR', ('id', 'in', found), ('id', 'in', rest)]
        return [('id', 'in', found)]

    @classmethod
    def get_due(cls, loans, names):
        date = cls._date()
        read = debts.read(loans)
        result = {n: {} for n in names}
        for loan in loans:
            debt = read[loan.id]
            for name in names:
                result[name][loan.id] = getattr(debt, name)(date).total
        return result

    # -- the plan

    def get_rows(self, start, term=None, **kwargs):
        """Return the rows of the plan of the loan paid out on the day.

        The other arguments are those of get_schedule of the product.
        """
        term = term or self.term
        return self.product.get_schedule(
            self.principal, term, start,
            meetings=self._get_meetings(
                start, term, kwargs.get('first_due')),
            meeting_interval=INTERVALS[self.cycle.meeting_interval],
            **kwargs)

    def _get_meetings(self, start, term, first_due=None):
        """Return the days of the meetings as they are planned.

        They are counted from the first due date, which is that of a meeting,
        else from the start.
        """
        product = self.product
        first = 1
        if first_due:
            start, first = first_due, 0
        interval = self.cycle.interval
        if product.period == 'meeting':
            count = term
        elif product.due_on_meetings:
            days = {
                'week': 7, 'fortnight': 14, 'month': 31, 'quarter': 92,
                'half_year': 184, 'year': 366}[product.period]
            shortest = {
                'weekly': 7, 'fortnightly': 14, 'monthly': 28,
                }[self.cycle.meeting_interval]
            count = (term + 1) * days // shortest + 2
        else:
            return []
        # From one day, so that months keep it
        return [start + _times(interval, i + first) for i in range(count)]

    @classmethod
    def plan(cls, loans, start_dates):
        """Set the instalments of loans that are not yet in the ledger.

        start_dates: {loan: day on which it is paid out}
        """
        Instalment = Pool().get('avec.loan.instalment')
        Instalment.delete([i for l in loans for i in l.instalments])
        instalments = []
        for loan in loans:
            start = start_dates[loan]
            instalments.extend(loan.new_instalments(
                    loan.get_rows(start), start))
        Instalment.save(instalments)

    def new_instalments(self, rows, start):
        "Return the unsaved instalments of the rows"
        Instalment = Pool().get('avec.loan.instalment')
        instalments = []
        for row in rows:
            instalments.append(Instalment(
                    loan=self, number=row.number, start_date=start,
                    due_date=row.due_date, opening=row.opening,
                    principal=row.principal, charge=row.charge))
            start = row.due_date
        return instalments

    # -- the limits

    @classmethod
    def check_limits(cls, loans):
        "Check the loans against the constitution"
        for loan, faults in cls.limit_faults(loans).items():
            if faults:
                raise LoanLimitError(
                    gettext('avec_loan.msg_loan_limits', loan=loan.rec_name),
                    '\n'.join(faults))

    @classmethod
    def limit_faults(cls, loans, savings=None, owed=None, lend=False):
        """Return what the constitution does not allow, {loan: [message]}.

        savings: {membership id: what is saved besides what is posted}.
        owed: {loan: principal owed} of the open loans, by default as posted.
        lend: if the loans are paid out one after the other.
        """
        savings = savings or {}
        saved = {
            m: s + savings.get(m, 0) for m, s in cls._savings(loans).items()}
        if owed is None:
            owed = {l: l.outstanding for l in cls.search([
                        ('membership', 'in', list(saved)),
                        ('state', '=', 'disbursed'),
                        ])}
        owed = dict(owed)
        result = {}
        for loan in loans:
            result[loan] = list(loan._limit_faults(
                    saved[loan.membership.id], {
                        l: a for l, a in owed.items()
                        if l.membership == loan.membership and l != loan}))
            if lend:
                owed[loan] = loan.principal
        return result

    @classmethod
    def _savings(cls, loans):
        "Return {membership id: savings} of the borrowers"
        Membership = Pool().get('avec.membership')
        # Only the savings, which an attribute would read with the debts
        return {
            v['id']: v['savings'] for v in Membership.read(
                list({l.membership.id for l in loans}), ['savings'])}

    def _limit_faults(self, savings, others):
        yield from self._check_offered()
        yield from self._check_term()
        yield from self._check_savings(savings, others)
        yield from self._check_open_loans(others)
        yield from self._check_guarantors()

    def _check_offered(self):
        if self.product not in self.cycle.loan_products:
            yield gettext(
                'avec_loan.msg_limit_product',
                product=self.product.rec_name, cycle=self.cycle.rec_name)
        if self.membership.end_date:
            yield gettext(
                'avec_loan.msg_limit_member',
                member=self.membership.rec_name,
                date=format_date(self.membership.end_date))

    def _check_term(self):
        longest = self.product.max_term
        if longest and self.term > longest:
            yield gettext(
                'avec_loan.msg_limit_term', term=self.term, longest=longest)

    def _check_savings(self, savings, others):
        multiple = self.product.savings_multiple
        owed = sum(others.values())
        limit = multiple * savings
        if self.principal + owed > limit:
            yield gettext(
                'avec_loan.msg_limit_savings',
                principal=format_amount(self.principal, self.currency),
                owed=format_amount(owed, self.currency),
                limit=format_amount(limit, self.currency),
                multiple=_plain(multiple),
                savings=format_amount(savings, self.currency))

    def _check_open_loans(self, others):
        most = self.product.max_open_loans
        count = sum(1 for o in others if o.product == self.product)
        if count >= most:
            yield gettext(
                'avec_loan.msg_limit_open_loans',
                member=self.membership.rec_name, count=count, most=most,
                product=self.product.rec_name)

    def _check_guarantors(self):
        least = self.product.min_guarantors
        active = [g for g in self.guarantors if not g.end_date]
        if len(active) < least:
            yield gettext(
                'avec_loan.msg_limit_guarantors',
                count=len(active), least=least)

    # -- the life of the loan

    @classmethod
    def check_approval(cls, loans):
        "Check that who approves did not request, where the office says so"
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        User = pool.get('res.user')
        user = User(Transaction().user)
        for loan in loans:
            if not Configuration(1).get_multivalue(
                    'loan_four_eyes', company=loan.company.id):
                continue
            if (loan.create_uid == user or (
                        user.employee
                        and loan.requested_by == user.employee)):
                raise LoanApprovalError(gettext(
                        'avec_loan.msg_loan_four_eyes', loan=loan.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('approved')
    @set_employee('approved_by')
    def approve(cls, loans):
        cls.lock(loans)
        cls.check_approval(loans)
        cls.check_cycle(loans)
        cls.check_limits(loans)
        cls.plan(loans, {l: l._planned_start() for l in loans})

    @classmethod
    def check_cycle(cls, loans):
        for loan in loans:
            if loan.cycle.state != 'running':
                raise LoanStateError(gettext(
                        'avec_loan.msg_loan_cycle',
                        loan=loan.rec_name, cycle=loan.cycle.rec_name))

    def _planned_start(self):
        "Return the day of the next meeting"
        Meeting = Pool().get('avec.meeting')
        return max(Meeting._next_date(self.cycle), self.request_date)

    @classmethod
    @ModelView.button
    @Workflow.transition('rejected')
    @set_employee('rejected_by')
    def reject(cls, loans):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, loans):
        cls.check_not_on_sheet(loans)

    @classmethod
    def check_not_on_sheet(cls, loans):
        Disbursement = Pool().get('avec.meeting.disbursement')
        for disbursement in Disbursement.search([
                    ('loan', 'in', [l.id for l in loans]),
                    ('meeting.state', 'in', ['draft', 'held']),
                    ], limit=1):
            raise LoanStateError(gettext(
                    'avec_loan.msg_loan_on_sheet',
                    loan=disbursement.loan.rec_name,
                    meeting=disbursement.meeting.rec_name))

    @classmethod
    @ModelView.button_action('avec_loan.wizard_reschedule')
    def reschedule(cls, loans):
        pass

    @classmethod
    @ModelView.button
    def write_off(cls, loans):
        WriteOff = Pool().get('avec.loan.write_off')
        documents = [WriteOff(loan=l) for l in loans]
        for document in documents:
            document.on_change_loan()
        WriteOff.save(documents)
        with check_access():
            # As by its button, which may ask for another user
            WriteOff.post(documents)

    @classmethod
    def settle(cls, dates):
        """Set the state of loans that are settled.

        dates: {loan: day of what was last posted}
        """
        read = debts.read(dates)
        cls.write([
                l for l, d in dates.items()
                if l.state == 'disbursed' and read[l.id].is_settled(d)],
            {'state': 'repaid'})

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        Membership = pool.get('avec.membership')
        values = super().preprocess_values(mode, values)
        if (mode == 'create'
                and not values.get('number') and values.get('membership')):
            company = Membership(values['membership']).group.company
            sequence = Configuration(1).get_multivalue(
                'loan_sequence', company=company.id)
            if sequence:
                values['number'] = sequence.get()
        return values

    @classmethod
    def check_modification(cls, mode, loans, values=None, external=False):
        super().check_modification(
            mode, loans, values=values, external=external)
        for loan in loans:
            if mode == 'create':
                refused = external and (
                    loan.state != 'request' or loan.disbursement_date
                    or loan.approved_by or loan.rejected_by)
            elif mode == 'delete':
                refused = loan.state != 'request'
            elif external:
                refused = (
                    values.keys() & _CONTROLLED
                    or (loan.state != 'request'
                        and values.keys() - _NOTES))
            else:
                refused = False
            if refused:
                raise LoanFrozenError(gettext(
                        'avec_loan.msg_loan_frozen', loan=loan.rec_name))

    @classmethod
    def copy(cls, loans, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'disbursement_date', 'instalments',
                'reschedulings', 'repayments', 'requested_by',
                'approved_by', 'rejected_by']:
            default.setdefault(name, None)
        default.setdefault('state', 'request')
        return super().copy(loans, default=default)

    def get_rec_name(self, name):
        return f'{self.number} - {self.membership.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('number', operator, operand, *extra),
            ('membership.rec_name', operator, operand, *extra),
            ]


class Guarantor(ModelSQL):
    __name__ = 'avec.loan.guarantor'
    __string__ = "Loan Guarantor"

    loan = fields.Many2One(
        'avec.loan', "Loan", required=True, ondelete='CASCADE')
    membership = fields.Many2One(
        'avec.membership', "Member", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('loan')

    @classmethod
    def check_modification(
            cls, mode, guarantors, values=None, external=False):
        super().check_modification(
            mode, guarantors, values=values, external=external)
        if not external:
            return
        loans = [g.loan for g in guarantors]
        if values and values.get('loan'):
            # Nor may one enter a loan that is approved
            loans.append(Pool().get('avec.loan')(values['loan']))
        for loan in loans:
            if loan.state != 'request':
                raise LoanFrozenError(gettext(
                        'avec_loan.msg_loan_frozen', loan=loan.rec_name))


def _times(interval, count):
    return relativedelta(
        days=interval.days * count, months=interval.months * count)


def _plain(number):
    return f'{number.normalize():f}'


def _matcher(operator, value):
    "Return the function that tells if a value is found by the clause"
    def number(v):
        return 0 if v is None else v

    operators = {
        '=': lambda v: v == value,
        '!=': lambda v: v != value,
        'in': lambda v: v in value,
        'not in': lambda v: v not in value,
        '<': lambda v: number(v) < value,
        '<=': lambda v: number(v) <= value,
        '>': lambda v: number(v) > value,
        '>=': lambda v: number(v) >= value,
        }
    return operators[operator]
