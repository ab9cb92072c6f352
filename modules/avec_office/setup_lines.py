# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The lines of the screens on which an office is set up"
import json

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .settings import plain

FUNDS = [
    ('loan_fund', "Loan Fund"),
    ('social_fund', "Social Fund"),
    ]
STATES = [
    ('new', "To Make"),
    ('different', "To Change"),
    ('there', "There"),
    ('made', "Made"),
    ('changed', "Changed"),
    ]


class LineMixin:
    "A line on which an entry of the settings is changed"
    __slots__ = ()
    # The fields that are the same in the entry
    _plain = ()

    # What the line does not show of the entry
    entry = fields.Text("Entry", states={'invisible': True})

    @classmethod
    def get_line(cls, entry):
        "Return the values of the line of the entry"
        values = {n: entry[n] for n in cls._plain}
        for name in cls.named():
            names = entry[name] or {}
            values[name] = names.get(
                Transaction().language, names.get('en'))
        values['entry'] = json.dumps(
            {n: plain(v) for n, v in entry.items()})
        return values

    @classmethod
    def named(cls):
        "Return the names of the fields with texts in several languages"
        return []

    def get_entry(self):
        "Return the entry of the line"
        entry = json.loads(self.entry) if self.entry else {}
        for name in self._plain:
            entry[name] = getattr(self, name, None)
        for name in self.named():
            names = dict(entry.get(name) or {})
            if text := getattr(self, name, None):
                if text not in names.values():
                    names[Transaction().language] = text
            entry[name] = names
        return entry


class SetupAccount(LineMixin, ModelView):
    __name__ = 'avec.office.setup.account'
    __string__ = "Account of the Groups"

    setting = fields.Char("Setting", states={'invisible': True})
    label = fields.Char("For", readonly=True)
    code = fields.Char("Code")
    name = fields.Char(
        "Name", help="Of the account to make where none has the code.")
    parent = fields.Char(
        "Below", help="The code of the account below which it is made.")
    like = fields.Char(
        "Of the Type Of",
        help="The code of an account that has the type it must have.")
    party_required = fields.Boolean("Party Required")
    reconcile = fields.Boolean("Reconcile")
    _plain = (
        'setting', 'code', 'name', 'parent', 'like', 'party_required',
        'reconcile')


class SetupSequence(LineMixin, ModelView):
    __name__ = 'avec.office.setup.sequence'
    __string__ = "Sequence of the Office"

    setting = fields.Char("Setting", states={'invisible': True})
    name = fields.Char("Name", required=True)
    prefix = fields.Char("Prefix")
    padding = fields.Integer("Digits")
    _plain = ('setting', 'name', 'prefix', 'padding')


class SetupUser(ModelView):
    __name__ = 'avec.office.setup.user'
    __string__ = "User of the Office"

    name = fields.Char("Name", required=True)
    login = fields.Char("Login", required=True)
    email = fields.Char(
        "E-mail",
        states={
            'required': Bool(Eval('by_email')),
            })
    role = fields.Selection([
            ('field_officer', "Field Officer"),
            ('finance', "Finance"),
            ('programme', "Programme"),
            ('auditor', "Auditor"),
            ('admin', "Administration"),
            ], "Role", required=True, sort=False)
    language = fields.Selection('get_languages', "Language")
    by_email = fields.Boolean(
        "By E-mail",
        help="Check to send a first password to the user by e-mail.\n"
        "Otherwise it is shown once at the end.")

    @classmethod
    def default_language(cls):
        return Transaction().language

    @classmethod
    def get_languages(cls):
        Start = Pool().get('avec.office.setup.start')
        return [(None, ""), *Start.get_languages()]


class SetupItem(ModelView):
    __name__ = 'avec.office.setup.item'
    __string__ = "Part of the Office"

    section = fields.Char("Part", readonly=True)
    name = fields.Char("Name", readonly=True)
    state = fields.Selection(STATES, "State", readonly=True, sort=False)
    told = fields.Char("First Password", readonly=True)

    @classmethod
    def get_lines(cls, items, done=False):
        "Return the values of the lines of the items"
        states = {'new': 'made', 'different': 'changed'} if done else {}
        return [{
                'section': i.title,
                'name': i.text,
                'state': states.get(i.state, i.state),
                'told': i.told,
                } for i in items]


class SetupProduct(LineMixin, ModelView):
    __name__ = 'avec.office.setup.product'
    __string__ = "Loan Product of the Office"

    name = fields.Char("Name", required=True)
    fund = fields.Selection(FUNDS, "Fund", required=True, sort=False)
    rate = fields.Numeric(
        "Rate by Month", digits=(16, 6), required=True,
        domain=[('rate', '>=', 0)],
        help="The service charge for each month.")
    max_term = fields.Integer(
        "Longest Term", domain=['OR',
            ('max_term', '=', None), ('max_term', '>=', 1)])
    savings_multiple = fields.Numeric(
        "Savings Multiple", digits=(16, 2),
        domain=['OR',
            ('savings_multiple', '=', None), ('savings_multiple', '>=', 0)])
    late_penalty = fields.Numeric(
        "Late Penalty", domain=['OR',
            ('late_penalty', '=', None), ('late_penalty', '>=', 0)])
    _plain = (
        'fund', 'rate', 'max_term', 'savings_multiple', 'late_penalty')

    @classmethod
    def named(cls):
        return ['name']


class SetupAxis(LineMixin, ModelView):
    __name__ = 'avec.office.setup.axis'
    __string__ = "Training Axis of the Office"

    code = fields.Char("Code", required=True)
    name = fields.Char("Name", required=True)
    _plain = ('code',)

    @classmethod
    def named(cls):
        return ['name']


class SetupStep(LineMixin, ModelView):
    __name__ = 'avec.office.setup.step'
    __string__ = "Step of the Cooperatives of the Office"

    name = fields.Char("Name", required=True)
    required = fields.Boolean("Required")
    document_required = fields.Boolean("Document Required")
    sequence = fields.Integer("Sequence", states={'invisible': True})
    _plain = ('required', 'document_required', 'sequence')

    @classmethod
    def named(cls):
        return ['name']


class SetupCeiling(LineMixin, ModelView):
    __name__ = 'avec.office.setup.ceiling'
    __string__ = "Ceiling of the Office"

    category = fields.Selection([
            ('trade', "Trade, Crafts, Industry"),
            ('services', "Services"),
            ], "Category", required=True, sort=False)
    start_date = fields.Date("Start Date", required=True)
    amount = fields.Numeric(
        "Yearly Turnover", digits=(16, 2), required=True,
        domain=[('amount', '>', 0)])
    client_amount = fields.Numeric(
        "Turnover With One Client", digits=(16, 2),
        domain=['OR',
            ('client_amount', '=', None), ('client_amount', '>', 0)])
    _plain = ('category', 'start_date', 'amount', 'client_amount')
