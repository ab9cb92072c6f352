# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The management ratios of savings groups.

Each ratio is a function of the figures of a group that returns a numerator and
a denominator, both made of sums of figures.  So the ratio of many groups is
that of the sum of their figures, and never the mean of their ratios; and the
same function states the ratio to the database, whose columns add, subtract and
multiply as numbers do.

A denominator of zero gives no value: a group without loans has no portfolio at
risk, neither of 0 % nor of 100 %.

A rate is a fraction (0.75 is 75 %), an amount is in the currency of the
figures, a number is a count per something.

Sources: [SEEP] The SEEP Network, Ratio Analysis of Community-Managed
Microfinance Programs (2008); [SAVIX] what the Savings Groups Information
Exchange measures; [DreamSave] the glossary of DreamSave Insights.
"""
from dataclasses import dataclass, fields
from decimal import Decimal

__all__ = [
    'AMOUNT', 'Figures', 'HIGH', 'LOW', 'NUMBER', 'RATE', 'RATIOS',
    'annual_profit', 'compute', 'net_profit', 'total', 'value']

ZERO = Decimal(0)
RATE, AMOUNT, NUMBER = 'rate', 'amount', 'number'
HIGH, LOW = 'high', 'low'
# A year is 52 weeks, as in the sources
DAYS_A_YEAR = 52 * 7


@dataclass(frozen=True)
class Figures:
    """What the ratios are made of, of one group or the sum of many

    followed_groups, followed_members: the groups that have a field officer,
    and their active members; field_officers: how many follow them.
    members, women: the active members on the date.
    start_members: those active on the day when the cycle began.
    left: the members who left since that day.
    present, expected: of the last four meetings, how many members were there
    on time or late, and how many belonged to the group; present_cycle and
    expected_cycle: the same of all meetings of the cycle.
    savings: the shares at the price paid, in the books of the cycle.
    loan_fund_cash, bank: what the loan fund owns beside loans.
    debts: what the group owes, to a bank or of a share-out not yet paid.
    social_fund: what the social fund holds.
    surplus: income less expenses and losses in the ledger of the cycle, with
    what the last one left, less what was shared out, but for the social fund.
    annual_profit, annual_savings, annual_assets: the net profit as of a whole
    year, the savings and the assets, of the groups of whose cycle a day or
    more has gone.
    loans, loans_outstanding: the number and the balance of the loans that the
    loan fund has out; borrowers: the active members who owe them.
    at_risk_n: the balance of the loans more than n days late.
    loans_disbursed, disbursed and loans_written_off, written_off: the number
    and the value of the loans paid out, and lost, in the cycle.
    """
    followed_groups: Decimal = ZERO
    followed_members: Decimal = ZERO
    field_officers: Decimal = ZERO
    members: Decimal = ZERO
    women: Decimal = ZERO
    start_members: Decimal = ZERO
    left: Decimal = ZERO
    present: Decimal = ZERO
    expected: Decimal = ZERO
    present_cycle: Decimal = ZERO
    expected_cycle: Decimal = ZERO
    savings: Decimal = ZERO
    loan_fund_cash: Decimal = ZERO
    bank: Decimal = ZERO
    debts: Decimal = ZERO
    social_fund: Decimal = ZERO
    surplus: Decimal = ZERO
    annual_profit: Decimal = ZERO
    annual_savings: Decimal = ZERO
    annual_assets: Decimal = ZERO
    loans: Decimal = ZERO
    loans_outstanding: Decimal = ZERO
    borrowers: Decimal = ZERO
    at_risk_0: Decimal = ZERO
    at_risk_30: Decimal = ZERO
    at_risk_90: Decimal = ZERO
    loans_disbursed: Decimal = ZERO
    disbursed: Decimal = ZERO
    loans_written_off: Decimal = ZERO
    written_off: Decimal = ZERO


@dataclass(frozen=True)
class Ratio:
    """A ratio under its key

    unit: RATE, AMOUNT or NUMBER, better: HIGH where it is good news that it
    rises, else LOW, loans: it is told from loans.
    """
    key: str
    unit: str
    better: str
    loans: bool
    function: object

    def terms(self, figures):
        "Return the numerator and the denominator"
        return self.function(figures)


# In the order in which they are declared, {key: Ratio}
RATIOS = {}


def ratio(unit, better, loans=False):
    def declare(function):
        key = function.__name__
        RATIOS[key] = Ratio(key, unit, better, loans, function)
        return function
    return declare


def total(figures):
    """Return the sum of the Figures of many groups.

    A field officer who follows groups in several of them is counted in each:
    the caller who sums by another key counts the field officers anew.
    """
    figures = list(figures)
    return Figures(**{
        f.name: sum((getattr(g, f.name) for g in figures), ZERO)
        for f in fields(Figures)})


def value(key, figures):
    "Return the value of the ratio as a Decimal, None if nothing divides it"
    numerator, denominator = RATIOS[key].terms(figures)
    return Decimal(numerator) / denominator if denominator else None


def compute(figures):
    "Return {key: value} of all ratios of the Figures"
    return {key: value(key, figures) for key in RATIOS}


# -- members

@ratio(RATE, HIGH)
def attendance_rate(figures):
    """Members present or late / active members, over the last four meetings.

    Unit: rate.  Zero denominator: no meeting is posted in the cycle.
    Source: SEEP; the window of four meetings is that of DreamSave, which takes
    the mean of their four rates where here their members are summed.
    """
    return figures.present, figures.expected


@ratio(RATE, HIGH)
def attendance_rate_cycle(figures):
    """Members present or late / active members, over the cycle.

    Unit: rate.  Zero denominator: no meeting is posted in the cycle.
    Source: SEEP.
    """
    return figures.present_cycle, figures.expected_cycle


@ratio(RATE, HIGH)
def retention_rate(figures):
    """Active members / (active members + members who left in the cycle).

    Unit: rate.  Zero denominator: nobody is or was in the group.
    Source: SEEP.
    """
    return figures.members, figures.members + figures.left


@ratio(RATE, LOW)
def dropout_rate(figures):
    """1 - retention rate, of the members who left in the cycle.

    Unit: rate.  Zero denominator: nobody is or was in the group.
    Source: SAVIX.
    """
    return figures.left, figures.members + figures.left


@ratio(RATE, HIGH)
def membership_growth(figures):
    """(Active members - members at cycle start) / members at cycle start.

    Unit: rate, negative where the group shrinks.  Zero denominator: nobody was
    in the group on the day when the cycle began.
    Source: SEEP and SAVIX.
    """
    return figures.members - figures.start_members, figures.start_members


@ratio(RATE, HIGH)
def women_rate(figures):
    """Women / active members.

    Unit: rate.  Zero denominator: the group has no active member.
    Source: SAVIX.
    """
    return figures.women, figures.members


# -- savings and profit

@ratio(AMOUNT, HIGH)
def savings_per_member(figures):
    """Savings of the cycle / active members.

    Unit: amount.  Zero denominator: the group has no active member.
    Source: SEEP and SAVIX.
    """
    return figures.savings, figures.members


def assets(figures):
    "What the loan fund owns: cash, bank and loans outstanding"
    return figures.loan_fund_cash + figures.bank + figures.loans_outstanding


def net_profit(figures):
    """Assets of the loan fund - savings - debts of the group.

    Unit: amount.  The social fund is left out.  It equals the surplus of the
    ledger: income - expenses - write-offs of the cycle, with what the last
    cycle left in the box, less what was shared out.
    Source: SEEP.
    """
    return assets(figures) - figures.savings - figures.debts


def annual_profit(profit, days):
    """Return the profit of the days as that of a year of 52 weeks.

    Unit: amount.  Zero denominator: 0 for a cycle of which no day has gone,
    whose savings and assets are then left out of the annual figures too.
    Source: SAVIX, which multiplies by 52 over the weeks elapsed.
    """
    return Decimal(profit) * DAYS_A_YEAR / days if days > 0 else ZERO


@ratio(RATE, HIGH)
def return_on_savings(figures):
    """Net profit / savings of the cycle.

    Unit: rate, negative for a loss.  Zero denominator: nothing is saved.
    Source: SEEP.
    """
    return net_profit(figures), figures.savings


@ratio(RATE, HIGH)
def return_on_savings_annualised(figures):
    """Net profit / savings of the cycle x 52 / weeks elapsed.

    Unit: rate.  Zero denominator: nothing is saved, or no day of the cycle has
    gone.  Over many groups the profit of each is annualised, then summed.
    Source: SAVIX.
    """
    return figures.annual_profit, figures.annual_savings


@ratio(RATE, HIGH)
def return_on_assets_annualised(figures):
    """Net profit / (loan-fund cash + bank + loans) x 52 / weeks elapsed.

    Unit: rate.  Zero denominator: the loan fund owns nothing, or no day of the
    cycle has gone.  The assets are those of the date, not their average.
    Source: SAVIX.
    """
    return figures.annual_profit, figures.annual_assets


@ratio(RATE, HIGH)
def share_price_growth(figures):
    """Share price today / share value - 1.

    Unit: rate, negative for a loss.  Zero denominator: no share is held.
    The shares held times their value are the savings, and times the price of
    today the savings and the surplus: the growth is the surplus on savings.
    Source: the share-out of the VSLA method, as if it were held today.
    """
    return figures.surplus, figures.savings


@ratio(AMOUNT, HIGH)
def social_fund_per_member(figures):
    """Social fund / active members.

    Unit: amount.  Zero denominator: the group has no active member.
    Source: SAVIX.
    """
    return figures.social_fund, figures.members


# -- loans

@ratio(RATE, HIGH, loans=True)
def members_with_loan(figures):
    """Active members with a loan outstanding / active members.

    Unit: rate.  Zero denominator: the group has no active member.
    A member with two loans counts once.  Source: SEEP.
    """
    return figures.borrowers, figures.members


@ratio(AMOUNT, HIGH, loans=True)
def average_outstanding_loan(figures):
    """Loans outstanding / number of loans outstanding.

    Unit: amount.  Zero denominator: no loan is out.
    Source: SEEP and SAVIX.
    """
    return figures.loans_outstanding, figures.loans


@ratio(RATE, HIGH, loans=True)
def loan_fund_utilisation(figures):
    """Loans outstanding / (loans outstanding + loan-fund cash).

    Unit: rate.  Zero denominator: the loan fund is empty.
    Source: SEEP and SAVIX.
    """
    return (figures.loans_outstanding,
        figures.loans_outstanding + figures.loan_fund_cash)


@ratio(RATE, LOW, loans=True)
def portfolio_at_risk_0(figures):
    """Balance of the loans that are late / loans outstanding.

    Unit: rate.  Zero denominator: no loan is out.
    The whole balance of a loan with a late instalment counts.  Source: SEEP.
    """
    return figures.at_risk_0, figures.loans_outstanding


@ratio(RATE, LOW, loans=True)
def portfolio_at_risk_30(figures):
    """Balance of the loans more than 30 days late / loans outstanding.

    Unit: rate.  Zero denominator: no loan is out.
    Source: SEEP.
    """
    return figures.at_risk_30, figures.loans_outstanding


@ratio(RATE, LOW, loans=True)
def portfolio_at_risk_90(figures):
    """Balance of the loans more than 90 days late / loans outstanding.

    Unit: rate.  Zero denominator: no loan is out.
    Source: SEEP.
    """
    return figures.at_risk_90, figures.loans_outstanding


@ratio(RATE, LOW, loans=True)
def write_off_rate(figures):
    """Value written off in the cycle / value of loans disbursed in the cycle.

    Unit: rate, by value.  Zero denominator: no loan was paid out in the cycle.
    Source: SEEP.
    """
    return figures.written_off, figures.disbursed


@ratio(RATE, LOW, loans=True)
def write_off_rate_number(figures):
    """Loans written off in the cycle / loans disbursed in the cycle.

    Unit: rate, by number.  Zero denominator: no loan is paid out in the cycle.
    Source: DreamSave, where the loans are those of all cycles.
    """
    return figures.loans_written_off, figures.loans_disbursed


# -- field officers

@ratio(NUMBER, HIGH)
def groups_per_field_officer(figures):
    """Groups followed / field officers, the caseload in groups.

    Unit: number.  Zero denominator: no group has a field officer.
    Source: SEEP.
    """
    return figures.followed_groups, figures.field_officers


@ratio(NUMBER, HIGH)
def members_per_field_officer(figures):
    """Active members of the groups followed / field officers.

    Unit: number.  Zero denominator: no group has a field officer.
    Source: SEEP.
    """
    return figures.followed_members, figures.field_officers
