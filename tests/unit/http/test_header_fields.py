"""The grammar that header fields share (RFC 9110, section 5.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.header_fields import (
    compile_list,
    parse_named_value,
    parse_string,
    split_list,
    strip_blanks,
)


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
