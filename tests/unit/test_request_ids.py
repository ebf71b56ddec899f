"""The id of a request: that of the client, or a random one."""

import re

import pytest

from entrypoints.request_ids import find_request_id

NEW = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("value", ["a", "a" * 128, "5d2f-9C_1.x", "-", "00"])
def test_a_valid_id_of_the_client_is_accepted(value: str) -> None:
    headers = [(b"host", b"localhost"), (b"x-request-id", value.encode())]

    assert value == find_request_id(headers)


@pytest.mark.parametrize(
    "value", [b"", b"a" * 129, b"a b", b"a,b", b"a\nb", b"a\n", b'"a"', b"\xe9", b"a/b", b"a:b"]
)
def test_an_invalid_id_is_replaced(value: bytes) -> None:
    assert NEW.fullmatch(find_request_id([(b"x-request-id", value)]))


def test_several_ids_are_replaced() -> None:
    headers = [(b"x-request-id", b"first"), (b"x-request-id", b"second")]

    assert NEW.fullmatch(find_request_id(headers))


def test_generated_ids_differ() -> None:
    assert 1000 == len({find_request_id([]) for _ in range(1000)})
