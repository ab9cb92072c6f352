# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the programme aims at, and a report to its donor"
import datetime as dt
from decimal import Decimal

from trytond.pool import Pool

from .calendar import LAST_POSTED, LAST_WEEK
from .part import Part
from .people import HOUSEHOLD_FACTOR

__all__ = ['Indicators', 'REPORTED']

# What the programme reported, of all areas and of the first province
REPORTED = {
    None: {
        'groups_formed': 44, 'direct_beneficiaries': 887,
        'indirect_beneficiaries': 3548, 'activities_created': 243,
        'cooperatives_created': 7, 'self_employed': 2, 'members_skilled': 887,
        },
    'MA-BEM': {
        'groups_formed': 12, 'direct_beneficiaries': 209,
        'activities_created': 59, 'cooperatives_created': 5,
        'self_employed_in_progress': 1,
        },
    }
PERIOD = (dt.date(2026, 1, 1), LAST_POSTED)
_TARGETS_END = dt.date(2027, 12, 31)
# (key, baseline, target), which are invented
_TARGETS = [
    ('groups_formed', '0', '50'),
    ('direct_beneficiaries', '0', '1000'),
    ('indirect_beneficiaries', '0', '4000'),
    ('women_members', None, '0.6'),
    ('women_officers', None, '0.6'),
    ('savings_mobilised', '0', '2000000'),
    ('portfolio_at_risk', None, '0.05'),
    ('members_skilled', '0', '1000'),
    ('activities_created', '0', '300'),
    ('activities_running', None, '0.8'),
    ('cooperatives_created', '0', '10'),
    ('self_employed', '0', '10'),
    ('jobs_found', '0', '20'),
    ]
_TITLE = "Rapport d'étape au bailleur / تقرير مرحلي إلى الجهة المانحة"
_TEXTS = {
    'summary': (
        "Les groupes se réunissent régulièrement et épargnent. "
        "Les activités génératrices de revenus sont surtout agricoles et "
        "artisanales."),
    'context': (
        "Le programme travaille dans huit provinces, avec des jeunes femmes "
        "et hommes en situation de vulnérabilité."),
    'progress': (
        "Les séances de compétences de vie et de compétences techniques ont "
        "été tenues dans tous les groupes.\n"
        "Les animateurs accompagnent les coopératives dans leur "
        "immatriculation."),
    'difficulties': (
        "Les démarches d'inscription des auto-entrepreneurs sont longues."),
    'next_steps': (
        "Suivre les activités démarrées et préparer les prochains partages."),
    }


# (amber, red): these groups lend little of what they hold
_THRESHOLDS = {
    'loan_fund_utilisation': (Decimal('0.05'), Decimal('0.02')),
    'portfolio_at_risk_30': (Decimal('0.05'), Decimal('0.30')),
    'return_on_savings_annualised': (Decimal('0.02'), Decimal('0')),
    }


class Indicators(Part):
    "Made in the end, from what is in the records"
    module = 'avec_indicator'

    def finish(self, books):
        self._targets()
        self._thresholds()
        self._report()

    def _thresholds(self):
        "Set from where on groups are red, so that there are some of each"
        pool = Pool()
        Programme = pool.get('avec.programme')
        Threshold = pool.get('avec.indicator.threshold')
        programme = Programme(self.office.programme)
        thresholds = Threshold.propose(programme.company)
        for threshold in thresholds:
            if threshold.ratio in _THRESHOLDS:
                threshold.amber, threshold.red = _THRESHOLDS[threshold.ratio]
        Threshold.save(thresholds)

    def _targets(self):
        pool = Pool()
        Indicator = pool.get('avec.indicator')
        Programme = pool.get('avec.programme')
        Target = pool.get('avec.indicator.target')
        programme = Programme(self.office.programme)
        indicators = {i.key: i for i in Indicator.computable()}
        Target.save([
                Target(
                    company=self.office.company, programme=programme,
                    indicator=indicators[key],
                    start_date=programme.start_date, end_date=_TARGETS_END,
                    baseline=None if baseline is None else Decimal(baseline),
                    target=Decimal(target))
                for key, baseline, target in _TARGETS if key in indicators])

    def _report(self):
        pool = Pool()
        Report = pool.get('avec.indicator.report')
        Snapshot = pool.get('avec.indicator.snapshot')
        start, end = PERIOD
        snapshot = Snapshot(
            company=self.office.company, programme=self.office.programme,
            start_date=start, end_date=end)
        snapshot.save()
        # The dates are fixed: today may be before them
        if pool.get('ir.date').today() > end:
            Snapshot.store([snapshot])
        else:
            snapshot = None
        Report(
            company=self.office.company, programme=self.office.programme,
            title=_TITLE, snapshot=snapshot, **_TEXTS).save()

    def check(self, books):
        "The figures are those that the programme reported"
        whole = len({b.plan.rank for b in books}) == (
            REPORTED[None]['groups_formed'])
        for code, reported in REPORTED.items():
            plans = [
                b.plan for b in books if code in {None, b.plan.province.code}]
            expected = reported if whole else self._expected(plans)
            found = self._found(code)
            for key, value in expected.items():
                if found.get(key, value) != value:
                    yield (
                        f"{code or 'programme'}: {key} is {found[key]}, "
                        f"not {value}")

    @staticmethod
    def _expected(plans):
        "Return what a part of the plan adds up to"
        members = sum(1 for p in plans for m in p.members if not m.leaving)
        return {
            'groups_formed': len(plans),
            'direct_beneficiaries': members,
            'indirect_beneficiaries': members * HOUSEHOLD_FACTOR,
            'members_skilled': members,
            }

    def _found(self, code):
        Indicator = Pool().get('avec.indicator')
        indicators = Indicator.computable()
        filters = {'programme': [self.office.programme]}
        if code:
            filters['subdivision'] = [self.office.subdivisions[code]]
        figures = Indicator.compute(
            indicators, self.office.company, LAST_WEEK, filters=filters)
        return {i.key: figures[i.id, ][0] for i in indicators}
