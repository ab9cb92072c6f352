# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What members say and pay at a meeting (standard library only)"
from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

__all__ = ['Operation', 'Row', 'operations', 'rows']

ZERO = Decimal(0)
_ATTENDANCES = [
    ('present', 89), ('late', 5), ('excused', 4), ('absent', 2)]
_GRANTS = [
    "Aide pour une hospitalisation", "Aide pour un décès dans la famille",
    "Aide après une naissance", "Aide pour des médicaments",
    "Aide pour la rentrée scolaire"]
_EXPENSES = [
    "Cahiers et stylos", "Encre du tampon", "Transport de la caisse",
    "Réparation d'un cadenas", "Thé et sucre de l'assemblée"]
_INCOMES = [
    "Vente de tapis tissés ensemble", "Vente de couscous préparé ensemble",
    "Don d'un visiteur", "Vente d'huile d'olive commune"]


@dataclass(frozen=True)
class Row:
    "The line of a member on the sheet"
    attendance: str
    represented: bool
    shares: int
    social_fund: Decimal
    fine: Decimal
    note: Optional[str] = None


@dataclass(frozen=True)
class Operation:
    kind: str
    fund: str
    amount: Decimal
    description: str
    # The rank on the sheet of the member who is helped
    member: Optional[int] = None


def rows(rng, habits, rules):
    "Return the rows of members who have these habits"
    result = [_row(rng, h, rules) for h in habits]
    # Nothing is decided without the quorum
    needed = rules.quorum * len(result)
    while sum(r.attendance in {'present', 'late'} for r in result) < needed:
        result = [_row(rng, h, rules) for h in habits]
    return result


def _row(rng, habit, rules):
    attendance, = rng.choices(*zip(*_ATTENDANCES))
    if attendance == 'absent':
        return Row(attendance, False, 0, ZERO, ZERO)
    represented = attendance == 'excused' and rng.random() < 0.5
    if attendance == 'excused' and not represented:
        return Row(attendance, False, 0, ZERO, ZERO)
    shares = min(
        max(habit + rng.choice([-1, 0, 0, 0, 1]), rules.min_shares),
        rules.max_shares)
    fine = rules.fine('late') if attendance == 'late' else ZERO
    if attendance == 'present' and rng.random() < 0.03:
        fine = rules.fine(rng.choice(['noise', 'passbook', 'absent']))
    social_fund, note = rules.social_fund_contribution, None
    if attendance == 'present' and rng.random() < 0.008:
        social_fund, note = ZERO, "Paiera à la prochaine réunion"
    return Row(attendance, represented, shares, social_fund, fine, note)


def operations(rng, members, first, loan_fund, social_fund):
    """Return the operations of a meeting of so many members

    loan_fund and social_fund are what the boxes hold before them."""
    result = []
    if first and loan_fund > 100:
        result.append(Operation(
                'expense', 'loan_fund', Decimal(35),
                "Cahiers, tampon et cadenas du cycle"))
    elif loan_fund > 100 and rng.random() < 0.12:
        result.append(Operation(
                'expense', 'loan_fund', Decimal(rng.randint(5, 20)),
                rng.choice(_EXPENSES)))
    if rng.random() < 0.16:
        result.append(Operation(
                'income', 'loan_fund', Decimal(rng.randrange(60, 260, 10)),
                rng.choice(_INCOMES)))
    if social_fund > 200 and rng.random() < 0.10:
        amount = rng.choice([50, 100, 150, 200])
        result.append(Operation(
                'grant', 'social_fund',
                min(Decimal(amount), social_fund // 100 * 50),
                rng.choice(_GRANTS), rng.randrange(members)))
    if loan_fund > 100 and rng.random() < 0.03:
        result.append(Operation(
                'cash_difference', 'loan_fund',
                Decimal(rng.choice([-2, -1, -1, 1])),
                "Écart constaté au comptage"))
    if social_fund > 200 and rng.random() < 0.01:
        result.append(Operation(
                'fund_transfer', 'social_fund', Decimal(20),
                "Voté par l'assemblée"))
    return result
