# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The loan products of an office"
from decimal import Decimal

from trytond.modules.avec_loan.product import (
    AMORTIZATIONS, DAY_COUNTS, MAX_TERM, METHODS, ORDERS, PERIODS)
from trytond.pool import Pool

from .part import Records
from .part_groups import FUNDS
from .settings import Field, Section

__all__ = ['LoanProducts']

_NAMES = {
    'en': "Loan for an Activity",
    'fr': "Prêt pour une activité",
    'ar': "قرض لنشاط مدر للدخل",
    }
_EMERGENCY = {
    'en': "Emergency Loan",
    'fr': "Prêt d'urgence",
    'ar': "قرض استعجالي",
    }


def _keys(options):
    return tuple(k for k, _ in options)


class LoanProducts(Records):
    section = 'loan_products'
    model = 'avec.loan.product'
    schema = Section({
            'name': Field('names', required=True),
            'fund': Field('text', required=True, choices=FUNDS),
            'method': Field('text', choices=_keys(METHODS)),
            'amortization': Field('text', choices=_keys(AMORTIZATIONS)),
            'rate': Field('decimal', required=True, least=0),
            'rate_period': Field('text', choices=('month', 'year')),
            'period': Field('text', choices=_keys(PERIODS)),
            'day_count': Field('text', choices=_keys(DAY_COUNTS)),
            'max_term': Field('integer', least=1, most=MAX_TERM),
            'savings_multiple': Field('decimal', least=0),
            'max_open_loans': Field('integer', least=1),
            'min_guarantors': Field('integer', least=0),
            'grace_principal': Field('integer', least=0),
            'grace_interest': Field('integer', least=0),
            'grace_interest_free': Field('boolean'),
            'rounding': Field('decimal', least=0, above=True),
            'remainder': Field('text', choices=('last', 'first')),
            'late_penalty': Field('decimal', least=0),
            'penalty_grace_days': Field('integer', least=0),
            'due_on_meetings': Field('boolean'),
            'early_repayment': Field('text', choices=('begun', 'whole')),
            'repayment_order': Field('text', choices=_keys(ORDERS)),
            }, keys=('name',))
    plain = tuple(n for n in schema.fields if n != 'name')
    models = ('avec.loan.product',)

    @classmethod
    def propose(cls, start):
        Product = Pool().get(cls.model)
        defaults = Product.default_get(list(cls.plain), with_rec_name=False)
        usual = {
            **{n: defaults.get(n) for n in cls.plain},
            # Coins that are in use, whatever the currency has as smallest
            'rounding': max(start.rounding, Decimal(1)) * (
                5 if start.rounding >= 1 else 1),
            'max_term': 3,
            }
        return [
            {**usual, 'name': _NAMES, 'fund': 'loan_fund',
                'rate': Decimal('0.05')},
            {**usual, 'name': _EMERGENCY, 'fund': 'social_fund',
                'rate': Decimal(0)},
            ]
