# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the members of a group learn and when (standard library only)

All have learnt the life skills and the technical skills in the end: who
missed too much or joined late comes to a session to catch up."""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from .calendar import LAST_WEEK

__all__ = [
    'CURRICULA', 'TRAINERS', 'Attended', 'Course', 'Lesson', 'lessons']

_DAY = dt.timedelta(days=1)
_WEEK = dt.timedelta(weeks=1)
# What a group waits for, by its rank
CANCELLED = {7}
PLANNED = {0: 2, 3: 2, 5: 3, 10: 3, 15: 4, 25: 7}
# Who learns of the access to work, and who is scored
ACCESS = 4
SCORED = 3
TRAINERS = [
    "Naïma Chafiki / نعيمة الشفيقي",
    "Abdellatif Oumarzoug / عبد اللطيف أومرزوك",
    "Souad Lahrichi / سعاد لحريشي",
    "Youssef Amghar / يوسف أمغار",
    "Ilham Boutayeb / إلهام بوطيب",
    ]


@dataclass(frozen=True)
class Course:
    "A curriculum with its topics, {hours, names, names of the skill}"
    axis: str
    names: tuple[str, str, str]
    # (hours, topic in French, Arabic and English, skill in the same)
    topics: tuple[tuple, ...]
    rule: str
    required: Decimal
    # The topics of each session, by their ranks
    sessions: tuple[tuple[int, ...], ...]


CURRICULA = {
    'VIE': Course(
        'life',
        ("Vivre et agir ensemble", "العيش والعمل معًا",
            "Living and Acting Together"),
        (
            (2,
                ("Se connaître", "معرفة الذات", "Knowing Oneself"),
                ("Confiance en soi", "الثقة بالنفس", "Self-confidence")),
            (2,
                ("Communiquer", "التواصل", "Communicating"),
                ("Écoute active", "الإنصات الفعال", "Active Listening")),
            (2,
                ("Gérer les conflits", "تدبير النزاعات",
                    "Handling Conflicts"),
                ("Médiation", "الوساطة", "Mediation")),
            (2,
                ("Égalité entre femmes et hommes",
                    "المساواة بين النساء والرجال",
                    "Equality of Women and Men"),
                ("Décider à deux", "اتخاذ القرار معًا",
                    "Deciding Together")),
            (2,
                ("Épargner et faire un budget", "الادخار ووضع ميزانية",
                    "Saving and Budgeting"),
                ("Tenir un budget familial", "تدبير ميزانية الأسرة",
                    "Keeping a Family Budget")),
            (2,
                ("Diriger un groupe", "قيادة مجموعة", "Leading a Group"),
                ("Conduire une réunion", "تسيير اجتماع",
                    "Running a Meeting")),
            ),
        'topics', Decimal('0.8'), ((0, 1), (2, 3), (4, 5))),
    'ENT': Course(
        'technical',
        ("Créer son activité", "إنشاء المشروع المدر للدخل",
            "Starting an Activity"),
        (
            (3,
                ("Trouver une idée", "إيجاد فكرة", "Finding an Idea"),
                ("Choisir une activité", "اختيار نشاط",
                    "Choosing an Activity")),
            (2,
                ("Étudier le marché", "دراسة السوق", "Studying the Market"),
                ("Connaître ses clients", "معرفة الزبناء",
                    "Knowing One's Customers")),
            (3,
                ("Produire et transformer", "الإنتاج والتحويل",
                    "Producing and Processing"),
                ("Qualité du produit", "جودة المنتوج",
                    "Quality of the Product")),
            (2,
                ("Calculer ses coûts", "حساب التكاليف", "Reckoning Costs"),
                ("Fixer un prix", "تحديد الثمن", "Setting a Price")),
            (5,
                ("Tenir ses comptes et vendre", "مسك الحسابات والبيع",
                    "Keeping Accounts and Selling"),
                ("Tenue de caisse", "مسك الصندوق", "Keeping Cash")),
            ),
        'hours', Decimal(10), ((0, 1), (2, 3), (4,))),
    'EMP': Course(
        'access',
        ("Accéder à l'emploi", "الولوج إلى الشغل", "Finding Work"),
        (
            (2,
                ("Rédiger son CV", "كتابة السيرة الذاتية", "Writing a CV"),
                ("Se présenter par écrit", "تقديم الذات كتابةً",
                    "Presenting Oneself in Writing")),
            (2,
                ("Passer un entretien", "اجتياز مقابلة",
                    "Passing an Interview"),
                ("Convaincre un employeur", "إقناع مشغل",
                    "Convincing an Employer")),
            (2,
                ("Le statut d'auto-entrepreneur", "نظام المقاول الذاتي",
                    "Being an Auto-entrepreneur"),
                ("Démarches administratives", "المساطر الإدارية",
                    "Dealing with Offices")),
            ),
        'topics', Decimal(1), ((0, 1), (2,))),
    }


@dataclass(frozen=True)
class Attended:
    "How a member, by rank, was at a lesson and what he or she scored"
    member: int
    attendance: str
    hours: Decimal = None
    score: Decimal = None


@dataclass(frozen=True)
class Lesson:
    "A session of a group"
    course: str
    topics: tuple[int, ...]
    date: dt.date
    start: int
    lines: tuple[Attended, ...]
    state: str = 'held'
    # Before or after the training, for the lessons that are scored
    moment: str = None

    @property
    def hours(self):
        return sum(
            CURRICULA[self.course].topics[t][0] for t in self.topics)


def lessons(plan, active):
    """Give the lessons of the group of the plan

    active: the function that returns the ranks of the members on a day."""
    first = plan.formation_date + 4 * _WEEK
    yield from _course(plan, active, 'VIE', first, 9)
    yield from _course(plan, active, 'ENT', first + 8 * _WEEK, 9)
    yield from _late(plan, active)
    if plan.rank % ACCESS == 0:
        yield from _course(
            plan, active, 'EMP', dt.date(2026, 2, 3) + plan.rank * _DAY, 14)
    yield from _to_come(plan, active)


def _course(plan, active, key, date, start):
    "Give the lessons of a course and the one to catch up on what was missed"
    course = CURRICULA[key]
    rng = plan.random('training', key)
    missed = {}
    last = len(course.sessions) - 1
    for i, topics in enumerate(course.sessions):
        moment = None
        if key == 'ENT' and plan.rank % SCORED == 0:
            moment = {0: 'before', last: 'after'}.get(i)
        lines = []
        for member in active(date):
            there = rng.random() > 0.06 or (
                # By hours a single lesson may be missed
                course.rule == 'hours' and member in missed)
            attendance = rng.choices(
                ['present', 'late'], [92, 8])[0] if there else rng.choice(
                ['excused', 'absent'])
            if not there:
                missed.setdefault(member, []).extend(topics)
            score = rng.randint(*(
                    [4, 11] if moment == 'before' else [11, 19]))
            lines.append(Attended(
                    member, attendance,
                    score=Decimal(score) if moment and there else None))
        yield Lesson(key, topics, date, start, tuple(lines), moment=moment)
        date += 2 * _WEEK
    ranks = set(active(date)) & missed.keys()
    if course.rule == 'topics' and ranks:
        yield Lesson(
            key, tuple(sorted({t for r in ranks for t in missed[r]})), date,
            start, tuple(Attended(r, 'present') for r in sorted(ranks)))


def _late(plan, active):
    "Give the lessons of those who joined long after the others"
    late = [
        i for i, m in enumerate(plan.members)
        if m.since > plan.formation_date and not m.leaving]
    if not late:
        return
    date = max(plan.members[i].since for i in late) + 3 * _WEEK
    for key in ['VIE', 'ENT']:
        for topics in CURRICULA[key].sessions:
            yield Lesson(
                key, topics, date, 14,
                tuple(Attended(r, 'present') for r in late))
            date += _WEEK


def _to_come(plan, active):
    "Give what is planned for later, or was and is cancelled"
    weeks = PLANNED.get(plan.rank)
    if weeks:
        date = LAST_WEEK + weeks * _WEEK + plan.rank % 5 * _DAY
        yield Lesson('EMP', (0, 1), date, 9, tuple(
                Attended(r, 'present') for r in active(LAST_WEEK)),
            'planned')
    if plan.rank in CANCELLED:
        date = dt.date(2026, 5, 12)
        yield Lesson('EMP', (2,), date, 9, tuple(
                Attended(r, 'present') for r in active(date)), 'cancelled')
