# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Digests of what was posted, and the chain that they make.

A value is written as bytes in one way only, so that who has the same records
finds the same digest on another database, in any language.  The format is
that of bencode with a letter before what it has not:

====================  ===================================================
nothing               ``n``
true, false           ``t``, ``f``
whole number          ``i10e``
amount                ``a10.5e``, without zeros at the end nor exponent
date                  ``d2026-01-05e``
text                  ``s4:épi``: the length in bytes of UTF-8 and the text
list                  ``l`` its values ``e``
mapping               ``m`` its keys in order, each before its value, ``e``
====================  ===================================================

A key of a mapping without value (nothing, an empty list or mapping) is left
out: what was posted before a field existed keeps its digest.
"""
import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ['START', 'VERSION', 'Link', 'digest', 'encode', 'follow']

# The version of the format and of the fields of a link
VERSION = 1
# What comes before the first link of a chain
START = ''


def encode(value):
    """Return the bytes of the value.

    Raise TypeError for a type that has no canonical form, as a float, and
    ValueError for an amount that is no number.
    """
    if value is None:
        return b'n'
    if value is True or value is False:
        return b't' if value else b'f'
    if isinstance(value, int):
        return b'i%de' % value
    if isinstance(value, Decimal):
        return b'a%be' % _amount(value).encode('ascii')
    if isinstance(value, datetime.date) and not isinstance(
            value, datetime.datetime):
        return b'd%be' % value.isoformat().encode('ascii')
    if isinstance(value, str):
        text = value.encode('utf-8')
        return b's%d:%b' % (len(text), text)
    if isinstance(value, (list, tuple)):
        return b'l%be' % b''.join(map(encode, value))
    if isinstance(value, Mapping):
        return b'm%be' % b''.join(
            encode(k) + encode(v) for k, v in sorted(value.items())
            if not _is_nothing(v))
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _is_nothing(value):
    return value is None or (
        isinstance(value, (list, tuple, Mapping)) and not value)


def _amount(value):
    if not value.is_finite():
        raise ValueError(f"{value} is no amount")
    if not value:
        return '0'
    text = f'{value:f}'
    return text.rstrip('0').rstrip('.') if '.' in text else text


def digest(value):
    "Return the SHA-256 of the value in hexadecimal"
    return hashlib.sha256(encode(value)).hexdigest()


@dataclass(frozen=True)
class Link:
    """A seal in the chain of a group.

    document: its model and id, event: what happened to it.
    afterwards: if it was sealed later than it happened.
    previous: the digest of the link before, content: the digest of what is
    sealed.
    """
    group: int
    number: int
    document: str
    event: str
    afterwards: bool
    previous: str
    content: str

    @property
    def digest(self):
        "The digest of the link, and so of all those before"
        return digest({
                'version': VERSION,
                'group': self.group,
                'number': self.number,
                'document': self.document,
                'event': self.event,
                'afterwards': self.afterwards,
                'previous': self.previous,
                'content': self.content,
                })


def follow(links, digests):
    """Check a chain and yield each break, (number, reason).

    links: the links in the order of their numbers, each with the content as
    it is now or None if there is none, digests: {number: digest as stored}.
    The reasons are

    missing: there is no link with that number,
    gone: what was sealed is not there any more,
    content: what was sealed, or the link itself, is not what it was,
    rewritten: the link agrees with its content, but it is not the one that
    the next link was made after.
    """
    last, sound = 0, True
    for link in links:
        yield from ((n, 'missing') for n in range(last + 1, link.number))
        follows = (link.number > last + 1
            or link.previous == digests.get(last, START))
        if not follows and last and sound:
            yield last, 'rewritten'
        sound = False
        if link.content is None:
            yield link.number, 'gone'
        elif (link.digest != digests[link.number]
                or not follows and not last):
            yield link.number, 'content'
        else:
            sound = True
        last = link.number
