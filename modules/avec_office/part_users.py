# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The users of an office, who are employees of its company"
import secrets

from trytond import config
from trytond.i18n import gettext
from trytond.pool import Pool

from .part import NEW, THERE, Part, fail
from .settings import Field, Section

__all__ = ['ROLES', 'Users']

ROLES = ('field_officer', 'finance', 'programme', 'auditor', 'admin')
# No letter or figure that can be taken for another one
_LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'


def first_password():
    "Return a password to be told once"
    length = max(16, config.getint('password', 'length', default=0))
    return ''.join(secrets.choice(_LETTERS) for _ in range(length))


class Users(Part):
    """Users with a role each

    Who is there is left as is: what a user may is nothing to import."""
    section = 'users'
    schema = Section({
            'login': Field('text', required=True),
            'name': Field('text', required=True),
            'email': Field('text'),
            'role': Field('text', required=True, choices=ROLES),
            'language': Field('text'),
            'by_email': Field('boolean'),
            # For the demonstration, where everybody may know it
            'password': Field('text'),
            }, keys=('login',), private=True)
    models = ('res.user', 'company.employee', 'party.party')

    def plan(self):
        User = Pool().get('res.user')
        known = {
            u.login: u for u in User.search([
                    ('login', 'in', [e['login'] for e in self.value]),
                    ])}
        for entry in self.value:
            user = known.get(entry['login'])
            if user and self.company not in user.companies:
                fail('msg_user_elsewhere', login=entry['login'])
            if entry['by_email'] and not entry['email']:
                fail('msg_user_email', login=entry['login'])

            def make(entry=entry):
                return self._make(entry)
            yield self.item(
                f"{entry['name']} ({entry['login']})",
                THERE if user else NEW, make)

    def _make(self, entry):
        "Make the user and return the first password if it is to be told"
        pool = Pool()
        Lang = pool.get('ir.lang')
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        employee = self._employee(entry['name'])
        languages = Lang.search([
                ('code', '=', entry['language'] or ''),
                ('translatable', '=', True),
                ])
        if entry['language'] and not languages:
            fail('msg_language_unknown', language=entry['language'])
        password = entry['password'] or first_password()
        user = User(
            name=entry['name'], login=entry['login'], email=entry['email'],
            password=password,
            language=languages[0] if languages else None,
            groups=[ModelData.get_id('avec_group', 'group_' + entry['role'])],
            companies=[self.company], company=self.company,
            employees=[employee], employee=employee)
        user.save()
        if entry['by_email']:
            User.reset_password([user])
            return gettext('avec_office.msg_told_email', email=user.email)
        return None if entry['password'] else password

    def _employee(self, name):
        "Return the employee of the name, who may be there"
        pool = Pool()
        Employee = pool.get('company.employee')
        Party = pool.get('party.party')
        if there := Employee.search([
                    ('company', '=', self.company.id),
                    ('party.name', '=', name),
                    ], limit=1):
            return there[0]
        party = Party(name=name)
        party.save()
        employee = Employee(party=party, company=self.company)
        employee.save()
        return employee
