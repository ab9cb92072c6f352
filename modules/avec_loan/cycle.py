# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields
from trytond.modules.avec_group.exceptions import CycleRulesError
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from .account import RECEIVABLES

LOANS_AT_SHARE_OUT = [
    ('net', "Taken From the Share-out"),
    ('carry', "Carried to the Next Cycle"),
    ]
DEBT_ON_EXIT = [
    ('refuse', "Repaid Before Leaving"),
    ('keep', "Still Owed"),
    ('write_off', "Written Off"),
    ]
DEBT_ON_DEATH = [
    ('keep', "Owed by the Heirs"),
    ('write_off', "Written Off"),
    ]
_STATES = {
    'readonly': Eval('state') != 'draft',
    }


class Cycle(metaclass=PoolMeta):
    __name__ = 'avec.cycle'

    loan_products = fields.Many2Many(
        'avec.cycle-avec.loan.product', 'cycle', 'product', "Loan Products",
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states=_STATES, help="The loans that the group offers.")
    loans_at_share_out = fields.Selection(
        LOANS_AT_SHARE_OUT, "Loans at Share-out", required=True, sort=False,
        states=_STATES,
        help="What becomes of the loans that are not repaid.\n"
        "Taken from the share-out: what a member owes is repaid from what "
        "he or she gets.\n"
        "Carried: the members share the rest, and the loans open the next "
        "cycle.")
    debt_on_exit = fields.Selection(
        DEBT_ON_EXIT, "Debt of Who Leaves", required=True, sort=False,
        states=_STATES,
        help="What becomes of what is owed beyond the savings of a member "
        "who leaves or is excluded.")
    debt_on_death = fields.Selection(
        DEBT_ON_DEATH, "Debt of the Dead", required=True, sort=False,
        states=_STATES,
        help="What becomes of what is owed beyond the savings of a member "
        "who died.")
    loans = fields.One2Many(
        'avec.loan', 'cycle', "Loans", readonly=True)
    loans_outstanding = fields.Function(Monetary(
            "Loans Outstanding", currency='currency', digits='currency',
            help="What the loan fund has lent and is not repaid."),
        'get_balances')

    @classmethod
    def rule_fields(cls):
        return super().rule_fields() + [
            'loan_products', 'loans_at_share_out', 'debt_on_exit',
            'debt_on_death']

    @classmethod
    def default_loans_at_share_out(cls):
        return 'net'

    @classmethod
    def default_debt_on_exit(cls):
        return 'refuse'

    @classmethod
    def default_debt_on_death(cls):
        return 'write_off'

    @fields.depends(
        'loan_products', 'loans_at_share_out', 'debt_on_exit',
        'debt_on_death')
    def _copy_rules(self):
        super()._copy_rules()

    @classmethod
    def copy(cls, cycles, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('loans', None)
        return super().copy(cycles, default=default)

    def _carry_lines(self, books, balances, sign):
        "Carry the loans by instalment, so that they keep their maturities"
        configuration = Pool().get('account.configuration')(1)
        accounts = {
            a.id for n in RECEIVABLES.values()
            if (a := configuration.get_multivalue(
                        n, company=self.company.id))}
        if not any(a in accounts for a, _, _ in balances):
            return super()._carry_lines(books, balances, sign)
        lines = super()._carry_lines(
            books, [b for b in balances if b[0] not in accounts], sign)
        for line in self._open_lines(self._left_by(books), accounts):
            lines.append(self._carry_instalment(line, sign))
        return lines

    def _left_by(self, books):
        "Return the cycle whose loans are carried when this one starts"
        # The lines out of and into the books are told from the same ones
        return books if books != self else self.last_of(
            [self.group]).get(self.group.id)

    @classmethod
    def _open_lines(cls, cycle, accounts):
        "Return what is owed by instalment, {key: amount}"
        Line = Pool().get('account.move.line')
        owed = {}
        for line in Line.search([
                    ('move.avec_cycle', '=', cycle.id),
                    ('move.state', '=', 'posted'),
                    ('account', 'in', list(accounts)),
                    ('reconciliation', '=', None),
                    ]):
            key = (
                line.account.id, line.party.id, line.avec_instalment,
                line.maturity_date)
            owed[key] = owed.get(key, 0) + line.debit - line.credit
        return [(k, a) for k, a in owed.items() if a]

    def _carry_instalment(self, owed, sign):
        (account, party, instalment, maturity_date), amount = owed
        line = self._carry_line(account, party, sign * amount)
        line.avec_instalment = instalment
        line.maturity_date = maturity_date
        return line

    @classmethod
    def _post_carried(cls, moves):
        Line = Pool().get('account.move.line')
        super()._post_carried(moves)
        Line.avec_reconcile_instalments(list({
                    l.avec_instalment for m in moves for l in m.lines
                    if l.avec_instalment}))


class CycleLoanProduct(ModelSQL):
    __name__ = 'avec.cycle-avec.loan.product'
    __string__ = "Cycle - Loan Product"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, ondelete='CASCADE')
    product = fields.Many2One(
        'avec.loan.product', "Product", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cycle')
        table = cls.__table__()
        cls._sql_constraints += [
            ('product_unique', Unique(table, table.cycle, table.product),
                'avec_loan.msg_cycle_product_unique'),
            ]

    @classmethod
    def check_modification(cls, mode, offers, values=None, external=False):
        super().check_modification(
            mode, offers, values=values, external=external)
        if not external:
            return
        cycles = [o.cycle for o in offers]
        if values and values.get('cycle'):
            # Nor may one enter a cycle that runs
            cycles.append(Pool().get('avec.cycle')(values['cycle']))
        for cycle in cycles:
            if cycle.state != 'draft':
                raise CycleRulesError(gettext(
                        'avec_group.msg_cycle_frozen', cycle=cycle.rec_name))
