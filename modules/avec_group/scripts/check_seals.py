#!/usr/bin/env python3
# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Check the seals of the groups from the command line.

It prints a line by break and exits with the status 1 if there is one, 2 if
what was asked for is not there.
"""
import sys
from argparse import ArgumentParser


def parser():
    "Return the parser of the arguments"
    parser = ArgumentParser(
        prog='trytond_avec_check_seals',
        description="Check that what was posted in the books of the savings "
        "groups is what it was.")
    parser.add_argument(
        '-c', '--config', dest='config_file', help="the trytond config file")
    parser.add_argument('-d', '--database', required=True)
    parser.add_argument(
        '--company', help="the name of a company, by default all")
    parser.add_argument(
        '--group', action='append', metavar='CODE', default=[],
        help="the code of a group, can be repeated, by default all")
    parser.add_argument(
        '--quiet', action='store_true', help="print nothing but the breaks")
    return parser


def check(company=None, codes=(), quiet=False, write=print):
    "Check the groups of the database and return the status to exit with"
    from trytond.pool import Pool
    pool = Pool()
    Group = pool.get('avec.group')
    Seal = pool.get('avec.seal')
    domain = []
    if company:
        domain.append(('company.party.name', '=', company))
    if codes:
        domain.append(('code', 'in', codes))
    groups = Group.search(domain)
    lost = set(codes) - {g.code for g in groups}
    if lost or (company and not groups):
        write(f"not found: {', '.join(sorted(lost) or [company])}")
        return 2
    checks = Seal.verify(groups)
    for found in checks.values():
        for break_ in found.breaks:
            write(break_.message)
    if not quiet:
        sealed = sum(c.checked for c in checks.values())
        broken = sum(1 for c in checks.values() if c.breaks)
        write(f"{len(groups)} groups, {sealed} seals, {broken} broken")
    return int(any(c.breaks for c in checks.values()))


def main(database, config_file=None, **kwargs):
    "Check the groups of the database with the name"
    import trytond.config as config
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    config.update_etc(config_file)
    Pool.start()
    pool = Pool(database)
    with Transaction().start(
            database, 0, readonly=True, context={'active_test': False}):
        pool.init()
    with Transaction().start(
            database, 0, readonly=True, context={'active_test': False}):
        return check(**kwargs)


def run():
    args = parser().parse_args()
    sys.exit(main(
            args.database, args.config_file, company=args.company,
            codes=args.group, quiet=args.quiet))


if __name__ == '__main__':
    run()
