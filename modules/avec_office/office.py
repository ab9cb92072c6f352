# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Model
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from . import countries, settings
from .exceptions import OfficeSettingsError
from .part import THERE
from .part_books import Accounts, Chart, FiscalYears, Journal
from .part_company import Company, Currency, Languages
from .part_four_eyes import FourEyes
from .part_groups import Constitution, Groups, PersonalData, Sequences
from .part_users import Users


class Office(Model):
    "Sets up the office of a country from settings, as often as one likes"
    __name__ = 'avec.office'
    __string__ = "Country Office"

    @classmethod
    def parts(cls):
        "Return the parts in the order in which they are made"
        return [
            Languages, Currency, Company, Chart, Accounts, Journal,
            FiscalYears, Sequences, Groups, Constitution, PersonalData]

    @classmethod
    def last_parts(cls):
        "Return the parts that are made when all the others are there"
        return [FourEyes, Users]

    @classmethod
    def sequence_types(cls):
        "Return {setting of a sequence: module and XML id of its type}"
        return {'group_sequence': ('avec_group', 'sequence_type_group')}

    @classmethod
    def all_parts(cls):
        return cls.parts() + cls.last_parts()

    @classmethod
    def sections(cls):
        "Return {name: section} of the settings"
        return {p.section: p.schema for p in cls.all_parts()}

    @classmethod
    def propose(cls, start):
        "Return settings to begin with"
        proposed = {p.section: p.propose(start) for p in cls.all_parts()}
        return {n: v for n, v in proposed.items() if v is not None}

    @classmethod
    def proposed(cls, start):
        "Return the settings that the company has, completed by proposals"
        result = cls.propose(start)
        if start.company is None:
            return result
        company = Pool().get('company.company')(start.company)
        with _in(company):
            for part in cls.all_parts():
                own = part.own(company)
                if own:
                    result[part.section] = part.complete(
                        own, result.get(part.section))
        return result

    @classmethod
    def check(cls, values):
        "Return the settings with their types or raise OfficeSettingsError"
        with _told():
            return settings.check(values, cls.sections())

    @classmethod
    def plan(cls, values, company=None):
        "Return what is there and what is to be made of the settings"
        values = cls.check(values)
        items = []
        with _in(company):
            for Part in cls.all_parts():
                if Part.section in values:
                    items.extend(Part(company, values).plan())
        return items

    @classmethod
    def set_up(cls, values, company=None):
        """Make what is missing and return the company and the items

        Everything is made or, when something is refused, nothing: who calls
        it lets the error roll the transaction back."""
        values = cls.check(values)
        items = []
        for Part in cls.all_parts():
            if Part.section not in values:
                continue
            with _in(company):
                part = Part(company, values)
                # What a part plans does not depend on what it makes
                planned = list(part.plan())
                if any(i.state != THERE for i in planned):
                    part.check_access()
                for item in planned:
                    if item.state != THERE:
                        item.told = item.make()
                items.extend(planned)
                company = part.company
        return company, items

    @classmethod
    def get_settings(cls, company):
        "Return the settings of the company, without persons and secrets"
        with _in(company):
            exported = {
                p.section: p.export(company) for p in cls.all_parts()
                if not p.schema.private}
        return {n: v for n, v in exported.items() if v is not None}

    @classmethod
    def dump(cls, company):
        "Return the text of a file with the settings of the company"
        return settings.dump(cls.get_settings(company), cls.sections())

    @classmethod
    def load(cls, text):
        "Return the settings of the text of a file"
        with _told():
            return settings.load(text, cls.sections())

    @classmethod
    def templates(cls):
        "Return the XML ids of the charts that can be created, with names"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Template = pool.get('account.account.template')
        roots = {
            t.id: t for t in Template.search([('parent', '=', None)])}
        result = []
        for data in ModelData.search([
                    ('model', '=', 'account.account.template'),
                    ('db_id', 'in', list(roots)),
                    ], order=[('module', 'ASC'), ('fs_id', 'ASC')]):
            # The universal chart of Tryton is none of a country
            if data.module != 'account':
                result.append((
                        f'{data.module}.{data.fs_id}',
                        roots[data.db_id].rec_name))
        return result

    @classmethod
    def usual_template(cls, country):
        "Return the template that an office of the country mostly has"
        module = 'avec_group'
        if country in countries.COUNTRIES:
            module = countries.COUNTRIES[country].chart
        language = Transaction().language
        names = [n for n, _ in cls.templates()]
        for template in [
                'account_syscohada.root_2016_fr'
                if module == 'account_syscohada' else None,
                'account_fr.root' if module == 'account_fr' else None,
                f'avec_group.account_template_root_{language}',
                'avec_group.account_template_root_en']:
            if template in names:
                return template


class _told:
    "Tell the user which rule of the settings is broken by which entry"

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, settings.SettingsFault):
            raise OfficeSettingsError(gettext(
                    f'avec_office.msg_settings_{error.rule}',
                    entry=error.entry, value=error.value)) from error


def _in(company):
    "Set the company of the context"
    if not company:
        return Transaction().set_context(company=None)
    companies = Transaction().context.get('companies') or []
    return Transaction().set_context(
        company=company.id, companies=[*companies, company.id])


class OfficeLoan(metaclass=PoolMeta):
    __name__ = 'avec.office'

    @classmethod
    def parts(cls):
        from .loans import LoanProducts
        return super().parts() + [LoanProducts]

    @classmethod
    def sequence_types(cls):
        return {
            **super().sequence_types(),
            'loan_sequence': ('avec_loan', 'sequence_type_loan'),
            }


class OfficeTraining(metaclass=PoolMeta):
    __name__ = 'avec.office'

    @classmethod
    def parts(cls):
        from .trainings import TrainingAxes
        return super().parts() + [TrainingAxes]

    @classmethod
    def sequence_types(cls):
        return {
            **super().sequence_types(),
            'training_sequence': ('avec_training', 'sequence_type_session'),
            }


class OfficeLivelihood(metaclass=PoolMeta):
    __name__ = 'avec.office'

    @classmethod
    def parts(cls):
        from .livelihoods import Ceilings, Cooperatives, CooperativeSteps
        return super().parts() + [Cooperatives, CooperativeSteps, Ceilings]

    @classmethod
    def sequence_types(cls):
        return {
            **super().sequence_types(),
            'activity_sequence': (
                'avec_livelihood', 'sequence_type_activity'),
            }


class OfficeIndicator(metaclass=PoolMeta):
    __name__ = 'avec.office'

    @classmethod
    def parts(cls):
        from .indicators import Thresholds
        return super().parts() + [Thresholds]
