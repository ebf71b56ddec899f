"""The rate of each client is limited by the generic cell rate algorithm."""

import tracemalloc
from random import Random

import pytest

from entrypoints.http.middleware.gcra import MAX_CLIENTS, SECOND, RateLimiter
from entrypoints.quotas import Quota

A, B, C = "a", "b", "c"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def allowed(limiter: RateLimiter, client: str, times: int) -> int:
    """Return how many of the requests are allowed."""
    return sum(limiter.count(client).is_allowed for _ in range(times))


def test_an_idle_client_may_send_the_whole_quota_at_once(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)

    assert [(True, 2), (True, 1), (True, 0), (False, 0), (False, 0)] == [
        limiter.count(A)[:2] for _ in range(5)
    ]


def test_then_it_may_send_one_request_in_each_interval(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)
    allowed(limiter, A, 3)

    for wait, is_allowed in [(19.9, False), (0.1, True), (19.9, False), (0.1, True)]:
        clock.wait(wait)

        assert is_allowed == limiter.count(A).is_allowed


def test_a_refused_request_does_not_count(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)
    allowed(limiter, A, 100)

    clock.wait(20)

    assert limiter.count(A).is_allowed


def test_a_client_that_waits_for_the_window_has_its_whole_quota(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)
    allowed(limiter, A, 3)

    clock.wait(60)

    assert 3 == allowed(limiter, A, 10)


def test_a_client_can_not_save_more_than_its_quota(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)
    limiter.count(A)

    clock.wait(1_000_000)

    assert 3 == allowed(limiter, A, 10)


def test_each_client_has_its_own_quota(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)

    assert [3, 3, 3] == [allowed(limiter, client, 10) for client in (A, B, C)]


@pytest.mark.parametrize(
    ("quota", "sent", "seconds"),
    [
        (Quota(600, 60), 1, 60),
        (Quota(600, 60), 300, 30),
        (Quota(600, 60), 599, 1),
        (Quota(600, 60), 600, 1),
        (Quota(600, 60), 601, 1),
        (Quota(3, 60), 1, 40),
        (Quota(3, 60), 3, 20),
        (Quota(3, 60), 4, 20),
        (Quota(1, 86_400), 1, 86_400),
    ],
)
def test_a_client_is_told_how_long_to_spend_what_remains_or_to_wait(
    clock: Clock, quota: Quota, sent: int, seconds: int
) -> None:
    limiter = RateLimiter(quota, clock=clock)

    *_, last = [limiter.count(A) for _ in range(sent)]

    assert seconds == last.seconds


def test_a_client_that_has_waited_is_told_to_wait_for_the_rest(clock: Clock) -> None:
    limiter = RateLimiter(Quota(3, 60), clock=clock)
    allowed(limiter, A, 3)

    clock.wait(14.5)

    assert (False, 0, 6) == limiter.count(A)


def test_a_refused_client_that_waits_as_told_is_allowed(clock: Clock) -> None:
    random = Random(1)  # noqa: S311 - the same waits each time
    for _ in range(300):
        limiter = RateLimiter(Quota(random.randrange(1, 10), 60), clock=clock)
        while (decision := limiter.count(A)).is_allowed:
            clock.wait(random.random())

        clock.wait(decision.seconds)

        assert limiter.count(A).is_allowed


@pytest.mark.parametrize("quota", [Quota(7, 60), Quota(600, 60), Quota(999, 1), Quota(3, 86_400)])
def test_a_client_that_never_stops_gets_its_quota_in_each_window_and_once_more(
    clock: Clock, quota: Quota
) -> None:
    limiter = RateLimiter(quota, clock=clock)
    windows, tries = 10, 30 * quota.requests
    count = 0
    for _ in range(tries):
        count += limiter.count(A).is_allowed
        clock.wait(windows * quota.seconds / tries)

    assert 0 <= (1 + windows) * quota.requests - count <= 1


def test_a_client_that_paces_itself_as_told_is_never_refused(clock: Clock) -> None:
    limiter = RateLimiter(Quota(30, 60), clock=clock)
    for _ in range(500):
        is_allowed, remaining, seconds = limiter.count(A)

        assert is_allowed
        clock.wait(seconds / remaining if remaining else seconds)


def test_clients_with_their_whole_quota_are_forgotten(clock: Clock) -> None:
    limiter = RateLimiter(Quota(60, 60), clock=clock)
    for client in range(1000):
        limiter.count(client)
        clock.wait(0.1)

    assert limiter.clients <= 11


def test_the_number_of_clients_is_bounded_and_the_idlest_is_forgotten(clock: Clock) -> None:
    limiter = RateLimiter(Quota(1, 60), max_clients=2, clock=clock)
    for client in (A, B, A, C):
        limiter.count(client)

    assert 2 == limiter.clients
    assert [False, False, True] == [limiter.count(client).is_allowed for client in (A, C, B)]


def test_a_flood_of_clients_takes_little_memory(clock: Clock) -> None:
    limiter = RateLimiter(Quota(1, 86_400), clock=clock)
    tracemalloc.start()
    try:
        for client in range(MAX_CLIENTS + 1000):
            limiter.count(("address", f"2001:db8:{client:x}::/64"))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert MAX_CLIENTS == limiter.clients
    assert size < 20_000_000
