"""The wire contract on lists: paging and counts."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from domain.hero import HeroQuery
from domain.query import SortKey
from entrypoints.http.listing.cursors import encode_cursor
from tests.e2e.wire.contract import ids, invalid, ok, said

DAMAGED = invalid(
    ("cursor", ["query", "cursor"], "Cursor is damaged, or belongs to another filter or sort")
)


def next_of(response: httpx2.Response) -> str:
    """Return where the response's only link leads."""
    target, _, relation = response.headers["link"].partition(">; ")
    assert 'rel="next"' == relation
    return str(target.removeprefix("<"))


def cursor_of(response: httpx2.Response) -> dict[str, str]:
    """Return the parameter that goes on after the page."""
    return {"cursor": parse_qs(urlsplit(next_of(response)).query)["cursor"][0]}


def counts(response: httpx2.Response) -> tuple[str | None, str | None]:
    """Return what the headers tell about a count."""
    assert 200 == response.status_code
    return response.headers.get("x-total-count"), response.headers.get("preference-applied")


# Paging.


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", "age", "-age", "-age,name"])
def test_following_the_links_walks_all_pages(listing: httpx2.Client, sort: str, limit: int) -> None:
    whole = ids(listing.get("/heroes/", params={"sort": sort}))
    page = listing.get("/heroes/", params={"sort": sort, "limit": limit})
    walked = ids(page)
    while "link" in page.headers:
        page = listing.get(next_of(page))
        walked += ids(page)

    assert whole == walked
    assert 7 == len(whole)


def test_a_full_page_links_to_the_next_by_a_cursor_and_keeps_what_matters(
    listing: httpx2.Client,
) -> None:
    page = listing.get("/heroes/?limit=3&x=7&name__contains=a&limit=2")

    target = urlsplit(next_of(page))
    given = parse_qs(target.query)
    assert ("", "", "/heroes/") == target[:3]
    assert {"limit", "name__contains", "cursor"} == given.keys()
    assert (["a"], ["3", "2"]) == (given["name__contains"], given["limit"])
    assert 1 == len(given["cursor"])


def test_a_link_never_repeats_the_host_that_the_client_claims(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?limit=1", headers={"Host": "evil.example"})

    assert next_of(page).startswith("/heroes/?limit=1&cursor=")


def test_who_pages_by_offset_is_led_on_by_offset(listing: httpx2.Client) -> None:
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


def test_no_link_leads_beyond_the_largest_offset(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/", params={"offset": 2**63 - 1, "limit": 100})

    assert ok(b"[]") == said(page)
    assert "link" not in page.headers


def test_a_cursor_goes_on_with_another_limit(listing: httpx2.Client) -> None:
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
    assert DAMAGED == said(listing.get("/heroes/", params=cursor_of(page) | other))


@pytest.mark.parametrize("cursor", ["", "1", "AAAA", "WzFd", "é", "\0", "A" * 4_000])
def test_what_is_no_cursor_is_refused(listing: httpx2.Client, cursor: str) -> None:
    assert DAMAGED == said(listing.get("/heroes/", params={"cursor": cursor}))


def test_a_cursor_that_was_forged_for_a_text_with_nul_never_breaks_the_service(
    listing: httpx2.Client,
) -> None:
    by_name = HeroQuery(sort=(SortKey("name"),), limit=2)

    answer = listing.get(
        "/heroes/", params={"sort": "name", "cursor": encode_cursor(by_name, ("\0", 1))}
    )

    if answer.status_code == 200:  # SQLite takes such a text
        assert 7 == len(answer.json())
    else:
        message = "Position should contain only texts that the database can store"
        assert invalid(("position", ["query", "cursor"], message)) == said(answer)


@pytest.mark.parametrize("offset", ["0", "5"])
def test_a_cursor_with_an_offset_is_refused(listing: httpx2.Client, offset: str) -> None:
    cursor = cursor_of(listing.get("/heroes/?limit=1"))

    refused = listing.get("/heroes/", params=cursor | {"offset": offset})

    message = "Cursor should be given without an offset"
    assert invalid(("cursor_with_offset", ["query", "cursor"], message)) == said(refused)


# Count.


@pytest.mark.parametrize(
    ("query", "total"), [("", "7"), ("?limit=2", "7"), ("?limit=0", "7"), ("?age__gte=8", "3")]
)
@pytest.mark.parametrize("prefer", ["count=exact", 'wait=1, Count="exact"'])
def test_an_exact_count_is_told_to_who_prefers_it(
    listing: httpx2.Client, query: str, total: str, prefer: str
) -> None:
    page = listing.get(f"/heroes/{query}", headers={"Prefer": prefer})

    assert (total, "count=exact") == counts(page)


def test_a_count_is_of_all_pages(listing: httpx2.Client) -> None:
    page = listing.get("/heroes/?limit=3", headers={"Prefer": "count=exact"})

    following = listing.get(next_of(page), headers={"Prefer": "count=exact"})

    assert [("7", "count=exact")] * 2 == [counts(page), counts(following)]


@pytest.mark.parametrize("prefer", [None, b"", b"count", b"count=planned", b"return=minimal"])
def test_nothing_is_counted_unasked(listing: httpx2.Client, prefer: bytes | None) -> None:
    headers = {} if prefer is None else {b"Prefer": prefer}

    assert (None, None) == counts(listing.get("/heroes/", headers=headers))


@pytest.mark.parametrize("prefer", [{}, {"Prefer": "count=exact"}])
def test_caches_are_told_that_a_preference_makes_a_difference(
    listing: httpx2.Client, prefer: dict[str, str]
) -> None:
    assert "Prefer" == listing.get("/heroes/", headers=prefer).headers["vary"]


def test_head_has_the_headers_of_get(listing: httpx2.Client) -> None:
    url, prefer = "/heroes/?limit=2&sort=-age", {"Prefer": "count=exact"}

    get, head = listing.get(url, headers=prefer), listing.head(url, headers=prefer)

    names = ("link", "x-total-count", "preference-applied", "content-length", "content-type")
    assert [get.headers[name] for name in names] == [head.headers[name] for name in names]
    assert b"" == head.content
