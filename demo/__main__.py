# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Load the demonstration in a database where the modules are activated"
import argparse
import gc
import sys


def main():
    parser = argparse.ArgumentParser(prog='demo', description=__doc__)
    parser.add_argument('--config', required=True)
    parser.add_argument('--database', required=True)
    options = parser.parse_args()

    from trytond import config
    config.update_etc(options.config)
    # Once the configuration is read
    from trytond.pool import Pool

    from .ivory import IvoryLoader, can_load
    from .ivory_plan import make_ivory_plan
    from .loader import DemoError, Loader
    from .plan import COUNTS, make_plan
    Pool.start()
    Pool(options.database).init()
    # Looking for garbage among what stays costs a sixth of the time
    gc.freeze()
    gc.set_threshold(50000, 20, 20)
    try:
        Loader(options.database, make_plan()).load()
        if can_load(options.database):
            IvoryLoader(options.database, make_ivory_plan()).load()
    except DemoError as error:
        sys.exit(f"The demonstration does not add up:\n{error}")
    groups, members = COUNTS[None]
    print(f"The records add up to {groups} groups and {members} members")


if __name__ == '__main__':
    main()
