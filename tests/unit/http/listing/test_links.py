"""The link from a page to the next one, on the in-memory database."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.requests import Request

from domain.hero import Hero, HeroQuery
from domain.rules import INT64_MAX
from entrypoints.api.app import build_app
from entrypoints.http.listing.links import next_page
from tests.fakes.database import FakeDatabase

HEROES = [Hero(number, f"Hero {number}", "x", 10 - number, 1) for number in range(1, 6)]


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service with five heroes."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows |= {hero.id: hero for hero in HEROES}
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


async def walk(client: httpx2.AsyncClient, path: str) -> list[list[int]]:
    """Return the ids on each page, from this one to the last one that is linked."""
    pages: list[list[int]] = []
    while path and len(pages) <= len(HEROES):
        page = await client.get(path)
        pages.append([hero["id"] for hero in page.json()])
        path = str(page.url.join(page.links["next"]["url"])) if page.links else ""
    return pages


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("limit=2", [[1, 2], [3, 4], [5]]),
        ("limit=5", [[1, 2, 3, 4, 5], []]),
        ("limit=6", [[1, 2, 3, 4, 5]]),
        ("limit=0", [[]]),
        ("sort=age&limit=3", [[5, 4, 3], [2, 1]]),
        ("age__gte=7&limit=2", [[1, 2], [3]]),
        ("offset=1&limit=2", [[2, 3], [4, 5], []]),
        ("offset=5&limit=1", [[]]),
    ],
)
async def test_a_full_page_links_to_the_next_one(
    client: httpx2.AsyncClient, query: str, pages: list[list[int]]
) -> None:
    assert pages == await walk(client, f"/heroes/?{query}")


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("limit=1&sort=-age", {"limit", "sort", "cursor"}),
        ("limit=1&age__gte=1&x=1&Limit=3", {"limit", "age__gte", "cursor"}),
        ("offset=1&limit=1&x=1", {"offset", "limit"}),
    ],
)
async def test_a_link_is_a_query_of_the_known_parameters_only(
    client: httpx2.AsyncClient, query: str, parameters: set[str]
) -> None:
    page = await client.get(f"/heroes/?{query}")
    following = await client.get(page.url.join(page.links["next"]["url"]))

    for each in (page, following):
        link = urlsplit(each.links["next"]["url"])
        found = parse_qs(link.query)
        assert ("", "", "", "") == (*link[:3], link.fragment)
        assert parameters == found.keys()
        assert all(len(values) == 1 for values in found.values())


@pytest.mark.parametrize(("offset", "links"), [(INT64_MAX - 1, 1), (INT64_MAX, 0)])
def test_no_link_leads_beyond_the_largest_offset(offset: int, links: int) -> None:
    request = Request(
        {
            "type": "http",
            "path": "/heroes/",
            "query_string": f"offset={offset}&limit=1".encode(),
            "headers": [],
        }
    )

    assert links == len(next_page(request, HeroQuery(offset=offset, limit=1), HEROES[:1]))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=a&offset=0", "cursor_with_offset"),
        ("cursor=a&cursor=a", "repeated"),
        ("sort=age&sort=age", "repeated"),
    ],
)
async def test_contradictory_parameters_are_refused(
    client: httpx2.AsyncClient, query: str, code: str
) -> None:
    response = await client.get(f"/heroes/?{query}")

    assert [code] == [error["type"] for error in response.json()["detail"]]
