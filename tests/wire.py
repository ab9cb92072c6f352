# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Every road into the server for a user: JSON-RPC, REST and the export of data"
import base64
import http.client
import json
import re
import urllib.parse
from dataclasses import dataclass

from tests import rpc
from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder

__all__ = ['Answer', 'User']

_JSON = {'Content-Type': 'application/json'}
# What the server says to who may not, in English
_REFUSED = re.compile(
    r'You are not allowed to|is not allowed\.|You can not call')
_ERROR = re.compile(r'\{"id": ?1, ?"error"')
_RULE = 'because they fail on at least one of these rules'
# Unauthorized, forbidden, and what one may not know to exist
_REFUSING = {401, 403, 404}


@dataclass(frozen=True)
class Answer:
    "What the server answered to a call"
    status: int
    text: str

    @property
    def value(self):
        return json.loads(self.text, object_hook=JSONDecoder())

    @property
    def result(self):
        "Return what the call over JSON-RPC gave, None if it failed"
        if self.status != 200:
            return None
        return self.value.get('result')

    @property
    def failed(self):
        return self.status >= 400 or bool(_ERROR.match(self.text))

    @property
    def refused(self):
        "Return if it is the access that was refused, and not the values"
        return self.failed and (
            self.status in _REFUSING or bool(_REFUSED.search(self.text)))

    @property
    def refused_to_role(self):
        "Return if it is refused whatever the record"
        return self.refused and _RULE not in self.text


class User:
    "A user who is logged in, and has a key for REST"

    def __init__(self, url, database, login, key):
        client = rpc.Client(url, database, login)
        self.login = login
        self.context = client.context
        self._host = urllib.parse.urlsplit(url).netloc
        self._database = database
        self._session = client.headers['Authorization']
        self._key = f'Bearer {key}'

    def _send(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            connection.request(
                method, f'/{self._database}/{path}',
                None if body is None else json.dumps(
                    body, cls=JSONEncoder).encode(),
                {**({} if body is None else _JSON), **headers})
            response = connection.getresponse()
            return Answer(
                response.status, response.read().decode('utf-8', 'replace'))
        finally:
            connection.close()

    def call(self, method, *params):
        "Call over JSON-RPC, the context is the last of the parameters"
        return self._send(
            'POST', 'rpc/', {'id': 1, 'method': method, 'params': params},
            Authorization=self._session)

    def model(self, name, method, *params, **context):
        return self.call(
            f'model.{name}.{method}', *params, {**self.context, **context})

    def rest(self, method, name, id=None, action=None, body=None, **query):
        "Call over REST, with the context and the domain of the query"
        path = f'rest/model/{name}'
        if action is not None and body is None:
            body = {}
        for part in [id, action]:
            if part is not None:
                path += f'/{part}'
        headers = {'Authorization': self._key}
        if context := query.pop('context', None):
            headers['X-Tryton-Context'] = self._encode(context)
        if 'd' in query:
            query['d'] = self._encode(query['d'])
        if query:
            path += '?' + urllib.parse.urlencode(query, doseq=True)
        return self._send(method, path, body, **headers)

    def rest_report(self, name, id):
        return self._send(
            'GET', f'rest/report/{name}/{id}', Authorization=self._key)

    def data(self, name, domain, *fields, **context):
        "Export over the address for spreadsheets"
        query = urllib.parse.urlencode({
                'd': json.dumps(domain, cls=JSONEncoder),
                'c': json.dumps(context, cls=JSONEncoder), 'f': fields,
                }, doseq=True)
        return self._send(
            'GET', f'data/{name}?{query}', Authorization=self._session)

    @staticmethod
    def _encode(value):
        return base64.urlsafe_b64encode(
            json.dumps(value, cls=JSONEncoder).encode()).decode()
