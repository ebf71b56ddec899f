"""A backup or a restore that is stopped or killed leaves nothing half done."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.restore import restore
from service_layer.backup import BackupStopped
from tests.integration.processes import assert_one_sentence
from tests.integration.sqlite.backups.databases import Observed, files_in, make_database, names_in
from tests.support.served import COMMAND, LIMIT, environment

PHASES = ("Copying", "Checking", "Flushing")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a database of about 10 MB."""
    return make_database(tmp_path / "heroes.db", "Old", heroes=40_000, size=200)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a database that takes some tenths of a second to copy."""
    folder = tmp_path_factory.mktemp("large")
    return make_database(folder / "heroes.db", "Old", heroes=100_000, size=1_000)


def stopping(phase: str) -> Observed:
    """Return a progress that is stopped when it reaches the phase."""

    def stop(activity: str) -> None:
        progress.stopped |= activity == phase

    progress = Observed(stop)
    return progress


@pytest.mark.parametrize("phase", PHASES)
def test_a_backup_that_is_stopped_leaves_nothing(path: Path, phase: str) -> None:
    with pytest.raises(BackupStopped):
        back_up(path, path.with_name("backup.db"), stopping(phase), replace=False)

    assert {"heroes.db"} == files_in(path.parent)


@pytest.mark.parametrize("phase", PHASES)
def test_a_restore_that_is_stopped_changes_nothing(path: Path, phase: str) -> None:
    backup = make_database(path.with_name("backup.db"), "New", heroes=40_000, size=200)

    with pytest.raises(BackupStopped):
        restore(path, backup, stopping(phase))

    assert {"heroes.db", "backup.db"} == files_in(path.parent)
    assert {"Old"} == names_in(path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_command_with_one_sentence(
    large: Path, tmp_path: Path, number: int
) -> None:
    ended = end_during_copy(large, tmp_path, number)

    assert_one_sentence(ended, 1, "stopped by a signal; nothing was changed")
    assert set() == files_in(tmp_path)


def test_what_a_killed_backup_left_is_removed_by_the_next_one(large: Path, tmp_path: Path) -> None:
    end_during_copy(large, tmp_path, signal.SIGKILL)
    left = files_in(tmp_path)

    back_up(large, tmp_path / "backup.db", Observed(), replace=False)

    assert [True] == [name.endswith(".partial") for name in left]
    assert {"backup.db"} == files_in(tmp_path)


def test_the_file_of_a_running_backup_is_not_removed_by_another(path: Path) -> None:
    def back_up_too(activity: str) -> None:
        if activity == "Flushing":
            back_up(path, path.with_name("other.db"), Observed(), replace=False)

    back_up(path, path.with_name("backup.db"), Observed(back_up_too), replace=False)

    assert {"Old"} == names_in(path.with_name("backup.db"))
    assert {"Old"} == names_in(path.with_name("other.db"))


def end_during_copy(database: Path, folder: Path, number: int) -> subprocess.CompletedProcess[str]:
    """Run ``heroes backup``, and send it the signal as soon as it has created a file."""
    process = subprocess.Popen(
        [*COMMAND, "backup", "--quiet", str(folder / "backup.db")],
        env=environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + LIMIT
    while not files_in(folder):
        assert time.monotonic() < deadline
        os.sched_yield()
    process.send_signal(number)
    output, errors = process.communicate(timeout=LIMIT)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
