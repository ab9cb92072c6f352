# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The chart, the accounts, the journal and the fiscal years of an office"
import datetime as dt
from os.path import commonprefix

from dateutil.relativedelta import relativedelta

from trytond.pool import Pool
from trytond.pyson import PYSONDecoder, PYSONEncoder
from trytond.transaction import Transaction

from . import charts
from .part import (
    DIFFERENT, NEW, THERE, Part, fail, first, languages, texts, translate)
from .settings import Field, Section

__all__ = ['Accounts', 'Chart', 'FiscalYears', 'Journal']


class Chart(Part):
    "The template from which the chart of accounts is made"
    section = 'chart'
    schema = Section({'template': Field('text', required=True)})
    models = ('account.account', 'account.account.type')

    @classmethod
    def find(cls, template):
        "Return the account template of an XML id or None"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Template = pool.get('account.account.template')
        try:
            return Template(ModelData.get_id(template))
        except (KeyError, ValueError):
            return None

    @classmethod
    def of(cls, company):
        "Return the XML id of the template of the chart or None"
        pool = Pool()
        Account = pool.get('account.account')
        ModelData = pool.get('ir.model.data')
        for root in Account.search([
                    ('company', '=', company.id),
                    ('parent', '=', None),
                    ('template', '!=', None),
                    ], order=[('id', 'ASC')], limit=1):
            for data in ModelData.search([
                        ('model', '=', 'account.account.template'),
                        ('db_id', '=', root.template.id),
                        ], limit=1):
                return f'{data.module}.{data.fs_id}'

    def plan(self):
        Account = Pool().get('account.account')
        template = self.find(self.value['template'])
        if not template:
            fail('msg_chart_unknown', chart=self.value['template'])
        state = NEW
        if self.company:
            current = self.of(self.company)
            if current == self.value['template']:
                state = THERE
            elif Account.search([
                        ('company', '=', self.company.id),
                        ], limit=1):
                fail('msg_chart_other', company=self.company.rec_name,
                    chart=template.rec_name)
        yield self.item(template.rec_name, state, self._make)

    def _make(self):
        CreateChart = Pool().get('account.create_chart', type='wizard')
        session, _, _ = CreateChart.create()
        wizard = CreateChart(session)
        wizard.account.company = self.company
        wizard.account.account_template = self.find(self.value['template'])
        wizard.transition_create_account()
        for name, value in wizard.default_properties(None).items():
            setattr(wizard.properties, name, value)
        wizard.transition_create_properties()
        CreateChart.delete(session)

    @classmethod
    def propose(cls, start):
        return {'template': start.template} if start.template else None

    @classmethod
    def export(cls, company):
        template = cls.of(company)
        return {'template': template} if template else None


