# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The numbers and the rules of the groups of an office"
from decimal import Decimal

from trytond.modules.avec_group.constitution import FINES, RULES
from trytond.pool import Pool

from .part import DIFFERENT, THERE, Part, Values, fail
from .settings import Field, Section

__all__ = ['Constitution', 'Groups', 'PersonalData', 'Sequences']

FUNDS = ('loan_fund', 'social_fund')


class Sequences(Part):
    "The sequences that give codes and numbers"
    section = 'sequences'
    schema = Section({
            'setting': Field('text', required=True),
            'name': Field('text', required=True),
            'prefix': Field('text'),
            'padding': Field('integer', least=0, most=12),
            }, keys=('setting',))
    models = ('ir.sequence',)

    @classmethod
    def types(cls):
        "Return {setting: (module, XML id of the type of the sequence)}"
        Office = Pool().get('avec.office')
        return Office.sequence_types()

    @classmethod
    def current(cls, company):
        Configuration = Pool().get('avec.configuration')
        return {
            n: Configuration(1).get_multivalue(
                n, company=company.id if company else None)
            for n in cls.types()}

    def plan(self):
        current = self.current(self.company)
        for entry in self.value:
            if entry['setting'] not in current:
                fail('msg_sequence_unknown', setting=entry['setting'])
            sequence = current[entry['setting']]
            same = bool(sequence) and (
                (sequence.prefix or None) == entry['prefix']
                and sequence.padding == (entry['padding'] or 0))

            def make(entry=entry, sequence=sequence):
                self._make(entry, sequence)
            yield self.item(
                f"{entry['name']}: {entry['prefix'] or ''}"
                + '1'.zfill(entry['padding'] or 0),
                THERE if same else DIFFERENT, make)

    def _make(self, entry, sequence):
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        values = {
            'prefix': entry['prefix'] or '',
            'padding': entry['padding'] or 0,
            }
        if sequence and sequence.company:
            Sequence.write([sequence], values)
            return
        # The sequence of all the companies is left to the others
        sequence, = Sequence.create([{
                    **values,
                    'name': entry['name'],
                    'company': self.company.id,
                    'sequence_type': ModelData.get_id(
                        *self.types()[entry['setting']]),
                    }])
        Configuration(1).set_multivalue(
            entry['setting'], sequence.id, company=self.company.id)

    @classmethod
    def propose(cls, start):
        return [{
                'setting': setting,
                'name': sequence.name,
                'prefix': (
                    f'{start.country}-{sequence.prefix or ""}'
                    if start.country and not sequence.company
                    else sequence.prefix),
                'padding': sequence.padding,
                }
            for setting, sequence in cls._proposed(start).items()
            if sequence]

    @classmethod
    def _proposed(cls, start):
        company = None
        if start.company is not None:
            company = Pool().get('company.company')(start.company)
        return cls.current(company)

    @classmethod
    def export(cls, company):
        return [
            cls._entry(setting, sequence)
            for setting, sequence in cls.current(company).items()
            if sequence]

    @classmethod
    def own(cls, company):
        return [
            cls._entry(setting, sequence)
            for setting, sequence in cls.current(company).items()
            if sequence and sequence.company]

    @staticmethod
    def _entry(setting, sequence):
        return {
            'setting': setting,
            'name': sequence.name,
            'prefix': sequence.prefix or None,
            'padding': sequence.padding,
            }


class Groups(Values):
    "The size of the groups"
    section = 'groups'
    schema = Section({
            'min_members': Field('integer', least=0),
            'max_members': Field('integer', least=0),
            })
    names = {n: n for n in schema.fields}

    @classmethod
    def propose(cls, start):
        return {'min_members': 15, 'max_members': 30}


class Constitution(Values):
    "What a new cycle proposes"
    section = 'constitution'
    schema = Section({
            'meeting_interval': Field(
                'text', choices=('weekly', 'fortnightly', 'monthly')),
            'share_value': Field('decimal', least=0, above=True),
            'min_shares': Field('integer', least=0),
            'max_shares': Field('integer', least=1),
            'social_fund_contribution': Field('decimal', least=0),
            'fine_fund': Field('text', choices=FUNDS),
            'quorum': Field('decimal', least=0, most=1),
            'cash_rounding': Field('decimal', least=0, above=True),
            'exit_on_death': Field(
                'text', choices=('savings', 'share_price')),
            'social_fund_at_share_out': Field(
                'text', choices=('keep', 'share_equally')),
            'leftover': Field('text', choices=('next_cycle', 'social_fund')),
            **{f'fine_{k}': Field('decimal', least=0, above=True)
                for k in FINES},
            })
    names = {
        **{n: f'cycle_{n}' for n in RULES},
        **{f'fine_{k}': f'fine_{k}' for k in FINES},
        }

    @classmethod
    def propose(cls, start):
        # Coins of which a share can be paid, in any currency
        coin = max(start.rounding, Decimal(1)) * (
            5 if start.rounding >= 1 else 1)
        unit = 100 if start.rounding >= 1 else 1
        return {
            'meeting_interval': 'weekly',
            'share_value': Decimal(10 * unit) / (2 if unit > 1 else 1),
            'min_shares': 1,
            'max_shares': 5,
            'social_fund_contribution': Decimal(unit),
            'fine_fund': 'loan_fund',
            'quorum': Decimal('0.5'),
            'cash_rounding': coin,
            'exit_on_death': 'savings',
            'social_fund_at_share_out': 'keep',
            'leftover': 'next_cycle',
            'fine_late': Decimal(unit),
            'fine_absent': Decimal(2 * unit),
            'fine_noise': Decimal(unit),
            'fine_passbook': Decimal(unit),
            'fine_other': None,
            }


class PersonalData(Values):
    "How long what is held on a person who is gone is kept"
    section = 'personal_data'
    schema = Section({'retention_years': Field('integer', least=0)})
    names = {n: n for n in schema.fields}
