# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Show how far the loading is"
import time
from contextlib import contextmanager

__all__ = ['Progress']

WIDTH = 30


class Progress:
    "A bar for each step, redrawn on a terminal, printed once elsewhere"

    def __init__(self, stream):
        self._stream = stream

    @contextmanager
    def step(self, label, total):
        "Give the function to call when one of the total is done"
        started = time.monotonic()
        done = 0

        def draw(end=''):
            filled = WIDTH * done // total
            bar = '#' * filled + '-' * (WIDTH - filled)
            seconds = time.monotonic() - started
            print(
                f'\r{label:25} [{bar}] {100 * done // total:3} % '
                f'{seconds:4.0f} s', end=end, file=self._stream, flush=True)

        def advance():
            nonlocal done
            done += 1
            if self._stream.isatty():
                draw()

        if self._stream.isatty():
            draw()
        yield advance
        draw(end='\n')
