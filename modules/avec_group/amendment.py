# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .cycle import FUNDS
from .exceptions import CycleRulesError


def _plain(value):
    # The same amount may come with more or less zeros
    if isinstance(value, Decimal):
        return f'{value.normalize():f}'
    if isinstance(value, tuple):
        return ', '.join(sorted(r.rec_name for r in value))
    return '' if value is None else str(value)


def _default(value):
    return [r.id for r in value] if isinstance(value, tuple) else value


class Amendment(ModelSQL, ModelView):
    __name__ = 'avec.cycle.amendment'
    __string__ = "Cycle Amendment"

    cycle = fields.Many2One(
        'avec.cycle', "Cycle", required=True, readonly=True,
        ondelete='RESTRICT')
    date = fields.Date("Date", required=True, readonly=True)
    reason = fields.Text("Reason", required=True, readonly=True)
    changes = fields.One2Many(
        'avec.cycle.amendment.change', 'amendment', "Changes", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cycle')
        cls._order.insert(0, ('date', 'DESC'))

    @classmethod
    def check_modification(
            cls, mode, amendments, values=None, external=False):
        super().check_modification(
            mode, amendments, values=values, external=external)
        if external or mode != 'create':
            for amendment in amendments:
                raise CycleRulesError(gettext(
                        'avec_group.msg_amendment_frozen',
                        amendment=amendment.rec_name))

    def get_rec_name(self, name):
        Lang = Pool().get('ir.lang')
        return f'{self.cycle.rec_name} ({Lang.get().strftime(self.date)})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('cycle.rec_name', *clause[1:])]


class AmendmentChange(ModelSQL, ModelView):
    __name__ = 'avec.cycle.amendment.change'
    __string__ = "Cycle Amendment Change"

    amendment = fields.Many2One(
        'avec.cycle.amendment', "Amendment", required=True, readonly=True,
        ondelete='RESTRICT')
    rule = fields.Selection('get_rules', "Rule", required=True, readonly=True)
    old = fields.Char("Old", readonly=True)
    new = fields.Char("New", readonly=True)
    old_value = fields.Function(fields.Char("Old Value"), 'get_value')
    new_value = fields.Function(fields.Char("New Value"), 'get_value')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('amendment')

    @classmethod
    def get_rules(cls):
        Cycle = Pool().get('avec.cycle')
        definitions = Cycle.fields_get(Cycle.rule_fields())
        return [(n, d['string']) for n, d in definitions.items()]

    @classmethod
    def get_value(cls, changes, names):
        "Return the values as the user reads them"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        definitions = Cycle.fields_get(Cycle.rule_fields())
        labels = {
            n: dict(d['selection']) for n, d in definitions.items()
            if d['type'] == 'selection'}
        values = {n: {} for n in names}
        for change in changes:
            for name in names:
                value = getattr(change, name.removesuffix('_value'))
                values[name][change.id] = labels.get(
                    change.rule, {}).get(value or None, value)
        return values

    @classmethod
    def check_modification(cls, mode, changes, values=None, external=False):
        super().check_modification(
            mode, changes, values=values, external=external)
        if external or mode != 'create':
            for change in changes:
                raise CycleRulesError(gettext(
                        'avec_group.msg_amendment_frozen',
                        amendment=change.amendment.rec_name))


class AmendStart(ModelView):
    __name__ = 'avec.cycle.amend.start'
    __string__ = "Amend Cycle"

    cycle = fields.Many2One('avec.cycle', "Cycle", readonly=True)
    currency = fields.Many2One('currency.currency', "Currency")
    date = fields.Date("Date", required=True)
    reason = fields.Text("Reason", required=True)
    agreed = fields.Boolean(
        "All Members Agreed",
        help="No rule changes in mid-cycle without all the members.")
    meeting_interval = fields.Selection([
            ('weekly', "Weekly"),
            ('fortnightly', "Fortnightly"),
            ('monthly', "Monthly"),
            ], "Meetings", required=True, sort=False)
    share_value = Monetary(
        "Share Value", currency='currency', digits='currency', required=True,
        help="It can only change before the first share is bought.")
    min_shares = fields.Integer("Fewest Shares", required=True)
    max_shares = fields.Integer("Most Shares", required=True)
    social_fund_contribution = Monetary(
        "Social Fund Contribution", currency='currency', digits='currency',
        required=True)
    fine_fund = fields.Selection(
        FUNDS, "Fines Go To", required=True, sort=False)
    fines = fields.One2Many('avec.cycle.fine', None, "Fines")
    quorum = fields.Numeric("Quorum", digits=(16, 4), required=True)
    cash_rounding = Monetary(
        "Smallest Coin", currency='currency', digits='currency',
        required=True)
    exit_on_death = fields.Selection(
        'get_exit_on_death', "On Death", required=True, sort=False)
    social_fund_at_share_out = fields.Selection(
        'get_social_fund_at_share_out', "Social Fund at Share-out",
        required=True, sort=False)
    leftover = fields.Selection('get_leftover', "Leftover", sort=False)

    @classmethod
    def _get_selection(cls, name):
        Cycle = Pool().get('avec.cycle')
        return Cycle.fields_get([name])[name]['selection']

    @classmethod
    def get_exit_on_death(cls):
        return cls._get_selection('exit_on_death')

    @classmethod
    def get_social_fund_at_share_out(cls):
        return cls._get_selection('social_fund_at_share_out')

    @classmethod
    def get_leftover(cls):
        return cls._get_selection('leftover')


class Amend(Wizard):
    __name__ = 'avec.cycle.amend'

    start = StateView(
        'avec.cycle.amend.start', 'avec_group.cycle_amend_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Amend", 'amend', 'tryton-ok', default=True),
            ])
    amend = StateTransition()

    def default_start(self, fields):
        Cycle = Pool().get('avec.cycle')
        cycle = self.record
        values = {
            'cycle': cycle.id,
            'currency': cycle.currency.id,
            'date': Pool().get('ir.date').today(),
            'agreed': False,
            }
        for name in Cycle.rule_fields():
            if name != 'fines':
                values[name] = _default(getattr(cycle, name))
        values['fines'] = [
            {'kind': f.kind, 'amount': f.amount,
                'currency': cycle.currency.id}
            for f in cycle.fines]
        return values

    def transition_amend(self):
        cycle = self.record
        self.check_amend(cycle)
        changes = self._get_changes(cycle)
        if changes:
            self._record(cycle, changes)
            self._apply(cycle, changes)
        return 'end'

    def check_amend(self, cycle):
        if cycle.state != 'running':
            raise CycleRulesError(gettext(
                    'avec_group.msg_amendment_not_running',
                    cycle=cycle.rec_name))
        if not self.start.agreed:
            raise CycleRulesError(gettext(
                    'avec_group.msg_amendment_not_agreed',
                    cycle=cycle.rec_name))
        if (self.start.share_value != cycle.share_value
                and self._has_shares(cycle)):
            raise CycleRulesError(gettext(
                    'avec_group.msg_amendment_share_value',
                    cycle=cycle.rec_name))

    def _has_shares(self, cycle):
        "Return if shares were bought, even on a sheet not yet posted"
        Meeting = Pool().get('avec.meeting')
        return bool(cycle.savings or Meeting.search([
                    ('cycle', '=', cycle.id),
                    ('state', '=', 'held'),
                    ], limit=1))

    def _get_changes(self, cycle):
        "Return {rule: (old text, new text)} of the rules that change"
        Cycle = Pool().get('avec.cycle')
        changes = {}
        for name in Cycle.rule_fields():
            old = self._text(cycle, name)
            new = self._text(self.start, name)
            if old != new:
                changes[name] = (old, new)
        return changes

    def _text(self, record, name):
        value = getattr(record, name, None)
        if name == 'fines':
            return ', '.join(sorted(
                    f'{f.kind} {_plain(f.amount)}' for f in value or []))
        return _plain(value)

    def _record(self, cycle, changes):
        pool = Pool()
        Amendment = pool.get('avec.cycle.amendment')
        Change = pool.get('avec.cycle.amendment.change')
        amendment = Amendment(
            cycle=cycle, date=self.start.date, reason=self.start.reason)
        amendment.changes = [
            Change(rule=r, old=old, new=new)
            for r, (old, new) in changes.items()]
        amendment.save()

    def _apply(self, cycle, changes):
        Fine = Pool().get('avec.cycle.fine')
        if 'fines' in changes:
            Fine.delete(cycle.fines)
            Fine.save([
                    Fine(cycle=cycle, kind=f.kind, amount=f.amount)
                    for f in self.start.fines])
        for name in changes.keys() - {'fines'}:
            setattr(cycle, name, getattr(self.start, name))
        cycle.save()
