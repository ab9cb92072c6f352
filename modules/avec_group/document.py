# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the documents that move the money of a group have in common"
from collections import defaultdict
from decimal import Decimal
from itertools import chain

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.account.exceptions import PeriodNotFoundError
from trytond.modules.company.model import employee_field
from trytond.pool import Pool
from trytond.pyson import Eval

from .exceptions import DocumentOrderError, DocumentStateError
from .locks import lock_together
from .sealed import SealedLineMixin, SealedMixin
from .trail import TrailMixin

# Saving lines costs more than linearly, so moves are saved by about 100
# lines (figures in doc/performance.rst)
LINES_PER_SAVE = 100
_FREE = {'state', 'number', 'move', 'cancel_move', 'payment_move',
    'payment_cancel_move', 'held_by', 'posted_by', 'cancelled_by',
    'computed_by', 'paid_by'}


def signature(string):
    "Return the field of who did a step, which nobody types"
    return employee_field(
        string, states=['draft', 'held', 'posted', 'paid', 'cancelled'])


def format_amount(amount, currency):
    "Return the amount as the user reads it"
    Lang = Pool().get('ir.lang')
    return Lang.get().currency(amount, currency)


def format_date(date):
    "Return the date as the user reads it"
    Lang = Pool().get('ir.lang')
    return Lang.get().strftime(date)


def lock_sequences(periods):
    """Lock the sequences that number the moves of the periods.

    Without it the transaction is started again for the lock when the moves
    are posted, after all the work of saving them.
    """
    Sequence = Pool().get('ir.sequence.strict')
    Sequence.lock(list({p.move_sequence_used for p in periods}))


def save_and_post(moves):
    "Save the moves in chunks of lines and post them"
    Move = Pool().get('account.move')
    lock_sequences([m.period for m in moves])
    Move.avec_save(moves)
    Move.post(moves)


