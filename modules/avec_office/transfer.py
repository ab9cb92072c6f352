# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The settings of an office go to a file and into another office"
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .part import fail
from .settings import MAX_SIZE


def _company():
    "Return the company of the user"
    Company = Pool().get('company.company')
    company_id = Transaction().context.get('company')
    if company_id is None or company_id < 0:
        fail('msg_no_company')
    return Company(company_id)


class ExportResult(ModelView):
    __name__ = 'avec.office.export.result'
    __string__ = "Export Settings"

    file = fields.Binary("File", readonly=True, filename='filename')
    filename = fields.Char("Filename", states={'invisible': True})


class Export(Wizard):
    __name__ = 'avec.office.export'
    start_state = 'result'
    result = StateView(
        'avec.office.export.result', 'avec_office.export_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_result(self, fields):
        pool = Pool()
        Date = pool.get('ir.date')
        Office = pool.get('avec.office')
        company = _company()
        country = company.party.addresses and next(
            (a.country.code for a in company.party.addresses if a.country),
            None)
        name = f'{country or company.currency.code}-{Date.today()}'
        return {
            'file': Office.dump(company).encode('utf-8'),
            'filename': f'office-{name}.json'.lower(),
            }


class ImportStart(ModelView):
    __name__ = 'avec.office.import.start'
    __string__ = "Import Settings"

    company = fields.Many2One(
        'company.company', "Company", readonly=True,
        help="The company that gets the settings, that of the preferences.")
    file = fields.Binary("File", required=True, filename='filename')
    filename = fields.Char("Filename", states={'invisible': True})

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')


class Import(Wizard):
    __name__ = 'avec.office.import'
    start = StateView(
        'avec.office.import.start', 'avec_office.import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Compare", 'summary', 'tryton-forward', default=True),
            ])
    summary = StateView(
        'avec.office.setup.summary', 'avec_office.setup_summary_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Import", 'import_', 'tryton-ok', default=True),
            ])
    import_ = StateTransition()
    result = StateView(
        'avec.office.setup.result', 'avec_office.setup_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def _settings(self):
        Office = Pool().get('avec.office')
        if len(self.start.file) > MAX_SIZE:
            fail('msg_settings_size', entry='', value='')
        try:
            text = bytes(self.start.file).decode('utf-8')
        except UnicodeDecodeError:
            text = ''
        return Office.load(text)

    def default_summary(self, fields):
        pool = Pool()
        Item = pool.get('avec.office.setup.item')
        Office = pool.get('avec.office')
        items = Office.plan(self._settings(), _company())
        return {
            'items': Item.get_lines(items),
            'to_do': sum(i.state != 'there' for i in items),
            }

    def transition_import_(self):
        Office = Pool().get('avec.office')
        _, self._items = Office.set_up(self._settings(), _company())
        return 'result'

    def default_result(self, fields):
        Item = Pool().get('avec.office.setup.item')
        items = getattr(self, '_items', [])
        return {
            'items': Item.get_lines(items, done=True),
            'done': sum(i.state != 'there' for i in items),
            }
