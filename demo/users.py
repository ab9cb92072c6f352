# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The people who try the software (standard library only)"
from dataclasses import dataclass

__all__ = ['LOGINS', 'USERS', 'User']


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
LOGINS = [(u.role, u.login, u.password) for u in USERS]
