# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a part of the demonstration offers to the loader

A module brings its own part: a class listed in demo.loader.PARTS, which is
left out where the module is not activated."""

__all__ = ['Part']


class Part:
    "Records of one kind, made week after week"
    # The module whose models the part needs
    module = 'avec_group'

    def __init__(self, office):
        self.office = office

    def prepare(self, books):
        "Make what must be there before the first week"

    def week(self, books, monday):
        "Make what happens in the week"

    def cycle(self, book, plan, cycle):
        "Add to the unsaved cycle of the plan"

    def sheet(self, book, meeting, rng):
        "Add to the unsaved sheet of a meeting, typed this week"

    def correct(self, meeting, corrected):
        "Type again on the corrected sheet what was on the cancelled one"

    def finish(self, books):
        "Make what comes after the last week"

    def check(self, books):
        "Give what does not add up"
        return []
