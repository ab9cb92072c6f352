# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The languages of which Tryton has no record (standard library only)"

__all__ = ['ARABIC', 'UNKNOWN_TO_TRYTON']

# Figures and dates are written the way Morocco does.  Arabic has six plurals
# where trytond admits four.
ARABIC = {
    'code': 'ar',
    'name': 'العربية',
    'direction': 'rtl',
    'date': '%d/%m/%Y',
    'grouping': '[3, 3, 0]',
    'decimal_point': ',',
    'thousands_sep': '.',
    'mon_grouping': '[3, 3, 0]',
    'mon_decimal_point': ',',
    'mon_thousands_sep': '.',
    'p_cs_precedes': False,
    'n_cs_precedes': False,
    'p_sep_by_space': True,
    'n_sep_by_space': True,
    }
UNKNOWN_TO_TRYTON = {ARABIC['code']: ARABIC}
