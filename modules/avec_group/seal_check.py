# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard


class CheckResult(ModelView):
    __name__ = 'avec.seal.check.result'
    __string__ = "Check Seals"

    groups = fields.One2Many(
        'avec.seal.check.group', None, "Groups", readonly=True)
    checked = fields.Integer("Seals Checked", readonly=True)
    broken = fields.Integer(
        "Groups Broken", readonly=True,
        help="The groups whose books are not what was posted.")


class CheckGroup(ModelView):
    __name__ = 'avec.seal.check.group'
    __string__ = "Seals of a Group"

    group = fields.Many2One('avec.group', "Group", readonly=True)
    checked = fields.Integer("Seals Checked", readonly=True)
    afterwards = fields.Integer(
        "Sealed Afterwards", readonly=True,
        help="What happened before there were seals.")
    last = fields.Char(
        "Last Seal", readonly=True,
        help="Its number and the beginning of its digest, to compare with "
        "the papers of the group.")
    breaks = fields.Integer("Breaks", readonly=True)
    first_break = fields.Char("First Break", readonly=True)
    messages = fields.Text("All Breaks", readonly=True)


class CheckSeals(Wizard):
    __name__ = 'avec.seal.check'

    start = StateTransition()
    result = StateView(
        'avec.seal.check.result', 'avec_group.seal_check_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def transition_start(self):
        return 'result'

    def default_result(self, fields):
        Seal = Pool().get('avec.seal')
        checks = Seal.verify(self._groups())
        return {
            'checked': sum(c.checked for c in checks.values()),
            'broken': sum(1 for c in checks.values() if c.breaks),
            'groups': [
                self._result(g, c) for g, c in sorted(
                    checks.items(),
                    # What is broken comes first
                    key=lambda i: (not i[1].breaks, i[0].rec_name))],
            }

    def _groups(self):
        "Return the groups chosen, or all that the user sees"
        Group = Pool().get('avec.group')
        if self.model == Group:
            return self.records
        with check_access():
            return Group.search([])

    def _result(self, group, check):
        messages = [b.message for b in check.breaks]
        return {
            'group': group.id,
            'group.': {'rec_name': group.rec_name},
            'checked': check.checked,
            'afterwards': check.afterwards,
            'last': check.last,
            'breaks': len(messages),
            'first_break': messages[0] if messages else None,
            'messages': '\n'.join(messages),
            }


class SealExistingStart(ModelView):
    __name__ = 'avec.seal.existing.start'
    __string__ = "Seal What Was Posted"

    company = fields.Many2One('company.company', "Company", required=True)


class SealExistingDone(ModelView):
    __name__ = 'avec.seal.existing.done'
    __string__ = "Seal What Was Posted"

    result = fields.Text("Result", readonly=True)


class SealExisting(Wizard):
    __name__ = 'avec.seal.existing'

    start = StateView(
        'avec.seal.existing.start',
        'avec_group.seal_existing_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Seal", 'seal', 'tryton-ok', default=True),
            ])
    seal = StateTransition()
    done = StateView(
        'avec.seal.existing.done',
        'avec_group.seal_existing_done_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        return {'company': Transaction().context.get('company')}

    def transition_seal(self):
        pool = Pool()
        Group = pool.get('avec.group')
        Seal = pool.get('avec.seal')
        with check_access():
            groups = Group.search([('company', '=', self.start.company.id)])
        self.done.result = gettext(
            'avec_group.msg_seal_existing_done',
            company=self.start.company.rec_name,
            count=Seal.seal_existing(groups), groups=len(groups))
        return 'done'

    def default_done(self, fields):
        return {'result': self.done.result}
