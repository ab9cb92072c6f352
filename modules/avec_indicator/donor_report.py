# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Workflow, fields
from trytond.modules.avec_group.trail import TrailMixin
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import FrozenError, ReportError

_STATES = {
    'readonly': Eval('state') != 'draft',
    }
TEXTS = [
    'summary', 'context', 'progress', 'difficulties', 'lessons', 'next_steps']


class DonorReport(TrailMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'avec.indicator.report'
    __string__ = "Donor Report"

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_STATES)
    title = fields.Char("Title", required=True, states=_STATES)
    programme = fields.Many2One(
        'avec.programme', "Programme", required=True, ondelete='RESTRICT',
        states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    donor = fields.Function(fields.Many2One(
            'party.party', "Donor",
            context={
                'company': Eval('company', -1),
                },
            depends={'company'}), 'on_change_with_donor')
    snapshot = fields.Many2One(
        'avec.indicator.snapshot', "Snapshot", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('programme', '=', Eval('programme', -1)),
            ('state', '!=', 'draft'),
            ],
        states={
            'required': Eval('state') == 'sent',
            'readonly': Eval('state') != 'draft',
            },
        help="The figures that the report prints.")
    start_date = fields.Function(
        fields.Date("From"), 'get_period', searcher='search_period')
    end_date = fields.Function(
        fields.Date("To"), 'get_period', searcher='search_period')
    summary = fields.Text("Summary", states=_STATES)
    context = fields.Text(
        "Context", states=_STATES,
        help="Where the programme works and what changed there.")
    progress = fields.Text(
        "Activities of the Period", states=_STATES,
        help="What was done.")
    difficulties = fields.Text("Difficulties", states=_STATES)
    lessons = fields.Text("Lessons Learnt", states=_STATES)
    next_steps = fields.Text("Next Steps", states=_STATES)
    sent_date = fields.Date("Sent on", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('sent', "Sent"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('snapshot.end_date', 'DESC'),
            ('id', 'DESC'),
            ]
        cls._transitions |= {
            ('draft', 'sent'),
            }
        cls._buttons.update({
                'send': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'

    @fields.depends('programme', '_parent_programme.donor')
    def on_change_with_donor(self, name=None):
        return self.programme.donor if self.programme else None

    @fields.depends('programme', 'company', 'snapshot', 'title')
    def on_change_programme(self):
        Snapshot = Pool().get('avec.indicator.snapshot')
        if not self.programme:
            self.snapshot = None
            return
        if not self.title:
            self.title = self.programme.name
        if not self.snapshot or self.snapshot.programme != self.programme:
            snapshots = Snapshot.search([
                    ('programme', '=', self.programme.id),
                    ('state', '=', 'stored'),
                    ], order=[('end_date', 'DESC')], limit=1)
            self.snapshot = snapshots[0] if snapshots else None

    def get_period(self, name):
        return getattr(self.snapshot, name) if self.snapshot else None

    @classmethod
    def search_period(cls, name, clause):
        return [('snapshot.' + clause[0], *clause[1:])]

    @classmethod
    @ModelView.button
    @Workflow.transition('sent')
    def send(cls, reports):
        today = Pool().get('ir.date').today()
        for report in reports:
            if not report.snapshot:
                raise ReportError(gettext(
                        'avec_indicator.msg_report_snapshot',
                        report=report.rec_name))
        cls.write([r for r in reports if not r.sent_date], {
                'sent_date': today,
                })

    @classmethod
    def check_modification(cls, mode, reports, values=None, external=False):
        super().check_modification(
            mode, reports, values=values, external=external)
        if mode == 'create' or not external:
            return
        for report in reports:
            if report.state == 'sent':
                raise FrozenError(gettext(
                        'avec_indicator.msg_report_frozen',
                        report=report.rec_name))

    @classmethod
    def copy(cls, reports, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'draft')
        default.setdefault('sent_date', None)
        return super().copy(reports, default=default)

    def get_rec_name(self, name):
        if self.snapshot:
            return f'{self.title} ({self.snapshot.rec_name})'
        return self.title

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('title', operator, operand, *extra),
            ('programme.rec_name', operator, operand, *extra),
            ]
