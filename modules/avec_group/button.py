# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool
from trytond.transaction import Transaction


class OwnButtonsMixin:
    """The buttons of savings groups that a user may not press are not shown

    Tryton shows them dead."""
    __slots__ = ()

    @classmethod
    def parse_view(cls, tree, type, *args, **kwargs):
        for name in cls._get_buttons_of_others():
            for i, element in enumerate(
                    tree.xpath(f'//button[@name="{name}"]')):
                if type == 'form':
                    # It keeps its place in the grid
                    colspan = element.get('colspan')
                    element.tag = 'label'
                    element.attrib.clear()
                    element.set('id', f'hidden {name}-{i}')
                    if colspan:
                        element.set('colspan', colspan)
                else:
                    element.getparent().remove(element)
        return super().parse_view(tree, type, *args, **kwargs)

    @classmethod
    def _get_buttons_of_others(cls):
        "Return the names of the buttons of which the user has no role"
        if not cls.__name__.startswith('avec.') or not Transaction().user:
            return []
        pool = Pool()
        Button = pool.get('ir.model.button')
        User = pool.get('res.user')
        groups = set(User.get_groups())
        return [
            name for name in cls._buttons
            if (of := Button.get_groups(cls.__name__, name))
            and not of & groups]
