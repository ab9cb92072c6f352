# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a field officer reaches through records

Tryton applies the rules of the model that is searched, and none on those that
a dotted name of the domain passes through: a record that is read would tell,
by being found or not, what is written on records that are not.  Nor does it
look at what a record is made to name, by which it would be read, nor at the
rules of what is exported, where they pass through other records."""
from collections import defaultdict

from trytond.model import ModelView, fields
from trytond.model.modelstorage import is_leaf
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access, without_check_access

__all__ = ['FollowedFormMixin', 'FollowedMixin', 'READABLE']

# In the context, the name under which only what may be read is found, even
# where access is not checked, as by the attributes of records
READABLE = '_avec_readable'
_BOOKS = ('account.', 'avec.')
_AUTHORS = {'create_uid', 'write_uid'}


class FollowedMixin:
    "Searched through, and naming, only what a field officer may read"
    __slots__ = ()

    @classmethod
    def search(cls, domain, *args, **kwargs):
        if domain and _restricted():
            domain = _guard(cls, domain)
        if Transaction().context.get(READABLE):
            domain = [domain, _readable(cls)]
        return super().search(domain, *args, **kwargs)

    @classmethod
    def search_count(cls, domain, *args, **kwargs):
        if domain and _restricted():
            domain = _guard(cls, domain)
        return super().search_count(domain, *args, **kwargs)

    @classmethod
    def _before_create(cls, vlist):
        if _restricted():
            _check_named(cls, vlist)
        return super()._before_create(vlist)

    @classmethod
    def copy(cls, records, default=None):
        transaction = Transaction()
        if (transaction.user and transaction.check_access
                and cls.__name__.startswith(_BOOKS)):
            # What is copied is read without access, and shows in the copy
            cls.read([r.id for r in records], ['id'])
        return super().copy(records, default=default)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        if external and mode != 'create' and cls.__name__.startswith(_BOOKS):
            # Why a record is frozen is told to who may read it only
            with check_access():
                Pool().get('ir.rule').check(
                    cls.__name__, [r.id for r in records], mode='read')
        super().check_modification(
            mode, records, values=values, external=external)

    # Not write itself: what has its own is taken for what can be written
    @classmethod
    def _before_write(cls, *args):
        if _restricted():
            _check_named(cls, args[1::2])
        return super()._before_write(*args)

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        transaction = Transaction()
        if transaction.user and transaction.check_access:
            cls.read([r.id for r in records], ['id'])
            if _restricted():
                with transaction.set_context({READABLE: True}):
                    records = cls.browse([r.id for r in records])
        return super().export_data(records, fields_names, header=header)


class FollowedFormMixin:
    "Of what a user fills in, tell nothing that may not be read"
    __slots__ = ()

    def on_change(self, fieldnames):
        _check_form(self)
        return super().on_change(fieldnames)

    def on_change_with(self, fieldnames):
        _check_form(self)
        return super().on_change_with(fieldnames)

    def on_change_notify(self):
        _check_form(self)
        return super().on_change_notify()


def _restricted():
    "Return if the user asks, and follows groups without a role of the office"
    transaction = Transaction()
    return (transaction.user and transaction.check_access
        and Pool().get('ir.rule').only_followed())


def _readable(Model):
    "Return the domain of what the user may read of the model"
    pool = Pool()
    Rule = pool.get('ir.rule')
    with check_access():
        domain = [Rule.domain_get(Model.__name__, mode='read')]
        if not issubclass(Model, ModelView):
            # What only ties records is read as they are
            for name, field in Model._fields.items():
                if name in _AUTHORS or field._type != 'many2one':
                    continue
                if rules := Rule.domain_get(
                        field.get_target().__name__, mode='read'):
                    domain.append(
                        ['OR', (name, '=', None), (name, 'where', rules)])
    return domain


def _check_named(Model, vlist):
    "Check that the records named by the values may be read"
    named = defaultdict(set)
    for values in vlist:
        for name, value in values.items():
            if name in Model.__access__:
                # The rules of what it is a part of are its own
                continue
            field = Model._fields.get(name)
            if value is not None and getattr(field, '_type', '') == 'many2one':
                named[field.get_target().__name__].add(int(value))
    _check_readable(named)


def _check_form(record):
    "Check that the records named by a form that is filled in may be read"
    transaction = Transaction()
    if (not record._values
            or not transaction.user or not transaction.check_access):
        return
    restricted = _restricted()
    named = defaultdict(set)
    for name, value in record._values._items():
        field = record._fields.get(name)
        if (getattr(field, '_type', '') == 'many2one'
                and value is not None and value.id is not None
                and value.id >= 0
                # Others than field officers are apart by company only
                and (restricted or value.__name__.startswith(_BOOKS))):
            named[value.__name__].add(value.id)
    _check_readable(named)


def _check_readable(named):
    Rule = Pool().get('ir.rule')
    for model, ids in named.items():
        Rule.check(model, list(ids), mode='read')


def _guard(Model, domain, check=True):
    if is_leaf(domain):
        return _guard_leaf(Model, domain, check)
    return [
        d if isinstance(d, str) else _guard(Model, d, check) for d in domain]


def _guard_leaf(Model, clause, check):
    name, operator, value, *extra = clause
    name, _, tail = name.partition('.')
    field = Model._fields[name]
    if (isinstance(field, fields.Function) and field.searcher
            and not hasattr(Model, 'domain_' + name)):
        # What the field stands for is not of the making of the user
        with without_check_access():
            domain = getattr(Model, field.searcher)(name, tuple(clause))
        if isinstance(domain, (list, tuple)):
            return _guard(Model, domain, check=False)
        return clause
    if field._type == 'reference':
        return _guard_reference(name, tail, operator, value, extra) or clause
    if not hasattr(field, 'get_target'):
        return clause
    if operator.endswith('where'):
        return (name, operator, _through(field, value, check))
    if not tail:
        return clause
    inner = (tail, operator, value, *extra)
    guarded = _through(field, [inner], check)
    if guarded == [inner]:
        return clause
    result = (name, 'where', guarded)
    if _negative(operator, value):
        # Nothing differs, as Tryton has it
        result = ['OR', result, (name, '=', None)]
    return result


def _guard_reference(name, tail, operator, value, extra):
    if not tail or not extra:
        return
    target, *extra = extra
    # By the search of the model itself, which is guarded
    query = Pool().get(target).search(
        [(tail, operator, value, *extra)], order=[], query=True)
    return (name + '.id', 'in', query, target)


def _through(field, domain, check):
    "Return the domain on the target of the field with its rules"
    Access = Pool().get('ir.model.access')
    Target = field.get_target()
    if check:
        Access.check(Target.__name__, 'read')
    guarded = _guard(Target, domain, check)
    rules = _rules(field, Target)
    return [guarded, rules] if rules else guarded


def _rules(field, Target):
    "Return the rules of what is reached from records that may be read"
    Rule = Pool().get('ir.rule')
    if getattr(field, 'field', None) in Target.__access__:
        # What a record has is as readable as the record, unless told apart
        _, rules = Rule.get(Target.__name__, mode='read')
        return [
            d for group, d in rules.items() if group.model == Target.__name__]
    return Rule.domain_get(Target.__name__, mode='read')


def _negative(operator, value):
    if operator == '!=':
        return value is not None
    return operator.startswith('not') and not (
        operator == 'not in' and None in value)