class DocumentMixin(SealedMixin, TrailMixin):
    """A document of a cycle that posts a move.

    The model has the fields cycle, date and state and the method
    _get_move_lines which returns unsaved lines.
    """
    __slots__ = ()

    company = fields.Function(fields.Many2One(
            'company.company', "Company"),
        'on_change_with_company', searcher='search_company')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')
    move = fields.Many2One(
        'account.move', "Move", readonly=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'invisible': ~Eval('move'),
            })
    cancel_move = fields.Many2One(
        'account.move', "Cancel Move", readonly=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'invisible': ~Eval('cancel_move'),
            })

    @fields.depends('cycle', '_parent_cycle.group')
    def on_change_with_company(self, name=None):
        if self.cycle and self.cycle.group:
            return self.cycle.group.company

    @classmethod
    def search_company(cls, name, clause):
        return [('cycle.group.' + clause[0], *clause[1:])]

    @fields.depends('cycle', '_parent_cycle.group')
    def on_change_with_currency(self, name=None):
        if self.cycle and self.cycle.group and self.cycle.group.company:
            return self.cycle.group.company.currency

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def trail_lines(cls):
        return [*super().trail_lines(), *cls.sealed_lines()]

    @classmethod
    def _move_fields(cls):
        "Return the fields of the moves and of their reversals"
        return [('move', 'cancel_move')]

    def _new_move(self, lines, date=None):
        "Return an unsaved move of the lines in the books of the cycle"
        pool = Pool()
        Move = pool.get('account.move')
        Period = pool.get('account.period')
        configuration = pool.get('account.configuration')(1)
        company = self.company
        date = date or self.date
        return Move(
            company=company,
            journal=configuration.get_multivalue(
                'avec_journal', company=company.id),
            period=Period.find(company, date=date),
            date=date,
            description=self._move_description(),
            origin=self,
            avec_group=self.cycle.group,
            avec_cycle=self.cycle,
            lines=lines)

    def _move_description(self):
        return self.rec_name

    def _get_move_lines(self):
        "Return the unsaved lines of the move"
        return []

    def _get_move_line(self, name, amount, party=None, origin=None):
        """Return an unsaved line, a debit if the amount is positive.

        name: the field of the account in the configuration.
        """
        line, = self._get_lines([(name, amount, party, origin)])
        return line

    def _get_lines(self, entries):
        """Return unsaved lines, with each account looked up once.

        entries: [(name, amount, party or None, origin or None), ...] as for
        _get_move_line.
        """
        pool = Pool()
        Line = pool.get('account.move.line')
        configuration = pool.get('account.configuration')(1)
        accounts = configuration.get_avec_accounts(
            dict.fromkeys(e[0] for e in entries), self.company)
        return [
            Line(
                account=accounts[name],
                party=party,
                debit=max(amount, Decimal(0)),
                credit=max(-amount, Decimal(0)),
                origin=origin or self)
            for name, amount, party, origin in entries]

    @classmethod
    def lock_books(cls, documents):
        "Lock what two users must not post in at the same time"
        pool = Pool()
        Cycle = pool.get('avec.cycle')
        Period = pool.get('account.period')
        Seal = pool.get('avec.seal')
        periods = []
        for document in documents:
            try:
                periods.append(
                    Period.find(document.company, date=document.date))
            except PeriodNotFoundError:
                # Raised again when the document makes its move
                continue
        lock_together(
            lambda: Seal.lock_chains(cls, documents),
            lambda: Cycle.lock(list({d.cycle for d in documents if d.cycle})),
            lambda: lock_sequences(periods))

    @classmethod
    def _post_moves(cls, documents):
        "Post one move for each document that moves money"
        moves = []
        for document, lines in cls._get_documents_lines(documents):
            if lines:
                document.move = document._new_move(lines)
                moves.append(document.move)
        save_and_post(moves)
        cls.save(documents)

    @classmethod
    def _get_documents_lines(cls, documents):
        "Return [(document, unsaved lines of its move), ...] in their order"
        return [(d, d._get_move_lines()) for d in documents]

    @classmethod
    def _cancel_moves(cls, documents):
        "Post the reversal of the moves of the documents"
        pool = Pool()
        Move = pool.get('account.move')
        cls.check_later(documents)
        for name, cancel_name in cls._move_fields():
            posted = [d for d in documents
                if getattr(d, name) and not getattr(d, cancel_name)]
            moves = [getattr(d, name) for d in posted]
            lock_sequences([m.period for m in moves])
            cls._unreconcile(moves)
            reversals = Move.avec_reverse(moves)
            for document, move in zip(posted, reversals):
                setattr(document, cancel_name, move)
            Move.post(reversals)
            for pair in zip(moves, reversals):
                cls._reconcile(pair)
        cls.save(documents)

    @classmethod
    def _reconcile(cls, moves):
        "Reconcile the lines of the moves that settle each other"
        Line = Pool().get('account.move.line')
        to_reconcile = defaultdict(list)
        for line in chain.from_iterable(m.lines for m in moves):
            if line.account.reconcile and not line.reconciliation:
                to_reconcile[line.account, line.party].append(line)
        Line.reconcile(*[
                lines for lines in to_reconcile.values()
                if not sum(l.debit - l.credit for l in lines)])

    @classmethod
    def _unreconcile(cls, moves):
        Reconciliation = Pool().get('account.move.reconciliation')
        Reconciliation.delete(list({
                    l.reconciliation for m in moves for l in m.lines
                    if l.reconciliation}))

    @classmethod
    def _document_models(cls):
        "Return the names of the models that move money in a cycle"
        return [
            'avec.opening', 'avec.meeting', 'avec.membership.exit',
            'avec.share_out']

    @classmethod
    def check_later(cls, documents):
        "Check that nothing posted in the cycle builds on the documents"
        pool = Pool()
        cancelled = set(map(str, documents))
        for name in cls._document_models():
            Document = pool.get(name)
            later = Document.search([
                    ('cycle', 'in', list({d.cycle.id for d in documents})),
                    ('state', 'in', ['posted', 'paid']),
                    ('move', '!=', None),
                    ])
            for other in later:
                if str(other) in cancelled:
                    continue
                for document in documents:
                    if (document.move and document.cycle == other.cycle
                            and other.move.id > document.move.id):
                        raise DocumentOrderError(gettext(
                                'avec_group.msg_document_later',
                                document=document.rec_name,
                                later=other.rec_name))

    @classmethod
    def check_cycle(cls, documents, states=('running',)):
        "Check that the cycles of the documents are open to them"
        for document in documents:
            cycle = document.cycle
            if cycle.state not in states:
                raise DocumentOrderError(gettext(
                        'avec_group.msg_document_cycle',
                        document=document.rec_name, cycle=cycle.rec_name))

    @classmethod
    def check_modification(
            cls, mode, documents, values=None, external=False):
        super().check_modification(
            mode, documents, values=values, external=external)
        for document in documents:
            if mode == 'create':
                refused = external and (
                    document.state != 'draft' or any(
                        getattr(document, n, None)
                        for n in _FREE - {'state'}))
            elif mode == 'delete':
                refused = document.state != 'draft'
            elif external:
                refused = document.state != 'draft' or any(
                    n in _FREE and values[n] != cls._raw(document, n)
                    for n in values)
            else:
                refused = (document.state not in {'draft', 'held'}
                    and values.keys() - _FREE)
            if refused:
                raise DocumentStateError(gettext(
                        'avec_group.msg_document_frozen',
                        document=document.rec_name))

    @classmethod
    def _raw(cls, document, name):
        value = getattr(document, name)
        return value.id if hasattr(value, 'id') else value

    @classmethod
    def _copy_default(cls, default):
        default = default.copy() if default is not None else {}
        for name in _FREE & cls._fields.keys():
            default.setdefault(name, None)
        default['state'] = 'draft'
        return default

    @classmethod
    def copy(cls, documents, default=None):
        return super().copy(documents, default=cls._copy_default(default))


class DocumentLineMixin(SealedLineMixin):
    "A line of a document, frozen with it; the model names its parent"
    __slots__ = ()

    @classmethod
    def _document_field(cls):
        raise AssertionError("the line must name the field of its document")

    @property
    def document(self):
        return getattr(self, self._document_field())

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        name = cls._document_field()
        documents = [l.document for l in lines]
        if values and values.get(name):
            # A line may not enter a document that is not a draft either
            documents.append(cls._fields[name].get_target()(values[name]))
        for document in documents:
            if document.state != 'draft':
                raise DocumentStateError(gettext(
                        'avec_group.msg_document_frozen',
                        document=document.rec_name))