class Accounts(Part):
    "The accounts that the groups are booked on"
    section = 'accounts'
    schema = Section({
            'setting': Field('text', required=True),
            'code': Field('text', required=True),
            'name': Field('text'),
            'parent': Field('text'),
            'like': Field('text'),
            'party_required': Field('boolean'),
            'reconcile': Field('boolean'),
            }, keys=('setting',))
    models = ('account.account',)

    @classmethod
    def settings_fields(cls):
        "Return the fields of the settings of accounts by name"
        Value = Pool().get('account.configuration.avec')
        return {
            n: f for n, f in Value._fields.items()
            if n.startswith('avec_') and f._type == 'many2one'
            and f.model_name == 'account.account'}

    @classmethod
    def labels(cls):
        "Return {setting: its name for the user}"
        Value = Pool().get('account.configuration.avec')
        names = list(cls.settings_fields())
        return {
            n: d['string'] for n, d in Value.fields_get(names).items()
            if n in names}

    @classmethod
    def current(cls, company):
        "Return {setting: account} of the company"
        Configuration = Pool().get('account.configuration')
        return {
            n: Configuration(1).get_multivalue(n, company=company.id)
            for n in cls.settings_fields()}

    def _accounts(self, codes):
        "Return the accounts of the company by code, the oldest of each"
        Account = Pool().get('account.account')
        accounts = {}
        if self.company:
            for account in Account.search([
                        ('company', '=', self.company.id),
                        ('code', 'in', list(codes)),
                        ], order=[('id', 'ASC')]):
                accounts.setdefault(account.code, account)
        return accounts

    def plan(self):
        accounts = self._accounts({e['code'] for e in self.value})
        labels = self.labels()
        current = self.current(self.company) if self.company else {}
        for entry in self.value:
            setting, code = entry['setting'], entry['code']
            if setting not in labels:
                fail('msg_account_setting_unknown', setting=setting)
            account = accounts.get(code)
            state, changes = THERE, []
            if not account:
                state = NEW
            elif current[setting] != account:
                state = DIFFERENT
                old = current[setting].code if current[setting] else None
                changes = [(labels[setting], old, code)]

            def make(entry=entry):
                self._make(entry)
            name = entry['name'] or (account.name if account else '')
            yield self.item(
                f'{labels[setting]}: {code} {name}'.strip(),
                state, make, changes)

    def _make(self, entry):
        Configuration = Pool().get('account.configuration')
        account = self._accounts([entry['code']]).get(entry['code'])
        if not account:
            account = self._create(entry)
        self._check(entry, account)
        Configuration(1).set_multivalue(
            entry['setting'], account.id, company=self.company.id)

    def _create(self, entry):
        Account = Pool().get('account.account')
        label = self.labels()[entry['setting']]
        if not (entry['name'] and entry['parent'] and entry['like']):
            fail('msg_account_missing', setting=label, code=entry['code'],
                company=self.company.rec_name)
        known = self._accounts([entry['parent'], entry['like']])
        for code in [entry['parent'], entry['like']]:
            if code not in known:
                fail('msg_account_parent_missing', setting=label,
                    code=entry['code'], other=code,
                    company=self.company.rec_name)
        account, = Account.create([{
                    'company': self.company.id,
                    'code': entry['code'],
                    'name': entry['name'],
                    'parent': known[entry['parent']].id,
                    'type': (
                        known[entry['like']].type.id
                        if known[entry['like']].type else None),
                    'party_required': bool(entry['party_required']),
                    'reconcile': bool(entry['reconcile']),
                    }])
        return account

    def _check(self, entry, account):
        "Check that the account is of the kind that the setting needs"
        Account = Pool().get('account.account')
        field = self.settings_fields()[entry['setting']]
        domain = PYSONDecoder({'company': self.company.id}).decode(
            PYSONEncoder().encode(field.domain))
        if not Account.search([('id', '=', account.id), domain]):
            fail('msg_account_kind',
                setting=self.labels()[entry['setting']],
                account=account.rec_name)

    @classmethod
    def propose(cls, start):
        if not (chart := charts.by_template(start.template)):
            return []
        known = cls.settings_fields()
        return [
            p.entry for p in charts.proposals(chart) if p.setting in known]

    @classmethod
    def complete(cls, own, proposed):
        known = {e['setting'] for e in own}
        return own + [
            e for e in proposed or [] if e['setting'] not in known]

    @classmethod
    def export(cls, company):
        return [
            cls._entry(setting, account)
            for setting, account in cls.current(company).items() if account]

    @classmethod
    def _entry(cls, setting, account):
        entry = dict.fromkeys(cls.schema.fields)
        entry.update(setting=setting, code=account.code)
        if not account.template:
            # Another office makes it below the same account of the chart
            entry.update(
                name=account.name,
                parent=account.parent.code if account.parent else None,
                like=cls._like(account),
                party_required=account.party_required,
                reconcile=account.reconcile)
        return entry

    @classmethod
    def _like(cls, account):
        """Return the code of an account of the chart with the same type

        That below which it is or the one with the nearest code."""
        Account = Pool().get('account.account')
        if account.parent and account.parent.type == account.type:
            return account.parent.code
        likes = Account.search([
                ('company', '=', account.company.id),
                ('type', '=', account.type.id if account.type else None),
                ('template', '!=', None),
                ('code', '!=', None),
                ], order=[('code', 'ASC')])
        return max(
            (l.code for l in likes),
            key=lambda c: len(commonprefix([c, account.code])),
            default=None)


