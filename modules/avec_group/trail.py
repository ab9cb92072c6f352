# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who did what and when with a record, for those who audit"
from trytond.i18n import gettext
from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval, Id
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

# The groups of users who read logs and history, by module and id
_READERS = [
    ('avec_group', 'group_auditor'),
    ('account', 'group_account'),
    ]
_GROUPS = Eval('context', {}).get('groups', [])


def may_read():
    "Return if the user may read what others did"
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    # Whatever is checked, as it is not while a Function field is read
    return Transaction().user == 0 or bool(
        {ModelData.get_id(m, i) for m, i in _READERS}
        & set(User.get_groups()))


class TrailMixin:
    "A record with a tab of what was done with it and its lines"
    __slots__ = ()

    trail = fields.Function(fields.Many2Many(
            'ir.model.log', None, None, "Trail",
            states={
                'invisible': ~(
                    Id(*_READERS[0]).in_(_GROUPS)
                    | Id(*_READERS[1]).in_(_GROUPS)),
                },
            help="Who changed or clicked on what, and when."),
        'get_trail')

    @classmethod
    def trail_lines(cls):
        "Return the names of the One2Many whose records are in the trail"
        return []

    @classmethod
    def get_trail(cls, records, name):
        Log = Pool().get('ir.model.log')
        result = {r.id: [] for r in records}
        if not may_read():
            return result
        owners = cls._trail_owners(records)
        table = Log.__table__()
        cursor = Transaction().connection.cursor()
        found = []
        for sub_owners in grouped_slice(list(owners)):
            cursor.execute(*table.select(
                    table.id, table.resource,
                    where=fields.SQL_OPERATORS['in'](
                        table.resource, list(sub_owners))))
            found.extend(cursor.fetchall())
        for log, resource in sorted(found, reverse=True):
            result[owners[resource]].append(log)
        return result

    @classmethod
    def _trail_owners(cls, records):
        "Return {record or line as text: id of the record}"
        owners = {str(r): r.id for r in records}
        ids = [r.id for r in records]
        cursor = Transaction().connection.cursor()
        for name in cls.trail_lines():
            field = cls._fields[name]
            Line = field.get_target()
            table = Line.__table__()
            column = getattr(table, field.field)
            cursor.execute(*table.select(
                    table.id, column,
                    where=fields.SQL_OPERATORS['in'](column, ids)))
            for id_, owner in cursor.fetchall():
                owners[f'{Line.__name__},{id_}'] = owner
        return owners


class HistoryMixin(TrailMixin):
    """A record whose former values are kept

    Only who audits reads them, and only of the records that he or she reads
    today."""
    __slots__ = ()
    _history = True

    @classmethod
    def check_history(cls):
        if Transaction().check_access and not may_read():
            raise AccessError(gettext(
                    'avec_group.msg_history_access', **cls.__names__()))

    @classmethod
    def history_revisions(cls, ids):
        cls.check_history()
        with Transaction().set_context(_datetime=None):
            cls.read(list(ids), ['id'])
        return super().history_revisions(ids)

    @classmethod
    def read(cls, ids, fields_names):
        if Transaction().context.get('_datetime'):
            cls.check_history()
        return super().read(ids, fields_names)

    @classmethod
    def search(cls, domain, *args, **kwargs):
        if Transaction().context.get('_datetime'):
            cls.check_history()
        return super().search(domain, *args, **kwargs)
