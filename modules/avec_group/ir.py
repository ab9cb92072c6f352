# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, PYSONEncoder
from trytond.transaction import (
    Transaction, inactive_records, without_check_access)

from .exceptions import FourEyesError

# Where who clicked on a button is written on the record
_SIGNATURES = {
    'hold': 'held_by',
    'compute': 'computed_by',
    'post': 'posted_by',
    }


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def domain_get(cls, model_name, mode='read'):
        # Who reads the past has the rights of today
        transaction = Transaction()
        if not transaction.context.get('_datetime'):
            return super().domain_get(model_name, mode=mode)
        Model = Pool().get(model_name)
        with transaction.set_context(_datetime=None):
            domain = super().domain_get(model_name, mode=mode)
            if not domain:
                return domain
            with transaction.set_user(0, set_context=True), \
                    inactive_records():
                records = Model.search(domain, order=[], query=True)
        return [('id', 'in', records)]

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.domain.help += (
            '\n- "employees" as list of ids from the current user'
            '\n- "only_followed" as boolean, true for a field officer who '
            'has no role of the office')

    @classmethod
    def _get_cache_key(cls, model_names):
        User = Pool().get('res.user')
        key = super()._get_cache_key(model_names)
        return (*key, User.get_employees())

    @classmethod
    def _get_context(cls, model_name):
        User = Pool().get('res.user')
        context = super()._get_context(model_name)
        context['employees'] = User.get_employees()
        context['only_followed'] = cls.only_followed()
        return context

    @classmethod
    def only_followed(cls):
        "Return if the user reaches the groups followed and no other"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        field_officer, *office = [
            ModelData.get_id('avec_group', 'group_' + role)
            for role in [
                'field_officer', 'finance', 'programme', 'auditor', 'admin']]
        groups = set(User.get_groups())
        return field_officer in groups and not groups & set(office)


class ActionGroupsMixin:
    "An action of another name does not stand for the one that is executed"
    __slots__ = ()

    @classmethod
    @without_check_access
    def get_groups(cls, name, action_id=None):
        # An action that the user does not see has its groups all the same
        groups = super().get_groups(name, action_id=action_id)
        if action_id and not groups:
            # It is the client that names the action: one of something else
            # must not leave this one open to all
            groups = super().get_groups(name)
        return groups


class OwnActionMixin:
    """A report is executed by an action of its own

    The one that the client names tells of what model the records are, and
    with it whose rules they are read by."""
    __slots__ = ()

    @classmethod
    def check_access(cls, action, model, ids):
        if action.report_name != cls.__name__:
            raise AccessError(gettext(
                    'ir.msg_access_report_error', report=cls.__name__))
        super().check_access(action, model, ids)


class ActionReport(ActionGroupsMixin, metaclass=PoolMeta):
    __name__ = 'ir.action.report'


class ActionWizard(ActionGroupsMixin, metaclass=PoolMeta):
    __name__ = 'ir.action.wizard'


class ModelAccess(metaclass=PoolMeta):
    __name__ = 'ir.model.access'

    @classmethod
    def get_access(cls, models):
        access = super().get_access(models)
        if Transaction().context.get('_rest'):
            access = {m: cls._get_rest_access(m, a) for m, a in access.items()}
        return access

    @classmethod
    def _get_rest_access(cls, name, access):
        """Return what REST does with the model

        It reaches models without a screen, of which nobody said who may: they
        follow the records that they relate."""
        Model = Pool().get(name)
        if issubclass(Model, ModelView) or Model.__access__:
            return access
        with without_check_access():
            if cls.search([('model', '=', name)], limit=1):
                return access
        targets = {
            f.get_target().__name__ for n, f in Model._fields.items()
            if isinstance(f, fields.Many2One)
            and n not in {'create_uid', 'write_uid'}}
        related = super().get_access(list(targets)).values()
        readable = all(a['read'] for a in related)
        writable = any(a['write'] for a in related)
        return {
            mode: allowed and (readable if mode == 'read' else writable)
            for mode, allowed in access.items()}


class ButtonRule(metaclass=PoolMeta):
    __name__ = 'ir.model.button.rule'

    avec_company = fields.Many2One(
        'company.company', "Company", readonly=True, ondelete='CASCADE',
        help="The office that asks for two persons.")
    avec_other = fields.Many2One(
        'ir.model.button', "Not the User Of", ondelete='CASCADE',
        domain=[
            ('id', '!=', Eval('button', -1)),
            ],
        help="Who clicked last on that button may not click on this one.")
    avec_creator = fields.Boolean(
        "Not the Creator",
        help="Who created the record may not click on the button.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('avec_company_unique',
                Unique(table, table.button, table.avec_company),
                'avec_group.msg_four_eyes_once'),
            ]

    @classmethod
    def avec_condition(cls, company):
        "Return the condition of a rule of the company"
        return PYSONEncoder().encode(
            Eval('self', {}).get('company', -1) == company.id)

    def test(self, record, clicks):
        passed = super().test(record, clicks)
        if ((self.avec_other or self.avec_creator)
                and record.company == self.avec_company):
            self.avec_check(record)
        return passed

    @without_check_access
    def avec_check(self, record):
        "Check that the user did not do the step that comes before"
        user = Transaction().user
        step = None
        if self.avec_other and user in self._avec_users(record):
            step = self.avec_other.string or self.avec_other.name
        elif (self.avec_creator and record.create_uid
                and record.create_uid.id == user):
            step = gettext('avec_group.msg_four_eyes_create')
        if step:
            raise FourEyesError(gettext(
                    'avec_group.msg_four_eyes',
                    button=self.button.string or self.button.name,
                    record=record.rec_name, step=step,
                    company=self.avec_company.rec_name))

    def _avec_users(self, record):
        "Return the ids of the users who did the step before"
        pool = Pool()
        Click = pool.get('ir.model.button.click')
        User = pool.get('res.user')
        users = set()
        for click in Click.search([
                    ('button', '=', self.avec_other.id),
                    ('record_id', '=', record.id),
                    ], order=[('id', 'DESC')], limit=1):
            users.add(click.user.id)
        # Who did it before the rule was there has signed only
        signature = _SIGNATURES.get(self.avec_other.name)
        if employee := getattr(record, signature or '', None):
            users.update(u.id for u in User.search([
                        ('employees', '=', employee.id),
                        ]))
        return users
