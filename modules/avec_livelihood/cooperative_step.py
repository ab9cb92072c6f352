# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, fields,
    sequence_ordered)
from trytond.modules.avec_group.document import format_date
from trytond.modules.company.model import employee_field
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .exceptions import CooperativeStepError, FrozenError
from .mixins import last_day

CHECKS = [
    (None, ""),
    ('members', "Enough Members"),
    ('capital', "Enough Capital"),
    ]
_DONE = {
    'readonly': Eval('state') == 'done',
    }


class StepTemplate(
        DeactivableMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'avec.cooperative.step.template'
    __string__ = "Cooperative Step Template"

    name = fields.Char("Name", required=True, translate=True)
    company = fields.Many2One(
        'company.company', "Company", ondelete='RESTRICT',
        help="Leave empty for the cooperatives of every company.")
    country = fields.Many2One(
        'country.country', "Country", ondelete='RESTRICT',
        help="Leave empty for the cooperatives of every country.")
    required = fields.Boolean(
        "Required",
        help="Check if no cooperative is registered without this step.")
    document_required = fields.Boolean(
        "Document Required",
        help="Check if the step is done only with a reference or an "
        "attachment.")
    check = fields.Selection(
        CHECKS, "Check", sort=False,
        help="What the program checks when the step is done.")

    @classmethod
    def default_required(cls):
        return True

    @classmethod
    def default_document_required(cls):
        return False

    def is_for(self, cooperative):
        "Return if the step is one of the cooperative"
        country = None
        if cooperative.subdivision:
            country = cooperative.subdivision.country
        return (self.company in {None, cooperative.company}
            and self.country in {None, country})

    def get_step(self, cooperative):
        "Return the unsaved step of the cooperative"
        Step = Pool().get('avec.cooperative.step')
        return Step(
            cooperative=cooperative, template=self, sequence=self.sequence,
            required=self.required,
            document_required=self.document_required, check=self.check)


class Step(sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'avec.cooperative.step'
    __string__ = "Cooperative Step"

    cooperative = fields.Many2One(
        'avec.cooperative', "Cooperative", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    template = fields.Many2One(
        'avec.cooperative.step.template', "Template", readonly=True,
        ondelete='RESTRICT')
    name = fields.Char(
        "Name",
        states={
            'required': ~Eval('template'),
            'invisible': Bool(Eval('template')),
            },
        help="The name of a step of this cooperative only.")
    title = fields.Function(fields.Char("Step"), 'on_change_with_title')
    required = fields.Boolean("Required", states=_DONE)
    document_required = fields.Boolean("Document Required", states=_DONE)
    check = fields.Selection(CHECKS, "Check", sort=False, states=_DONE)
    date = fields.Date("Date", states=_DONE, help="When it was done.")
    reference = fields.Char(
        "Reference", states=_DONE,
        help="The number of the document, or where it is kept.")
    note = fields.Text("Note")
    done_by = employee_field("Done By", states=['open', 'done'])
    state = fields.Selection([
            ('open', "Open"),
            ('done', "Done"),
            ], "State", required=True, readonly=True, sort=False)
    company = fields.Function(fields.Many2One(
            'company.company', "Company"), 'on_change_with_company')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('cooperative')
        table = cls.__table__()
        cls._sql_constraints += [
            ('template_unique',
                Unique(table, table.cooperative, table.template),
                'avec_livelihood.msg_step_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.cooperative, Index.Range())))
        cls._buttons.update({
                'do': {
                    'invisible': Eval('state') == 'done',
                    'depends': ['state'],
                    },
                'undo': {
                    'invisible': Eval('state') != 'done',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'open'

    @fields.depends('cooperative', '_parent_cooperative.company')
    def on_change_with_company(self, name=None):
        return self.cooperative.company if self.cooperative else None

    @fields.depends('template', '_parent_template.name', 'name')
    def on_change_with_title(self, name=None):
        return self.template.name if self.template else self.name

    @classmethod
    @ModelView.button
    def do(cls, steps):
        today = last_day()
        documented = cls._documented(steps)
        for step in steps:
            step.date = step.date or today
            if step.date > today:
                raise CooperativeStepError(gettext(
                        'avec_livelihood.msg_step_future',
                        step=step.rec_name, date=format_date(step.date)))
            if (step.document_required and not step.reference
                    and step.id not in documented):
                raise CooperativeStepError(gettext(
                        'avec_livelihood.msg_step_document',
                        step=step.rec_name))
            if step.check:
                getattr(step.cooperative, 'check_' + step.check)()
            step.state = 'done'
            step.done_by = Transaction().context.get('employee')
        cls.save(steps)

    @classmethod
    def _documented(cls, steps):
        "Return the ids of the steps that have an attachment"
        Attachment = Pool().get('ir.attachment')
        return {
            a.resource.id for a in Attachment.search([
                    ('resource', 'in', [str(s) for s in steps]),
                    ])}

    @classmethod
    @ModelView.button
    def undo(cls, steps):
        for step in steps:
            if step.required and step.cooperative.state != 'preparing':
                raise CooperativeStepError(gettext(
                        'avec_livelihood.msg_step_registered',
                        step=step.rec_name,
                        cooperative=step.cooperative.rec_name))
        cls.write(steps, {'state': 'open', 'done_by': None})

    @classmethod
    def check_modification(cls, mode, steps, values=None, external=False):
        super().check_modification(
            mode, steps, values=values, external=external)
        for step in steps:
            if mode == 'delete':
                # A cooperative that is being prepared goes with its steps
                refused = (step.state == 'done'
                    and step.cooperative.state != 'preparing')
            elif not external:
                refused = False
            elif mode == 'create':
                refused = step.state == 'done'
            else:
                refused = {'state', 'done_by'} & set(values) or (
                    step.state == 'done' and set(values) - {'note'})
            if refused:
                raise FrozenError(gettext(
                        'avec_livelihood.msg_step_frozen',
                        step=step.rec_name))

    @classmethod
    def copy(cls, steps, default=None):
        default = default.copy() if default is not None else {}
        for name in ['date', 'reference', 'note', 'done_by']:
            default.setdefault(name, None)
        default.setdefault('state', 'open')
        return super().copy(steps, default=default)

    def get_rec_name(self, name):
        return self.title

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('name', operator, operand, *extra),
            ('template.name', operator, operand, *extra),
            ]
