# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Expressions that both databases understand"
from sql import Cast, Literal, Null
from sql.functions import CharLength, Function, Round, Substring, Trim
from sql.operators import Concat

from trytond import backend
from trytond.pool import Pool
from trytond.transaction import Transaction

# SQLite adds with floats
_PRECISION = 4
_DIGITS = '0123456789'


class _JulianDay(Function):
    __slots__ = ()
    _function = 'JULIANDAY'


class _Date(Function):
    __slots__ = ()
    _function = 'DATE'


def context_company():
    "Return the company of the context if the user has access to it, else -1"
    User = Pool().get('res.user')
    transaction = Transaction()
    company = transaction.context.get('company')
    if company is None or company < 0:
        return -1
    if transaction.check_access and company not in User.get_companies():
        return -1
    return company


def context_date():
    "Return the day that the context asks for"
    return (Transaction().context.get('avec_date')
        or Pool().get('ir.date').today())


def days_between(start, end):
    "Return the expression of the days from a date to a date or a time"
    if backend.name == 'sqlite':
        return Cast(_JulianDay(_Date(end)) - _JulianDay(start), 'INTEGER')
    return Cast(end, 'DATE') - start


def amount(expression):
    """Return the amount as it can be compared, without what floats add

    SQLite stores decimals as bytes, which are above any number.
    """
    type_ = 'REAL' if backend.name == 'sqlite' else 'NUMERIC'
    return Round(Cast(expression, type_), _PRECISION)


def reference(model, id_):
    "Return the expression of the reference to the record"
    return Concat(Literal(model + ','), Cast(id_, 'VARCHAR'))


def split_number(column):
    "Return the expressions of what stands before the number and of it"
    prefix = Trim(column, 'TRAILING', _DIGITS)
    return prefix, Substring(column, CharLength(prefix) + 1)


def null(type_):
    return Cast(Null, type_)
