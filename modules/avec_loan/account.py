# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.modules.avec_group.account import account_field
from trytond.modules.avec_group.exceptions import GroupMoveError
from trytond.pool import PoolMeta
from trytond.pyson import Eval

# The account of what is lent, by the fund that lends
RECEIVABLES = {
    'loan_fund': 'avec_loan_receivable',
    'social_fund': 'avec_social_loan_receivable',
    }
_RECEIVABLE = [
    ('type.receivable', '=', True),
    ('party_required', '=', True),
    ('reconcile', '=', True),
    ]
_INCOME = ('type.statement', '=', 'income')


def LoanAccountsMixin(company, wrap=lambda field: field, invisible=False):
    "The accounts that loans book on"
    def account(string, *domain, help=''):
        return wrap(account_field(
                string, company, *domain,
                states={'invisible': invisible}, help=help))

    class Mixin:
        __slots__ = ()
        avec_loan_receivable = account(
            "Loans to Members", *_RECEIVABLE,
            help="What members owe the loan fund.")
        avec_social_loan_receivable = account(
            "Loans of the Social Fund", *_RECEIVABLE,
            help="What members owe the social fund.")
        avec_service_charge_income = account("Service Charges", _INCOME)
        avec_late_penalty_income = account("Late Penalties", _INCOME)
        avec_loan_loss = account(
            "Loan Losses", _INCOME,
            help="The principal of the loans written off.")
        avec_loan_recovery_income = account(
            "Loans Recovered", _INCOME,
            help="What is repaid of loans written off before.")

    return Mixin


ACCOUNTS = [n for n in vars(LoanAccountsMixin(-1)) if n.startswith('avec_')]


class Configuration(
        LoanAccountsMixin(
            Eval('context', {}).get('company', -1), wrap=fields.MultiValue),
        metaclass=PoolMeta):
    __name__ = 'account.configuration'

    @classmethod
    def avec_balance_accounts(cls):
        return {
            **super().avec_balance_accounts(),
            'loans_outstanding': 'avec_loan_receivable',
            'social_loans_outstanding': 'avec_social_loan_receivable',
            }

    @classmethod
    def avec_social_fund_assets(cls):
        return super().avec_social_fund_assets() + [
            'social_loans_outstanding']


class ConfigurationAvec(
        LoanAccountsMixin(Eval('company', -1)), metaclass=PoolMeta):
    __name__ = 'account.configuration.avec'


class CreateChartProperties(
        LoanAccountsMixin(
            Eval('company', -1), invisible=~Eval('avec', False)),
        metaclass=PoolMeta):
    __name__ = 'account.create_chart.properties'


class CreateChart(metaclass=PoolMeta):
    __name__ = 'account.create_chart'

    @classmethod
    def _avec_templates(cls):
        return {
            **super()._avec_templates(),
            **{n: 'avec_loan.account_template_' + n.removeprefix('avec_')
                for n in ACCOUNTS},
            }


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def _get_avec_origin(cls):
        return super()._get_avec_origin() + [
            'avec.loan.write_off', 'avec.loan.rescheduling']

    @classmethod
    def copy(cls, moves, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('lines.avec_instalment', None)
        return super().copy(moves, default=default)


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    avec_instalment = fields.Many2One(
        'avec.loan.instalment', "Instalment", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Eval('avec_instalment'),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(
                table, (table.avec_instalment, Index.Range()),
                where=table.avec_instalment != Null))

    @classmethod
    def _get_avec_origin(cls):
        return super()._get_avec_origin() + [
            'avec.meeting.disbursement', 'avec.meeting.repayment',
            'avec.loan.write_off', 'avec.loan.rescheduling',
            'avec.opening.loan']

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            if (mode == 'create' and line.avec_instalment
                    or values and 'avec_instalment' in values):
                raise GroupMoveError(gettext(
                        'avec_group.msg_move_by_hand',
                        move=line.move.rec_name))

    @classmethod
    def sealed_fields(cls):
        return [*super().sealed_fields(), 'avec_instalment']

    @classmethod
    def sealed_member(cls):
        # Of the loans that are carried the move has no other origin
        return 'avec_instalment.loan.membership'

    def _avec_reversal(self):
        line = super()._avec_reversal()
        line.avec_instalment = self.avec_instalment
        return line

    @classmethod
    def avec_reconcile_instalments(cls, instalments):
        """Reconcile what settles the instalments.

        The lines of one instalment in the books of one cycle, with one
        maturity, settle each other when they sum to zero.
        """
        to_reconcile = defaultdict(list)
        for line in cls.search([
                    ('avec_instalment', 'in', [i.id for i in instalments]),
                    ('account.type.receivable', '=', True),
                    ('reconciliation', '=', None),
                    ('move_state', '=', 'posted'),
                    ]):
            to_reconcile[
                line.avec_instalment.id, line.avec_cycle.id,
                line.account.id, line.party.id,
                line.maturity_date].append(line)
        cls.reconcile(*[
                lines for lines in to_reconcile.values()
                if not sum(l.debit - l.credit for l in lines)])
