"""JSON is refused beyond a depth that every version of Python can parse."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.compiled.json_nesting import MAX_DEPTH, is_nested_too_deeply

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"\\"[嬢":', "}"), ("[ ", "")])
def test_the_bound_is_inclusive(opening: str, closing: str, encoding: str) -> None:
    deepest = opening * MAX_DEPTH + "1" + closing * MAX_DEPTH
    deeper = opening * (MAX_DEPTH + 1) + "1" + closing * (MAX_DEPTH + 1)

    assert not is_nested_too_deeply(deepest.encode(encoding))
    assert is_nested_too_deeply(deeper.encode(encoding))


def test_arrays_and_objects_count_together() -> None:
    half = MAX_DEPTH // 2

    assert not is_nested_too_deeply(b'[{"a":' * half + b"1" + b"}]" * half)
    assert is_nested_too_deeply(b'[{"a":' * half + b"[1]" + b"}]" * half)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text",
    [
        "[" + "[]," * 5_000 + "[]]",
        '{"a":[' + '{"b":[]},' * 5_000 + "1]}",
        '{"a":"' + "[{" * 5_000 + '"}',
        '{"a":"' + '\\"[' * 5_000 + '"}',
        '{"a":"' + "\\\\\\\\" * 5_000 + '","b":"' + "[" * 5_000 + '"}',
        '{"a":"' + "嬢孛" * 5_000 + '"}',
        '["' + "[" * 5_000,
        '["' + "[" * 5_000 + "\\",
    ],
    ids=lambda text: text[:20],
)
def test_brackets_side_by_side_or_in_strings_do_not_count(text: str, encoding: str) -> None:
    assert not is_nested_too_deeply(text.encode(encoding))


def test_brackets_after_a_string_count() -> None:
    assert is_nested_too_deeply(b'["a\\\\",' + b"[" * MAX_DEPTH)
    assert is_nested_too_deeply(b'["\xff",' + b"[" * MAX_DEPTH)


def values() -> st.SearchStrategy[Any]:
    """Return a strategy of values with many brackets, also in strings."""
    texts = st.text('[]{}"\\aé嬢\n', max_size=8)
    return st.recursive(
        st.one_of(st.integers(), texts),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)
        ),
        max_leaves=20,
    )


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    is_container = isinstance(value, dict | list)
    return 1 + max(map(depth_of, inner), default=0) if is_container else 0


@given(value=values(), encoding=st.sampled_from(ENCODINGS), is_ascii=st.booleans())
def test_the_depth_is_that_of_the_parsed_value(
    value: Any, encoding: str, *, is_ascii: bool
) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii)
    around = MAX_DEPTH - 1 - depth_of(value)

    for more, expected in ((0, False), (1, True)):
        nested = "[" * (around + more) + text + "]" * (around + more)
        content = f"[{'[],' * MAX_DEPTH}{nested}]".encode(encoding)  # brackets that do not count
        assert expected == is_nested_too_deeply(content)


@given(st.binary(max_size=40))
def test_any_bytes_have_a_depth(content: bytes) -> None:
    assert not is_nested_too_deeply(b"[]" * MAX_DEPTH + content)
    assert is_nested_too_deeply(b"[" * (MAX_DEPTH + 1) + content)


@pytest.mark.parametrize(
    "part", [b"[", b"]", b"[]", b'"', b'"[', b'["\\"]"', b"\\", b'"\\', b"[\0", b"\0["]
)
def test_64_kib_take_linear_time(part: bytes) -> None:
    content = part * (65_536 // len(part))
    start = process_time()
    is_nested_too_deeply(content)

    assert process_time() - start < 0.05  # quadratic time is seconds
