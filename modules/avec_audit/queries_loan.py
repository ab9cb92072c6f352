# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The exceptions found in the loans, as queries like those of queries_group

The limits are looked at as they were when the money left the box: what was
saved, and what else was owed, at the end of the meeting.
"""
from sql import Literal, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Coalesce

from trytond.model import fields
from trytond.modules.avec_group.ledger import configured_accounts
from trytond.pool import Pool

from .queries_group import gaps
from .sql_tools import amount, reference

_LENT = ['disbursed', 'repaid', 'written_off']
_LOANS = ['avec_loan_receivable', 'avec_social_loan_receivable']


def _accounts(audit, names):
    "Return the ids of the accounts of the company"
    Company = Pool().get('company.company')
    if audit.company < 0:
        return [-1]
    return list(configured_accounts(
            [Company(audit.company)], names)) or [-1]


def _lent(audit):
    """Return the query of the loans paid out at meetings.

    A loan that was open when the group came in was not granted here.
    """
    pool = Pool()
    disbursement = pool.get('avec.meeting.disbursement').__table__()
    group = pool.get('avec.group').__table__()
    loan = pool.get('avec.loan').__table__()
    meeting = pool.get('avec.meeting').__table__()
    membership = pool.get('avec.membership').__table__()
    product = pool.get('avec.loan.product').__table__()
    return (loan
        .join(disbursement, condition=disbursement.loan == loan.id)
        .join(meeting, condition=disbursement.meeting == meeting.id)
        .join(membership, condition=loan.membership == membership.id)
        .join(group, condition=membership.group == group.id)
        .join(product, condition=loan.product == product.id)
        .select(
            loan.id.as_('id'), membership.group.as_('group'),
            loan.cycle.as_('cycle'), loan.membership.as_('membership'),
            membership.party.as_('party'), loan.product.as_('product'),
            loan.principal.as_('principal'), loan.term.as_('term'),
            meeting.date.as_('date'), meeting.move.as_('move'),
            loan.approved_by.as_('employee'), loan.create_uid.as_('user'),
            product.savings_multiple.as_('multiple'),
            product.max_open_loans.as_('most'),
            product.max_term.as_('longest'),
            where=(group.company == audit.company)
            & (meeting.state == 'posted') & loan.state.in_(_LENT)))


def _row(loan):
    return {
        'kind': 'loan_limit', 'group': loan.group, 'cycle': loan.cycle,
        'membership': loan.membership, 'date': loan.date,
        'document': reference('avec.loan', loan.id),
        'employee': loan.employee, 'user': loan.user}


def _saved(audit, loan):
    "Return the query of what the borrowers had saved, by loan"
    pool = Pool()
    line = pool.get('account.move.line').__table__()
    move = pool.get('account.move').__table__()
    return (loan
        .join(line, condition=line.party == loan.party)
        .join(move, condition=(line.move == move.id)
            & (move.avec_group == loan.group) & (move.id <= loan.move))
        .select(
            loan.id.as_('loan'),
            Sum(line.credit - line.debit).as_('saved'),
            where=(move.state == 'posted')
            & fields.SQL_OPERATORS['in'](
                line.account, _accounts(audit, ['avec_savings'])),
            group_by=[loan.id]))


def _others(audit, loan):
    """Return the query of what was owed on each other loan, by loan

    Of the loans paid out at the same meeting, the first ones count."""
    pool = Pool()
    instalment = pool.get('avec.loan.instalment').__table__()
    line = pool.get('account.move.line').__table__()
    move = pool.get('account.move').__table__()
    other = pool.get('avec.loan').__table__()
    owed = Sum(line.debit - line.credit)
    return (loan
        .join(other, condition=(other.membership == loan.membership)
            & (other.id != loan.id)
            & ((other.disbursement_date < loan.date) | (other.id < loan.id)))
        .join(instalment, condition=instalment.loan == other.id)
        .join(line, condition=line.avec_instalment == instalment.id)
        .join(move, condition=(line.move == move.id)
            & (move.id <= loan.move))
        .select(
            loan.id.as_('loan'), other.product.as_('product'),
            owed.as_('owed'),
            where=(move.state == 'posted')
            & fields.SQL_OPERATORS['in'](
                line.account, _accounts(audit, _LOANS)),
            group_by=[loan.id, other.id, other.product],
            having=amount(owed) > 0))


def over_savings(audit):
    "The loans above what the savings of the borrower allowed"
    loan = _lent(audit)
    saved = _saved(audit, _lent(audit))
    others = _others(audit, _lent(audit))
    owed = others.select(
        others.loan.as_('loan'), Sum(others.owed).as_('owed'),
        group_by=[others.loan])
    asked = amount(loan.principal + Coalesce(owed.owed, 0))
    limit = amount(loan.multiple * Coalesce(saved.saved, 0))
    return (loan
        .join(saved, 'LEFT', condition=saved.loan == loan.id)
        .join(owed, 'LEFT', condition=owed.loan == loan.id)
        .select(
            *audit.row(
                loan.id, reason='loan_savings', amount=loan.principal,
                found=asked, allowed=limit, **_row(loan)),
            where=asked > limit))


def over_term(audit):
    "The loans for longer than the product allows"
    loan = _lent(audit)
    return loan.select(
        *audit.row(
            loan.id, reason='loan_term', amount=loan.principal,
            found=loan.term, allowed=loan.longest, **_row(loan)),
        where=(loan.longest != Null) & (loan.term > loan.longest))


def too_many_open(audit):
    "The loans to who had as many open as the product allows"
    loan = _lent(audit)
    other = _others(audit, _lent(audit))
    lent = _lent(audit)
    counts = (other
        .join(lent, condition=(other.loan == lent.id)
            & (other.product == lent.product))
        .select(
            other.loan.as_('loan'), Count(Literal(1)).as_('count'),
            group_by=[other.loan]))
    return (loan
        .join(counts, condition=counts.loan == loan.id)
        .select(
            *audit.row(
                loan.id, reason='loan_open', amount=loan.principal,
                found=counts.count + 1, allowed=loan.most, **_row(loan)),
            where=counts.count >= loan.most))


def self_approved(audit):
    "The loans approved by the person who requested them"
    loan, membership, group = _loans()
    return (loan
        .join(membership, condition=loan.membership == membership.id)
        .join(group, condition=membership.group == group.id)
        .select(
            *audit.row(
                loan.id, kind='self_posted', reason='self_approved',
                group=membership.group, cycle=loan.cycle,
                membership=loan.membership, date=loan.request_date,
                document=reference('avec.loan', loan.id),
                employee=loan.approved_by, user=loan.create_uid,
                amount=loan.principal),
            where=(group.company == audit.company)
            & (loan.approved_by == loan.requested_by)))


def _loans():
    pool = Pool()
    return [
        pool.get(n).__table__()
        for n in ['avec.loan', 'avec.membership', 'avec.group']]


def loan_gaps(audit):
    "The numbers of loans that are missing"
    loan, membership, group = _loans()
    row = gaps(loan
        .join(membership, condition=loan.membership == membership.id)
        .join(group, condition=membership.group == group.id)
        .select(
            loan.id.as_('id'), membership.group.as_('group'),
            loan.cycle.as_('cycle'), loan.membership.as_('membership'),
            loan.request_date.as_('date'), loan.requested_by.as_('employee'),
            loan.create_uid.as_('user'), loan.number.as_('number'),
            where=(group.company == audit.company)
            & (loan.number != Null)),
        [])
    return row.select(
        *audit.row(
            row.id, kind='number_gap', reason='loan_gap', group=row.group,
            cycle=row.cycle, membership=row.membership, date=row.date,
            document=reference('avec.loan', row.id), employee=row.employee,
            user=row.user, found=row.found, allowed=row.last + 1,
            note=row.number),
        where=row.found != row.last + 1)
