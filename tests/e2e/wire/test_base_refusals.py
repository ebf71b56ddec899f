"""The wire contract's first table: validation errors and 404, byte for byte."""

import httpx2
import pytest

from tests.e2e.wire.contract import (
    JSON,
    NO_SUCH_HERO,
    Entry,
    RawResponse,
    invalid,
    ok,
    patch,
    post,
    raw,
)
from tests.support.missing import NOWHERE

NO_NAME: Entry = ("missing", ["body", "name"], "Field required")
NO_SECRET: Entry = ("missing", ["body", "secret_name"], "Field required")
NO_BODY: Entry = ("missing", ["body"], "Field required")
NO_OBJECT: Entry = (
    "model_attributes_type",
    ["body"],
    "Input should be a valid dictionary or object to extract fields from",
)
NOT_A_NUMBER = "Input should be a valid integer, unable to parse string as an integer"
FRACTION = "Input should be a valid integer, got a number with a fractional part"
TOO_MANY_DIGITS = "Unable to parse input string as an integer, exceeded maximum size"
NO_STRING = "Input should be a valid string"


@pytest.mark.parametrize(
    ("query", "entries"),
    [
        (
            "limit=101",
            [("less_than_equal", ["query", "limit"], "Input should be less than or equal to 100")],
        ),
        ("limit=", [("int_parsing", ["query", "limit"], NOT_A_NUMBER)]),
        ("offset=1.5", [("int_parsing", ["query", "offset"], NOT_A_NUMBER)]),
        (
            f"offset={'9' * 5000}",
            [("int_parsing_size", ["query", "offset"], TOO_MANY_DIGITS)],
        ),
        (
            "limit=x&offset=y",
            [
                ("int_parsing", ["query", "offset"], NOT_A_NUMBER),
                ("int_parsing", ["query", "limit"], NOT_A_NUMBER),
            ],
        ),
    ],
)
def test_an_invalid_query_gets_422(client: httpx2.Client, query: str, entries: list[Entry]) -> None:
    assert invalid(*entries) == raw(client.get(f"/heroes/?{query}"))


@pytest.mark.parametrize("absent", [2**63 - 1, 0, -1])
def test_a_missing_hero_gets_404_from_every_method(client: httpx2.Client, absent: int) -> None:
    assert NO_SUCH_HERO == raw(client.get(f"/heroes/{absent}"))
    assert NO_SUCH_HERO == raw(patch(client, absent, b'{"age":1}'))
    assert NO_SUCH_HERO == raw(client.delete(f"/heroes/{absent}"))


def test_an_unknown_path_gets_404(client: httpx2.Client) -> None:
    assert RawResponse(404, JSON, b'{"detail":"Not Found"}') == raw(client.get(NOWHERE))


@pytest.mark.parametrize("sent", ["x", "1.5", "%20", "null", "0x1"])
def test_an_id_that_is_not_a_number_gets_422_from_every_method(
    client: httpx2.Client, sent: str
) -> None:
    expected = invalid(("int_parsing", ["path", "hero_id"], NOT_A_NUMBER))

    assert expected == raw(client.get(f"/heroes/{sent}"))
    assert expected == raw(client.patch(f"/heroes/{sent}", json={}))
    assert expected == raw(client.delete(f"/heroes/{sent}"))


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"x"', b"true", b'[{"name":"N"}]'])
def test_a_body_that_is_not_an_object_gets_422(
    client: httpx2.Client, hero_id: int, body: bytes
) -> None:
    assert invalid(NO_OBJECT) == raw(post(client, body))
    assert invalid(NO_OBJECT) == raw(patch(client, hero_id, body))


def test_a_missing_body_gets_422(client: httpx2.Client, hero_id: int) -> None:
    assert invalid(NO_BODY) == raw(post(client, b""))
    assert invalid(NO_BODY) == raw(patch(client, hero_id, b""))


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded", "text/json"])
def test_a_body_without_a_json_content_type_gets_422_that_names_the_right_one(
    client: httpx2.Client, hero_id: int, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    type_, loc, message = NO_OBJECT
    expected = invalid((type_, loc, f"{message}; send it with Content-Type: application/json"))

    for method, path in (
        ("POST", "/heroes/"),
        ("PATCH", f"/heroes/{hero_id}"),
        ("POST", "/heroes/batch"),
    ):
        response = client.request(method, path, content=b'{"name":"N"}', headers=headers)
        assert expected == raw(response)


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b"nul", 0),
        (b"{'name':'N'}", 1),
        (b"{} {}", 3),
        (b'{"age":', 7),
        (b'{"age":01}', 8),
        (b'{"name":"\n"}', 9),
        (b'{"name":"N",}', 12),
        (b'{"name":"N","x":[1, ]}', 20),
        (b'{"name":"Deadpond"', 18),
    ],
)
def test_malformed_json_gets_422_with_the_position_of_the_error(
    client: httpx2.Client, hero_id: int, body: bytes, position: int
) -> None:
    expected = invalid(("json_invalid", ["body", position], "JSON decode error"))

    assert expected == raw(post(client, body))
    assert expected == raw(patch(client, hero_id, body))


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (b"{}", [NO_NAME, NO_SECRET]),
        (b'{"age":5}', [NO_NAME, NO_SECRET]),
        (b'{"name":"N"}', [NO_SECRET]),
        (b'{"secret_name":"S"}', [NO_NAME]),
        (b'{"Name":"N","secret_name":"S"}', [NO_NAME]),
        (b'{"name":null,"secret_name":"S"}', [("string_type", ["body", "name"], NO_STRING)]),
        (
            b'{"secret_name":{},"age":1.5}',
            [
                NO_NAME,
                ("string_type", ["body", "secret_name"], NO_STRING),
                ("int_from_float", ["body", "age"], FRACTION),
            ],
        ),
    ],
)
def test_an_invalid_post_gets_422_with_an_entry_for_each_error(
    client: httpx2.Client, body: bytes, entries: list[Entry]
) -> None:
    assert invalid(*entries) == raw(post(client, body))


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (b'{"name":7}', [("string_type", ["body", "name"], NO_STRING)]),
        (b'{"age":"x"}', [("int_parsing", ["body", "age"], NOT_A_NUMBER)]),
        (b'{"age":"1.5"}', [("int_parsing", ["body", "age"], NOT_A_NUMBER)]),
        (b'{"age":{}}', [("int_type", ["body", "age"], "Input should be a valid integer")]),
        (b'{"age":1.5}', [("int_from_float", ["body", "age"], FRACTION)]),
        (
            b'{"age":"","secret_name":[],"name":false}',
            [
                ("string_type", ["body", "name"], NO_STRING),
                ("string_type", ["body", "secret_name"], NO_STRING),
                ("int_parsing", ["body", "age"], NOT_A_NUMBER),
            ],
        ),
    ],
)
def test_an_invalid_patch_gets_422_and_changes_nothing(
    client: httpx2.Client, hero_id: int, body: bytes, entries: list[Entry]
) -> None:
    response = patch(client, hero_id, body)

    hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d}' % hero_id
    assert invalid(*entries) == raw(response)
    assert ok(hero) == raw(client.get(f"/heroes/{hero_id}"))
