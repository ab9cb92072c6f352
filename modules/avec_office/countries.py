# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is known of countries (standard library only)

Proposals to be checked against the law of the day, all of which can be
changed in the set-up and after it."""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

__all__ = [
    'COOPERATIVE_MINIMUMS', 'COUNTRIES', 'CURRENCIES', 'Country',
    'ceilings', 'cooperative_steps']

MOROCCO = 'MA'


@dataclass(frozen=True)
class Country:
    "The currency, the time and the chart of a country"
    names: dict
    currency: str
    timezone: str
    # The module of the chart that the law asks for
    chart: str = 'avec_group'


def _names(en, fr, ar):
    return {'en': en, 'fr': fr, 'ar': ar}


def _ohada(en, fr, ar, currency, timezone):
    return Country(
        _names(en, fr, ar), currency, timezone, 'account_syscohada')


COUNTRIES = {
    'BF': _ohada(
        "Burkina Faso", "Burkina Faso", "بوركينا فاسو", 'XOF',
        'Africa/Ouagadougou'),
    'BJ': _ohada("Benin", "Bénin", "بنين", 'XOF', 'Africa/Porto-Novo'),
    'CD': _ohada(
        "Congo (Democratic Republic)", "Congo (République démocratique)",
        "جمهورية الكونغو الديمقراطية", 'CDF', 'Africa/Kinshasa'),
    'CI': _ohada(
        "Côte d'Ivoire", "Côte d'Ivoire", "كوت ديفوار", 'XOF',
        'Africa/Abidjan'),
    'CM': _ohada(
        "Cameroon", "Cameroun", "الكاميرون", 'XAF', 'Africa/Douala'),
    'GN': _ohada("Guinea", "Guinée", "غينيا", 'GNF', 'Africa/Conakry'),
    'MA': Country(
        _names("Morocco", "Maroc", "المغرب"), 'MAD', 'Africa/Casablanca'),
    'ML': _ohada("Mali", "Mali", "مالي", 'XOF', 'Africa/Bamako'),
    'NE': _ohada("Niger", "Niger", "النيجر", 'XOF', 'Africa/Niamey'),
    'SN': _ohada("Senegal", "Sénégal", "السنغال", 'XOF', 'Africa/Dakar'),
    'TD': _ohada("Chad", "Tchad", "تشاد", 'XAF', 'Africa/Ndjamena'),
    'TG': _ohada("Togo", "Togo", "توغو", 'XOF', 'Africa/Lome'),
    'FR': Country(
        _names("France", "France", "فرنسا"), 'EUR', 'Europe/Paris',
        'account_fr'),
    }


def _currency(code, numeric_code, symbol, digits, en, fr, ar):
    return {
        'code': code, 'numeric_code': numeric_code, 'symbol': symbol,
        'digits': digits, 'rounding': Decimal(1).scaleb(-digits),
        'names': _names(en, fr, ar)}


CURRENCIES = {c['code']: c for c in [
        _currency('CDF', '976', "FC", 2, "Congolese Franc",
            "Franc congolais", "فرنك كونغولي"),
        _currency('EUR', '978', "€", 2, "Euro", "Euro", "يورو"),
        _currency('GNF', '324', "GNF", 0, "Guinean Franc", "Franc guinéen",
            "فرنك غيني"),
        _currency('MAD', '504', "DH", 2, "Moroccan Dirham",
            "Dirham marocain", "درهم مغربي"),
        _currency('XAF', '950', "F CFA", 0, "CFA Franc BEAC",
            "Franc CFA (BEAC)", "فرنك وسط أفريقي"),
        _currency('XOF', '952', "F CFA", 0, "CFA Franc BCEAO",
            "Franc CFA (BCEAO)", "فرنك غرب أفريقي"),
        ]}

# The uniform act of OHADA on cooperative societies (2010)
_OHADA_STEPS = [
    (_names(
        "At least five founding members",
        "Au moins cinq membres fondateurs",
        "خمسة أعضاء مؤسسين على الأقل"), True, False, 'members'),
    (_names(
        "Founding assembly held, with its minutes",
        "Assemblée générale constitutive tenue, avec son procès-verbal",
        "انعقاد الجمعية العامة التأسيسية وتحرير محضرها"), True, True, None),
    (_names(
        "Statutes and internal rules adopted and signed",
        "Statuts et règlement intérieur adoptés et signés",
        "المصادقة على النظام الأساسي والنظام الداخلي وتوقيعهما"),
        True, True, None),
    (_names(
        "A quarter of the capital subscribed paid",
        "Un quart au moins du capital souscrit versé",
        "أداء ربع رأس المال المكتتب به على الأقل"), True, False, 'capital'),
    (_names(
        "Entry in the register of cooperative societies",
        "Immatriculation au registre des sociétés coopératives",
        "القيد في سجل التعاونيات"), True, True, None),
    ]


def is_ohada(country):
    "Return if the uniform acts of OHADA hold in the country"
    return (country in COUNTRIES
        and COUNTRIES[country].chart == 'account_syscohada')


def cooperative_steps(country):
    "Return the steps to found a cooperative, none where they are not known"
    if not is_ohada(country):
        return []
    return [{
            'name': names, 'sequence': 10 * i, 'required': required,
            'document_required': document, 'check': check, 'country': None}
        for i, (names, required, document, check) in enumerate(
            _OHADA_STEPS, 1)]


# The act asks for no least capital
COOPERATIVE_MINIMUMS = {
    'cooperative_min_members': 5,
    'cooperative_min_capital': Decimal(0),
    'cooperative_min_share_value': Decimal(0),
    'cooperative_min_paid': Decimal('0.25'),
    }


def ceilings(country):
    "Return the ceilings of turnover of who works alone"
    if country != 'CI':
        return []
    # The yearly turnover up to which one is taxed as an "entrepreneur"
    return [{
            'category': category, 'start_date': dt.date(2021, 1, 1),
            'amount': Decimal(50000000), 'client_amount': None}
        for category in ['trade', 'services']]
