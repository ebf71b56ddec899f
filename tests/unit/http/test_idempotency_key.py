"""Parsing of the Idempotency-Key header field."""

from contextlib import suppress

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.idempotency import KEY_MAX, read_key

printable = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=KEY_MAX
)


@pytest.mark.parametrize(
    ("field", "key"),
    [
        (b"8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        (b'"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        (b" \tx\t ", "x"),
        (b"order:7/2;retry=1", "order:7/2;retry=1"),
        (b"+/9A==", "+/9A=="),
        (b'"a b, c"', "a b, c"),
        (rb'"say \"\\\""', r'say "\"'),
        (b"x" * 255, "x" * 255),
        (b'"' + rb"\"" * 255 + b'"', '"' * 255),
    ],
)
def test_a_key_may_be_bare_or_a_quoted_string(field: bytes, key: str) -> None:
    assert key == read_key([field])


@given(printable)
def test_every_key_can_be_quoted(key: str) -> None:
    escaped = key.replace("\\", r"\\").replace('"', r"\"")

    assert key == read_key([f'"{escaped}"'.encode()])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([b""], "string_too_short"),
        ([b"  "], "string_too_short"),
        ([b'""'], "string_too_short"),
        ([b"x" * 256], "string_too_long"),
        ([b'"' + b"x" * 256 + b'"'], "string_too_long"),
        ([b"a b"], "string_pattern_mismatch"),
        ([b"a,b"], "string_pattern_mismatch"),
        ([b'"a", "b"'], "string_pattern_mismatch"),
        ([b'"a";b=1'], "string_pattern_mismatch"),
        ([b'"'], "string_pattern_mismatch"),
        ([b'"a'], "string_pattern_mismatch"),
        ([b'a"'], "string_pattern_mismatch"),
        ([rb"a\b"], "string_pattern_mismatch"),
        ([rb'"a\b"'], "string_pattern_mismatch"),
        ([b'"a\tb"'], "string_pattern_mismatch"),
        ([b"a\x00"], "string_pattern_mismatch"),
        ([b"a\x1fb"], "string_pattern_mismatch"),
        ([b'"a\x7f"'], "string_pattern_mismatch"),
        ([b"a\nb"], "string_pattern_mismatch"),
        ([b"a\n"], "string_pattern_mismatch"),
        (["ключ".encode()], "string_pattern_mismatch"),
        (['"é"'.encode("latin-1")], "string_pattern_mismatch"),
        ([b"a", b"b"], "header_repeated"),
        ([b"a", b"a"], "header_repeated"),
    ],
)
def test_a_malformed_key_is_refused_with_the_header_as_loc(fields: list[bytes], code: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        read_key(fields)

    assert [(code, ("header", "idempotency-key"))] == [
        (e["type"], e["loc"]) for e in refused.value.errors()
    ]


@given(st.binary(max_size=300))
def test_any_field_value_is_a_valid_key_or_refused(field: bytes) -> None:
    with suppress(RequestValidationError):
        key = read_key([field])

        assert 1 <= len(key) <= KEY_MAX
        assert key.isascii()
        assert key.isprintable()
