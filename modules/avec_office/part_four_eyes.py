# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The steps of an office that take two persons"
from trytond.i18n import gettext
from trytond.pool import Pool

from .part import DIFFERENT, THERE, Part, fail
from .settings import Field, Section

__all__ = ['FourEyes']


class FourEyes(Part):
    "A step that is not in the settings takes one person"
    section = 'four_eyes'
    schema = Section({'steps': Field('texts')})

    def plan(self):
        Start = Pool().get('avec.four_eyes.start')
        before = Start.read_steps(self.company)
        for name in self.value['steps']:
            if name not in before:
                fail('msg_settings_unknown', entry=f'{self.section}, {name}')
        strings = Start.fields_get(list(before))
        changes = [
            (strings[name]['string'], _answer(asked), _answer(not asked))
            for name, asked in before.items()
            if asked != (name in self.value['steps'])]
        yield self.item(
            gettext(f'avec_office.msg_section_{self.section}'),
            DIFFERENT if changes else THERE, self._make, changes)

    def _make(self):
        Start = Pool().get('avec.four_eyes.start')
        start = Start(company=self.company)
        for name in Start.read_steps(self.company):
            setattr(start, name, name in self.value['steps'])
        start.apply()

    @classmethod
    def export(cls, company):
        Start = Pool().get('avec.four_eyes.start')
        return {'steps': sorted(
                n for n, asked in Start.read_steps(company).items() if asked)}


def _answer(asked):
    return gettext(f'avec_office.msg_{"yes" if asked else "no"}')
