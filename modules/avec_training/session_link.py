# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, Unique, fields
from trytond.pool import Pool

from .exceptions import SessionFrozenError


class SessionLinkMixin:
    "What is linked to a session and frozen with it"
    __slots__ = ()

    session = fields.Many2One(
        'avec.training.session', "Session", required=True,
        ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.session, Index.Range())))

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        sessions = [r.session for r in records]
        if values and values.get('session'):
            # Nor may one enter a session that was held
            sessions.append(
                Pool().get('avec.training.session')(values['session']))
        for session in sessions:
            if session.state != 'planned':
                raise SessionFrozenError(gettext(
                        'avec_training.msg_session_frozen',
                        session=session.rec_name))


class SessionGroup(SessionLinkMixin, ModelSQL):
    __name__ = 'avec.training.session-avec.group'
    __string__ = "Training Session - Group"

    group = fields.Many2One(
        'avec.group', "Group", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('session')
        # A link to an own group would open the session of others
        cls.__rpc__.clear()
        table = cls.__table__()
        cls._sql_constraints += [
            ('session_group_unique',
                Unique(table, table.session, table.group),
                'avec_training.msg_session_group_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.group, Index.Range())))


class SessionTopic(SessionLinkMixin, ModelSQL):
    __name__ = 'avec.training.session-avec.training.topic'
    __string__ = "Training Session - Topic"

    topic = fields.Many2One(
        'avec.training.topic', "Topic", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('session')
        table = cls.__table__()
        cls._sql_constraints += [
            ('session_topic_unique',
                Unique(table, table.session, table.topic),
                'avec_training.msg_session_topic_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.topic, Index.Range())))
