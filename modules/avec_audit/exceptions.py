# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class SampleError(UserError):
    pass


class SampleFrozenError(AccessError):
    pass


class FindingError(UserError):
    pass


class FindingFrozenError(AccessError):
    pass


class FindingValidationError(ValidationError):
    pass