class Journal(Part):
    "The journal of the moves of the groups"
    section = 'journal'
    schema = Section({
            'code': Field('text', required=True),
            'names': Field('names', required=True),
            })
    models = ('account.journal',)

    def _find(self):
        Journal = Pool().get('account.journal')
        found = Journal.search([
                ('code', '=', self.value['code']),
                ('type', '=', 'general'),
                ], limit=1)
        return found[0] if found else None

    def plan(self):
        journal = self._find()
        state = NEW
        if journal:
            state = THERE
            if not self.company or self.current(self.company) != journal:
                state = DIFFERENT
        name = self.value['names'].get(
            Transaction().language, first(self.value['names'])[1])
        yield self.item(name, state, self._make)

    @classmethod
    def current(cls, company):
        Configuration = Pool().get('account.configuration')
        return Configuration(1).get_multivalue(
            'avec_journal', company=company.id)

    def _make(self):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        Journal = pool.get('account.journal')
        journal = self._find()
        if not journal:
            language, name = first(self.value['names'])
            with Transaction().set_context(language=language):
                journal, = Journal.create([{
                            'code': self.value['code'],
                            'name': name,
                            'type': 'general',
                            }])
            translate(journal, 'name', self.value['names'])
        Configuration(1).set_multivalue(
            'avec_journal', journal.id, company=self.company.id)

    @classmethod
    def _entry(cls, journal):
        return {
            'code': journal.code,
            'names': texts([journal], 'name', languages())[journal.id],
            }

    @classmethod
    def propose(cls, start):
        Value = Pool().get('account.configuration.avec')
        Journal = Pool().get('account.journal')
        if journal := Value.default_avec_journal():
            return cls._entry(Journal(journal))

    @classmethod
    def export(cls, company):
        journal = cls.current(company)
        return cls._entry(journal) if journal and journal.code else None


class FiscalYears(Part):
    "The fiscal years with their periods and the numbers of their moves"
    section = 'fiscal_years'
    schema = Section({
            'name': Field('text', required=True),
            'start_date': Field('date', required=True),
            'end_date': Field('date', required=True),
            # How many months a period has
            'months': Field('integer', required=True, least=1, most=12),
            'prefix': Field('text'),
            'padding': Field('integer', least=0, most=12),
            }, keys=('start_date',))
    models = (
        'account.fiscalyear', 'account.period', 'ir.sequence.strict')

    def plan(self):
        for entry in self.value:
            if entry['end_date'] <= entry['start_date']:
                fail('msg_fiscalyear_dates', name=entry['name'])
            year = self._find(entry)
            state = NEW
            if year:
                state = THERE if year.periods else DIFFERENT

            def make(entry=entry):
                self._make(entry)
            yield self.item(entry['name'], state, make)

    def _find(self, entry):
        "Return the fiscal year of the same days or None"
        FiscalYear = Pool().get('account.fiscalyear')
        if not self.company:
            return
        for year in FiscalYear.search([
                    ('company', '=', self.company.id),
                    ('start_date', '<=', entry['end_date']),
                    ('end_date', '>=', entry['start_date']),
                    ]):
            if (year.start_date != entry['start_date']
                    or year.end_date != entry['end_date']):
                fail('msg_fiscalyear_overlaps', name=entry['name'],
                    other=year.rec_name)
            return year

    def _make(self, entry):
        pool = Pool()
        FiscalYear = pool.get('account.fiscalyear')
        year = self._find(entry)
        if not year:
            year = FiscalYear(
                name=entry['name'], company=self.company,
                start_date=entry['start_date'], end_date=entry['end_date'],
                move_sequence=self._sequence(entry))
            year.save()
        FiscalYear.create_period([year], interval=entry['months'])

    def _sequence(self, entry):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence.strict')
        sequence = Sequence(
            name=entry['name'], company=self.company,
            prefix=entry['prefix'] or '', padding=entry['padding'] or 0,
            sequence_type=ModelData.get_id(
                'account', 'sequence_type_account_move'))
        sequence.save()
        return sequence

    @classmethod
    def propose(cls, start):
        year = start.date.year
        return [{
                'name': str(year),
                'start_date': dt.date(year, 1, 1),
                'end_date': dt.date(year, 12, 31),
                'months': 1,
                'prefix': f'{year}-',
                'padding': 5,
                }]

    @classmethod
    def export(cls, company):
        FiscalYear = Pool().get('account.fiscalyear')
        return [
            cls._entry(y) for y in FiscalYear.search([
                    ('company', '=', company.id),
                    ('state', '=', 'open'),
                    ], order=[('start_date', 'ASC')])]

    @classmethod
    def _entry(cls, year):
        months = 1
        for period in sorted(year.periods, key=lambda p: p.start_date):
            if period.type == 'standard':
                span = relativedelta(
                    period.end_date + dt.timedelta(days=1),
                    period.start_date)
                months = span.years * 12 + span.months or 1
                break
        sequence = year.move_sequence
        return {
            'name': year.name,
            'start_date': year.start_date,
            'end_date': year.end_date,
            'months': months,
            'prefix': sequence.prefix or None if sequence else None,
            'padding': sequence.padding if sequence else None,
            }
