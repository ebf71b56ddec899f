"""The wire contract's second table: input that the tutorial handles differently."""

import json

import httpx2
import pytest

from tests.e2e.wire.contract import (
    NO_SUCH_HERO,
    Entry,
    invalid,
    ok,
    patch,
    post,
    raw,
    refused_fields,
)

INT64_MAX = 2**63 - 1
TEXTS = ("name", "secret_name")
WHITE_SPACE = "".join(character for character in map(chr, range(0x110000)) if character.isspace())


def hero(field: str, value: str) -> bytes:
    """Return a valid body with one field replaced by this JSON value."""
    fields = {"name": '"N"', "secret_name": '"S"', "age": "1", field: value}
    members = (f'"{name}":{written}' for name, written in fields.items())
    return f"{{{','.join(members)}}}".encode()


# Pages.


@pytest.mark.parametrize("limit", [-1, -100, -(2**63), -(2**63) - 1])
def test_a_negative_limit_is_refused(client: httpx2.Client, limit: int) -> None:
    response = client.get("/heroes/", params={"limit": limit})

    message = "Input should be greater than or equal to 0"
    assert invalid(("greater_than_equal", ["query", "limit"], message)) == raw(response)


@pytest.mark.parametrize("offset", [-1, -(2**63), -(2**63) - 1, 2**63, 10**30])
def test_an_offset_below_zero_or_beyond_int64_is_refused(
    client: httpx2.Client, offset: int
) -> None:
    response = client.get("/heroes/", params={"offset": offset})

    assert (422, [["query", "offset"]]) == refused_fields(response)


def test_the_largest_offset_returns_an_empty_page(client: httpx2.Client) -> None:
    assert ok(b"[]") == raw(client.get("/heroes/", params={"offset": INT64_MAX, "limit": 100}))


# Ids.


@pytest.mark.parametrize(
    "beyond",
    [str(2**63), str(-(2**63) - 1), str(2**64), "9" * 4300, "9" * 5000, "-" + "9" * 5000],
    ids=lambda beyond: f"{beyond[:20]} ({len(beyond)})",
)
def test_an_id_beyond_int64_is_not_found(client: httpx2.Client, beyond: str) -> None:
    assert NO_SUCH_HERO == raw(client.get(f"/heroes/{beyond}"))
    assert NO_SUCH_HERO == raw(client.patch(f"/heroes/{beyond}", json={"age": 1}))
    assert NO_SUCH_HERO == raw(client.delete(f"/heroes/{beyond}"))


# Texts.


@pytest.mark.parametrize("field", TEXTS)
def test_a_text_field_can_not_be_patched_to_null(
    client: httpx2.Client, hero_id: int, field: str
) -> None:
    response = patch(client, hero_id, f'{{"{field}":null,"age":1}}'.encode())

    unchanged = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d}' % hero_id
    entry: Entry = ("string_type", ["body", field], "Input should be a valid string")
    assert invalid(entry) == raw(response)
    assert ok(unchanged) == raw(client.get(f"/heroes/{hero_id}"))


def test_an_age_can_be_patched_to_null(client: httpx2.Client, hero_id: int) -> None:
    response = patch(client, hero_id, b'{"age":null}')

    assert (200, None) == (response.status_code, response.json()["age"])


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r"\u0000", id="NUL alone"),
        pytest.param(r"Dead\u0000pond", id="NUL within"),
        pytest.param(r"\ud800", id="high surrogate alone"),
        pytest.param(r"\udfff", id="low surrogate alone"),
        pytest.param(r"Dead\udc00pond", id="low surrogate within"),
        pytest.param(r"\ude00\ud83d", id="surrogate pair in the wrong order"),
        pytest.param(r"\ud83d\ude00\ud83d", id="surrogate after a pair"),
        pytest.param("", id="nothing"),
        pytest.param("   ", id="blanks"),
        pytest.param(r"\t\n\r\f", id="control white space"),
        pytest.param("a" * 256, id="256 characters"),
        pytest.param("😀" * 256, id="256 characters of four bytes"),
        pytest.param(r"\ud83d\ude00" * 256, id="256 characters in surrogate pairs"),
        pytest.param("a" * 60_000, id="60000 characters"),
    ],
)
def test_a_text_that_not_every_database_can_store_is_refused(
    client: httpx2.Client, hero_id: int, field: str, text: str
) -> None:
    made = post(client, hero(field, f'"{text}"'))
    changed = patch(client, hero_id, f'{{"{field}":"{text}"}}'.encode())

    assert (422, [["body", field]]) == refused_fields(made)
    assert (422, [["body", field]]) == refused_fields(changed)


def test_a_name_of_any_white_space_is_blank(client: httpx2.Client) -> None:
    responses = {
        character: post(client, hero("name", json.dumps(character))).status_code
        for character in WHITE_SPACE
    }

    assert dict.fromkeys(WHITE_SPACE, 422) == responses


def test_a_surrogate_encoded_as_utf_8_is_refused(client: httpx2.Client) -> None:
    response = post(client, b'{"name":"\xed\xa0\x80","secret_name":"S"}')

    assert 422 == response.status_code


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 255, id="255 characters"),
        pytest.param("😀" * 255, id="255 characters of four bytes"),
        pytest.param(" \t Dead pond \n", id="white space around a name"),
        pytest.param("\x01\x7f\x85\u200b\ufeff\ufffe\U0010ffff", id="odd but storable characters"),
        pytest.param("😀", id="a surrogate pair"),
        pytest.param("'; DROP TABLE hero; --", id="SQL"),
        pytest.param("<script>\"&\\'</script>", id="markup"),
    ],
)
def test_a_text_within_the_bounds_is_stored_unchanged(
    client: httpx2.Client, field: str, text: str
) -> None:
    made = post(client, hero(field, json.dumps(text))).json()

    assert text == made[field]
    assert made == client.get(f"/heroes/{made['id']}").json()


# Ages.


@pytest.mark.parametrize(
    "age",
    [
        "-1",
        '"-1"',
        "-1.0",
        str(-(2**63) - 1),
        str(2**63),
        f'"{2**63}"',
        "1e19",
        "1e308",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        '"NaN"',
        '"Infinity"',
        f'"{"9" * 5000}"',
        "9" * 4300,
    ],
    ids=lambda age: age[:24],
)
def test_an_age_that_is_not_a_non_negative_int64_is_refused(
    client: httpx2.Client, hero_id: int, age: str
) -> None:
    made = post(client, hero("age", age))
    changed = patch(client, hero_id, f'{{"age":{age}}}'.encode())

    assert (422, [["body", "age"]]) == refused_fields(made)
    assert (422, [["body", "age"]]) == refused_fields(changed)


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_age_of_5000_digits_is_refused(client: httpx2.Client, hero_id: int, sign: str) -> None:
    age = sign + "9" * 5000
    made = post(client, hero("age", age))
    changed = patch(client, hero_id, f'{{"age":{age}}}'.encode())

    assert (422, [["body"]]) == refused_fields(made)
    assert (422, [["body"]]) == refused_fields(changed)


@pytest.mark.parametrize("age", [0, INT64_MAX])
def test_the_smallest_and_the_largest_age_are_stored(client: httpx2.Client, age: int) -> None:
    made = post(client, hero("age", str(age))).json()

    assert age == made["age"]
    assert made == client.get(f"/heroes/{made['id']}").json()
