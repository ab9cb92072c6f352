# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The sheet of 24 items for each group, as savings groups are reported

The Savings Groups Information Exchange takes 24 data items of each group.
Ours are those of the data collection form of VSL Associates, told from the
records; the reference of the module says how each is told.
"""
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.avec_group.spreadsheet import Table, to_csv, to_ods
from trytond.modules.company import CompanyReport
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access

ITEMS = [
    'group_name', 'group_number', 'external_savings', 'external_credit',
    'first_training', 'savings_started', 'trained_by', 'members_at_start',
    'collection_date', 'registered_members', 'registered_women', 'attending',
    'dropouts', 'savings', 'loans_outstanding', 'value_loans_outstanding',
    'late_loans', 'write_offs', 'loan_fund_cash', 'other_funds_cash',
    'property_at_start', 'property_now', 'debts', 'service_charge']
# How the records for which the sheet is printed name groups
_KEYS = {
    'avec.group': 'group',
    'avec.group.ratio': 'group',
    'avec.programme': 'programme',
    'avec.group.ratio.programme': 'programme',
    'avec.group.ratio.subdivision': 'subdivision',
    'avec.group.ratio.field_officer': 'field_officer',
    'avec.group.ratio.office': 'company',
    }


class SavixSheet(CompanyReport):
    __name__ = 'avec.group.ratio.savix'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['table'] = cls._get_table(data['model'], records, header)
        return context

    @classmethod
    def _get_table(cls, model, records, header):
        pool = Pool()
        Date = pool.get('ir.date')
        Group = pool.get('avec.group')
        Ratio = pool.get('avec.group.ratio')
        if model not in _KEYS:
            raise AccessError(gettext(
                    'avec_indicator.msg_savix_model', model=model))
        context = Transaction().context
        date = context.get('avec_date') or Date.today()
        ids = [r.id for r in records]
        # Who prints sees the groups that he or she may read
        with (Transaction().set_context(
                    company=header['company'].id, avec_date=date),
                check_access()):
            rows = Ratio.search([(_KEYS[model], 'in', ids)])
            rates = Group.avec_charge_rates([r.cycle for r in rows if r.cycle])
            return Table(
                gettext('avec_indicator.msg_savix_title'), [
                    [gettext(f'avec_indicator.msg_savix_{n}') for n in ITEMS],
                    *(cls._get_row(r, date, rates) for r in rows)])

    @classmethod
    def _get_row(cls, ratio, date, rates):
        group = ratio.group
        officer = ratio.field_officer
        return [
            group.party.name, group.code, bool(ratio.bank),
            bool(ratio.debts), group.formation_date, ratio.start_date,
            officer.party.name if officer else None, ratio.start_members,
            date, ratio.members, ratio.women, ratio.attending, ratio.left,
            ratio.savings, ratio.loans, ratio.loans_outstanding,
            ratio.at_risk_0, ratio.written_off, ratio.loan_fund_cash,
            ratio.social_fund_cash, ratio.bank_at_start, ratio.bank,
            ratio.debts,
            rates.get(ratio.cycle.id) if ratio.cycle else None,
            ]

    @classmethod
    def render(cls, report, report_context):
        Lang = Pool().get('ir.lang')
        table = report_context['table']
        if report.extension == 'csv':
            return to_csv(table)
        return to_ods([table], rtl=Lang.get().direction == 'rtl')

    @classmethod
    def convert(cls, report, data, **options):
        return report.extension or report.template_extension, data
