# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.modules.avec_group.tests.office import (
    OfficeTestCase, create_group, office)
from trytond.modules.avec_training.tests.office import (
    assess, create_curriculum, days, train)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

from .tools import trace

CODES = [
    'TRN-1', 'TRN-H1', 'TRN-H2', 'TRN-H3', 'TRN-C1', 'TRN-C2', 'TRN-C3',
    'TRN-G']


class TrainingIndicatorTestCase(OfficeTestCase):
    """Aicha and Hind are trained in two axes, on days 0, 7 and 14

    Each curriculum has two topics of two hours.  Hind misses the session of
    the second axis on day 14."""
    module = 'avec_indicator'
    extras = ['avec_training']

    def learn(self):
        group = create_group("Tissage", ["Aicha", "Hind"])
        life = create_curriculum('life', topics=(2, 2))
        technical = create_curriculum('technical', topics=(2, 2))
        train(life, [group], topics=(0, 1), hours=4)
        train(technical, [group], topics=(0,), date=days(7))
        train(
            technical, [group], topics=(1,), date=days(14),
            absent=["Hind"])
        aicha, hind = group.memberships
        for membership, before, after in [
                (aicha, '0.40', '0.90'), (hind, '0.50', None)]:
            maximum = Decimal(1)
            assess(membership, life, 'before', days(0), before,
                max_score=maximum)
            if after:
                assess(membership, life, 'after', days(10), after,
                    max_score=maximum)
        return group

    def values(self, company, **context):
        Value = Pool().get('avec.indicator.value')
        with Transaction().set_context(company=company.id, **context):
            return {
                v.indicator.code: v for v in Value.search([
                        ('indicator.theme', '=', 'training')])}

    def figures(self, company, date, **context):
        values = self.values(company, avec_date=date, **context)
        return [values[c].value for c in CODES]

    @with_transaction()
    def test_as_at_a_day(self):
        with office() as company:
            self.learn()
            self.assertEqual(
                self.figures(company, days(0) - dt.timedelta(days=1)),
                [0, 0, 0, 0, 0, 0, 0, None])
            self.assertEqual(
                self.figures(company, days(9)),
                [0, 8, 4, 0, 2, 0, 0, None])
            self.assertEqual(
                self.figures(company, days(14)),
                [1, 8, 6, 0, 2, 1, 0, Decimal('0.5')])

    @with_transaction()
    def test_of_a_period(self):
        with office() as company:
            self.learn()
            self.assertEqual(
                self.figures(company, days(14), avec_start_date=days(8)),
                [1, 0, 2, 0, 0, 1, 0, Decimal('0.5')])

    @with_transaction()
    def test_trace(self):
        with office() as company:
            self.learn()
            values = self.values(company, avec_date=days(14))
            self.assertEqual(list(values), CODES)
            for value in values.values():
                with self.subTest(value=value.rec_name), \
                        Transaction().set_context(value._context):
                    self.assertEqual(trace(value), value.value)
