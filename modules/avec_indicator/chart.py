# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Bar charts for printed reports (standard library only)

They are drawn as SVG, which every office suite embeds, without a library of
charts: a few rectangles and texts need none."""
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

__all__ = ['HEIGHT', 'WIDTH', 'Bar', 'bars', 'height']

# In pixels
WIDTH = 680
HEIGHT = 26
_MARGIN = 6
_LABELS = 220
_VALUES = 120
_COLOR = '#3465a4'
_FONT = "'Liberation Sans', 'Noto Sans Arabic', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Bar:
    """A bar with its name and its value as it is read

    value: None where there is none to draw."""
    label: str
    value: Decimal | None
    shown: str


def height(count):
    return max(count, 1) * HEIGHT + 2 * _MARGIN


def length(value, highest):
    "Return the length of the bar, whose highest takes the whole place"
    place = WIDTH - _LABELS - _VALUES - 2 * _MARGIN
    if not value or value < 0 or not highest:
        return 0
    return int(place * value / highest)


def bars(items, rtl=False):
    """Return the SVG of horizontal bars, from right to left if asked

    items: [Bar, ...]."""
    highest = max((b.value for b in items if b.value), default=None)
    size = height(len(items))
    return '\n'.join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{size}" viewBox="0 0 {WIDTH} {size}">',
            *(_bar(b, i, highest, rtl) for i, b in enumerate(items)),
            '</svg>'])


def _bar(item, rank, highest, rtl):
    top = _MARGIN + rank * HEIGHT
    bar = length(item.value, highest)
    start = _MARGIN + _LABELS
    after = start + bar + 6
    x = start
    label = start - 8
    if rtl:
        x, label, after = WIDTH - x - bar, WIDTH - label, WIDTH - after
    # What ends at its place on the left begins there on the right
    ends, begins = ('start', 'end') if rtl else ('end', 'start')
    middle = top + HEIGHT // 2 + 5
    return '\n'.join([
            f'<rect x="{x}" y="{top + 4}" width="{bar}" '
            f'height="{HEIGHT - 8}" fill="{_COLOR}"/>',
            _text(label, middle, ends, item.label),
            _text(after, middle, begins, item.shown)])


def _text(x, y, anchor, text):
    return (
        f'<text x="{x}" y="{y}" font-size="13" text-anchor="{anchor}" '
        f'font-family={quoteattr(_FONT)}>{escape(text)}</text>')
