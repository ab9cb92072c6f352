# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The axes on which an office trains"
from .part import Records
from .settings import Field, Section

__all__ = ['TrainingAxes']


class TrainingAxes(Records):
    section = 'training_axes'
    model = 'avec.training.axis'
    schema = Section({
            'code': Field('text', required=True),
            'name': Field('names', required=True),
            'description': Field('names'),
            'sequence': Field('integer'),
            }, keys=('code',))
    translated = ('name', 'description')
    plain = ('code', 'sequence')
    shared = True
    models = ('avec.training.axis',)

    @classmethod
    def propose(cls, start):
        # Those that come with the module serve every office
        return cls.export(None)
