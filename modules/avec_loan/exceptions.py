# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError


class ScheduleError(UserError):
    pass


class LoanLimitError(UserError):
    pass


class LoanStateError(UserError):
    pass


class LoanFrozenError(AccessError):
    pass


class LoanApprovalError(UserError):
    pass


class WriteOffError(UserError):
    pass


class ReschedulingError(UserError):
    pass


class DebtLeftWarning(UserWarning):
    pass
