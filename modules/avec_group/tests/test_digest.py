# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Digests and the chain they make, whatever the values"
import datetime as dt
import unittest
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.avec_group.digest import (
    START, Link, digest, encode, follow)

scalars = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=8), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4))
values = st.recursive(
    scalars,
    lambda children: st.one_of(
        st.lists(children, min_size=1, max_size=4),
        st.dictionaries(
            st.text(max_size=4), children, min_size=1, max_size=4)),
    max_leaves=12)
contents = st.lists(st.text(max_size=4), min_size=1, max_size=6)


def decode(data):
    "Read what was encoded, so that nothing was lost"
    value, rest = _decode(data)
    assert not rest
    return value


def _decode(data):
    kind, data = data[:1], data[1:]
    if kind in b'ntf':
        return {b'n': None, b't': True, b'f': False}[kind], data
    if kind == b's':
        length, _, data = data.partition(b':')
        return data[:int(length)].decode('utf-8'), data[int(length):]
    if kind in b'lm':
        found = []
        while data[:1] != b'e':
            value, data = _decode(data)
            found.append(value)
        if kind == b'm':
            found = dict(zip(found[::2], found[1::2]))
        return found, data[1:]
    text, _, data = data.partition(b'e')
    convert = {
        b'i': int, b'a': Decimal, b'd': dt.date.fromisoformat}[kind]
    return convert(text.decode('ascii')), data


def chain(contents):
    "Return the links that follow each other and their digests"
    links, digests, previous = [], {}, START
    for i, content in enumerate(contents, 1):
        link = Link(
            group=1, number=i, document=f'document,{i}', event='posted',
            afterwards=False, previous=previous, content=digest(content))
        links.append(link)
        digests[i] = previous = link.digest
    return links, digests


class DigestTestCase(unittest.TestCase):
    "One value, one digest"

    @given(values)
    def test_nothing_is_lost(self, value):
        "What is encoded can be read again, so two values never meet"
        self.assertEqual(decode(encode(value)), value)

    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=6),
        st.integers(0, 12))
    def test_zeros_of_an_amount(self, amount, places):
        "A database keeps the zeros of an amount and another does not"
        longer = Decimal(f'{amount:f}' + ('.' if amount == int(amount)
                and '.' not in f'{amount:f}' else '') + '0' * places)
        self.assertEqual(longer, amount)
        self.assertEqual(encode(longer), encode(amount))

    def test_amounts(self):
        for amounts in [
                ['10', '10.00', '1E+1'], ['0', '-0', '0.000'],
                ['-0.5', '-0.50'], ['123456789012345678901234567890.1']]:
            with self.subTest(amounts=amounts):
                self.assertEqual(
                    len({digest(Decimal(a)) for a in amounts}), 1)
        self.assertNotEqual(digest(Decimal('0.1')), digest(Decimal('0.01')))

    @given(st.dictionaries(st.text(max_size=4), values, max_size=4),
        st.text(max_size=4))
    def test_key_without_value(self, mapping, key):
        "A field that came later changes nothing of what was sealed before"
        if key not in mapping:
            for nothing in [None, [], {}]:
                self.assertEqual(
                    digest({**mapping, key: nothing}), digest(mapping))
        self.assertEqual(
            digest(dict(reversed(mapping.items()))), digest(mapping))

    def test_format(self):
        "The format that is documented, which must never change"
        self.assertEqual(
            encode({
                    'b': [1, True, None, "épi"], 'a': Decimal('10.50'),
                    'c': dt.date(2026, 1, 5), 'd': None}),
            'ms1:aa10.5es1:bli1etns4:épies1:cd2026-01-05ee'.encode())
        self.assertEqual(digest([]), (
                '61098a4bf2a5e216533e5f2994d8f290'
                '308b310f2efa046548a96302afe412ea'))

    def test_no_canonical_form(self):
        for value in [
                float(1), b'bytes', {1, 2}, dt.datetime(2026, 1, 5), object()]:
            with self.subTest(value=value), self.assertRaises(TypeError):
                encode(value)
        for value in ['NaN', 'Infinity']:
            with self.subTest(value=value), self.assertRaises(ValueError):
                encode(Decimal(value))


class ChainTestCase(unittest.TestCase):
    "Each break of a chain is found where it is"

    @given(contents)
    def test_sound(self, contents):
        self.assertEqual(list(follow(*chain(contents))), [])

    @given(contents, st.data())
    def test_content(self, contents, data):
        links, digests = chain(contents)
        i = data.draw(st.integers(0, len(links) - 1))
        links[i] = replace(links[i], content='changed')
        self.assertEqual(
            list(follow(links, digests)), [(i + 1, 'content')])
        links[i] = replace(links[i], content=None)
        self.assertEqual(list(follow(links, digests)), [(i + 1, 'gone')])

    @given(contents, st.data())
    def test_any_field(self, contents, data):
        "Nothing of a link can be changed"
        links, digests = chain(contents)
        i = data.draw(st.integers(0, len(links) - 1))
        changes = data.draw(st.sampled_from([
                    {'group': 2}, {'document': 'other,1'}, {'event': 'paid'},
                    {'afterwards': True}, {'previous': 'other'}]))
        links[i] = replace(links[i], **changes)
        self.assertEqual(
            [n for n, _ in follow(links, digests)][-1], i + 1)

    @given(contents, st.data())
    def test_missing(self, contents, data):
        "The last one alone can go unseen, so the paper has its digest"
        links, digests = chain(contents)
        i = data.draw(st.integers(0, len(links) - 1))
        last = i == len(links) - 1
        del links[i], digests[i + 1]
        self.assertEqual(
            list(follow(links, digests)),
            [] if last else [(i + 1, 'missing')])

    @given(contents, st.data())
    def test_rewritten(self, contents, data):
        "A link made anew does not fit the next one"
        links, digests = chain(contents)
        i = data.draw(st.integers(0, len(links) - 1))
        last = i == len(links) - 1
        links[i] = replace(links[i], content='changed')
        digests[i + 1] = links[i].digest
        self.assertEqual(
            list(follow(links, digests)),
            [] if last else [(i + 1, 'rewritten')])
