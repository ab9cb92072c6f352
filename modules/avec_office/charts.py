# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which accounts of a chart the groups are booked on (standard library only)

Each chart has a file mapping_*.csv with a line for each setting: the code of
the account and, where the chart has no account of that nature, what to make
below which other one."""
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

__all__ = ['CHARTS', 'Chart', 'Proposal', 'by_template', 'proposals']


@dataclass(frozen=True)
class Chart:
    "A chart of accounts that comes with a module"
    # The XML id of its root template
    template: str
    mapping: str
    # The language of its names
    language: str


@dataclass(frozen=True)
class Proposal:
    "The account for a setting"
    setting: str
    code: str
    # What to make where no account has the code
    name: Optional[str] = None
    parent: Optional[str] = None
    # The account whose type it gets
    like: Optional[str] = None
    party_required: bool = False
    reconcile: bool = False

    @property
    def entry(self):
        "The entry of the settings"
        return dict(vars(self))


CHARTS = [
    Chart('avec_group.account_template_root_en', 'avec', 'en'),
    Chart('avec_group.account_template_root_fr', 'avec', 'fr'),
    Chart('account_syscohada.root_2016_fr', 'syscohada', 'fr'),
    Chart('account_fr.root', 'fr', 'fr'),
    ]


def by_template(template):
    "Return the chart of the template or None"
    return next((c for c in CHARTS if c.template == template), None)


def proposals(chart):
    "Return the proposals for the chart"
    path = Path(__file__).with_name(f'mapping_{chart.mapping}.csv')
    with path.open(encoding='utf-8', newline='') as file:
        return [
            Proposal(
                setting=row['setting'], code=row['code'],
                name=row[f'name_{chart.language}'] or None,
                parent=row['parent'] or None,
                like=row['like'] or None,
                party_required='party' in row['requires'].split(),
                reconcile='reconcile' in row['requires'].split())
            for row in csv.DictReader(file)]
