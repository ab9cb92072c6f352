# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"No log of a server tells who the members are"
import unittest

from tests import rpc, world
from tests.browser import DATABASE, MODULES, serve, template
from tests.wire import User
from tools import ROOT

CONFIGURATION = ROOT / 'doc/server/logging.conf'
# What stands in all that is the field officer's, and nowhere else
MARK = world.OWN


class LogTest(unittest.TestCase):
    "Who is refused is told the name, and the log is not"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = template(MODULES, 'en', world.set_up)
        cls.world = world.read_world(cls.file)

    def log(self, level=None):
        "Return what a server logs of a day with its refusals"
        logging = CONFIGURATION.read_text(encoding='utf-8')
        if level:
            logging = logging.replace(
                'level = WARNING', f'level = {level}').replace(
                'level = INFO', f'level = {level}')
        with serve(self.file, logging=logging) as server:
            self.work(server.url)
            return server.log.read_text()

    def work(self, url):
        users = {
            login: User(url, DATABASE, login, self.world.keys[login])
            for login in ['agent', 'finance', 'foreign_agent']}
        agent = users['agent']
        # What was checked names the member, and is not what the boxes hold
        meeting, *_ = self.world.of('avec.meeting', world.OWN)
        share_out, *_ = self.world.of('avec.share_out', world.OWN)
        membership, *_ = self.world.of('avec.membership', world.OWN)
        party, = agent.model(
            'avec.membership', 'read', [membership], ['party']
            ).result[0]['party'],
        told = [
            agent.model('avec.membership', 'write', [membership], {
                    'end_date': None, 'group': None}),
            users['finance'].model('avec.meeting', 'post', [meeting]),
            users['finance'].model(
                'avec.meeting', 'write', [meeting], {'note': "?"}),
            users['finance'].model('avec.share_out', 'post', [share_out]),
            agent.model('avec.loan', 'create', [{
                            'membership': membership,
                            'purpose': f"Wedding of {MARK}"}]),
            users['foreign_agent'].model('party.party', 'write', [party], {
                    'household_size': -1}),
            ]
        for answer in told:
            self.assertTrue(answer.failed, answer.text)
        self.assertTrue(
            any(MARK in a.text for a in told), "nobody was told a name")
        self.assertTrue(agent.model(
                'party.party', 'search', [
                    ('rec_name', 'ilike', f'%{MARK}%')]).result)
        agent.data(
            'avec.membership', [('rec_name', 'ilike', f'%{MARK}%')],
            'rec_name')
        agent.rest(
            'GET', 'avec.membership', d=[('rec_name', 'ilike', f'%{MARK}%')])
        agent.rest('PUT', 'avec.membership', membership, body={'number': 0})
        with self.assertRaises(rpc.Refused):
            rpc.Client(url, DATABASE, 'agent', 'wrong')

    def test_recommended(self):
        "As the documentation has it, logins and errors"
        log = self.log()
        self.assertIn("login failed for 'agent'", log)
        self.assertIn("login succeeded for 'agent'", log)
        self.assertNotIn(MARK, log)

    def test_info(self):
        "The values of calls too, so never with the data of real people"
        self.assertIn(MARK, self.log('INFO'))
