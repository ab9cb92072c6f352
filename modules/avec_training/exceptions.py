# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class SessionValidationError(ValidationError):
    pass


class AttendanceValidationError(ValidationError):
    pass


class SessionError(UserError):
    pass


class SessionStateError(UserError):
    pass


class SessionFrozenError(AccessError):
    pass


class OverlapWarning(UserWarning):
    pass


class CertificateError(UserError):
    pass
