"""The wire contract's lists: paging and counts."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from domain.hero import HeroQuery
from domain.query import SortKey
from entrypoints.http.listing.cursors import encode_cursor
from tests.e2e.wire.contract import ids, invalid, ok, raw

DAMAGED = invalid(
    ("cursor", ["query", "cursor"], "Cursor is damaged, or belongs to another filter or sort")
)


def next_of(response: httpx2.Response) -> str:
    """Return the path and query of the only link, which is ``next`` and relative."""
    target, _, relation = response.headers["link"].partition(">; ")
    assert 'rel="next"' == relation
    assert target.startswith("<?")
    return str(response.url.join(target.removeprefix("<")).raw_path, "ascii")


def cursor_of(response: httpx2.Response) -> dict[str, str]:
    """Return the cursor parameter of the next page."""
    return {"cursor": parse_qs(urlsplit(next_of(response)).query)["cursor"][0]}


def counts(response: httpx2.Response) -> tuple[str | None, str | None]:
    """Return the values of the count headers."""
    assert 200 == response.status_code
    return response.headers.get("x-total-count"), response.headers.get("preference-applied")


# Paging.


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", "age", "-age", "-age,name"])
def test_following_the_links_returns_all_pages(
    listing: httpx2.Client, sort: str, limit: int
) -> None:
    whole = ids(listing.get("/heroes/", params={"sort": sort}))
    page = listing.get("/heroes/", params={"sort": sort, "limit": limit})
    walked = ids(page)
    while "link" in page.headers:
        page = listing.get(next_of(page))
        walked += ids(page)

    assert whole == walked
    assert 7 == len(whole)


def test_a_full_page_links_to_the_next_by_cursor_with_its_parameters(
    listing: httpx2.Client,
) -> None:
    page = listing.get("/heroes/?limit=3&x=7&name__contains=a&limit=2")

    target = urlsplit(next_of(page))
    given = parse_qs(target.query)
    assert ("", "", "/heroes/") == target[:3]
    assert {"limit", "name__contains", "cursor"} == given.keys()
    assert (["a"], ["3", "2"]) == (given["name__contains"], given["limit"])
    assert 1 == len(given["cursor"])


def test_a_link_never_contains_the_host_header(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?limit=1", headers={"Host": "x.localhost"})

    assert next_of(page).startswith("/heroes/?limit=1&cursor=")


def test_a_page_by_offset_links_to_the_next_by_offset(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?offset=0&limit=3")
    following = listing.get(next_of(page))
    last = listing.get(next_of(following))

    assert "/heroes/?limit=3&offset=3" == next_of(page)
    assert [[1, 2, 3], [4, 5, 6], [7]] == [ids(each) for each in (page, following, last)]
    assert "link" not in last.headers


@pytest.mark.parametrize(
    "query",
    ["", "?limit=8", "?offset=5&limit=3", "?limit=0", "?offset=0&limit=0", "?offset=7&limit=1"],
)
def test_a_page_that_is_not_full_has_no_link(listing: httpx2.Client, query: str) -> None:
    assert "link" not in listing.get(f"/heroes/{query}").headers


def test_there_is_no_link_beyond_the_largest_offset(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/", params={"offset": 2**63 - 1, "limit": 100})

    assert ok(b"[]") == raw(page)
    assert "link" not in page.headers


def test_a_cursor_can_be_used_with_another_limit(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?sort=-id&limit=2")

    following = listing.get("/heroes/", params=cursor_of(page) | {"sort": "-id", "limit": 4})

    assert [[7, 6], [5, 4, 3, 2]] == [ids(page), ids(following)]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"sort": "id", "age__isnull": "true"},
        {"sort": "-name", "age__isnull": "true"},
        {"sort": "name,age", "age__isnull": "true"},
        {"sort": "name,-id", "age__isnull": "true"},
        {"sort": "name"},
        {"sort": "name", "age__isnull": "false"},
        {"sort": "name", "age__isnull": "true", "name__contains": ""},
    ],
)
def test_a_cursor_of_another_filter_or_sort_is_refused(
    listing: httpx2.Client, other: dict[str, str]
) -> None:
    page = listing.get("/heroes/?sort=name&age__isnull=true&limit=1")
    same = listing.get("/heroes/", params=cursor_of(page) | {"sort": "name", "age__isnull": "true"})

    assert [2] == ids(same)
    assert DAMAGED == raw(listing.get("/heroes/", params=cursor_of(page) | other))


@pytest.mark.parametrize("cursor", ["", "1", "AAAA", "WzFd", "é", "\0", "A" * 4_000])
def test_a_malformed_cursor_is_refused(listing: httpx2.Client, cursor: str) -> None:
    assert DAMAGED == raw(listing.get("/heroes/", params={"cursor": cursor}))


def test_a_forged_cursor_with_nul_causes_no_server_error(
    listing: httpx2.Client,
) -> None:
    by_name = HeroQuery(sort=(SortKey("name"),), limit=2)

    response = listing.get(
        "/heroes/", params={"sort": "name", "cursor": encode_cursor(by_name, ("\0", 1))}
    )

    if response.status_code == 200:  # SQLite accepts such a text
        assert 7 == len(response.json())
    else:
        message = "Position should contain only texts that the database can store"
        assert invalid(("position", ["query", "cursor"], message)) == raw(response)


@pytest.mark.parametrize("offset", ["0", "5"])
def test_a_cursor_with_an_offset_is_refused(listing: httpx2.Client, offset: str) -> None:
    cursor = cursor_of(listing.get("/heroes/?limit=1"))

    refused = listing.get("/heroes/", params=cursor | {"offset": offset})

    message = "Cursor should be given without an offset"
    assert invalid(("cursor_with_offset", ["query", "cursor"], message)) == raw(refused)


# Count.


@pytest.mark.parametrize(
    ("query", "total"), [("", "7"), ("?limit=2", "7"), ("?limit=0", "7"), ("?age__gte=8", "3")]
)
@pytest.mark.parametrize("prefer", ["count=exact", 'wait=1, Count="exact"'])
def test_an_exact_count_is_returned_if_preferred(
    listing: httpx2.Client, query: str, total: str, prefer: str
) -> None:
    page = listing.get(f"/heroes/{query}", headers={"Prefer": prefer})

    assert (total, "count=exact") == counts(page)


def test_a_count_covers_all_pages(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?limit=3", headers={"Prefer": "count=exact"})

    following = listing.get(next_of(page), headers={"Prefer": "count=exact"})

    assert [("7", "count=exact")] * 2 == [counts(page), counts(following)]


@pytest.mark.parametrize("prefer", [None, b"", b"count", b"count=planned", b"return=minimal"])
def test_without_the_preference_nothing_is_counted(
    listing: httpx2.Client, prefer: bytes | None
) -> None:
    headers = {} if prefer is None else {b"Prefer": prefer}

    assert (None, None) == counts(listing.get("/heroes/", headers=headers))


@pytest.mark.parametrize("prefer", [{}, {"Prefer": "count=exact"}])
def test_a_list_varies_by_prefer(listing: httpx2.Client, prefer: dict[str, str]) -> None:
    assert "Prefer" == listing.get("/heroes/", headers=prefer).headers["vary"]


def test_head_has_the_headers_of_get(listing: httpx2.Client) -> None:
    url, prefer = "/heroes/?limit=2&sort=-age", {"Prefer": "count=exact"}

    get, head = listing.get(url, headers=prefer), listing.head(url, headers=prefer)

    names = ("link", "x-total-count", "preference-applied", "content-length", "content-type")
    assert [get.headers[name] for name in names] == [head.headers[name] for name in names]
    assert b"" == head.content
