# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who the groups reach, as a table that does not tell who they are"
from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.report import Report
from trytond.transaction import Transaction, check_access

from .spreadsheet import Table, to_csv, to_ods

COLUMNS = [
    'person', 'gender', 'age', 'household_size', 'province_code', 'province',
    'programme', 'group', 'joined', 'left', 'end_reason']
IDENTITY = ['name', 'birth_date', 'identifiers', 'contacts']
# The first age of each band
AGES = [0, 18, 25, 35, 50, 65]


def age_band(birth_date, date):
    "Return the first and the last age of the band, the last None if open"
    if not birth_date or birth_date > date:
        return
    age = relativedelta(date, birth_date).years
    first = max(a for a in AGES if a <= age)
    after = min((a for a in AGES if a > age), default=None)
    return first, None if after is None else after - 1


class BeneficiaryExport(Report):
    """The members of groups by their pseudonyms

    A pseudonym is the same in each export and tells nothing of the person."""
    __name__ = 'avec.beneficiary.export'
    _columns = COLUMNS

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        # Who exports sees the members that he or she may read
        with check_access():
            context['table'] = cls._get_table(data['model'], records)
        return context

    @classmethod
    def _get_table(cls, model, records):
        pool = Pool()
        Date = pool.get('ir.date')
        Membership = pool.get('avec.membership')
        names = {'avec.group': 'group', 'avec.programme': 'group.programme'}
        if model not in names:
            raise AccessError(gettext(
                    'avec_group.msg_beneficiary_model', model=model))
        date = Transaction().context.get('avec_date') or Date.today()
        selections = {
            n: cls._selection(m, n) for m, n in [
                ('party.party', 'avec_gender'),
                ('avec.membership', 'end_reason')]}
        return Table(
            gettext('avec_group.msg_beneficiary_title'), [
                [gettext(f'avec_group.msg_beneficiary_{n}')
                    for n in cls._columns],
                *(cls._row(m, date, selections) for m in Membership.search([
                            (names[model], 'in', [r.id for r in records]),
                            ('start_date', '<=', date),
                            ], order=[('party.avec_pseudonym', 'ASC')]))])

    @classmethod
    def _row(cls, membership, date, selections):
        "Return the cells of the member as at the date"
        party, group = membership.party, membership.group
        province, programme = group.subdivision, group.programme
        left = membership.end_date
        if left and left > date:
            left = None
        return [
            party.avec_pseudonym,
            selections['avec_gender'].get(party.avec_gender),
            cls._age(party, date), party.household_size,
            province.code if province else None,
            province.name if province else None,
            (programme.code or programme.name) if programme else None,
            group.code, membership.start_date, left,
            selections['end_reason'].get(membership.end_reason)
            if left else None]

    @classmethod
    def _age(cls, party, date):
        band = age_band(party.birth_date, date)
        if band:
            first, last = band
            return f'{first}+' if last is None else f'{first}-{last}'

    @staticmethod
    def _selection(model, name):
        definition = Pool().get(model).fields_get([name])[name]
        return {k: v for k, v in definition['selection'] if k}

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


class BeneficiaryIdentityExport(BeneficiaryExport):
    "The same for who must know whom, with what tells who they are"
    __name__ = 'avec.beneficiary.export.identity'
    _columns = COLUMNS + IDENTITY

    @classmethod
    def _row(cls, membership, date, selections):
        party = membership.party
        return super()._row(membership, date, selections) + [
            party.name, party.birth_date,
            _join(i.code for i in party.identifiers),
            _join(c.value for c in party.contact_mechanisms)]


def _join(texts):
    return ', '.join(filter(None, texts)) or None
