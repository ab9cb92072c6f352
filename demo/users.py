# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The people who try the software (standard library only)"
from dataclasses import dataclass

__all__ = ['IVORY_USERS', 'LOGINS', 'USERS', 'User']


@dataclass(frozen=True)
class User:
    "A user who is an employee of the office"
    role: str
    login: str
    password: str
    name: str
    groups: tuple[str, ...]
    language: str = 'fr'


USERS = [
    User("field officer", 'animateur', 'animateur-avec-2026',
        "Brahim Oulhaj / إبراهيم أولحاج",
        ('avec_group.group_field_officer',)),
    User("finance", 'finance', 'finance-avec-2026',
        "Samira Benjelloun / سميرة بنجلون",
        ('avec_group.group_finance',)),
    User("programme", 'programme', 'programme-avec-2026',
        "Naïma Chraïbi / نعيمة الشرايبي",
        ('avec_group.group_programme',)),
    User("auditor, in Arabic", 'auditeur', 'auditeur-avec-2026',
        "Abdelhak Mernissi / عبد الحق المرنيسي",
        ('avec_group.group_auditor',), language='ar'),
    User("administration", 'administration', 'administration-avec-2026',
        "Karim Lahlou / كريم لحلو",
        ('avec_group.group_admin',)),
    ]
# The office of Côte d'Ivoire, who see nothing of Morocco
IVORY_USERS = [
    User("field officer in Côte d'Ivoire", 'animateur.ci',
        'animateur-ivoire-2026', "Koffi Ahizi",
        ('avec_group.group_field_officer',)),
    User("finance in Côte d'Ivoire", 'finance.ci', 'finance-ivoire-2026',
        "Mariam Doumbia", ('avec_group.group_finance',)),
    User("programme in Côte d'Ivoire", 'programme.ci',
        'programme-ivoire-2026', "Aya Gnangui",
        ('avec_group.group_programme',)),
    User("auditor in Côte d'Ivoire", 'auditeur.ci', 'auditeur-ivoire-2026',
        "Serge Bakary", ('avec_group.group_auditor',)),
    User("administration in Côte d'Ivoire", 'administration.ci',
        'administration-ivoire-2026', "Henriette Tanoh",
        ('avec_group.group_admin',)),
    ]
LOGINS = [(u.role, u.login, u.password) for u in [*USERS, *IVORY_USERS]]
