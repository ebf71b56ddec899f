"""The file that a backup is written to: nothing of value is replaced, nothing half done is left."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.sqlite.backups.backup import back_up
from service_layer.backup import BackupFailed, BackupRefused
from tests.integration.ordinary_user import shared_directory, subject_to_permissions
from tests.integration.sqlite.backups.databases import Observed, files_in, make_database, names_in

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - another file system


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_database(tmp_path / "heroes.db", "Old")


def itself(path: Path) -> Path:
    return path


def through_a_folder(path: Path) -> Path:
    return path.parent / "." / ".." / path.parent.name / path.name


def a_symlink(path: Path) -> Path:
    link = path.with_name("link.db")
    link.symlink_to(path)
    return link


def a_hard_link(path: Path) -> Path:
    link = path.with_name("link.db")
    link.hardlink_to(path)
    return link


def its_log(path: Path) -> Path:
    return path.with_name("heroes.db-wal")


def its_marker(path: Path) -> Path:
    return path.with_name("heroes.db-restoring")


def its_record(path: Path) -> Path:
    """Return the record of the file that is served."""
    return path.with_name("heroes.db.serving")


@pytest.mark.parametrize(
    "target", [itself, through_a_folder, a_symlink, a_hard_link, its_log, its_marker, its_record]
)
@pytest.mark.parametrize("replace", [False, True])
def test_the_database_itself_is_refused(
    path: Path, target: Callable[[Path], Path], *, replace: bool
) -> None:
    named = target(path)
    files = files_in(path.parent)

    with pytest.raises(BackupRefused, match="belongs to the database itself"):
        back_up(path, named, Observed(), replace=replace)

    assert files == files_in(path.parent)
    assert {"Old"} == names_in(path)


def test_an_existing_file_is_refused_unless_it_is_to_be_replaced(path: Path) -> None:
    target = path.with_name("backup.db")
    target.write_text("valuable")

    with pytest.raises(BackupFailed, match="--replace"):
        back_up(path, target, Observed(), replace=False)
    assert "valuable" == target.read_text()

    back_up(path, target, Observed(), replace=True)
    assert {"Old"} == names_in(target)


def test_a_file_that_appears_meanwhile_is_not_replaced(path: Path) -> None:
    target = path.with_name("backup.db")

    def create(activity: str) -> None:
        if activity == "Flushing":
            target.write_text("valuable")

    with pytest.raises(BackupFailed, match="--replace"):
        back_up(path, target, Observed(create), replace=False)

    assert "valuable" == target.read_text()
    assert {"heroes.db", "backup.db"} == files_in(path.parent)


def test_a_replaced_backup_is_the_old_or_the_new_one_whole(path: Path) -> None:
    target = make_database(path.with_name("backup.db"), "Older")
    seen = []

    back_up(path, target, Observed(lambda _: seen.append(names_in(target))), replace=True)

    assert [{"Older"}] * len(seen) == seen
    assert {"Old"} == names_in(target)
    assert 0o600 == stat.S_IMODE(target.stat().st_mode)


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_target_with_a_log_is_refused(path: Path, suffix: str, *, replace: bool) -> None:
    """The log would be read together with the backup."""
    path.with_name(f"backup.db{suffix}").write_text("of another database")

    with pytest.raises(BackupFailed, match=f"backup.db{suffix}"):
        back_up(path, path.with_name("backup.db"), Observed(), replace=replace)

    assert {"heroes.db", f"backup.db{suffix}"} == files_in(path.parent)


def test_the_target_of_a_symlink_is_written(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = path.with_name("link.db")
    link.symlink_to(tmp_path / "elsewhere/backup.db")

    back_up(path, link, Observed(), replace=False)

    assert link.is_symlink()
    assert {"Old"} == names_in(tmp_path / "elsewhere/backup.db")


@pytest.mark.parametrize("name", [".", "missing/backup.db", "heroes.db/backup.db", "x" * 256])
def test_an_impossible_target_is_refused(path: Path, name: str) -> None:
    with pytest.raises(BackupFailed, match=r": (name|No such|Not a|File name)"):
        back_up(path, path.parent / name, Observed(), replace=True)

    assert {"heroes.db"} == files_in(path.parent)


def test_a_device_is_refused(path: Path) -> None:
    with pytest.raises(BackupFailed, match="not a file"):
        back_up(path, Path("/dev/null"), Observed(), replace=True)


def test_a_symlink_to_itself_is_refused(path: Path) -> None:
    loop = path.with_name("loop.db")
    loop.symlink_to(loop)

    with pytest.raises(BackupFailed):
        back_up(path, loop, Observed(), replace=True)


def test_a_read_only_folder_is_refused(path: Path) -> None:
    with shared_directory() as folder:
        folder.chmod(0o555)

        with subject_to_permissions(), pytest.raises(BackupFailed, match="Permission denied"):
            back_up(path, folder / "backup.db", Observed(), replace=False)

        assert set() == files_in(folder)


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="there is no other file system")
def test_a_target_on_another_file_system_is_written(path: Path) -> None:
    target = SHARED_MEMORY / f"backup-{os.getpid()}.db"
    try:
        assert target.parent.stat().st_dev != path.stat().st_dev

        back_up(path, target, Observed(), replace=False)

        assert {"Old"} == names_in(target)
    finally:
        target.unlink(missing_ok=True)


def test_names_may_be_any_bytes(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes %41?#.db", "Old")
    target = tmp_path / os.fsdecode(b"\xff ?#%41.db")

    back_up(path, target, Observed(), replace=False)

    assert target.exists()
    assert {path.name, target.name} == files_in(tmp_path)
