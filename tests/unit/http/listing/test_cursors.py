"""A cursor is refused unless the API created it, byte for byte, for the same query."""

from base64 import urlsafe_b64encode
from dataclasses import replace

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidQuery
from domain.filters import Filter, Operator
from domain.hero import HeroQuery
from domain.query import SortKey
from entrypoints.api.app import build_app
from entrypoints.http.listing.cursors import encode_cursor, resume_at
from tests.fakes.database import FakeDatabase

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BY_AGE = HeroQuery(sort=(SortKey("age"), SortKey("name")), limit=2)
POSITION = (None, "Ünï 🦸", 7)
CURSOR = encode_cursor(BY_AGE, POSITION)


def refused(query: HeroQuery, cursor: str) -> bool:
    try:
        resume_at(query, cursor)
    except InvalidQuery as error:
        assert [("cursor", "cursor")] == [(v.field, v.code) for v in error.violations]  # noqa: PT017
        return True
    return False


def test_a_cursor_resumes_at_its_position() -> None:
    assert replace(BY_AGE, after=POSITION) == resume_at(BY_AGE, CURSOR)


def test_a_cursor_contains_the_bytes_of_a_damaged_text() -> None:
    position = (None, b"Ren\xe9e", 7)
    filtered = replace(BY_AGE, filters=(Filter("name", Operator.STARTSWITH, "Ren"),))

    for query in (BY_AGE, filtered):
        assert replace(query, after=position) == resume_at(query, encode_cursor(query, position))


def test_the_bytes_of_a_number_are_refused() -> None:
    assert refused(BY_AGE, encode_cursor(BY_AGE, (b"7", "x", 7)))


def test_bytes_that_do_not_match_the_filters_are_refused() -> None:
    filtered = replace(BY_AGE, filters=(Filter("name", Operator.CONTAINS, "x"),))

    assert refused(filtered, encode_cursor(filtered, (None, b"Ren\xe9e", 7)))


@pytest.mark.parametrize("index", range(len(CURSOR)))
def test_a_cursor_with_any_character_changed_is_refused(index: int) -> None:
    others = set(ALPHABET) - {CURSOR[index]}

    damaged = [CURSOR[:index] + other + CURSOR[index + 1 :] for other in others]

    assert 63 == len(damaged)
    assert all(refused(BY_AGE, cursor) for cursor in damaged)


@pytest.mark.parametrize("index", range(len(CURSOR)))
def test_a_cursor_with_a_character_missing_or_added_is_refused(index: int) -> None:
    assert refused(BY_AGE, CURSOR[:index] + CURSOR[index + 1 :])
    assert refused(BY_AGE, CURSOR[:index] + "A" + CURSOR[index:])
    assert refused(BY_AGE, CURSOR[:index])


@given(st.text() | st.binary().map(lambda some: urlsafe_b64encode(some).decode()))
def test_arbitrary_text_is_refused(cursor: str) -> None:
    assert refused(BY_AGE, cursor)


@pytest.mark.parametrize(
    "other",
    [
        HeroQuery(limit=2),
        HeroQuery(sort=(SortKey("age"),), limit=2),
        HeroQuery(sort=(SortKey("age", descending=True), SortKey("name")), limit=2),
        HeroQuery(sort=(SortKey("name"), SortKey("age")), limit=2),
        replace(BY_AGE, filters=(Filter("age", Operator.ISNULL, value=True),)),
    ],
)
def test_a_cursor_of_another_query_is_refused(other: HeroQuery) -> None:
    assert refused(other, CURSOR)


def test_a_cursor_of_another_value_of_a_filter_is_refused() -> None:
    from_17, from_18 = (
        replace(BY_AGE, filters=(Filter("age", Operator.GTE, age),)) for age in (17, 18)
    )

    assert refused(from_17, encode_cursor(from_18, (18, "x", 7)))


def test_the_order_of_filters_does_not_affect_the_cursor() -> None:
    first, second = (
        Filter("age", Operator.ISNULL, value=True),
        Filter("name", Operator.CONTAINS, "Ü"),
    )
    cursor = encode_cursor(replace(BY_AGE, filters=(first, second)), POSITION)

    assert not refused(replace(BY_AGE, filters=(second, first)), cursor)


@pytest.mark.parametrize(
    "position", [(), (1,), ("1", "x", 7), (1, None, 7), (1, 2, 7), (2**63, "x", 7)]
)
def test_a_forged_cursor_with_an_impossible_position_is_refused(
    position: tuple[object, ...],
) -> None:
    assert refused(BY_AGE, encode_cursor(BY_AGE, position))


def test_a_forged_cursor_outside_the_filters_is_refused() -> None:
    grown_up = replace(BY_AGE, filters=(Filter("age", Operator.GTE, 18),))

    assert not refused(grown_up, encode_cursor(grown_up, (18, "x", 7)))
    assert refused(grown_up, encode_cursor(grown_up, (17, "x", 7)))
    assert refused(grown_up, encode_cursor(grown_up, (None, "x", 7)))


def test_a_cursor_can_encode_text_with_nul() -> None:
    position = (None, "Nul\0inside" * 30, 7)

    assert position == resume_at(BY_AGE, encode_cursor(BY_AGE, position)).after


@pytest.mark.parametrize("content", [b"7", b'{"a":1}', b"[", b"[" * 5_000, b'"\xff"', b"null"])
def test_a_cursor_that_encodes_no_position_is_refused(content: bytes) -> None:
    assert refused(BY_AGE, urlsafe_b64encode(b"x" * 9 + content).rstrip(b"=").decode())


async def test_a_cursor_does_not_contain_the_secret_name() -> None:
    transport = httpx2.ASGITransport(build_app(FakeDatabase()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        links = []
        for secret in ("Dive Wilson", "Wade Wilson"):
            hero = {"name": "Deadpond", "secret_name": secret}
            made = (await client.post("/heroes/", json=hero)).json()
            page = await client.get("/heroes/?sort=age,name&limit=1")
            links.append(page.headers["link"])
            await client.delete(f"/heroes/{made['id']}")

    cursors = [link.partition("cursor=")[2].partition(">")[0] for link in links]
    expected = [encode_cursor(BY_AGE, (None, "Deadpond", hero_id)) for hero_id in (1, 2)]
    assert expected == cursors
