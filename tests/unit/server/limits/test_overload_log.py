"""A limit that is reached is logged at once, and then every ten seconds at most."""

import logging
from collections.abc import Iterator

import pytest

from entrypoints.server.limits.overload_log import INTERVAL, OverloadLog


class Clock:
    """A clock that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock, caplog: pytest.LogCaptureFixture) -> Iterator[OverloadLog]:
    with caplog.at_level(logging.WARNING):
        yield OverloadLog("things: 5, the maximum", clock=clock)


def test_the_first_refusal_is_logged_at_once(
    log: OverloadLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.report()

    assert ["things: 5, the maximum; refused: 1"] == caplog.messages
    assert [logging.WARNING] == [record.levelno for record in caplog.records]


def test_further_refusals_are_counted_in_the_next_line(
    log: OverloadLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1_000):
        log.report()
        clock.now += INTERVAL / 1_001
    assert 1 == len(caplog.messages)

    clock.now += INTERVAL / 1_001 * 2
    log.report()

    assert "things: 5, the maximum; refused: 1000" == caplog.messages[-1]
    assert 2 == len(caplog.messages)


def test_a_refusal_after_a_pause_is_logged_at_once(
    log: OverloadLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    log.report()
    clock.now += 10

    log.report()

    assert ["things: 5, the maximum; refused: 1"] * 2 == caplog.messages
