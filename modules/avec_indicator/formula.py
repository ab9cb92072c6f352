# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an indicator is computed from

A formula gives the facts: one query over the whole office whose rows name the
record, the person and the group that each figure stands on.  All the rest, by
what facts are cut and how they are added up, is common to all formulas."""
import datetime as dt
from dataclasses import dataclass
from typing import Callable, Optional

from sql import Cast, Null
from sql.conditionals import Case

__all__ = [
    'UNITS', 'Formula', 'Scope', 'by_then', 'flag', 'number', 'on_day',
    'within']

AGGREGATES = {'count', 'sum', 'ratio', 'mean', 'median'}
UNITS = [
    ('count', "Number"),
    ('persons', "Persons"),
    ('money', "Money"),
    ('percent', "Percent"),
    ('hours', "Hours"),
    ('points', "Percentage Points"),
    ]


@dataclass(frozen=True)
class Scope:
    """What the facts are asked for

    start: the first day of the period, by default everything before counts.
    argument: the slice of the formula, such as a phase."""
    company: int
    date: dt.date
    start: Optional[dt.date] = None
    argument: Optional[str] = None


@dataclass(frozen=True)
class Formula:
    """How an indicator is computed

    model: the model of the records that are counted.
    facts: function(scope) that returns the query of the columns record,
        person, group, numerator and denominator, where needed also
        subdivision (otherwise that of the group), detail and unit.
        Rows without group are those of the company of the scope.
    aggregate: count of different records, sum of the numerators, ratio of the
        sums of numerators and denominators, mean or median of the numerators.
    once: the numerator counts once for each different unit of a cell, by
        default for each record; otherwise each record has one row only.
    detail: the model of what the facts are also cut by.
    arguments: function that returns the slices, [(argument, name), ...].
    period: only what happened in the period counts; otherwise the formula
        tells how things stand on the last day.
    version: changes with what the figure means, snapshots keep it."""
    model: str
    facts: Callable
    aggregate: str = 'count'
    unit: str = 'count'
    direction: str = 'up'
    once: bool = False
    detail: Optional[str] = None
    arguments: Optional[Callable] = None
    period: bool = False
    version: int = 1

    def __post_init__(self):
        if self.aggregate not in AGGREGATES:
            raise ValueError(f"unknown aggregate {self.aggregate}")
        if self.unit not in dict(UNITS):
            raise ValueError(f"unknown unit {self.unit}")

    @property
    def is_fraction(self):
        return self.aggregate == 'ratio'


def number(column):
    "Return the decimal to calculate with, which SQLite stores as bytes"
    return Cast(column, 'NUMERIC')


def flag(condition):
    "Return 1 where the condition is true and 0 elsewhere"
    return Case((condition, 1), else_=0)


def by_then(column, date):
    return (column != Null) & (column <= date)


def within(column, scope):
    "Return if the day lies in the period of the scope"
    condition = by_then(column, scope.date)
    if scope.start:
        condition &= column >= scope.start
    return condition


def on_day(table, date):
    "Return if what starts and ends lasts at the end of the day"
    return ((table.start_date <= date)
        & ((table.end_date == Null) | (table.end_date > date)))
