"""Conditional requests (RFC 9110, section 13), on the in-memory database."""

from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.hero import Hero
from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

DEADPOND = Hero(1, "Deadpond", "Dive Wilson", 28, version=2)

STRONG = ['"2"', '"1", "2"', '"2","3"', ' , "2" ,,', '"a,b" , "2"', '"\xe9", "2"', "*", " * "]
"""Values with a strong tag of version 2, or ``*``."""

WEAK = ['W/"2"', 'W/"1", W/"2"', '"1",W/"2"']
"""Values with only a weak tag of version 2."""

WEAK_DETAIL = (
    'A weak entity tag, W/"...", never matches.'
    " A proxy that compresses responses makes their tags weak."
)

OTHERS = [
    '"1"',
    'W/"1"',
    '"3", "22", "0"',
    '""',
    "",
    '"02"',
    '"2,"',
    '"+2"',
    '"2.0"',
    '"W/2"',
    '"\xb2"',
    f'"{2**63}"',
    f'"{"9" * 10_000}"',
]
"""Values without a tag of version 2."""

MALFORMED = [
    "2",
    '"2',
    '2"',
    "'2'",
    '"2" "3"',
    '"2""3"',
    '"2"; "3"',
    'w/"2"',
    "W/2",
    'W/ "2"',
    '"2 3"',
    '*, "2"',
    '"2", *',
    "**",
]


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service with Deadpond at version 2."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows[1] = DEADPOND
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


async def send(
    client: httpx2.AsyncClient, method: str, *fields: tuple[str, str]
) -> tuple[int, str | None]:
    """Send a request with these header lines, and return the status and the ETag."""
    lines = [(name.encode(), value.encode("latin-1")) for name, value in fields]
    body = {"age": 29} if method == "PATCH" else None
    response = await client.request(method, "/heroes/1", headers=lines, json=body)
    return response.status_code, response.headers.get("ETag")


@pytest.mark.parametrize("value", [*STRONG, *WEAK])
async def test_if_none_match_uses_weak_comparison(client: httpx2.AsyncClient, value: str) -> None:
    assert (304, '"2"') == await send(client, "GET", ("If-None-Match", value))
    assert (304, '"2"') == await send(client, "HEAD", ("If-None-Match", value))
    assert (412, '"2"') == await send(client, "PATCH", ("If-None-Match", value))
    assert (412, '"2"') == await send(client, "DELETE", ("If-None-Match", value))


@pytest.mark.parametrize("value", OTHERS)
async def test_if_none_match_accepts_other_versions(client: httpx2.AsyncClient, value: str) -> None:
    assert (200, '"2"') == await send(client, "GET", ("If-None-Match", value))
    assert (200, '"3"') == await send(client, "PATCH", ("If-None-Match", value))


@pytest.mark.parametrize("value", STRONG)
async def test_if_match_accepts_the_current_version(client: httpx2.AsyncClient, value: str) -> None:
    assert (200, '"2"') == await send(client, "GET", ("If-Match", value))
    assert (200, None) == await send(client, "DELETE", ("If-Match", value))


@pytest.mark.parametrize("value", [*WEAK, *OTHERS])
async def test_if_match_uses_strong_comparison(client: httpx2.AsyncClient, value: str) -> None:
    assert (412, '"2"') == await send(client, "GET", ("If-Match", value))
    assert (412, '"2"') == await send(client, "PATCH", ("If-Match", value))
    assert (412, '"2"') == await send(client, "DELETE", ("If-Match", value))


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("fields", "is_weak"),
    [
        *(([("If-Match", value)], True) for value in [*WEAK, 'W/"1"', '"1" , W/"9"']),
        *(([("If-Match", value)], False) for value in ['"1"', '"W/2"', '"1W/"', '"W/", "W/"', ""]),
        ([("If-Match", '"1"'), ("If-Match", 'W/"2"')], True),
        ([("If-Match", '"1"'), ("If-None-Match", 'W/"2"')], False),
    ],
)
async def test_a_412_says_that_a_weak_tag_never_matches(
    client: httpx2.AsyncClient, method: str, fields: list[tuple[str, str]], *, is_weak: bool
) -> None:
    body = {"age": 29} if method == "PATCH" else None
    response = await client.request(method, "/heroes/1", headers=fields, json=body)

    detail = WEAK_DETAIL if is_weak else "The resource has changed. Fetch it again."
    assert (412, detail) == (response.status_code, response.json()["detail"])


