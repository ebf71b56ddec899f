"""Requests beyond the quota of a client get 429, and each response says what is left."""

import json
import tracemalloc
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from domain.principal import Principal
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.rate_limit import RateLimit, shorten
from entrypoints.quotas import Quota

QUOTA = Quota(3, 86_400)
ADDRESS = "192.0.2.1"


class Counting:
    """An application that counts its requests."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        await JsonResponse("served", headers={"X-Mine": "yes"})(scope, receive, send)


@pytest.fixture
def served() -> Counting:
    return Counting()


@pytest.fixture
def app(served: Counting) -> RateLimit:
    return RateLimit(served, RateLimiter(QUOTA))


def principal_of(id_: str) -> Principal:
    return Principal(id_, frozenset())


async def never() -> Message:
    raise AssertionError("the body should not be received")


async def call(app: RateLimit, address: str | None = ADDRESS, **extra: Any) -> list[Message]:
    """Return the messages of the response."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/things",
        "raw_path": b"/things",
        "client": (address, 1234) if address else None,
        "headers": [],
    }
    await app(scope | extra, never, send)
    return sent


async def status(app: RateLimit, address: str | None = ADDRESS, **extra: Any) -> int:
    start, _ = await call(app, address, **extra)
    return int(start["status"])


async def use_up(app: RateLimit, address: str | None = ADDRESS, **extra: Any) -> None:
    for _ in range(QUOTA.requests):
        assert 200 == await status(app, address, **extra)
    assert 429 == await status(app, address, **extra)


@pytest.mark.parametrize("subject", ["x" * 249, "\U0001f9b8" * 20, "\ud800"])
async def test_a_long_or_wide_id_has_its_own_quota(app: RateLimit, subject: str) -> None:
    await use_up(app, principal=principal_of(f"token:{subject}"))

    assert 200 == await status(app, principal=principal_of(f"token:{subject[:-1]}y"))
    assert 429 == await status(app, principal=principal_of(f"token:{subject}"))


def test_a_flood_of_long_ids_takes_little_memory() -> None:
    limiter = RateLimiter(QUOTA)
    tracemalloc.start()
    try:
        for number in range(5_000):
            limiter.count(shorten(f"principal token:{number:0>245}\U0001f9b8"))
            limiter.count(shorten(f"principal token:{number:0>48}"))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 10_000 == limiter.clients
    assert size < 10_000 * 300


def headers(start: Message) -> dict[bytes, bytes]:
    found = dict(start["headers"])
    assert len(found) == len(start["headers"])
    return found


async def test_each_response_has_the_policy_and_what_is_left(app: RateLimit) -> None:
    limits = []
    for _ in range(4):
        start, _ = await call(app)
        assert b'"default";q=3;w=86400' == headers(start)[b"ratelimit-policy"]
        limits.append(headers(start)[b"ratelimit"])

    assert [
        b'"default";r=2;t=57600',
        b'"default";r=1;t=28800',
        b'"default";r=0;t=28800',
        b'"default";r=0;t=28800',
    ] == limits


async def test_the_headers_of_the_application_are_kept(app: RateLimit) -> None:
    start, _ = await call(app)

    assert b"yes" == headers(start)[b"x-mine"]


async def test_beyond_the_quota_there_is_a_problem_that_says_when_to_retry(
    app: RateLimit, served: Counting
) -> None:
    await use_up(app)

    start, body = await call(app)

    assert (429, QUOTA.requests) == (start["status"], served.count)
    assert b"application/problem+json" == headers(start)[b"content-type"]
    assert b"28800" == headers(start)[b"retry-after"]
    assert {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Too many requests. Try again later.",
        "instance": "/things",
    } == json.loads(body["body"])


@pytest.mark.parametrize(
    "other", ["192.0.2.2", "2001:db8::1", None, "a name"], ids=["ipv4", "ipv6", "none", "name"]
)
async def test_another_address_has_its_own_quota(app: RateLimit, other: str | None) -> None:
    await use_up(app)

    assert 200 == await status(app, other)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        (None, None),
    ],
)
async def test_addresses_of_one_client_share_a_quota(
    app: RateLimit, one: str | None, same: str | None
) -> None:
    await use_up(app, one)

    assert 429 == await status(app, same)


async def test_another_network_of_ipv6_has_its_own_quota(app: RateLimit) -> None:
    await use_up(app, "2001:db8:1:2::1")

    assert 200 == await status(app, "2001:db8:1:3::1")


async def test_a_principal_has_one_quota_whatever_its_address(app: RateLimit) -> None:
    await use_up(app, principal=principal_of("key:1"))

    assert 429 == await status(app, "192.0.2.2", principal=principal_of("key:1"))
    assert 200 == await status(app, principal=principal_of("key:2"))
    assert 200 == await status(app)


async def test_a_principal_named_like_an_address_has_its_own_quota(app: RateLimit) -> None:
    await use_up(app)

    assert 200 == await status(app, principal=principal_of(ADDRESS))


@pytest.mark.parametrize("root_path", ["", "/api"])
@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version"])
async def test_health_checks_are_not_counted(app: RateLimit, path: str, root_path: str) -> None:
    await use_up(app)

    start, _ = await call(app, path=root_path + path, root_path=root_path)

    assert 200 == start["status"]
    assert b"ratelimit" not in headers(start)


@pytest.mark.parametrize("path", ["/livez/", "/livezz", "/x/livez", "/LIVEZ", "/livez\n"])
async def test_a_path_like_that_of_a_health_check_is_counted(app: RateLimit, path: str) -> None:
    await use_up(app)

    assert 429 == await status(app, path=path)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE", "PURGE"])
async def test_every_method_is_counted(app: RateLimit, method: str) -> None:
    await use_up(app, method=method)

    assert 429 == await status(app)


async def test_parts_of_an_application_may_share_a_limiter(served: Counting) -> None:
    limiter = RateLimiter(QUOTA)
    await use_up(RateLimit(served, limiter))

    assert 429 == await status(RateLimit(served, limiter))


async def test_a_lifespan_is_passed_on() -> None:
    seen = []

    async def lifespan(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope)

    app = RateLimit(lifespan, RateLimiter(Quota(1, 86_400)))
    for _ in range(2):
        await app({"type": "lifespan"}, never, lambda _: never())  # type: ignore[arg-type, return-value]

    assert 2 == len(seen)
