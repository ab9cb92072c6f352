# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A server that stops on the way while it posts

The file that AVEC_TEST_PAUSE names is made when the moves are posted and their
document is not yet; the server goes on when the file is removed."""
import os
import time
from pathlib import Path

from trytond.cli import main
from trytond.modules.avec_group import document

LIMIT = 60

_save_and_post = document.save_and_post


def save_and_post(moves):
    _save_and_post(moves)
    pause = Path(os.environ['AVEC_TEST_PAUSE'])
    pause.touch()
    limit = time.monotonic() + LIMIT
    while pause.exists() and time.monotonic() < limit:
        time.sleep(0.05)


document.save_and_post = save_and_post

if __name__ == '__main__':
    main()
