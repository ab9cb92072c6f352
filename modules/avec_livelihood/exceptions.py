# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class ActivityOwnersError(ValidationError):
    pass


class ActivityDatesError(ValidationError):
    pass


class ActivityStateError(UserError):
    pass


class ActivityRecordError(ValidationError):
    pass


class FundingError(ValidationError):
    pass


class FrozenError(AccessError):
    pass


class CooperativeDatesError(ValidationError):
    pass


class CooperativeMemberError(ValidationError):
    pass


class CooperativeStateError(UserError):
    pass


class CooperativeStepError(UserError):
    pass


class CapitalError(UserError):
    pass


class CapitalMoveError(AccessError):
    pass


class CapitalWarning(UserWarning):
    pass


class SelfEmploymentDatesError(ValidationError):
    pass


class SelfEmploymentStateError(UserError):
    pass


class TurnoverError(ValidationError):
    pass


class TurnoverWarning(UserWarning):
    pass


class EmploymentError(ValidationError):
    pass
