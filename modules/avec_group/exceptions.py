# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class HouseholdValidationError(ValidationError):
    pass


class MembershipValidationError(ValidationError):
    pass


class OfficerValidationError(ValidationError):
    pass


class OfficerWarning(UserWarning):
    pass


class GroupSizeWarning(UserWarning):
    pass


class CycleValidationError(ValidationError):
    pass


class CycleStateError(UserError):
    pass


class CycleRulesError(AccessError):
    pass


class DocumentStateError(AccessError):
    pass


class DocumentOrderError(UserError):
    pass


class SheetError(UserError):
    pass


class ExitError(UserError):
    pass


class ShareOutError(UserError):
    pass


class OpeningError(UserError):
    pass


class SealError(AccessError):
    pass


class FourEyesError(UserError):
    pass


class AccountSettingError(UserError):
    pass


class GroupMoveError(AccessError):
    pass
