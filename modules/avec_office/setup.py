# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import ModelView, fields
from trytond.modules.company.company import TIMEZONES
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import countries
from .languages import UNKNOWN_TO_TRYTON
from .part import Start, fail
from .part_books import Accounts
from .part_books import Chart as ChartPart
from .part_company import Currency, Languages

_NEW = ~Eval('company')


class SetupStart(ModelView):
    __name__ = 'avec.office.setup.start'
    __string__ = "Set Up a Country Office"

    company = fields.Many2One(
        'company.company', "Company", readonly=True,
        states={
            'invisible': _NEW,
            },
        help="The company that is set up, that of the preferences.")
    company_name = fields.Char(
        "Company Name",
        states={
            'required': _NEW,
            'invisible': ~_NEW,
            },
        help="For the books of the groups, apart from the company of the "
        "organisation.")
    country = fields.Selection('get_countries', "Country", sort=True)
    timezone = fields.Selection(TIMEZONES, "Timezone", translate=False)
    currency_code = fields.Char(
        "Currency Code", required=True,
        states={
            'readonly': ~_NEW,
            },
        help="The three letters of ISO 4217.")
    currency_name = fields.Char(
        "Currency Name", required=True,
        states={
            'readonly': ~_NEW,
            })
    currency_symbol = fields.Char(
        "Symbol", required=True,
        states={
            'readonly': ~_NEW,
            })
    currency_digits = fields.Integer(
        "Decimals", required=True,
        domain=[
            ('currency_digits', '>=', 0),
            ('currency_digits', '<=', 6),
            ],
        states={
            'readonly': ~_NEW,
            })
    languages = fields.MultiSelection(
        'get_languages', "Languages", required=True,
        help="The languages in which users work.")
    template = fields.Selection(
        'get_templates', "Chart of Accounts", sort=False,
        states={
            'readonly': Bool(Eval('has_chart')),
            },
        help="Leave empty to keep the accounts that the company has.")
    has_chart = fields.Boolean("Has a Chart", states={'invisible': True})
    year_start = fields.Date(
        "Start of the Fiscal Year", required=True,
        states={
            'readonly': Bool(Eval('has_year')),
            })
    year_end = fields.Date(
        "End of the Fiscal Year", required=True,
        domain=[
            ('year_end', '>', Eval('year_start', None)),
            ],
        states={
            'readonly': Bool(Eval('has_year')),
            })
    has_year = fields.Boolean("Has a Year", states={'invisible': True})

    @classmethod
    def get_countries(cls):
        Country = Pool().get('country.country')
        language = Transaction().language
        names = {
            code: c.names.get(language, c.names['en'])
            for code, c in countries.COUNTRIES.items()}
        names.update(
            (c.code, c.name) for c in Country.search([]) if c.code)
        return [(None, ""), *names.items()]

    @classmethod
    def get_languages(cls):
        Lang = Pool().get('ir.lang')
        names = {c: v['name'] for c, v in UNKNOWN_TO_TRYTON.items()}
        names.update((l.code, l.name) for l in Lang.search([]))
        return list(names.items())

    @classmethod
    def get_templates(cls):
        Office = Pool().get('avec.office')
        return [(None, ""), *Office.templates()]

    @fields.depends('country', 'company')
    def on_change_country(self):
        Office = Pool().get('avec.office')
        country = countries.COUNTRIES.get(self.country)
        if not country or self.company:
            return
        self.timezone = country.timezone
        self.template = Office.usual_template(self.country)
        self._set_currency(country.currency)

    @fields.depends('currency_code', 'company')
    def on_change_currency_code(self):
        if self.currency_code and not self.company:
            self._set_currency(self.currency_code.upper())

    def _set_currency(self, code):
        self.currency_code = code
        known = countries.CURRENCIES.get(code)
        if known:
            names = known['names']
            self.currency_name = names.get(
                Transaction().language, names['en'])
            self.currency_symbol = known['symbol']
            self.currency_digits = known['digits']
        elif currency := Currency.find(code):
            self.currency_name = currency.name
            self.currency_symbol = currency.symbol
            self.currency_digits = currency.digits


