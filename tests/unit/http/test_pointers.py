"""The location of an error in a problem: a JSON Pointer or a parameter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.problems import encode_pointer, error_detail

JSON = st.recursive(
    st.none() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab/~01 é"), inner),
)


def resolve(document: Any, written: str) -> Any:
    """Evaluate a pointer (RFC 6901, section 4)."""
    for token in written.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


def paths(
    document: Any, prefix: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], Any]]:
    """Return the path to each value, and the value."""
    found = [(prefix, document)]
    keys = range(len(document)) if isinstance(document, list) else document
    if isinstance(document, list | dict):
        for key in keys:
            found += paths(document[key], (*prefix, key))
    return found


@given(JSON)
def test_a_pointer_resolves_to_the_value_for_any_member_names(document: Any) -> None:
    for path, value in paths(document):
        assert value == resolve(document, encode_pointer(path))


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ([], ""),
        (["foo"], "/foo"),
        (["foo", 0], "/foo/0"),
        ([""], "/"),
        (["a/b"], "/a~1b"),
        (["m~n"], "/m~0n"),
        (["~1"], "/~01"),
        (["c%d"], "/c%d"),
        (["e^f"], "/e^f"),
        (['k"l'], '/k"l'),
        ([" "], "/ "),
    ],
)
def test_a_pointer_matches_the_examples_of_rfc_6901(path: list[str | int], written: str) -> None:
    assert written == encode_pointer(path)


@pytest.mark.parametrize(
    ("type_", "loc", "member"),
    [
        ("missing", ("body",), {"pointer": ""}),
        ("missing", ("body", "name"), {"pointer": "/name"}),
        ("missing", ("body", "create", 3, "name"), {"pointer": "/create/3/name"}),
        ("int_parsing", ("query", "limit"), {"parameter": "limit"}),
        ("int_parsing", ("path", "id"), {"parameter": "id"}),
        ("missing", ("header", "if-match"), {"parameter": "if-match"}),
    ],
)
def test_a_body_error_has_a_pointer_and_a_parameter_error_has_a_name(
    type_: str, loc: tuple[str | int, ...], member: dict[str, str]
) -> None:
    assert {"detail": "It is wrong", **member} == error_detail(type_, loc, "It is wrong")


def test_a_json_syntax_error_points_to_the_whole_body() -> None:
    assert {"detail": "JSON decode error at position 7", "pointer": ""} == error_detail(
        "json_invalid", ("body", 7), "JSON decode error"
    )
