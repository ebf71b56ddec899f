"""The grammar that header fields share (RFC 9110, section 5.6), parsed in linear time."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from time import process_time

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from entrypoints.http.accept import RANGE, prefers
from entrypoints.http.entity_tags import parse_entity_tags
from entrypoints.http.header_fields import (
    compile_list,
    parse_named_value,
    parse_string,
    split_list,
    strip_blanks,
)
from entrypoints.http.idempotency import read_key
from entrypoints.http.listing.prefer import wants_exact_count

SIZE = 60_000
"""Characters of a repeated part; a request's head may have 64 KiB."""

SECONDS = 0.05
"""CPU time in which they are parsed. Quadratic time is a minute."""

BEGINNINGS = {
    "Prefer": ["", "a", "a ", "a=", "a= ", "a=b", 'a="', 'a="b"', "a;", "a=b;c", 'a="\\'],
    "Accept": ["", "a", "a/b", "a/b;", "a/b;charset=utf-8", "a/b;q=1", "a/b;q=0.5;", 'a/b;c="'],
    "Idempotency-Key": ["", "a", '"', '"a', '"a"', '"\\', '"\\"'],
    "If-Match": ["", "*", '"', 'W/"', '"1', '"1"', '"1",', 'W/"1" ', '"\\'],
}
PARTS = [" ", "\t", ",", '"', "\\", "a", ";", "=", "/", "1", ", ", "; ", " \t", "a,", ";a"]
PARTS += ['""', '\\"', "\\\\", '"\\', '",', '"1",', 'W/"1" , ', "a/b,", ";q=1"]
ENDINGS = ["", '"', "\x7f"]


def parse_prefer(value: str) -> None:
    wants_exact_count(scope("prefer", value))
    for element in split_list(value):
        parse_named_value(element)


def parse_accept(value: str) -> None:
    prefers(scope("accept", value), "application/problem+json", to="application/json")
    for element in split_list(value):
        RANGE.fullmatch(element)


def parse_idempotency_key(value: str) -> None:
    with suppress(RequestValidationError):
        read_key([value.encode("latin-1")])


def parse_if_match(value: str) -> None:
    with suppress(ValueError):
        parse_entity_tags(value, include_weak=False)


PARSERS: dict[str, Callable[[str], None]] = {
    "Prefer": parse_prefer,
    "Accept": parse_accept,
    "Idempotency-Key": parse_idempotency_key,
    "If-Match": parse_if_match,
}


def scope(name: str, value: str) -> Scope:
    return {"type": "http", "headers": [(name.encode(), value.encode("latin-1"))]}


def is_linear(parse: Callable[[str], None], beginning: str, part: str, ending: str) -> bool:
    """Return whether parsing is fast or takes less than 8 times as long for 4 times the text.

    The ratio counts on a slow machine or while coverage is measured. Slow parsing is tried twice,
    as the garbage collector may have run meanwhile.
    """

    def seconds(size: int) -> float:
        value = beginning + part * (size // len(part)) + ending
        start = process_time()
        parse(value)
        return process_time() - start

    return any(
        (taken := seconds(SIZE)) < SECONDS or taken < 8 * seconds(SIZE // 4) for _ in range(2)
    )


@pytest.mark.parametrize(
    ("name", "beginning"), [(name, each) for name in PARSERS for each in BEGINNINGS[name]]
)
def test_a_field_is_parsed_in_linear_time(name: str, beginning: str) -> None:
    for part, ending in product(PARTS, ENDINGS):
        assert is_linear(PARSERS[name], beginning, part, ending), (part, ending)


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("", []),
        (" ,,\t, ", []),
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (", a\t,, b c ,", ["a", "b c"]),
        ('"a, b", c', ['"a, b"', "c"]),
        (r'"a\", b", c', [r'"a\", b"', "c"]),
        (r'"a\\", b', [r'"a\\"', "b"]),
        ('a="b, c";d, e', ['a="b, c";d', "e"]),
        ('a, "b, c', ["a", '"b, c']),
        ('"a\\', ['"a\\']),
        ('a""b,c', ['a""b', "c"]),
    ],
)
def test_a_list_is_split_at_commas_outside_of_quoted_strings(
    text: str, elements: list[str]
) -> None:
    assert elements == split_list(text)


@given(st.lists(st.from_regex(r'\A([^\s,"\\]+|"([^"\\\n]|\\.)*")\Z'), max_size=5))
def test_a_list_that_is_joined_is_split_into_its_elements(elements: list[str]) -> None:
    assert elements == split_list(" ,, ".join(elements))


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        (" ,\t,", True),
        ("a", True),
        (" a ,, a\t", True),
        (",a,", True),
        ("a a", False),
        ("b", False),
        ("a, b", False),
        ("a\n", False),
    ],
)
def test_a_compiled_list_matches_a_list_of_nothing_but_its_elements(
    text: str, *, matches: bool
) -> None:
    assert matches == bool(compile_list("a").fullmatch(text))


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("a", ("a", "")),
        (" A\t= B ", ("a", "B")),
        ("a=", ("a", "")),
        ('a=""', ("a", "")),
        (r'a="b, \"c\" \d"', ("a", 'b, "c" d')),
        ('a="b;c" ; d="e"', ("a", "b;c")),
        ("a;b=c", ("a", "")),
        ("a=b;;=", ("a", "b")),
        ("", None),
        ("=b", None),
        ("a b", None),
        ("a=b c", None),
        ("a==b", None),
        ('a="b', None),
        ('a="b"c', None),
        ('a="b\\"', None),
        ('"a"=b', None),
        ("é=b", None),
        ("a=é", None),
    ],
)
def test_a_named_value_is_a_token_and_a_token_or_quoted_string(
    text: str, parsed: tuple[str, str] | None
) -> None:
    assert parsed == parse_named_value(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('""', ""),
        ('"a b, c;d=e"', "a b, c;d=e"),
        (r'"\"\\"', '"\\'),
        ("", None),
        ("a", None),
        ('"', None),
        ('"a', None),
        ('"a"b', None),
        ('"a" ', None),
        (r'"\a"', None),
        ('"a\\"', None),
        ('"a\tb"', None),
        ('"é"', None),
    ],
)
def test_a_string_is_printable_ascii_in_quotation_marks(text: str, value: str | None) -> None:
    assert value == parse_string(text)


def test_blanks_are_spaces_and_tabs() -> None:
    assert "\na b\x0b" == strip_blanks("\t \na b\x0b \t")
