# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The languages, the currency and the company of an office"
from trytond.modules.company.company import TIMEZONES
from trytond.pool import Pool
from trytond.transaction import Transaction, inactive_records

from .languages import UNKNOWN_TO_TRYTON
from .part import (
    DIFFERENT, NEW, THERE, Part, fail, first, languages, texts, translate)
from .settings import Field, Section

__all__ = ['Company', 'Currency', 'Languages']


class Languages(Part):
    "The languages in which the office works"
    section = 'languages'
    schema = Section({'codes': Field('texts', required=True)})
    models = ('ir.lang',)

    def plan(self):
        Lang = Pool().get('ir.lang')
        known = {
            l.code: l for l in Lang.search([
                    ('code', 'in', self.value['codes']),
                    ])}
        for code in self.value['codes']:
            lang = known.get(code)
            values = UNKNOWN_TO_TRYTON.get(code)
            if not lang and not values:
                fail('msg_language_unknown', language=code)
            state = NEW
            if lang:
                state = (
                    THERE if lang.translatable or code == 'en'
                    else DIFFERENT)

            def make(lang=lang, values=values):
                lang = lang or Lang.create([values])[0]
                Lang.load_translations([lang])
            yield self.item(
                lang.name if lang else values['name'], state, make)

    @classmethod
    def export(cls, company):
        return {'codes': languages()}

    @classmethod
    def propose(cls, start):
        return {'codes': sorted({'en', *languages()})}


class Currency(Part):
    "The currency of the books"
    section = 'currency'
    schema = Section({
            'code': Field('text', required=True),
            'names': Field('names', required=True),
            'symbol': Field('text'),
            'numeric_code': Field('text'),
            'digits': Field('integer', required=True, least=0, most=6),
            'rounding': Field('decimal', required=True, least=0, above=True),
            })
    models = ('currency.currency',)
    _plain = ['symbol', 'numeric_code', 'digits', 'rounding']

    @classmethod
    @inactive_records
    def find(cls, code):
        "Return the currency of the code or None"
        Currency = Pool().get('currency.currency')
        found = Currency.search([('code', '=', code)], limit=1)
        return found[0] if found else None

    def plan(self):
        Currency = Pool().get('currency.currency')
        currency = self.find(self.value['code'])
        changes, state = [], NEW
        if currency:
            # A name that somebody chose is kept
            for name in ['digits', 'rounding']:
                old, new = getattr(currency, name), self.value[name]
                if old != new:
                    label = Currency.fields_get([name])[name]['string']
                    changes.append((label, old, new))
            state = DIFFERENT if changes else THERE
        yield self.item(self.value['code'], state, self._make, changes)

    def _make(self):
        pool = Pool()
        Currency = pool.get('currency.currency')
        Move = pool.get('account.move')
        if currency := self.find(self.value['code']):
            if Move.search([
                        ('company.currency', '=', currency.id),
                        ], limit=1):
                fail('msg_currency_used', currency=currency.code)
            currency.digits = self.value['digits']
            currency.rounding = self.value['rounding']
            currency.active = True
            currency.save()
            return
        language, name = first(self.value['names'])
        with Transaction().set_context(language=language):
            currency, = Currency.create([{
                        'code': self.value['code'],
                        'name': name,
                        **{n: self.value[n] for n in self._plain
                            if self.value[n] is not None},
                        }])
        translate(currency, 'name', self.value['names'])

    @classmethod
    def export(cls, company):
        currency = company.currency
        return {
            'code': currency.code,
            'names': texts([currency], 'name', languages())[currency.id],
            **{n: getattr(currency, n) or None if n != 'digits'
                else currency.digits for n in cls._plain},
            }


class Company(Part):
    "The company that keeps the books of the groups"
    section = 'company'
    schema = Section({
            'name': Field('text'),
            'currency': Field('text', required=True),
            'timezone': Field('text', choices=tuple(
                    z for z, _ in TIMEZONES if z)),
            'country': Field('text'),
            'country_names': Field('names'),
            })
    models = ('company.company',)

    def plan(self):
        Company = Pool().get('company.company')
        if not self.company:
            if not self.value['name']:
                fail('msg_company_missing')
            yield self.item(self.value['name'], NEW, self._make)
            return
        if self.company.currency.code != self.value['currency']:
            fail('msg_company_currency', company=self.company.rec_name,
                currency=self.value['currency'],
                own=self.company.currency.code)
        changes = []
        for name, old in [
                ('timezone', self.company.timezone),
                ('country', self._country(self.company))]:
            new = self.value[name]
            if new and old != new:
                label = name
                if name in Company._fields:
                    label = Company.fields_get([name])[name]['string']
                changes.append((label, old, new))
        yield self.item(
            self.company.rec_name, DIFFERENT if changes else THERE,
            self._write, changes)

    @staticmethod
    def _country(company):
        "Return the code of the country where the company is"
        return next(
            (a.country.code for a in company.party.addresses if a.country),
            None)

    def _make(self):
        pool = Pool()
        Company = pool.get('company.company')
        Party = pool.get('party.party')
        User = pool.get('res.user')
        party = Party(name=self.value['name'])
        party.save()
        self.company = Company(
            party=party, currency=Currency.find(self.value['currency']))
        self.company.save()
        self._write()
        # Who sets it up works in it
        user = User(Transaction().user)
        if user.id and user.login:
            User.write([user], {
                    'companies': [('add', [self.company.id])],
                    'company': self.company.id,
                    })

    def _write(self):
        Address = Pool().get('party.address')
        if self.value['timezone']:
            self.company.timezone = self.value['timezone']
            self.company.save()
        if (self.value['country']
                and self._country(self.company) != self.value['country']):
            party = self.company.party
            empty = [a for a in party.addresses if not a.country]
            address = empty[0] if empty else Address(party=party)
            address.country = self._make_country()
            # The country of the company is that of its first address
            address.sequence = 0
            address.save()

    def _make_country(self):
        Country = Pool().get('country.country')
        code = self.value['country']
        if found := Country.search([('code', '=', code)], limit=1):
            return found[0]
        names = self.value['country_names'] or {'en': code}
        language, name = first(names)
        with Transaction().set_context(language=language):
            country, = Country.create([{'code': code, 'name': name}])
        translate(country, 'name', names)
        return country

    @classmethod
    def export(cls, company):
        code = cls._country(company)
        names = None
        if code:
            country = next(
                a.country for a in company.party.addresses if a.country)
            names = texts([country], 'name', languages())[country.id]
        # The name of the company is its own
        return {
            'currency': company.currency.code,
            'timezone': company.timezone,
            'country': code,
            'country_names': names,
            }
