# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The constitutions that groups voted (standard library only)"
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Optional

__all__ = ['Rules', 'rules']


@dataclass(frozen=True)
class Rules:
    "The fields of a cycle that are voted"
    meeting_interval: str
    share_value: Decimal
    social_fund_contribution: Decimal
    fine_fund: str
    fines: tuple[tuple[str, Decimal], ...]
    quorum: Decimal
    cash_rounding: Decimal
    exit_on_death: str
    social_fund_at_share_out: str
    leftover: Optional[str]
    min_shares: int = 1
    max_shares: int = 5

    def values(self):
        "Return the fields but the fines"
        return {n: v for n, v in vars(self).items() if n != 'fines'}

    def fine(self, kind):
        return dict(self.fines).get(kind, Decimal(0))

    def renewed(self, rng):
        "Return the rules voted for the next cycle, mostly the same"
        if rng.random() < 0.3:
            return replace(
                self, social_fund_contribution=(
                    self.social_fund_contribution % 5 + 1))
        return self


def rules(rng, interval):
    "Return the rules of a group"
    monthly = interval == 'monthly'
    values = [20, 25, 50] if monthly else [10, 20]
    late = Decimal(rng.choice([1, 2]))
    fines = [('late', late), ('noise', Decimal(1))]
    if rng.random() < 0.6:
        fines.append(('passbook', Decimal(1)))
    if rng.random() < 0.5:
        fines.append(('absent', late * 2))
    return Rules(
        meeting_interval=interval,
        share_value=Decimal(rng.choice(values)),
        social_fund_contribution=Decimal(rng.randint(2, 5)),
        fine_fund=rng.choice(['loan_fund', 'loan_fund', 'social_fund']),
        fines=tuple(fines),
        quorum=Decimal(rng.choice(['0.5', '0.5', '0.6'])),
        cash_rounding=Decimal(rng.choice(['1', '1', '0.5', '5'])),
        exit_on_death=rng.choice(['savings', 'share_price']),
        social_fund_at_share_out=rng.choice(
            ['keep', 'keep', 'share_equally']),
        leftover=rng.choice([None, 'next_cycle', 'next_cycle', 'social_fund']),
        )
