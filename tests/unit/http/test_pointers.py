"""Where a problem says that something is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.problems import encode_pointer, error_detail

JSON = st.recursive(
    st.none() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab/~01 é"), inner),
)


def resolved(document: Any, written: str) -> Any:
    """Follow a pointer as RFC 6901, section 4 says."""
    for token in written.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


def paths(
    document: Any, so_far: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], Any]]:
    """Return the way to each value, and the value."""
    found = [(so_far, document)]
    keys = range(len(document)) if isinstance(document, list) else document
    if isinstance(document, list | dict):
        for key in keys:
            found += paths(document[key], (*so_far, key))
    return found


@given(JSON)
def test_a_pointer_leads_to_the_value_whatever_the_members_are_called(document: Any) -> None:
    for path, value in paths(document):
        assert value == resolved(document, encode_pointer(path))


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
def test_a_pointer_is_written_as_the_examples_of_rfc_6901(
    path: list[str | int], written: str
) -> None:
    assert written == encode_pointer(path)


@pytest.mark.parametrize(
    ("type_", "loc", "member"),
    [
        ("missing", ("body",), {"pointer": ""}),
        ("missing", ("body", "name"), {"pointer": "/name"}),
        ("missing", ("body", "create", 3, "name"), {"pointer": "/create/3/name"}),
        ("int_parsing", ("query", "limit"), {"parameter": "limit"}),
        ("int_parsing", ("path", "id"), {"parameter": "id"}),
        ("missing", ("header", "If-Match"), {"parameter": "If-Match"}),
    ],
)
def test_an_error_of_the_body_has_a_pointer_and_one_of_a_parameter_its_name(
    type_: str, loc: tuple[str | int, ...], member: dict[str, str]
) -> None:
    assert {"detail": "It is wrong", **member} == error_detail(type_, loc, "It is wrong")


def test_a_body_that_is_no_json_is_pointed_to_as_a_whole() -> None:
    assert {"detail": "JSON decode error at position 7", "pointer": ""} == error_detail(
        "json_invalid", ("body", 7), "JSON decode error"
    )
