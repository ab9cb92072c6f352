# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class IndicatorValidationError(ValidationError):
    pass


class TargetValidationError(ValidationError):
    pass


class ThresholdValidationError(ValidationError):
    pass


class TraceError(UserError):
    pass


class SnapshotError(UserError):
    pass


class ReportError(UserError):
    pass


class FrozenError(AccessError):
    pass
