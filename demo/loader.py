# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Load the plan week after week, each week in a transaction"
import sys

from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

from .calendar import weeks
from .cycles import Amendments, Cycles
from .endings import Exits, ShareOuts
from .groups import Committees, load_groups
from .indicators import Indicators
from .livelihoods import Livelihoods
from .loans import LoanChanges, Loans
from .meetings import Meetings
from .office import load_office
from .progress import Progress
from .training import Training
from .verify import Figures

__all__ = ['DemoError', 'PARTS', 'Loader']

# In the order of what happens in a week
PARTS = [
    Committees, Cycles, Loans, Meetings, Exits, Amendments, LoanChanges,
    ShareOuts, Training, Livelihoods, Indicators, Figures]
# Posting takes the locks of these: known before, nothing is done twice
LOCKED = [
    'account.journal.period', 'avec.cycle', 'avec.group', 'avec.loan',
    'ir.sequence.strict']


class DemoError(Exception):
    "What does not add up in the records"


class Loader:
    """Make the records of the plan in a database

    After the loading, office and books have the ids of what was made."""
    parts = PARTS
    make_office = staticmethod(load_office)

    def __init__(self, database, plans, stream=sys.stderr):
        self.database = database
        self.plans = plans
        self.progress = Progress(stream)
        self.office = None
        self.books = []
        # The steps that were started again for a lock
        self.repeated = []

    def load(self):
        self._run(self._prepare)
        mondays = self.weeks()
        with self.progress.step("Meetings", len(mondays)) as advance:
            for monday in mondays:
                self._run(self._week, monday)
                advance()
        self._run(self._finish)
        self._run(self._check)

    def weeks(self):
        "Return the first days of the weeks of the story"
        return list(weeks())

    def _run(self, function, *args):
        "Run the function in a transaction, again when it lacked locks"
        pool = Pool(self.database)
        models = {n for n, _ in pool.iterobject()}
        extras = {'_lock_tables': [
                pool.get(m)._table for m in LOCKED if m in models]}
        context = {'language': 'fr', '_skip_warnings': True}
        if self.office:
            context['company'] = self.office.company
            context['companies'] = [self.office.company]
        while True:
            with Transaction().start(
                    self.database, 1, context=context,
                    **extras) as transaction:
                try:
                    return function(*args)
                except TransactionError as error:
                    self.repeated.append(function.__name__)
                    transaction.rollback()
                    transaction.tasks.clear()
                    error.fix(extras)

    def _prepare(self):
        with self.progress.step("Office", 1) as advance:
            office = self.make_office()
            advance()
        with Transaction().set_context(
                company=office.company, companies=[office.company]):
            with self.progress.step("Groups", len(self.plans)) as advance:
                books = load_groups(office, self.plans, advance)
            office.parts = self._parts(office)
            with self.progress.step(
                    "Before the first meeting",
                    len(office.parts)) as advance:
                for part in office.parts:
                    part.prepare(books)
                    advance()
        self.office, self.books = office, books

    def _parts(self, office):
        "Return the parts whose module is activated"
        Module = Pool().get('ir.module')
        activated = {m.name for m in Module.search([
                    ('state', '=', 'activated'),
                    ])}
        return [p(office) for p in self.parts if p.module in activated]

    def _week(self, monday):
        for part in self.office.parts:
            part.week(self.books, monday)

    def _finish(self):
        Item = Pool().get('ir.module.config_wizard.item')
        for part in self.office.parts:
            part.finish(self.books)
        # Nobody has to set up what has been set up here
        Item.write(Item.search([('state', '=', 'open')]), {'state': 'done'})

    def _check(self):
        with self.progress.step(
                "Checking", len(self.office.parts)) as advance:
            faults = []
            for part in self.office.parts:
                faults.extend(part.check(self.books))
                advance()
        if faults:
            raise DemoError('\n'.join(faults))
