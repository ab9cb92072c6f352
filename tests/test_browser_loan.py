# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Lend through the web client, from the request to what is repaid of it"
import datetime as dt

from dateutil.relativedelta import relativedelta
from playwright.sync_api import expect

from tests.client import action, text
from tests.office import CYCLE_START, PRODUCT, OfficeTestCase

OPEN = (
    'model:ir.action.act_window.domain,name:act_loan_form_domain_disbursed')
MEMBER = "Aïcha Benali"
LENT = CYCLE_START + dt.timedelta(weeks=1)
DUE = LENT + relativedelta(months=1)
LAST_DUE = LENT + relativedelta(months=2)


def day(date):
    "Return the day as the client shows it and takes it"
    return f'{date:%d.%m.%Y}'


def page(name):
    "Return the label of the page of the sheet"
    return text(f'field:avec.meeting,{name}:')


def option(state):
    "Return the state of an instalment as a list shows it"
    return text(f'selection:avec.loan.instalment,state:{state}')


class LoanTest(OfficeTestCase):
    "Lend and be repaid on the sheets of meetings"

    def open_sheet(self, date):
        "Start the sheet of the group on the day"
        client = self.client
        client.menu(action('act_meeting_form'))
        client.new()
        client.choose('cycle', "Tissage Atlas")
        client.type('date', day(date))

    def post_sheet(self, loan_fund, social_fund):
        "Count what the boxes hold and post the sheet"
        client = self.client
        client.type('loan_fund_counted', loan_fund)
        client.type('social_fund_counted', social_fund)
        client.press('hold')
        self.assertState('held')
        client.press('post', confirm=True)
        self.assertState('posted')

    def test_loan(self):
        "A loan goes from the request of a member to its repayments"
        self.enter('animateur', 'act_loan_form', menu='menu_loan')
        client = self.client
        client.new()
        client.choose('membership', MEMBER)
        # What the constitution of the running cycle offers
        self.assertValues(product=PRODUCT)
        client.type('principal', '60')
        client.type('term', '2')
        client.type('request_date', day(CYCLE_START))
        client.type('purpose', "Laine")
        client.tool('save')
        self.assertState('request')
        expect(client.button('approve')).to_have_count(0)
        expect(client.button('cancel')).to_be_enabled()

        self.enter('finance', 'act_loan_form', menu='menu_loan')
        client = self.client
        client.grid('loan_list').open(MEMBER)
        client.press('approve')
        self.assertState('approved')
        plan = client.grid('instalment_list')
        for date, charge in [(DUE, '3,00DH'), (LAST_DUE, '1,50DH')]:
            plan.expect(day(date), 'principal', '30,00DH')
            plan.expect(day(date), 'charge', charge)

        self.open_sheet(LENT)
        self.assertValues(loan_fund_expected='130,00')
        client.show(page('disbursements'))
        client.add('loan', MEMBER)
        self.assertValues(loan_fund_expected='70,00')
        self.post_sheet('70', '20')

        self.open_sheet(DUE)
        client.show(page('repayments'))
        repayments = client.grid('repayment_list')
        repayments.expect(MEMBER, 'due', '33,00DH')
        repayments.expect(MEMBER, 'amount', '33,00DH')
        self.assertValues(loan_fund_expected='153,00')
        repayments.type(MEMBER, 'amount', '20')
        self.assertSplit(principal='17,00', charge='3,00', penalty='0,00')
        self.assertValues(loan_fund_expected='140,00')
        self.post_sheet('140', '30')

        # What was not paid is late, with a penalty
        self.open_sheet(DUE + dt.timedelta(weeks=1))
        client.show(page('repayments'))
        repayments.expect(MEMBER, 'amount', '15,00DH')
        self.assertSplit(principal='13,00', charge='0,00', penalty='2,00')
        repayments.type(MEMBER, 'amount', '17')
        self.assertSplit(principal='13,50', charge='1,50', penalty='2,00')
        self.assertValues(loan_fund_expected='207,00')
        self.post_sheet('207', '40')

        self.enter('auditeur', 'act_loan_form', menu='menu_loan')
        client = self.client
        client.show(text(OPEN))
        client.grid('loan_list').open(MEMBER)
        self.assertState('disbursed')
        expect(client.button('write_off')).to_have_count(0)
        plan = client.grid('instalment_list')
        self.assertValues(
            disbursement_date=day(LENT), outstanding='29,50')
        # With its penalty
        plan.expect(day(DUE), 'paid', '35,00DH')
        plan.expect(day(DUE), 'state', option("Paid"))
        plan.expect(day(LAST_DUE), 'paid', '2,00DH')
        # Three months and more after it was due
        plan.expect(day(LAST_DUE), 'state', option("Late"))

    def assertSplit(self, **parts):
        for name, amount in parts.items():
            self.client.grid('repayment_list').expect(
                MEMBER, name, f'{amount}DH')
