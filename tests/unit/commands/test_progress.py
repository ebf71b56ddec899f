"""The progress of a command, where standard error is no terminal."""

import pytest

from entrypoints.commands.progress import LineProgress

MB = 1_000_000


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def progress(lines: list[str], clock: Clock) -> LineProgress:
    return LineProgress(lambda: False, lines.append, clock)


def test_a_line_has_the_rate_and_the_time_left(
    progress: LineProgress, lines: list[str], clock: Clock
) -> None:
    progress.report("Copying", 0, 100 * MB)
    clock.now += 10
    progress.report("Copying", 20 * MB, 100 * MB)

    assert ["Copying: 20.0 MB of 100.0 MB, 2.0 MB/s, 40 s left"] == lines


def test_there_is_a_line_at_the_end_and_every_five_seconds_before(
    progress: LineProgress, lines: list[str], clock: Clock
) -> None:
    for done in range(13):
        progress.report("Copying", done * MB, 12 * MB)
        clock.now += 1

    shown = [line.split()[1] for line in lines]
    assert ["5.0", "10.0", "12.0"] == shown


def test_an_activity_without_a_size_has_one_line(
    progress: LineProgress, lines: list[str], clock: Clock
) -> None:
    for _ in range(20):
        progress.report("Checking")
        clock.now += 1
    progress.report("Flushing")

    assert ["Checking", "Flushing"] == lines


def test_each_activity_has_its_own_rate(
    progress: LineProgress, lines: list[str], clock: Clock
) -> None:
    progress.report("Copying", 0, MB)
    clock.now += 100
    progress.report("Writing", 0, MB)
    clock.now += 1
    progress.report("Writing", MB, MB)

    assert ["Writing: 1.0 MB of 1.0 MB, 1.0 MB/s, 0 s left"] == lines


def test_nothing_done_has_no_time_left(
    progress: LineProgress, lines: list[str], clock: Clock
) -> None:
    progress.report("Copying", 0, MB)
    clock.now += 10
    progress.report("Copying", 0, MB)

    assert ["Copying: 0 bytes of 1.0 MB, 0 bytes/s, unknown time left"] == lines
