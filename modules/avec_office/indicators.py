# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The thresholds of the ratios that an office watches"
from trytond.pool import Pool

from .part import Records
from .settings import Field, Section

__all__ = ['Thresholds']


class Thresholds(Records):
    section = 'thresholds'
    model = 'avec.indicator.threshold'
    schema = Section({
            'ratio': Field('text', required=True),
            'direction': Field('text', required=True),
            'amber': Field('decimal', required=True),
            'red': Field('decimal', required=True),
            }, keys=('ratio',))
    translated = ()
    plain = tuple(schema.fields)
    models = ('avec.indicator.threshold',)

    @classmethod
    def title(cls, entry):
        Threshold = Pool().get(cls.model)
        return dict(Threshold.get_ratios()).get(entry['ratio'], entry['ratio'])
