# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the auditors note on documents, and what the office answers"
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.avec_group.report import AvecReport
from trytond.modules.company.model import reset_employee, set_employee
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, PYSONEncoder
from trytond.transaction import Transaction
from trytond.wizard import StateAction, Wizard

from .exceptions import (
    FindingError, FindingFrozenError, FindingValidationError)

# Set by the buttons
_CONTROLLED = {
    'number', 'state', 'group', 'opened_by', 'opened_on', 'answered_by',
    'answered_on', 'closed_by', 'closed_on'}
# The auditor's part and the office's, each written while it is its turn
_QUESTION = {'title', 'text', 'severity', 'document', 'company'}
_ANSWER = {'answer'}


def _employee(string):
    return fields.Many2One(
        'company.employee', string, readonly=True, ondelete='RESTRICT')


class Finding(Workflow, ModelSQL, ModelView):
    __name__ = 'avec.audit.finding'
    __string__ = "Audit Finding"

    number = fields.Char("Number", readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    document = fields.Reference(
        "Document", selection='get_documents', required=True,
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        help="What the finding is about.")
    group = fields.Many2One(
        'avec.group', "Group", readonly=True, ondelete='RESTRICT',
        help="The group of the document.")
    title = fields.Char("Title", required=True, states={
            'readonly': Eval('state') != 'open',
            })
    text = fields.Text("Finding", states={
            'readonly': Eval('state') != 'open',
            },
        help="What was found, and what is asked.")
    severity = fields.Selection([
            ('low', "Low"),
            ('medium', "Medium"),
            ('high', "High"),
            ], "Severity", required=True, sort=False, states={
            'readonly': Eval('state') != 'open',
            })
    severity_string = severity.translated('severity')
    answer = fields.Text("Answer of the Office", states={
            'readonly': Eval('state') != 'open',
            })
    conclusion = fields.Text("Conclusion", states={
            'readonly': Eval('state') == 'closed',
            },
        help="Why the auditor closes the finding.")
    opened_by = _employee("Opened By")
    opened_on = fields.Date("Opened On", required=True, readonly=True)
    answered_by = _employee("Answered By")
    answered_on = fields.Date("Answered On", readonly=True)
    closed_by = _employee("Closed By")
    closed_on = fields.Date("Closed On", readonly=True)
    state = fields.Selection([
            ('open', "Open"),
            ('answered', "Answered"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.company, table.number),
                'avec_audit.msg_finding_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.document, Index.Equality())),
                Index(table, (table.group, Index.Range())),
                Index(table,
                    (table.state, Index.Equality(cardinality='low')),
                    where=table.state.in_(['open', 'answered'])),
                })
        cls._order.insert(0, ('opened_on', 'DESC'))
        cls._transitions |= {
            ('open', 'answered'),
            ('open', 'closed'),
            ('answered', 'closed'),
            ('answered', 'open'),
            ('closed', 'open'),
            }
        cls._buttons.update({
                'send_answer': {
                    'invisible': Eval('state') != 'open',
                    'depends': ['state'],
                    },
                'close': {
                    'invisible': Eval('state') == 'closed',
                    'depends': ['state'],
                    },
                'reopen': {
                    'invisible': Eval('state') == 'open',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_document(cls):
        # From where the findings are opened
        context = Transaction().context
        model, id_ = (
            context.get('avec_document_model'),
            context.get('avec_document_id'))
        if model in cls._documents() and id_:
            return f'{model},{id_}'

    @classmethod
    def default_severity(cls):
        return 'medium'

    @classmethod
    def default_opened_by(cls):
        return Transaction().context.get('employee')

    @classmethod
    def default_opened_on(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_state(cls):
        return 'open'

    # -- the document

    @classmethod
    def _documents(cls):
        "Return the names of the models of what can be audited"
        return [
            'avec.group', 'avec.membership', 'avec.cycle', 'avec.meeting',
            'avec.membership.exit', 'avec.share_out', 'avec.opening',
            'avec.programme', 'account.move']

    @classmethod
    def get_documents(cls):
        Model = Pool().get('ir.model')
        return [(None, ""), *(
                (n, Model.get_name(n)) for n in cls._documents())]

    @classmethod
    def _document_group(cls, document):
        "Return the group of the document or None"
        if document.__name__ == 'avec.group':
            return document
        for name in ['group', 'avec_group']:
            if name in document._fields:
                return getattr(document, name)
        for name in ['membership', 'cycle']:
            if name in document._fields and (
                    parent := getattr(document, name)):
                return parent.group

    @classmethod
    def _document_company(cls, document):
        "Return the company of the document"
        if 'company' in document._fields:
            return document.company
        if group := cls._document_group(document):
            return group.company

    @fields.depends('document')
    def on_change_document(self):
        if self.document and self.document.id and self.document.id >= 0:
            self.group = self._document_group(self.document)
        else:
            self.group = None

    # -- the life of the finding

    @classmethod
    @ModelView.button
    @Workflow.transition('answered')
    @set_employee('answered_by')
    def send_answer(cls, findings):
        today = Pool().get('ir.date').today()
        for finding in findings:
            if not (finding.answer or '').strip():
                raise FindingError(gettext(
                        'avec_audit.msg_finding_no_answer',
                        finding=finding.rec_name))
            finding.answered_on = today
        cls.save(findings)

    @classmethod
    @ModelView.button
    @Workflow.transition('closed')
    @set_employee('closed_by')
    def close(cls, findings):
        cls.write(findings, {
                'closed_on': Pool().get('ir.date').today(),
                })

    @classmethod
    @ModelView.button
    @Workflow.transition('open')
    @reset_employee('answered_by', 'closed_by')
    def reopen(cls, findings):
        cls.write(findings, {
                'answered_on': None,
                'closed_on': None,
                })

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Configuration = pool.get('avec.configuration')
        values = super().preprocess_values(mode, values)
        if mode != 'create':
            return values
        company = values.get('company', cls.default_company())
        if not values.get('number') and company is not None:
            if sequence := Configuration(1).get_multivalue(
                    'audit_finding_sequence', company=company):
                values['number'] = sequence.get()
        if document := values.get('document'):
            # The group decides who else reads the finding
            model, id_ = str(document).split(',')
            group = cls._document_group(pool.get(model)(int(id_)))
            values['group'] = group.id if group else None
        return values

    @classmethod
    def validate_fields(cls, findings, field_names):
        super().validate_fields(findings, field_names)
        cls.check_document(findings, field_names)

    @classmethod
    def check_document(cls, findings, field_names=None):
        "Check that the documents are of the company"
        if field_names and not field_names & {'company', 'document'}:
            return
        for finding in findings:
            company = cls._document_company(finding.document)
            if company and company != finding.company:
                raise FindingValidationError(gettext(
                        'avec_audit.msg_finding_company',
                        finding=finding.rec_name,
                        company=finding.company.rec_name))

    @classmethod
    def check_modification(cls, mode, findings, values=None, external=False):
        super().check_modification(
            mode, findings, values=values, external=external)
        for finding in findings:
            if mode == 'create':
                refused = external and not finding._is_new()
            elif mode == 'delete':
                # What was asked once stays asked
                refused = True
            elif external:
                refused = (
                    values.keys() & (_CONTROLLED | {'document', 'company'})
                    or (finding.state != 'open'
                        and values.keys() & (_QUESTION | _ANSWER))
                    or (finding.state == 'closed'
                        and 'conclusion' in values))
            else:
                refused = False
            if refused:
                raise FindingFrozenError(gettext(
                        'avec_audit.msg_finding_frozen',
                        finding=finding.rec_name))

    def _is_new(self):
        "Tell if the finding is opened today by the user and no further"
        pool = Pool()
        User = pool.get('res.user')
        employees = [None, *User(Transaction().user).employees]
        return (self.state == 'open'
            and self.opened_on == pool.get('ir.date').today()
            and self.opened_by in employees
            and not any(getattr(self, n) for n in [
                    'answered_by', 'answered_on', 'closed_by', 'closed_on']))

    @classmethod
    def copy(cls, findings, default=None):
        default = default.copy() if default is not None else {}
        for name in _CONTROLLED | {'answer', 'conclusion'}:
            default.setdefault(name, None)
        default['state'] = 'open'
        default['opened_on'] = cls.default_opened_on()
        default['opened_by'] = cls.default_opened_by()
        return super().copy(findings, default=default)

    def get_rec_name(self, name):
        return f'{self.number} - {self.title}' if self.number else self.title

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('number', operator, operand, *extra),
            ('title', operator, operand, *extra),
            ]


class FindingLoan(metaclass=PoolMeta):
    __name__ = 'avec.audit.finding'

    @classmethod
    def _documents(cls):
        return super()._documents() + [
            'avec.loan', 'avec.loan.write_off', 'avec.loan.rescheduling']


class FindingTraining(metaclass=PoolMeta):
    __name__ = 'avec.audit.finding'

    @classmethod
    def _documents(cls):
        return super()._documents() + ['avec.training.session']


class FindingLivelihood(metaclass=PoolMeta):
    __name__ = 'avec.audit.finding'

    @classmethod
    def _documents(cls):
        return super()._documents() + [
            'avec.activity', 'avec.cooperative', 'avec.self_employment',
            'avec.employment']


class FindingIndicator(metaclass=PoolMeta):
    __name__ = 'avec.audit.finding'

    @classmethod
    def _documents(cls):
        return super()._documents() + ['avec.indicator.report']


class NoteFinding(Wizard):
    "Note a finding on the document of an exception or of a sample"
    __name__ = 'avec.audit.finding.note'

    start_state = 'open_'
    open_ = StateAction('avec_audit.act_finding_note')

    def do_open_(self, action):
        encoder = PYSONEncoder()
        document = self.record.document
        action['views'].reverse()
        action['pyson_context'] = encoder.encode({
                'avec_document_model': document.__name__,
                'avec_document_id': document.id,
                })
        action['pyson_domain'] = encoder.encode([
                ('document', '=', str(document)),
                ])
        return action, {}


class FindingReport(AvecReport):
    __name__ = 'avec.audit.finding.print'
