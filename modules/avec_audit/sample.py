# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Random samples of documents, which another auditor can draw again"
import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.report import AvecReport
from trytond.modules.company.model import set_employee
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import sampling
from .exceptions import SampleError, SampleFrozenError

_STATES = {
    'readonly': Eval('state') != 'draft',
    }
# What the auditor notes on what was drawn
_NOTES = {'checked', 'note'}


class Sample(Workflow, ModelSQL, ModelView):
    __name__ = 'avec.audit.sample'
    __string__ = "Audit Sample"

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_STATES)
    name = fields.Char("Name", required=True, states=_STATES)
    population = fields.Selection([
            ('avec.meeting', "Meetings Posted"),
            ('avec.membership.exit', "Exits Posted"),
            ('avec.share_out', "Share-outs Posted"),
            ('account.move', "Moves of Groups"),
            ], "Population", required=True, sort=False, states=_STATES,
        help="What the sample is drawn from.")
    population_string = population.translated('population')
    start_date = fields.Date(
        "From", required=True, states=_STATES,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "To", required=True, states=_STATES,
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('end_date', '>=', Eval('start_date', None)),
                ()),
            ])
    programme = fields.Many2One(
        'avec.programme', "Programme", ondelete='RESTRICT', states=_STATES,
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Leave empty to draw from all the groups.")
    subdivision = fields.Many2One(
        'country.subdivision', "Province", ondelete='RESTRICT',
        states=_STATES, help="Leave empty to draw from all the groups.")
    size = fields.Integer(
        "Size",
        domain=['OR', ('size', '=', None), ('size', '>', 0)],
        states={
            'readonly': Eval('state') != 'draft',
            'required': ~Eval('percentage'),
            },
        help="How many documents are drawn.")
    percentage = fields.Numeric(
        "Percentage", digits=(3, 2),
        domain=['OR',
            ('percentage', '=', None),
            [
                ('percentage', '>', 0),
                ('percentage', '<=', 100),
                ],
            ],
        states={
            'readonly': Eval('state') != 'draft',
            'required': ~Eval('size'),
            },
        help="The part of the population that is drawn, at least.\n"
        "With a size, the larger of both is drawn.")
    seed = fields.Char(
        "Seed", required=True, strip=False, states=_STATES,
        help="Any text. Write it down before the sample is drawn, so that "
        "nobody can say that it was chosen for its result.")
    note = fields.Text("Note")
    population_count = fields.Integer(
        "Documents", readonly=True,
        help="How many documents the population had when it was drawn.")
    population_digest = fields.Char(
        "Digest of Population", readonly=True,
        help="The SHA-256 of the keys of the population: if it is the same, "
        "another sample was drawn from the same documents.")
    method = fields.Function(fields.Text("Method"), 'get_method')
    lines = fields.One2Many(
        'avec.audit.sample.line', 'sample', "Drawn",
        states={
            'readonly': Eval('state') != 'drawn',
            })
    checked = fields.Function(fields.Integer(
            "Checked", help="How many of the documents were checked."),
        'on_change_with_checked')
    drawn_by = fields.Many2One(
        'company.employee', "Drawn By", readonly=True, ondelete='RESTRICT')
    drawn_at = fields.Timestamp("Drawn At", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('drawn', "Drawn"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('id', 'DESC'))
        cls._transitions |= {('draft', 'drawn')}
        cls._buttons.update({
                'draw': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_population(cls):
        return 'avec.meeting'

    @classmethod
    def default_state(cls):
        return 'draft'

    @fields.depends('lines')
    def on_change_with_checked(self, name=None):
        return sum(1 for l in self.lines or [] if l.checked)

    def get_method(self, name):
        return gettext('avec_audit.msg_sample_method', seed=self.seed or '')

    # -- the population

    def _domain(self):
        "Return the domain of the documents from which is drawn"
        domains = {
            'avec.meeting': [('state', '=', 'posted')],
            'avec.membership.exit': [('state', '=', 'posted')],
            'avec.share_out': [('state', 'in', ['posted', 'paid'])],
            'account.move': [
                ('state', '=', 'posted'), ('avec_group', '!=', None)],
            }
        return domains[self.population]

    def _date(self):
        "Return the name of the date of the documents"
        return 'date'

    def _group(self):
        "Return the path to the group of the documents"
        return {
            'avec.membership.exit': 'membership.group',
            'account.move': 'avec_group',
            }.get(self.population, 'cycle.group')

    def get_population(self):
        "Return the documents from which is drawn"
        Document = Pool().get(self.population)
        group = self._group()
        domain = [
            ('company', '=', self.company.id),
            (self._date(), '>=', self.start_date),
            (self._date(), '<=', self.end_date),
            *self._domain(),
            ]
        if self.programme:
            domain.append((group + '.programme', '=', self.programme.id))
        if self.subdivision:
            domain.append((
                    group + '.subdivision', 'child_of',
                    [self.subdivision.id], 'parent'))
        return Document.search(domain, order=[('id', 'ASC')])

    def get_size(self, population):
        "Return how many documents are drawn"
        size = self.size or 0
        if self.percentage:
            size = max(
                size, sampling.sample_size(population, self.percentage))
        return size

    # -- the draw

    @classmethod
    @ModelView.button
    @Workflow.transition('drawn')
    @set_employee('drawn_by')
    def draw(cls, samples):
        Line = Pool().get('avec.audit.sample.line')
        cls.lock(samples)
        lines = []
        for sample in samples:
            documents = {str(d): d for d in sample.get_population()}
            if not documents:
                raise SampleError(gettext(
                        'avec_audit.msg_sample_empty',
                        sample=sample.rec_name))
            sample.population_count = len(documents)
            sample.population_digest = sampling.population_digest(documents)
            sample.drawn_at = dt.datetime.now()
            sample.drawn_by = None
            for drawn in sampling.draw(
                    sample.seed, documents, sample.get_size(len(documents))):
                lines.append(Line(
                        sample=sample, rank=drawn.rank, key=drawn.key,
                        digest=drawn.digest, document=drawn.key))
        cls.save(samples)
        Line.save(lines)

    @classmethod
    def check_modification(cls, mode, samples, values=None, external=False):
        super().check_modification(
            mode, samples, values=values, external=external)
        for sample in samples:
            if mode == 'create':
                refused = external and sample.state != 'draft'
            elif mode == 'delete':
                refused = sample.state != 'draft'
            else:
                # Nor may a draft be drawn by hand
                frozen = values.keys() - {'note', 'lines'}
                refused = external and (
                    frozen if sample.state != 'draft'
                    else frozen & cls._drawn_fields())
            if refused:
                raise SampleFrozenError(gettext(
                        'avec_audit.msg_sample_frozen',
                        sample=sample.rec_name))

    @classmethod
    def _drawn_fields(cls):
        return {
            'state', 'drawn_by', 'drawn_at', 'population_count',
            'population_digest'}

    @classmethod
    def copy(cls, samples, default=None):
        default = default.copy() if default is not None else {}
        for name in cls._drawn_fields() | {'lines', 'note'}:
            default.setdefault(name, None)
        default['state'] = 'draft'
        return super().copy(samples, default=default)


class SampleLine(ModelSQL, ModelView):
    __name__ = 'avec.audit.sample.line'
    __string__ = "Audit Sample Line"

    sample = fields.Many2One(
        'avec.audit.sample', "Sample", required=True, readonly=True,
        ondelete='CASCADE')
    rank = fields.Integer("Rank", required=True, readonly=True)
    key = fields.Char(
        "Key", required=True, readonly=True,
        help="What identifies the document in the database.")
    digest = fields.Char(
        "Digest", required=True, readonly=True,
        help="The SHA-256 of the seed, a vertical bar and the key.")
    document = fields.Reference(
        "Document", selection='get_documents', required=True, readonly=True)
    checked = fields.Boolean("Checked")
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('sample')
        table = cls.__table__()
        cls._sql_constraints += [
            ('key_unique', Unique(table, table.sample, table.key),
                'avec_audit.msg_sample_line_key_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.sample, Index.Range())))
        cls._order = [
            ('sample', 'DESC'),
            ('rank', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_checked(cls):
        return False

    @classmethod
    def get_documents(cls):
        pool = Pool()
        Model = pool.get('ir.model')
        Sample = pool.get('avec.audit.sample')
        return [
            (n, Model.get_name(n)) for n, _ in Sample.population.selection]

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external and (mode != 'write' or values.keys() - _NOTES):
            for line in lines:
                raise SampleFrozenError(gettext(
                        'avec_audit.msg_sample_frozen',
                        sample=line.sample.rec_name))

    def get_rec_name(self, name):
        return f'{self.rank} @ {self.sample.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('sample.rec_name', *clause[1:])]


class SampleLoan(metaclass=PoolMeta):
    __name__ = 'avec.audit.sample'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.population.selection.insert(
            1, ('avec.loan', "Loans Disbursed"))

    def _domain(self):
        if self.population == 'avec.loan':
            return [('state', 'in', ['disbursed', 'repaid', 'written_off'])]
        return super()._domain()

    def _date(self):
        if self.population == 'avec.loan':
            return 'disbursement_date'
        return super()._date()

    def _group(self):
        if self.population == 'avec.loan':
            return 'membership.group'
        return super()._group()


class SampleReport(AvecReport):
    __name__ = 'avec.audit.sample.print'

    @classmethod
    def _get_context(cls, samples):
        context = super()._get_context(samples)
        context['place'] = cls._place
        return context

    @classmethod
    def _place(cls, sample):
        "Return of which groups the documents are"
        names = [
            r.rec_name for r in [sample.programme, sample.subdivision] if r]
        return ', '.join(names) or gettext('avec_audit.msg_sample_all')
