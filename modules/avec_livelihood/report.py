# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The papers of livelihoods"
from trytond.i18n import gettext
from trytond.modules.avec_group.report import Section
from trytond.modules.avec_group.report_fields import FieldsReport


class LivelihoodReport(FieldsReport):
    "A paper of what may be shared with groups that others follow"

    @classmethod
    def _names(cls, records):
        # A livelihood may be shared with groups that another agent follows
        readable = cls._readable(records)
        names = [r.rec_name for r in readable]
        if more := len(records) - len(readable):
            names.append(gettext(
                    'avec_livelihood.msg_report_more',
                    count=cls.format_count(more)))
        return ', '.join(names)

    @classmethod
    def _section(cls, title, model, names, records, totals=()):
        "Return a table of the fields of the records with the totals"
        readable = cls._readable(records)
        others = [r for r in records if r not in readable]
        rows = [
            [cls._sum([r], n) if n in totals else cls._text(r, n)
                for n in names]
            for r in readable]
        if others:
            rows.append(cls._totals(others, names, totals, gettext(
                        'avec_livelihood.msg_report_others')))
        if rows and totals:
            rows.append(cls._totals(records, names, totals))
        return Section(title, cls._strings(model, *names), rows)

    @classmethod
    def _totals(cls, records, names, totals, label=''):
        return [label, *(
                cls._sum(records, n) if n in totals else ''
                for n in names[1:])]

    @classmethod
    def _sum(cls, records, name):
        return cls.format_amount(
            sum(getattr(r, name) or 0 for r in records), records[0].currency)


class ActivitySheet(LivelihoodReport):
    __name__ = 'avec.activity.sheet'

    @classmethod
    def _get_figures(cls, activity):
        figures = cls._texts(
            activity, 'number', 'state', 'name', 'kind', 'group', 'owners',
            'sector', 'sub_sector', 'subdivision', 'locality', 'start_date',
            'running_date')
        if activity.state == 'stopped':
            figures += cls._texts(activity, 'stop_date', 'stop_reason')
        figures += cls._texts(
            activity, 'baseline_income', 'baseline_date', 'months', 'profit',
            'monthly_profit')
        label, = cls._strings('avec.activity', 'income_change')
        return [*figures, (label, cls._percentage(activity.income_change))]

    @classmethod
    def _percentage(cls, value):
        if value is None:
            return '–'
        return cls._isolate(
            cls.format_number(100 * value, None, digits=0) + '%')

    @classmethod
    def _get_sections(cls, activities):
        sections = super()._get_sections(activities)
        fundings, records = cls._strings(
            'avec.activity', 'fundings', 'records')
        for activity in activities:
            if activity.fundings:
                sections[activity.id].append(cls._section(
                        fundings, 'avec.activity.funding',
                        ['kind', 'date', 'donor', 'amount'],
                        activity.fundings, ['amount']))
            if activity.records:
                sections[activity.id].append(cls._section(
                        records, 'avec.activity.record', [
                            'month', 'sales', 'costs', 'own_consumption',
                            'profit', 'paid_jobs'],
                        activity.records[::-1], [
                            'sales', 'costs', 'own_consumption', 'profit']))
        return sections


class CooperativeFile(LivelihoodReport):
    __name__ = 'avec.cooperative.file'

    @classmethod
    def _get_figures(cls, cooperative):
        figures = cls._texts(
            cooperative, 'party', 'state', 'groups', 'member_count',
            'sector', 'sub_sector', 'subdivision', 'locality',
            'assembly_date', 'share_value', 'registration_number',
            'registration_date', 'subscribed', 'paid')
        if cooperative.state == 'dissolved':
            figures += cls._texts(
                cooperative, 'dissolution_date', 'dissolution_reason')
        return figures

    @classmethod
    def _get_sections(cls, cooperatives):
        sections = super()._get_sections(cooperatives)
        members, steps = cls._strings(
            'avec.cooperative', 'members', 'steps')
        for cooperative in cooperatives:
            sections[cooperative.id] += [
                cls._section(
                    members, 'avec.cooperative.member', [
                        'party', 'start_date', 'end_date', 'shares',
                        'subscribed', 'paid', 'to_pay'],
                    cooperative.members, ['subscribed', 'paid', 'to_pay']),
                cls._section(
                    steps, 'avec.cooperative.step', [
                        'title', 'state', 'date', 'reference'],
                    cooperative.steps)]
        return sections