async def test_a_412_for_if_none_match_does_not_mention_a_weak_tag_in_if_match(
    client: httpx2.AsyncClient,
) -> None:
    fields = {"If-Match": 'W/"1", "2"', "If-None-Match": '"2"'}
    response = await client.patch("/heroes/1", headers=fields, json={"age": 29})

    assert "The resource has changed. Fetch it again." == response.json()["detail"]


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_malformed_list_of_tags_is_refused_without_repeating_it(
    client: httpx2.AsyncClient, method: str, name: str, value: str
) -> None:
    response = await client.request(
        method, "/heroes/1", headers={name: value}, json={"age": 29} if method == "PATCH" else None
    )

    message = 'Input should be * or a list of entity tags, such as "1", "2"'
    entry = {"type": "entity_tags", "loc": ["header", name.lower()], "msg": message}
    assert (422, {"detail": [entry]}) == (response.status_code, response.json())


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (['"1"', '"2"'], 200),
        (['"1"', "", '"3"'], 412),
        (["*", '"2"'], 422),
        (["*", "*"], 422),
    ],
)
async def test_repeated_header_lines_are_one_list(
    client: httpx2.AsyncClient, lines: Sequence[str], status: int
) -> None:
    fields = [("If-Match", line) for line in lines]

    assert status == (await send(client, "PATCH", *fields))[0]


@pytest.mark.parametrize(
    ("match", "none_match", "status"),
    [('"2"', '"2"', 304), ('"1"', '"2"', 412), ('"1"', '"1"', 412), ('"2"', '"1"', 200)],
)
async def test_if_match_is_evaluated_before_if_none_match(
    client: httpx2.AsyncClient, match: str, none_match: str, status: int
) -> None:
    both = ("If-None-Match", none_match), ("If-Match", match)

    assert status == (await send(client, "GET", *both))[0]


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["*", '"1"'])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_missing_hero_returns_404_whatever_the_precondition(
    client: httpx2.AsyncClient, method: str, name: str, value: str
) -> None:
    """Preconditions are ignored if the response without them would not be 2xx (section 13.2.1)."""
    body: object = {} if method == "PATCH" else None
    response = await client.request(method, "/heroes/7", headers={name: value}, json=body)

    assert (404, {"detail": "Hero not found"}) == (response.status_code, response.json())


async def test_an_invalid_body_returns_422_whatever_the_precondition(
    client: httpx2.AsyncClient,
) -> None:
    for name, value in (("If-Match", '"1"'), ("If-None-Match", "*")):
        response = await client.patch("/heroes/1", headers={name: value}, json={"age": -1})

        assert 422 == response.status_code


async def test_date_preconditions_are_ignored(client: httpx2.AsyncClient) -> None:
    """Heroes have no modification date (sections 13.1.3 and 13.1.4)."""
    long_ago = "Thu, 01 Jan 1970 00:00:00 GMT"
    for name in ("If-Modified-Since", "If-Unmodified-Since", "If-Range"):
        assert (200, '"2"') == await send(client, "GET", (name, long_ago))


ETAGC = [chr(code) for code in range(0x21, 0x100) if code not in {0x22, 0x7F}]
"""The characters of an entity tag (section 8.8.3)."""

tags = st.sampled_from("123") | st.text(st.sampled_from(ETAGC), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "W/"]), tags)))
async def test_any_valid_list_of_tags_is_parsed(
    client: httpx2.AsyncClient, listed: list[tuple[str, str]]
) -> None:
    value = ",".join(f'{weak}"{tag}"' for weak, tag in listed)

    (read, _) = await send(client, "GET", ("If-Match", value))
    (read_anew, _) = await send(client, "GET", ("If-None-Match", value))

    assert (200 if ("", "2") in listed else 412) == read
    assert (304 if any(tag == "2" for _, tag in listed) else 200) == read_anew
