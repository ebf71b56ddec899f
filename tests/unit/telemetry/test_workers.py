"""Workers share their metrics, and a worker continues the counts of one that has ended."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

from entrypoints.telemetry.metrics.workers import (
    DIRECTORY,
    FILE_SIZE,
    OWNER,
    find_worker_files,
    shared_directory,
)
from tests.integration.disk_limits import own_disk_full
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary  # the files are named by a function of prometheus-client

WORKER = """
import asyncio, sys
from entrypoints.telemetry.metrics.metrics import Metrics
from entrypoints.telemetry.metrics.workers import find_worker_files
from service_layer.telemetry.measurements import Counter, Gauge

metrics = Metrics(find_worker_files())
metrics.identify("service", "1")
hits = 0
metrics.add(lambda: [Counter("hits", "Hits.", hits), Gauge("open", "Open.", 10)])
print(metrics.workers.slot, flush=True)
for line in sys.stdin:
    if line == "hit\\n":
        hits += 1
        metrics.durations.observe("GET", "", 200, 0.01)
        metrics.publish()
        print("hit", flush=True)
    else:
        print(asyncio.run(metrics.render()).decode() + "end", flush=True)
"""
"""A worker that counts each line ``hit``. After any other line it prints the sums over all."""

OWN = """
import asyncio
from entrypoints.telemetry.metrics.metrics import Metrics
from entrypoints.telemetry.metrics.workers import find_worker_files
from service_layer.telemetry.measurements import Counter

metrics = Metrics(find_worker_files())
metrics.add(lambda: [Counter("hits", "Hits.", 1)])
metrics.durations.observe("GET", "", 200, 0.01)
print(asyncio.run(metrics.render()).decode())
"""
"""A process that cannot use the directory."""


class Worker:
    """A process with a slot, until the end of the block or ``kill``."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env={**os.environ, DIRECTORY: str(directory)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.slot = int(self._line())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def hit(self) -> None:
        self._send("hit")
        assert "hit\n" == self._line()

    def metrics(self) -> dict[str, float]:
        """Return the metrics that have one series, or the series of a request."""
        self._send("render")
        lines = list(iter(self._line, "end\n"))
        found = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name.partition("{")[0]: float(value) for name, _, value in found}

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=LIMIT)

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    with ExitStack() as running:
        first, second = (running.enter_context(Worker(tmp_path)) for _ in range(2))
        yield first, second


def test_each_worker_returns_the_sums_over_all(workers: tuple[Worker, Worker]) -> None:
    first, second = workers
    first.hit()
    second.hit()
    second.hit()

    for worker in workers:
        shown = worker.metrics()
        assert (3, 3) == (shown["hits_total"], shown["http_server_request_duration_seconds_count"])
        assert 20 == shown["open"]
        assert 1 == shown["target_info"]
    assert {0, 1} == {worker.slot for worker in workers}


@pytest.mark.usefixtures("workers")
def test_the_space_of_the_files_is_allocated_before_they_are_mapped(tmp_path: Path) -> None:
    files = list(tmp_path.glob("*_0.db"))

    assert 3 == len(files)
    assert all(file.stat().st_size == FILE_SIZE <= file.stat().st_blocks * 512 for file in files)


def test_without_space_a_process_has_metrics_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path))
    with own_disk_full():
        assert None is find_worker_files()

    assert "not shared with other workers: File too large" in caplog.text
    assert [] == list(tmp_path.glob("*.db")), "no other worker could read it"


def test_a_start_without_a_directory_for_temporary_files_ends_with_a_line_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with pytest.raises(SystemExit) as ended, shared_directory():
        pass

    assert 1 == ended.value.code
    assert "workers' metrics: No such file or directory; set TMPDIR" in caplog.text


def test_a_start_removes_the_directories_of_killed_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(DIRECTORY, "")
    (tmp_path / "metrics-others").mkdir()
    left_over = tmp_path / "metrics-left-over"
    left_over.mkdir()
    (left_over / OWNER).touch()

    with shared_directory():
        in_use = Path(os.environ[DIRECTORY])
        with shared_directory():
            second = Path(os.environ[DIRECTORY])

            assert {tmp_path / "metrics-others", in_use, second} == set(tmp_path.iterdir())


def test_metrics_of_its_own_need_no_files(tmp_path: Path) -> None:
    rendered = subprocess.run(
        [sys.executable, "-c", OWN],
        env={**os.environ, DIRECTORY: str(tmp_path / "missing")},
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT,
    )

    assert "hits_total 1.0\n" in rendered.stdout
    assert 'http_response_status_code="200",http_route=""} 1.0\n' in rendered.stdout


def test_a_worker_continues_the_counts_of_a_killed_one_in_the_same_files(
    workers: tuple[Worker, Worker], tmp_path: Path
) -> None:
    first, second = workers
    first.hit()
    second.hit()
    files = set(tmp_path.iterdir())

    second.kill()
    assert (2, 10) == tuple(map(first.metrics().get, ("hits_total", "open")))

    with Worker(tmp_path) as replacement:
        assert second.slot == replacement.slot
        replacement.hit()
        assert (3, 20) == tuple(map(first.metrics().get, ("hits_total", "open")))
        assert files == set(tmp_path.iterdir())
