# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The rules that the constitutions of an office mostly have"
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['FINES', 'ConstitutionMixin', 'FIELDS', 'RULES', 'usual']

# The rules of a cycle that an office can propose
RULES = [
    'meeting_interval', 'share_value', 'min_shares', 'max_shares',
    'social_fund_contribution', 'fine_fund', 'quorum', 'cash_rounding',
    'exit_on_death', 'social_fund_at_share_out', 'leftover']
# The kinds of fines
FINES = ['late', 'absent', 'noise', 'passbook', 'other']
FIELDS = {f'cycle_{n}' for n in RULES} | {f'fine_{k}' for k in FINES}


def ConstitutionMixin(wrap=lambda field: field):
    "What a new cycle proposes, of which what is empty is left to the program"
    def number(string, name, *domain, help='', **attributes):
        return wrap(fields.Numeric(
                string, domain=['OR', (name, '=', None), [*domain]],
                help=help, **attributes))

    def integer(string, name, least, help=''):
        return wrap(fields.Integer(
                string,
                domain=['OR', (name, '=', None), (name, '>=', least)],
                help=help))

    def selection(string, *options):
        return wrap(fields.Selection(
                [(None, ""), *options], string, sort=False))

    def fine(string, name):
        return number(
            string, name, (name, '>', 0),
            help="Leave empty where it is not fined.")

    class Mixin:
        __slots__ = ()
        cycle_meeting_interval = selection(
            "Meetings", ('weekly', "Weekly"), ('fortnightly', "Fortnightly"),
            ('monthly', "Monthly"))
        cycle_share_value = number(
            "Share Value", 'cycle_share_value', ('cycle_share_value', '>', 0),
            help="The price of one share.")
        cycle_min_shares = integer(
            "Fewest Shares", 'cycle_min_shares', 0,
            help="The fewest shares that a member present buys at a "
            "meeting.")
        cycle_max_shares = integer(
            "Most Shares", 'cycle_max_shares', 1,
            help="The most shares that a member buys at a meeting.")
        cycle_social_fund_contribution = number(
            "Social Fund Contribution", 'cycle_social_fund_contribution',
            ('cycle_social_fund_contribution', '>=', 0),
            help="What each member pays into the social fund at a meeting.")
        cycle_fine_fund = selection(
            "Fines Go To", ('loan_fund', "Loan Fund"),
            ('social_fund', "Social Fund"))
        cycle_quorum = number(
            "Quorum", 'cycle_quorum', ('cycle_quorum', '>=', 0),
            ('cycle_quorum', '<=', 1), digits=(16, 4),
            help="The part of the members who must be there for a meeting "
            "to be held.")
        cycle_cash_rounding = number(
            "Smallest Coin", 'cycle_cash_rounding',
            ('cycle_cash_rounding', '>', 0),
            help="What is paid out is a multiple of it.")
        cycle_exit_on_death = selection(
            "On Death", ('savings', "Savings"),
            ('share_price', "Savings and Surplus to Date"))
        cycle_social_fund_at_share_out = selection(
            "Social Fund at Share-out", ('keep', "Kept"),
            ('share_equally', "Shared Equally"))
        cycle_leftover = selection(
            "Leftover", ('next_cycle', "Next Cycle"),
            ('social_fund', "Social Fund"))
        fine_late = fine("Late", 'fine_late')
        fine_absent = fine("Absent", 'fine_absent')
        fine_noise = fine("Disorder", 'fine_noise')
        fine_passbook = fine("Passbook Forgotten", 'fine_passbook')
        fine_other = fine("Other", 'fine_other')

    return Mixin


def usual(field, company=None):
    """Return what the office proposes, None where it proposes nothing

    company: the id of the company, by default that of the context."""
    Configuration = Pool().get('avec.configuration')
    if company is None:
        company = Transaction().context.get('company')
    return Configuration(1).get_multivalue(field, company=company)
