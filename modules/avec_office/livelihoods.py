# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The checklist of cooperatives and the ceilings of an office"
from trytond.i18n import gettext
from trytond.modules.avec_livelihood.cooperative_step import CHECKS
from trytond.modules.avec_livelihood.self_employment import CATEGORIES
from trytond.pool import Pool

from . import countries
from .part import DIFFERENT, THERE, Records, Values
from .settings import Field, Section

__all__ = ['Ceilings', 'CooperativeSteps', 'Cooperatives']


class Cooperatives(Values):
    "What a cooperative must have to be registered"
    section = 'cooperatives'
    schema = Section({
            'cooperative_min_members': Field('integer', least=1),
            'cooperative_min_capital': Field('decimal', least=0),
            'cooperative_min_share_value': Field('decimal', least=0),
            'cooperative_min_paid': Field('decimal', least=0, most=1),
            'turnover_warning': Field(
                'decimal', least=0, above=True, most=1),
            })
    names = {n: n for n in schema.fields}

    @classmethod
    def propose(cls, start):
        values = cls._read(None)
        if countries.is_ohada(start.country):
            values.update(countries.COOPERATIVE_MINIMUMS)
        return values


class CooperativeSteps(Records):
    section = 'cooperative_steps'
    model = 'avec.cooperative.step.template'
    schema = Section({
            'name': Field('names', required=True),
            'sequence': Field('integer'),
            'country': Field('text'),
            'required': Field('boolean'),
            'document_required': Field('boolean'),
            'check': Field(
                'text', choices=tuple(k for k, _ in CHECKS if k)),
            }, keys=('name',))
    plain = ('sequence', 'required', 'document_required', 'check')
    shared = True
    models = ('avec.cooperative.step.template',)

    def plan(self):
        yield from super().plan()
        if self._country() not in {None, countries.MOROCCO}:
            # What the law of Morocco asks for is asked for there only
            steps = self._delivered()
            if steps:
                limited = all(s.country for s in steps)
                yield self.item(
                    gettext('avec_office.msg_steps_morocco'),
                    THERE if limited else DIFFERENT, self._limit)

    def _country(self):
        company = self.settings.get('company')
        return company['country'] if company else None

    @staticmethod
    def _delivered():
        "Return the steps that come with the module"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Step = pool.get('avec.cooperative.step.template')
        return Step.browse([
                d.db_id for d in ModelData.search([
                        ('module', '=', 'avec_livelihood'),
                        ('model', '=', 'avec.cooperative.step.template'),
                        ('db_id', '!=', None),
                        ])])

    def _limit(self):
        pool = Pool()
        Country = pool.get('country.country')
        Step = pool.get(self.model)
        code = countries.MOROCCO
        if found := Country.search([('code', '=', code)], limit=1):
            country, = found
        else:
            country = Country(
                code=code, name=countries.COUNTRIES[code].names['en'])
            country.save()
        Step.write(
            [s for s in self._delivered() if not s.country],
            {'country': country.id})

    @classmethod
    def records(cls, company):
        "Leave out what is for another country"
        records = super().records(company)
        if not company:
            return records
        own = {a.country for a in company.party.addresses if a.country}
        return [
            r for r in records
            if r.company or not r.country or not own or r.country in own]

    @classmethod
    def read(cls, record):
        return {
            **super().read(record),
            'country': record.country.code if record.country else None}

    def values(self, entry):
        values = super().values(entry)
        if entry['country']:
            Country = Pool().get('country.country')
            found = Country.search([('code', '=', entry['country'])])
            if found:
                values['country'] = found[0].id
        return values

    @classmethod
    def propose(cls, start):
        if start.country == countries.MOROCCO:
            return cls.export(None)
        return countries.cooperative_steps(start.country)

    @classmethod
    def ordered(cls, entries):
        return sorted(
            super().ordered(entries), key=lambda e: e['sequence'] or 0)


class Ceilings(Records):
    section = 'ceilings'
    model = 'avec.self_employment.ceiling'
    schema = Section({
            'category': Field(
                'text', required=True,
                choices=tuple(k for k, _ in CATEGORIES)),
            'start_date': Field('date', required=True),
            'amount': Field('decimal', required=True, least=0, above=True),
            'client_amount': Field('decimal', least=0, above=True),
            }, keys=('category', 'start_date'))
    translated = ()
    plain = tuple(schema.fields)
    shared = True
    models = ('avec.self_employment.ceiling',)

    @classmethod
    def title(cls, entry):
        Ceiling = Pool().get(cls.model)
        categories = dict(
            Ceiling.fields_get(['category'])['category']['selection'])
        return f"{categories[entry['category']]} {entry['start_date']}"

    @classmethod
    def records(cls, company):
        "Leave out the ceilings of the law where the office has its own"
        records = super().records(company)
        own = {r.category for r in records if r.company}
        return [r for r in records if r.company or r.category not in own]

    @classmethod
    def propose(cls, start):
        if start.country == countries.MOROCCO:
            return cls.export(None)
        return countries.ceilings(start.country)
