# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from proteus import Model, Wizard

__all__ = ['activate_syscohada', 'states']


def activate_syscohada(config=None):
    "Activate the chart of OHADA, which comes in the languages that are used"
    Lang = Model.get('ir.lang', config=config)
    Module = Model.get('ir.module', config=config)
    french, = Lang.find([('code', '=', 'fr')])
    french.click('load_translations')
    module, = Module.find([('name', '=', 'account_syscohada')])
    module.click('activate')
    Wizard('ir.module.activate_upgrade', config=config).execute('upgrade')


def states(items):
    "Return how many items are in each state, {state: number}"
    result = {}
    for item in items:
        result[item.state] = result.get(item.state, 0) + 1
    return result
