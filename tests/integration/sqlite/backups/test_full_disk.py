"""A disk without space for a copy of the database."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.restore import restore
from service_layer.backup import BackupFailed
from tests.integration.disk_limits import own_disk_full
from tests.integration.sqlite.backups.databases import Observed, files_in, make_database, names_in
from tests.support.small_disk import filled, small_disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a database of about 10 MB."""
    return make_database(tmp_path / "heroes.db", "Old", heroes=40_000, size=200)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "16m") as folder:
        yield folder


def test_a_backup_that_does_not_fit_is_refused_before_the_disk_is_filled(
    path: Path, disk: Path
) -> None:
    used = []
    with (disk / "file").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 8 * 1024 * 1024)
    before = os.statvfs(disk).f_bfree

    def look(_: str) -> None:
        used.append(before - os.statvfs(disk).f_bfree)

    with pytest.raises(BackupFailed, match=r"too full: [\d,]+ bytes are needed, [\d,]+ are free"):
        back_up(path, disk / "backup.db", Observed(look), replace=False)

    assert [] == used
    assert {"file"} == files_in(disk)


def test_a_backup_on_a_disk_that_fills_up_meanwhile_fails_and_leaves_nothing(
    path: Path, disk: Path
) -> None:
    with ExitStack() as stack:

        def fill(activity: str) -> None:
            if activity == "Copying" and not (disk / "filler").exists():
                stack.enter_context(filled(disk))

        with pytest.raises(BackupFailed, match="the disk is full"):
            back_up(path, disk / "backup.db", Observed(fill), replace=False)

        assert {"filler"} == files_in(disk)


def test_a_restore_on_a_full_disk_changes_nothing(tmp_path: Path, disk: Path) -> None:
    path = make_database(disk / "heroes.db", "Old")
    backup = make_database(tmp_path / "backup.db", "New", heroes=80_000, size=200)

    with pytest.raises(BackupFailed, match="too full"):
        restore(path, backup, Observed())

    assert {"heroes.db"} == files_in(disk)
    assert {"Old"} == names_in(path)


def test_a_backup_of_a_process_that_may_write_no_file_fails_and_leaves_nothing(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()

    with own_disk_full(), pytest.raises(BackupFailed, match="disk"):
        back_up(path, tmp_path / "folder/backup.db", Observed(), replace=False)

    assert set() == files_in(tmp_path / "folder")
