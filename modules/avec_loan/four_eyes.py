# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.modules.avec_group.four_eyes import Step
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class FourEyesStart(metaclass=PoolMeta):
    __name__ = 'avec.four_eyes.start'

    loan_approve = fields.Boolean(
        "Approve Loans", help="Another than who requested the loan.")
    write_off_post = fields.Boolean(
        "Write Off Loans", help="Another than who made the write-off.")

    @classmethod
    def steps(cls):
        return {
            **super().steps(),
            'write_off_post': Step(
                'avec.loan.write_off', 'post', creator=True),
            }

    @classmethod
    def read_steps(cls, company):
        Configuration = Pool().get('avec.configuration')
        return {
            **super().read_steps(company),
            # Loans have a setting of their own
            'loan_approve': bool(company and Configuration(1).get_multivalue(
                    'loan_four_eyes', company=company.id)),
            }

    def apply(self):
        Configuration = Pool().get('avec.configuration')
        super().apply()
        with Transaction().set_context(_log=True):
            Configuration(1).set_multivalue(
                'loan_four_eyes', bool(self.loan_approve),
                company=self.company.id)
