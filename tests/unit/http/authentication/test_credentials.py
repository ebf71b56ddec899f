"""The credential in ``Authorization`` (RFC 6750, section 2.1)."""

import pytest

from entrypoints.http.authentication.credentials import MAX_AUTHORIZATION, read_credential

CHARACTERS = "AZaz09-._~+/"


def read(*values: bytes) -> str | None:
    others = [(b"host", b"localhost"), (b"x-authorization", b"Bearer other")]
    return read_credential([*others, *((b"authorization", value) for value in values)])


@pytest.mark.parametrize(
    ("value", "credential"),
    [
        (b"Bearer abc", "abc"),
        (b"bearer abc", "abc"),
        (b"BEARER   abc", "abc"),
        (b"Bearer " + CHARACTERS.encode(), CHARACTERS),
        (b"Bearer YWJj==", "YWJj=="),
        (b"Bearer Bearer", "Bearer"),
    ],
)
def test_a_bearer_credential_is_read_whatever_the_case_of_the_scheme(
    value: bytes, credential: str
) -> None:
    assert credential == read(value)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer\tabc",
        b"Bearerabc",
        b" Bearer abc",
        b"Basic YWJj",
        b"abc",
        b"Bearer a b",
        b"Bearer a, Bearer b",
        b"Bearer a,b",
        b"Bearer =",
        b"Bearer a=b",
        b'Bearer "abc"',
        b"Bearer token=abc",
        b"Bearer abc\n",
        b"Bearer a\x00c",
        b"Bearer a\xe9c",
    ],
)
def test_anything_else_is_no_credential(value: bytes) -> None:
    assert read(value) is None


def test_a_request_without_the_header_has_no_credential() -> None:
    assert read() is None


def test_a_repeated_header_is_no_credential_even_if_both_are_equal() -> None:
    assert read(b"Bearer abc", b"Bearer abc") is None
    assert read(b"Bearer abc", b"") is None


def test_a_header_may_have_8_kib() -> None:
    longest = b"Bearer ".ljust(8192, b"x")

    assert longest[7:].decode() == read(longest)
    assert read(longest + b"x") is None
    assert len(longest) == MAX_AUTHORIZATION
