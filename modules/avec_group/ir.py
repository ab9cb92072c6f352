# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.domain.help += (
            '\n- "employees" as list of ids from the current user')

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
        return context


class ActionGroupsMixin:
    "An action of another name does not stand for the one that is executed"
    __slots__ = ()

    @classmethod
    def get_groups(cls, name, action_id=None):
        groups = super().get_groups(name, action_id=action_id)
        if action_id and not groups:
            # It is the client that names the action: one of something else
            # must not leave this one open to all
            groups = super().get_groups(name)
        return groups


class ActionReport(ActionGroupsMixin, metaclass=PoolMeta):
    __name__ = 'ir.action.report'


class ActionWizard(ActionGroupsMixin, metaclass=PoolMeta):
    __name__ = 'ir.action.wizard'
