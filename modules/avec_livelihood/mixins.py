# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the livelihoods have in common"
from trytond.model import fields
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction


def as_at():
    "Return the day as at which figures are asked for"
    return (Transaction().context.get('avec_date')
        or Pool().get('ir.date').today())


def last_day():
    """Return the last day that is not in the future

    Figures asked for as at a later day are those of a world in which it has
    come."""
    today = Pool().get('ir.date').today()
    return max(today, Transaction().context.get('avec_date') or today)


class SectorMixin:
    "A livelihood in a sector of the economy"
    __slots__ = ()

    sector = fields.Many2One(
        'avec.sector', "Sector", ondelete='RESTRICT',
        domain=[
            ('parent', '=', None),
            ])
    sub_sector = fields.Many2One(
        'avec.sector', "Sub-sector", ondelete='RESTRICT',
        domain=[
            ('parent', '!=', None),
            If(Eval('sector'), ('parent', '=', Eval('sector', -1)), ()),
            ])

    @fields.depends('sector', 'sub_sector', '_parent_sub_sector.parent')
    def on_change_sector(self):
        if self.sub_sector and self.sub_sector.parent != self.sector:
            self.sub_sector = None

    @fields.depends('sector', 'sub_sector', '_parent_sub_sector.parent')
    def on_change_sub_sector(self):
        if self.sub_sector:
            self.sector = self.sub_sector.parent


class PlaceMixin:
    "A livelihood somewhere"
    __slots__ = ()

    subdivision = fields.Many2One(
        'country.subdivision', "Province", ondelete='RESTRICT')
    locality = fields.Char("Locality")

    def _set_place(self, group):
        "Propose the place of the group"
        if group and not self.subdivision and not self.locality:
            self.subdivision = group.subdivision
            self.locality = group.locality


class PersonMixin(PlaceMixin):
    "A livelihood of one person, who may be a member of a group"
    __slots__ = ()

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    party = fields.Many2One(
        'party.party', "Person", required=True, ondelete='RESTRICT',
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    membership = fields.Many2One(
        'avec.membership', "Membership", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            If(Eval('party'), ('party', '=', Eval('party', -1)), ()),
            ],
        help="The person as a member of a group.")
    group = fields.Function(fields.Many2One('avec.group', "Group"),
        'on_change_with_group', searcher='search_group')
    field_officer = fields.Function(fields.Many2One(
            'company.employee', "Field Officer"),
        'on_change_with_field_officer', searcher='search_group')
    programme = fields.Function(fields.Many2One(
            'avec.programme', "Programme"),
        'on_change_with_programme', searcher='search_group')
    currency = fields.Function(fields.Many2One(
            'currency.currency', "Currency"), 'on_change_with_currency')

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @fields.depends(
        'membership', '_parent_membership.party', '_parent_membership.group',
        'subdivision', 'locality')
    def on_change_membership(self):
        if self.membership:
            self.party = self.membership.party
            self._set_place(self.membership.group)

    @fields.depends(
        'party', 'company', 'membership', '_parent_membership.party',
        methods=['on_change_membership'])
    def on_change_party(self):
        Membership = Pool().get('avec.membership')
        if self.membership and self.membership.party != self.party:
            self.membership = None
        if self.party and self.company and not self.membership:
            memberships = Membership.search([
                    ('party', '=', self.party.id),
                    ('company', '=', self.company.id),
                    ('end_date', '=', None),
                    ], limit=2)
            if len(memberships) == 1:
                self.membership, = memberships
                self.on_change_membership()

    @fields.depends('membership', '_parent_membership.group')
    def on_change_with_group(self, name=None):
        return self.membership.group if self.membership else None

    @fields.depends(methods=['on_change_with_group'])
    def on_change_with_field_officer(self, name=None):
        group = self.on_change_with_group()
        return group.field_officer if group else None

    @fields.depends(methods=['on_change_with_group'])
    def on_change_with_programme(self, name=None):
        group = self.on_change_with_group()
        return group.programme if group else None

    @classmethod
    def search_group(cls, name, clause):
        path = 'membership.'
        if name != 'group':
            path += 'group.'
        return [(path + clause[0], *clause[1:])]

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None


def setting(name, company):
    "Return the setting of the company, the default where nothing is set"
    Configuration = Pool().get('avec.configuration')
    value = Configuration(1).get_multivalue(name, company=company.id)
    if value is None:
        value = getattr(Configuration, 'default_' + name)()
    return value
