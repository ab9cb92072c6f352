# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard


@dataclass(frozen=True)
class Step:
    """A button that another person clicks on

    other: the button before it, whose user is another, creator: if who
    created the record is another too.
    """
    model: str
    button: str
    other: str = None
    creator: bool = False


class FourEyesStart(ModelView):
    __name__ = 'avec.four_eyes.start'
    __string__ = "Four Eyes"

    company = fields.Many2One('company.company', "Company", required=True)
    meeting_post = fields.Boolean(
        "Post Meetings", help="Another than who held the sheet.")
    exit_post = fields.Boolean(
        "Post Exits", help="Another than who made or computed the exit.")
    share_out_post = fields.Boolean(
        "Post Share-outs", help="Another than who computed the share-out.")
    share_out_pay = fields.Boolean(
        "Pay Share-outs", help="Another than who posted the share-out.")
    opening_post = fields.Boolean(
        "Post Opening Balances", help="Another than who typed it.")

    @classmethod
    def steps(cls):
        "Return the steps that can ask for two persons, {field: Step}"
        return {
            'meeting_post': Step('avec.meeting', 'post', 'hold'),
            'exit_post': Step(
                'avec.membership.exit', 'post', 'compute', creator=True),
            'share_out_post': Step('avec.share_out', 'post', 'compute'),
            'share_out_pay': Step('avec.share_out', 'pay', 'post'),
            'opening_post': Step('avec.opening', 'post', creator=True),
            }

    @fields.depends('company')
    def on_change_company(self):
        for name, asked in self.read_steps(self.company).items():
            setattr(self, name, asked)

    @classmethod
    def read_steps(cls, company):
        "Return which steps ask for two persons, {field: bool}"
        return {
            name: bool(company and cls._find(step.model, step.button, company))
            for name, step in cls.steps().items()}

    def apply(self):
        "Set the rules of the buttons as they are ticked"
        Rule = Pool().get('ir.model.button.rule')
        steps = self.steps()
        asked = {n for n in steps if getattr(self, n, None)}
        # Who clicked is only kept of a button that has a rule
        kept = {
            (s.model, s.other) for n, s in steps.items()
            if n in asked and s.other}
        ruled = {(steps[n].model, steps[n].button): steps[n] for n in asked}
        to_save, to_delete = [], []
        for model, button in {
                *((s.model, s.button) for s in steps.values()),
                *((s.model, s.other) for s in steps.values() if s.other)}:
            rules = self._find(model, button, self.company, all_=True)
            step = ruled.get((model, button))
            if step or (model, button) in kept:
                rule, = rules or [Rule()]
                self._set(rule, model, button, step)
                to_save.append(rule)
            else:
                to_delete.extend(rules)
        with Transaction().set_context(_log=True):
            Rule.delete(to_delete)
            Rule.save(to_save)

    def _set(self, rule, model, button, step):
        rule.button = self._button(model, button)
        rule.number_user = 1
        rule.avec_company = self.company
        rule.condition = rule.avec_condition(self.company)
        rule.description = gettext(
            'avec_group.msg_four_eyes_rule' if step
            else 'avec_group.msg_four_eyes_keep')
        rule.avec_other = (
            self._button(model, step.other) if step and step.other else None)
        rule.avec_creator = bool(step and step.creator)

    @classmethod
    def _button(cls, model, name):
        Button = Pool().get('ir.model.button')
        button, = Button.search([
                ('model', '=', model),
                ('name', '=', name),
                ])
        return button

    @classmethod
    def _find(cls, model, button, company, all_=False):
        "Return the rule of the company, all if it only keeps who clicks"
        Rule = Pool().get('ir.model.button.rule')
        domain = [
            ('button.model', '=', model),
            ('button.name', '=', button),
            ('avec_company', '=', company.id),
            ]
        if not all_:
            domain.append(['OR',
                    ('avec_other', '!=', None),
                    ('avec_creator', '=', True),
                    ])
        return Rule.search(domain)


class FourEyes(Wizard):
    __name__ = 'avec.four_eyes'

    start = StateView(
        'avec.four_eyes.start', 'avec_group.four_eyes_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Apply", 'apply', 'tryton-ok', default=True),
            ])
    apply = StateTransition()

    def default_start(self, fields):
        pool = Pool()
        Company = pool.get('company.company')
        Start = pool.get('avec.four_eyes.start')
        company_id = Transaction().context.get('company')
        if company_id is None or company_id < 0:
            return {}
        company = Company(company_id)
        return {'company': company.id, **Start.read_steps(company)}

    def transition_apply(self):
        Company = Pool().get('company.company')
        with check_access():
            # Only the offices that the user works in
            Company.read([self.start.company.id], ['id'])
        self.start.apply()
        return 'end'
