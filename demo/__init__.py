# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Demonstration data: a programme of savings groups and invented people

Everything is made through the public models, from a plan that depends on a
seed only, so that two runs give the same figures."""
from .users import LOGINS

__all__ = ['LOGINS']