class SetupBooks(ModelView):
    __name__ = 'avec.office.setup.books'
    __string__ = "Accounts and Numbers"

    accounts = fields.One2Many(
        'avec.office.setup.account', None, "Accounts",
        help="An account without code is left as it is.")
    sequences = fields.One2Many(
        'avec.office.setup.sequence', None, "Sequences")


class SetupUsers(ModelView):
    __name__ = 'avec.office.setup.users'
    __string__ = "Users of the Office"

    users = fields.One2Many('avec.office.setup.user', None, "Users")


class SetupSummary(ModelView):
    __name__ = 'avec.office.setup.summary'
    __string__ = "What Will Be Done"

    items = fields.One2Many(
        'avec.office.setup.item', None, "Parts", readonly=True)
    to_do = fields.Integer("To Do", readonly=True)


class SetupResult(ModelView):
    __name__ = 'avec.office.setup.result'
    __string__ = "What Was Done"

    items = fields.One2Many(
        'avec.office.setup.item', None, "Parts", readonly=True)
    done = fields.Integer("Done", readonly=True)


class Setup(Wizard):
    __name__ = 'avec.office.setup'
    start = StateView(
        'avec.office.setup.start', 'avec_office.setup_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Next", 'books', 'tryton-forward', default=True),
            ])
    books = StateView(
        'avec.office.setup.books', 'avec_office.setup_books_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Next", 'rules', 'tryton-forward', default=True),
            ])
    rules = StateView(
        'avec.office.setup.rules', 'avec_office.setup_rules_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Next", 'users', 'tryton-forward', default=True),
            ])
    users = StateView(
        'avec.office.setup.users', 'avec_office.setup_users_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Next", 'summary', 'tryton-forward', default=True),
            ])
    summary = StateView(
        'avec.office.setup.summary', 'avec_office.setup_summary_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Set Up", 'set_up', 'tryton-ok', default=True),
            ])
    set_up = StateTransition()
    result = StateView(
        'avec.office.setup.result', 'avec_office.setup_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        pool = Pool()
        Account = pool.get('account.account')
        Company = pool.get('company.company')
        Date = pool.get('ir.date')
        Office = pool.get('avec.office')
        today = Date.today()
        values = {
            'year_start': today.replace(month=1, day=1),
            'year_end': today.replace(month=12, day=31),
            'languages': Languages.export(None)['codes'],
            'template': Office.usual_template(None),
            'currency_digits': 2,
            'company': None,
            'has_chart': False,
            'has_year': False,
            }
        company_id = Transaction().context.get('company')
        if company_id is not None and company_id >= 0:
            company = Company(company_id)
            settings = Office.get_settings(company)
            currency = settings['currency']
            has_chart = bool(Account.search([
                        ('company', '=', company_id),
                        ], limit=1))
            values.update(
                company=company_id,
                country=settings['company']['country'],
                timezone=company.timezone,
                currency_code=currency['code'],
                currency_name=company.currency.name,
                currency_symbol=company.currency.symbol,
                currency_digits=company.currency.digits,
                has_chart=has_chart)
            if has_chart:
                values['template'] = ChartPart.of(company)
            if years := settings['fiscal_years']:
                values.update(
                    has_year=True, year_start=years[0]['start_date'],
                    year_end=years[0]['end_date'])
        return values

    @property
    def _company(self):
        "Return the company of the user that is set up or None"
        User = Pool().get('res.user')
        company = self.start.company
        if company and company.id not in User.get_companies():
            fail('msg_company_other', company=company.rec_name)
        return company

    def _start(self):
        "Return what the proposals depend on"
        company = self._company
        return Start(
            date=self.start.year_start,
            company=company.id if company else None,
            currency=self.start.currency_code,
            rounding=self._rounding(),
            country=self.start.country or '',
            template=self.start.template)

    def _rounding(self):
        if self._company:
            return self._company.currency.rounding
        return Decimal(1).scaleb(-self.start.currency_digits)

    def _proposed(self):
        return Pool().get('avec.office').proposed(self._start())

    def default_books(self, fields):
        pool = Pool()
        Account = pool.get('avec.office.setup.account')
        Sequence = pool.get('avec.office.setup.sequence')
        proposed = self._proposed()
        entries = {e['setting']: e for e in proposed.get('accounts') or []}
        lines = []
        for setting, label in Accounts.labels().items():
            entry = entries.get(setting) or {
                **dict.fromkeys(Accounts.schema.fields), 'setting': setting}
            lines.append({**Account.get_line(entry), 'label': label})
        return {
            'accounts': lines,
            'sequences': [
                Sequence.get_line(e) for e in proposed['sequences']],
            }

    def default_rules(self, fields):
        Rules = Pool().get('avec.office.setup.rules')
        return Rules.get_values(self._proposed())

    def default_users(self, fields):
        return {'users': []}

    def get_settings(self):
        "Return the settings that were decided on the screens"
        proposed = self._proposed()
        start = self.start
        year = self.start.year_start.year
        name = str(year)
        if self.start.year_end.year != year:
            name += f'-{self.start.year_end.year}'
        result = {
            **proposed,
            'languages': {'codes': sorted({'en', *start.languages})},
            'currency': self._currency(),
            'company': {
                'name': start.company_name if not start.company else None,
                'currency': start.currency_code,
                'timezone': start.timezone,
                'country': start.country,
                'country_names': self._country_names(),
                },
            'accounts': [
                l.get_entry() for l in self.books.accounts or []
                if l.code],
            'sequences': [
                l.get_entry() for l in self.books.sequences or []],
            **self.rules.get_settings(),
            'users': [{
                    'login': u.login, 'name': u.name, 'email': u.email,
                    'role': u.role, 'language': u.language,
                    'by_email': bool(u.by_email), 'password': None}
                for u in self.users.users or []],
            }
        if not start.has_year:
            result['fiscal_years'] = [{
                    'name': name,
                    'start_date': start.year_start,
                    'end_date': start.year_end,
                    'months': 1,
                    'prefix': f'{name}-',
                    'padding': 5,
                    }]
        if not start.template:
            result.pop('chart', None)
        return result

    def _currency(self):
        start = self.start
        known = countries.CURRENCIES.get(start.currency_code, {})
        names = {
            **known.get('names', {}),
            Transaction().language: start.currency_name}
        return {
            'code': start.currency_code,
            'names': names,
            'symbol': start.currency_symbol,
            'numeric_code': known.get('numeric_code'),
            'digits': start.currency_digits,
            'rounding': self._rounding(),
            }

    def _country_names(self):
        country = countries.COUNTRIES.get(self.start.country)
        return country.names if country else None

    def default_summary(self, fields):
        pool = Pool()
        Item = pool.get('avec.office.setup.item')
        Office = pool.get('avec.office')
        items = Office.plan(self.get_settings(), self._company)
        return {
            'items': Item.get_lines(items),
            'to_do': sum(i.state != 'there' for i in items),
            }

    def transition_set_up(self):
        Office = Pool().get('avec.office')
        # Told once: what is shown next is kept nowhere
        _, self._items = Office.set_up(self.get_settings(), self._company)
        self._close_items()
        return 'result'

    @staticmethod
    def _close_items():
        "What other wizards ask at the activation has been answered"
        pool = Pool()
        Item = pool.get('ir.module.config_wizard.item')
        ModelData = pool.get('ir.model.data')
        Item.write(Item.browse([
                    ModelData.get_id(*xml_id) for xml_id in [
                        ('company', 'config_wizard_item_company'),
                        ('account', 'config_wizard_item_chart_account')]]),
            {'state': 'done'})

    def default_result(self, fields):
        Item = Pool().get('avec.office.setup.item')
        items = getattr(self, '_items', [])
        return {
            'items': Item.get_lines(items, done=True),
            'done': sum(i.state != 'there' for i in items),
            }

    def end(self):
        return 'reload context'
