# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Measure the indicators of an office as its groups grow in number"
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import bulk, groups, loans
from .measure import count_queries, seconds, spread

__all__ = ['measure_indicators']

MEMBERS = 25
MONTHS = 6
# Of the rest of the groups, so that each part of them is told from the other
MORE = 'MORE'
AS_AT = groups.week(30)


def _curriculum():
    "Make a curriculum of one topic, return the ids of both"
    pool = Pool()
    Curriculum = pool.get('avec.training.curriculum')
    ModelData = pool.get('ir.model.data')
    Topic = pool.get('avec.training.topic')
    curriculum = Curriculum(
        name="Life", code='LIFE',
        axis=ModelData.get_id('avec_training', 'axis_life'))
    curriculum.save()
    topic = Topic(curriculum=curriculum, name="Listening", hours=4)
    topic.save()
    return curriculum.id, topic.id


def _sector():
    Sector = Pool().get('avec.sector')
    sector, = Sector.search([('code', '=', 'A')])
    return sector.id


def _fill(books, product, training, count, meetings, mark):
    company = books.context['company']
    curriculum, topic = training
    books.run(bulk.fill, count, company, mark)
    books.run(bulk.fill_loans, product, company, mark)
    books.run(bulk.fill_sheets, company, MEMBERS, meetings, mark)
    books.run(bulk.fill_sessions, company, curriculum, [topic], mark)
    books.run(bulk.fill_activities, books.run(_sector), MONTHS, mark)
    books.run(bulk.analyze)


def _value(indicator):
    "Read the figures of the indicator in each province, as the list does"
    Value = Pool().get('avec.indicator.value')
    with Transaction().set_context(
            avec_date=AS_AT, avec_cut='subdivision',
            # As when the figures of some indicators are read
            _avec_indicators=[indicator]):
        values = Value.search([('indicator', '=', indicator)])
        return [v.shown for v in values]


def _report():
    "Read every figure, by province"
    Value = Pool().get('avec.indicator.value')
    with Transaction().set_context(avec_date=AS_AT, avec_cut='subdivision'):
        return [v.shown for v in Value.search([])]


def _ratios():
    "Read a page of the list of groups with their lights"
    Ratio = Pool().get('avec.group.ratio')
    with Transaction().set_context(avec_date=AS_AT):
        rows = Ratio.search([], limit=1000)
        return Ratio.read([r.id for r in rows], [
                'group', 'light', 'reasons', 'attendance_rate',
                'return_on_savings', 'portfolio_at_risk_30'])


def _indicators():
    Indicator = Pool().get('avec.indicator')
    return {i.code: i.id for i in Indicator.search([])}


def _measure(books, runs):
    result = {
        'each': {
            code: spread(seconds(books.run, _value, indicator, runs=runs))
            for code, indicator in books.run(_indicators).items()},
        'report': spread(seconds(books.run, _report, runs=runs)),
        'ratios': spread(seconds(books.run, _ratios, runs=runs)),
        }
    result['queries'], _ = books.run(count_queries, _report)
    return result


def measure_indicators(books, few, many, meetings, runs):
    """Return the seconds of each indicator with few and with many groups

    The growth is that of the time over that of the groups."""
    product = books.without_access(loans.create_product)
    training = books.without_access(_curriculum)
    _fill(books, product, training, few, meetings, bulk.MARK)
    first = _measure(books, runs)
    _fill(books, product, training, many - few, meetings, MORE)
    second = _measure(books, runs)

    def growth(before, after):
        return round(
            after['median'] / before['median'] / (many / few), 2)
    return {
        'groups': [few, many],
        'members': MEMBERS,
        'meetings': meetings,
        'seconds': {
            n: [first[n]['median'], second[n]['median']]
            for n in ['report', 'ratios']},
        'seconds_of_each': {
            c: [first['each'][c]['median'], s['median']]
            for c, s in second['each'].items()},
        'growth_of_report': growth(first['report'], second['report']),
        'growth_of_each': {
            c: growth(first['each'][c], s)
            for c, s in second['each'].items()},
        'queries': [first['queries'], second['queries']],
        }
