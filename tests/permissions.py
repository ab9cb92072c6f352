# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who may do what: section 6 of the design as one table

A new model, button, wizard or report gets a row here.  test_permissions tries
each cell on a running server, and tells which row is missing."""
from dataclasses import dataclass

__all__ = [
    'BUTTONS', 'MODELS', 'REPORTS', 'ROLES', 'WIZARDS', 'Row', 'letters']

ROLES = ['field_officer', 'finance', 'programme', 'auditor', 'admin']
# Who sees which records of a model that may be read
GROUP = 'group'  # a field officer those of own groups, others the company's
COMPANY = 'company'  # those of the company
ALL = 'all'  # all: they are the same for all companies
SINGLETON = 'singleton'  # the only one, of which each company has its values
LETTERS = {'r': 'read', 'w': 'write', 'c': 'create', 'd': 'delete'}


@dataclass(frozen=True)
class Row:
    """Of whom the records are, and what each role does in the order of ROLES

    r(ead), w(rite), c(reate), d(elete), - nothing."""
    of: str
    field_officer: str
    finance: str
    programme: str
    auditor: str
    admin: str

    def modes(self, role):
        return {LETTERS[c] for c in getattr(self, role) if c != '-'}


def letters(modes):
    "Return the modes as they stand in the table"
    return ''.join(c for c, m in LETTERS.items() if m in modes) or '-'


def _row(of, *modes):
    return Row(of, *modes)


# Everybody reads; the administration sets
SETTING = _row(ALL, 'r', 'r', 'r', 'r', 'rwcd')
# The field officer and finance type
DOCUMENT = _row(GROUP, 'rwcd', 'rwcd', 'r', 'r', 'r')
# Finance types
FINANCE = _row(GROUP, 'r', 'rwcd', 'r', 'r', 'r')
# The field officer, finance and programme type
GROUPS = _row(GROUP, 'rwcd', 'rwcd', 'rwcd', 'r', 'r')
# The field officer and programme type
WORK = _row(GROUP, 'rwcd', 'r', 'rwcd', 'r', 'r')
# What is computed from the records of groups
FIGURES = _row(GROUP, 'r', 'r', 'r', 'r', 'r')
# What is computed over the groups of all
SUMS = _row(COMPANY, '-', 'r', 'r', 'r', 'r')
# What is set for a company
VALUES = _row(COMPANY, 'r', 'r', 'r', 'r', 'rwcd')

#                               field officer, finance, programme, auditor,
#                               administration
MODELS = {
    # -- groups
    'avec.programme': _row(COMPANY, 'r', 'r', 'rwcd', 'r', 'rwcd'),
    'avec.group': GROUPS,
    'avec.group.phase': GROUPS,
    'avec.group.officer': GROUPS,
    'avec.membership': GROUPS,
    'avec.cycle': GROUPS,
    'avec.cycle.fine': GROUPS,
    'avec.cycle.amendment': GROUPS,
    'avec.cycle.amendment.change': GROUPS,
    'avec.meeting': DOCUMENT,
    'avec.meeting.line': DOCUMENT,
    'avec.meeting.operation': DOCUMENT,
    'avec.membership.exit': FINANCE,
    'avec.share_out': FINANCE,
    'avec.share_out.line': FINANCE,
    'avec.opening': FINANCE,
    'avec.opening.line': FINANCE,
    'avec.seal': FIGURES,
    'avec.configuration': _row(
        SINGLETON, 'r', 'r', 'r', 'r', 'rw'),
    'avec.configuration.value': VALUES,
    # -- loans
    'avec.loan.product': VALUES,
    'avec.loan': DOCUMENT,
    'avec.loan.guarantor': DOCUMENT,
    'avec.loan.instalment': DOCUMENT,
    'avec.loan.rescheduling': FINANCE,
    'avec.loan.rescheduling.row': FINANCE,
    'avec.loan.write_off': FINANCE,
    'avec.cycle-avec.loan.product': GROUPS,
    'avec.meeting.disbursement': DOCUMENT,
    'avec.meeting.repayment': DOCUMENT,
    'avec.opening.loan': FINANCE,
    'avec.loan.portfolio.group': FIGURES,
    'avec.loan.portfolio.subdivision': SUMS,
    'avec.loan.portfolio.field_officer': SUMS,
    # -- training
    'avec.training.axis': SETTING,
    'avec.training.skill.kind': SETTING,
    'avec.training.curriculum': SETTING,
    'avec.training.topic': SETTING,
    'avec.training.topic-avec.training.skill.kind': SETTING,
    'avec.training.session': WORK,
    'avec.training.session-avec.group': WORK,
    'avec.training.session-avec.training.topic': WORK,
    'avec.training.attendance': WORK,
    'avec.training.assessment': WORK,
    'avec.training.gain': FIGURES,
    'avec.training.progress': FIGURES,
    'avec.training.skill': FIGURES,
    # -- livelihoods
    'avec.sector': SETTING,
    'avec.activity': WORK,
    'avec.activity.owner': WORK,
    'avec.activity.funding': WORK,
    'avec.activity.record': WORK,
    'avec.cooperative': WORK,
    'avec.cooperative-avec.group': WORK,
    'avec.cooperative.member': WORK,
    'avec.cooperative.payment': _row(
        GROUP, 'rwcd', 'rwcd', 'rwcd', 'r', 'r'),
    'avec.cooperative.step': WORK,
    'avec.cooperative.step.template': SETTING,
    'avec.self_employment': WORK,
    'avec.self_employment.turnover': WORK,
    'avec.self_employment.ceiling': VALUES,
    'avec.employment': WORK,
    'avec.employment.follow_up': WORK,
    # -- indicators
    'avec.indicator': SETTING,
    'avec.indicator.report': _row(COMPANY, '-', 'r', 'rwcd', 'r', 'r'),
    'avec.indicator.snapshot': _row(COMPANY, '-', 'r', 'rwcd', 'r', 'r'),
    'avec.indicator.snapshot.line': _row(COMPANY, '-', 'r', 'rwcd', 'r', 'r'),
    'avec.indicator.target': _row(COMPANY, 'r', 'r', 'rwcd', 'r', 'r'),
    'avec.indicator.threshold': VALUES,
    'avec.indicator.value': _row(COMPANY, 'r', 'r', 'r', 'r', 'r'),
    'avec.group.ratio': FIGURES,
    'avec.group.ratio.programme': SUMS,
    'avec.group.ratio.subdivision': SUMS,
    'avec.group.ratio.field_officer': SUMS,
    'avec.group.ratio.office': SUMS,
    # -- audit
    'avec.audit.balance': _row(COMPANY, '-', 'r', '-', 'r', '-'),
    'avec.audit.exception': _row(COMPANY, '-', 'r', '-', 'r', '-'),
    'avec.audit.finding': _row(GROUP, 'rw', 'rw', 'rw', 'rwc', 'r'),
    'avec.audit.sample': _row(COMPANY, '-', 'r', '-', 'rwcd', '-'),
    'avec.audit.sample.line': _row(COMPANY, '-', 'r', '-', 'rwcd', '-'),
    # -- the books, of Tryton
    'account.move': _row(COMPANY, '-', 'rwcd', '-', 'r', '-'),
    'account.move.line': _row(COMPANY, '-', 'rwcd', '-', 'r', '-'),
    'account.account': VALUES,
    'account.fiscalyear': VALUES,
    'account.configuration': _row(
        SINGLETON, 'r', 'r', 'r', 'r', 'rw'),
    'account.configuration.avec': VALUES,
    'account.general_ledger.account': _row(COMPANY, '-', 'r', '-', 'r', '-'),
    'account.general_ledger.line': _row(COMPANY, '-', 'r', '-', 'r', '-'),
    'account.aged_balance': _row(COMPANY, '-', 'r', '-', 'r', '-'),
    }

_TYPISTS = ['field_officer', 'finance']
_FOLLOWERS = ['field_officer', 'programme']
_FINANCE = ['finance']
# {model: {button: (the states in which it works if there are, who presses)}}
BUTTONS = {
    'avec.cycle': {
        'run': (['draft', 'sharing'], [*_TYPISTS, 'programme']),
        'share': (['running'], _FINANCE),
        'close': (['sharing'], _FINANCE),
        'amend': (['running'], ['finance', 'programme']),
        },
    'avec.meeting': {
        'fill': (['draft'], _TYPISTS),
        'draft': (['held'], _TYPISTS),
        'hold': (['draft'], _TYPISTS),
        'post': (['held'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.membership.exit': {
        'compute': (['draft'], _FINANCE),
        'post': (['draft'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.share_out': {
        'compute': (['draft'], _FINANCE),
        'post': (['draft'], _FINANCE),
        'pay': (['posted'], _FINANCE),
        'cancel': (['posted', 'paid'], _FINANCE),
        },
    'avec.opening': {
        'post': (['draft'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.loan': {
        'approve': (['request'], _FINANCE),
        'reject': (['request'], _FINANCE),
        'cancel': (['request', 'approved'], _TYPISTS),
        'reschedule': (['disbursed'], _FINANCE),
        'write_off': (['disbursed'], _FINANCE),
        },
    'avec.loan.write_off': {
        'post': (['draft'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.loan.rescheduling': {
        'post': (['draft'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.training.session': {
        'fill': (['planned'], _FOLLOWERS),
        'assess': (['held'], _FOLLOWERS),
        'plan': (['held', 'cancelled'], _FOLLOWERS),
        'hold': (['planned'], _FOLLOWERS),
        'cancel': (['planned', 'held'], _FOLLOWERS),
        },
    'avec.activity': {
        'start': (['idea'], _FOLLOWERS),
        'withdraw': (['started'], _FOLLOWERS),
        'run': (['started'], _FOLLOWERS),
        'stop': (['started', 'running'], _FOLLOWERS),
        'resume': (['stopped'], _FOLLOWERS),
        },
    'avec.cooperative': {
        'bring_steps': (['preparing', 'registered'], _FOLLOWERS),
        'register': (['preparing'], _FOLLOWERS),
        'correct': (['registered'], ['programme']),
        'dissolve': (['registered'], _FOLLOWERS),
        },
    'avec.cooperative.step': {
        'do': (['open'], _FOLLOWERS),
        'undo': (['done'], _FOLLOWERS),
        },
    'avec.cooperative.payment': {
        'post': (['draft'], _FINANCE),
        'cancel': (['posted'], _FINANCE),
        },
    'avec.self_employment': {
        'register': (['in_progress'], _FOLLOWERS),
        'correct': (['registered'], ['programme']),
        'end': (['registered'], _FOLLOWERS),
        },
    'avec.indicator.report': {
        'send': (['draft'], ['programme']),
        },
    'avec.indicator.value': {
        'trace': ([], ROLES),
        },
    'avec.indicator.snapshot': {
        'store': (['draft'], ['programme']),
        'supersede': (['stored'], ['programme']),
        'compare': (['stored', 'superseded'], [
                'finance', 'programme', 'auditor', 'admin']),
        },
    'avec.audit.finding': {
        'send_answer': (['open'], [*_TYPISTS, 'programme']),
        'close': (['open', 'answered'], ['auditor']),
        'reopen': (['answered', 'closed'], ['auditor']),
        },
    'avec.audit.sample': {
        'draw': (['draft'], ['auditor']),
        },
    }

_OFFICE = ['finance', 'programme', 'auditor', 'admin']
_AUDIT = ['finance', 'auditor']
# {name: (the model it starts from or None, who starts it)}
WIZARDS = {
    'avec.four_eyes': (None, ['admin']),
    'avec.seal.check': (None, ['finance', 'auditor', 'admin']),
    'avec.seal.existing': (None, ['admin']),
    'avec.cycle.amend': ('avec.cycle', ['finance', 'programme']),
    'avec.loan.reschedule': ('avec.loan', _FINANCE),
    'avec.loan.simulate': (None, ROLES),
    'avec.indicator.snapshot.compare': ('avec.indicator.snapshot', _OFFICE),
    'avec.indicator.threshold.propose': (None, ['admin']),
    'avec.indicator.trace': ('avec.indicator.value', ROLES),
    'avec.audit.finding.note': ('avec.audit.exception', ['auditor']),
    'avec.audit.group_file.pack': ('avec.group', _AUDIT),
    'avec.office.setup': (None, ['admin']),
    'avec.office.export': (None, ['admin']),
    'avec.office.import': (None, ['admin']),
    }
# {name: (the models it prints, who prints it)}
REPORTS = {
    'avec.meeting.sheet': (['avec.meeting'], ROLES),
    'avec.meeting.blank_sheet': (['avec.meeting', 'avec.cycle'], ROLES),
    'avec.membership.passbook': (['avec.membership'], ROLES),
    'avec.cycle.statement': (['avec.cycle'], ROLES),
    'avec.share_out.sheet': (['avec.share_out'], ROLES),
    'avec.beneficiary.export': (['avec.group', 'avec.programme'], ROLES),
    'avec.beneficiary.export.identity': (
        ['avec.group', 'avec.programme'], _FOLLOWERS),
    'avec.party.sheet': (['party.party'], ROLES),
    'avec.loan.contract': (['avec.loan'], ROLES),
    'avec.loan.statement': (['avec.loan'], ROLES),
    'avec.training.session.sheet': (['avec.training.session'], ROLES),
    'avec.training.session.blank_sheet': (['avec.training.session'], ROLES),
    'avec.training.certificate': (['avec.training.progress'], ROLES),
    'avec.training.follow_up': (['avec.training.progress'], ROLES),
    'avec.activity.sheet': (['avec.activity'], ROLES),
    'avec.cooperative.file': (['avec.cooperative'], ROLES),
    'avec.indicator.report.print': (['avec.indicator.report'], _OFFICE),
    'avec.indicator.export': (['avec.indicator.snapshot'], _OFFICE),
    'avec.indicator.iati': (['avec.indicator.report'], _OFFICE),
    'avec.group.ratio.savix': (['avec.group'], _OFFICE),
    'avec.audit.finding.print': (['avec.audit.finding'], ROLES),
    'avec.audit.group_file': (['avec.group'], _AUDIT),
    'avec.audit.sample.print': (['avec.audit.sample'], _AUDIT),
    }
