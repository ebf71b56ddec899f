"""Parsing of the Prefer header field (RFC 7240)."""

import pytest
from starlette.datastructures import Headers

from entrypoints.http.header_fields import MAX_SIZE
from entrypoints.http.listing.prefer import parse_preferences, wants_exact_count


def headers(*values: str) -> Headers:
    return Headers(raw=[(b"prefer", value.encode("latin-1")) for value in values])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), {}),
        (("",), {}),
        (("count=exact",), {"count": "exact"}),
        (("count = exact",), {"count": "exact"}),
        (('count="exact"',), {"count": "exact"}),
        ((r'count="e\xact"',), {"count": "exact"}),
        (("Count=exact",), {"count": "exact"}),
        (("respond-async, wait=10",), {"respond-async": "", "wait": "10"}),
        (("respond-async", "wait=10"), {"respond-async": "", "wait": "10"}),
        (("count=exact; of=all",), {"count": "exact"}),
        (('count=exact;of="a, b";c , foo',), {"count": "exact", "foo": ""}),
        (('foo="a, count=none"; x="\\", y", b',), {"foo": "a, count=none", "b": ""}),
        (("count=planned, count=exact",), {"count": "planned"}),
        (("foo=",), {"foo": ""}),
        (('foo=""',), {"foo": ""}),
        ((",, ,foo,",), {"foo": ""}),
    ],
)
def test_preferences_are_parsed_by_name(given: tuple[str, ...], expected: dict[str, str]) -> None:
    assert expected == parse_preferences(headers(*given))


@pytest.mark.parametrize(
    "broken", ["=exact", "count==exact", 'count="exact', "co unt", "é=1", ";x", 'x="a"b']
)
def test_malformed_preferences_are_ignored(broken: str) -> None:
    assert {"wait": "1"} == parse_preferences(headers(broken, "wait=1"))


def test_at_most_1_kib_is_parsed() -> None:
    filler, wanted = ", " * MAX_SIZE, "count=exact"
    within = filler[: MAX_SIZE - len(wanted)] + wanted

    assert {"count": "exact"} == parse_preferences(headers(within))
    assert {} == parse_preferences(headers(filler + wanted))
    assert {} == parse_preferences(headers(filler[:MAX_SIZE], wanted))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("count=exact",), True),
        (("wait=1", 'x, count="exact"; y=1'), True),
        ((), False),
        (("count",), False),
        (("count=planned",), False),
        (("count=planned", "count=exact"), False),
        (("max-count=exact",), False),
        (('x="count=exact"',), False),
    ],
)
def test_only_count_exact_requests_a_count(given: tuple[str, ...], *, expected: bool) -> None:
    assert expected == wants_exact_count({"type": "http", "headers": headers(*given).raw})
