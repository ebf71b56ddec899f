"""Only the owner can access the files that the service creates."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from stat import S_IMODE

import httpx2
import pytest

from tests.integration.processes import run
from tests.integration.strace import calls, record
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.served import serve

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
OWNER_ONLY = 0o600
SESSIONS = pytest.mark.parametrize("session", ["fast", "plain"])
CREATING = re.compile(r'"(?P<path>[^"]+)", \S*O_CREAT\S*, (?P<mode>0\d+)')


@pytest.mark.parametrize("umask", ["000", "777"])
@SESSIONS
def test_the_database_and_its_other_files_are_private_whatever_the_umask_is(
    tmp_path: Path, session: str, umask: str
) -> None:
    with serve(tmp_path / "heroes.db", wrapper=with_umask(umask), session=session) as served:
        httpx2.post(f"{served.url}/heroes/", json=HERO)
        modes = modes_in(tmp_path)

    assert {"heroes.db", "heroes.db-wal", "heroes.db-shm"} <= modes.keys()
    assert {OWNER_ONLY} == set(modes.values())
    assert "can access" not in served.output()


def test_a_file_that_migrate_creates_is_private(tmp_path: Path) -> None:
    run("migrate", tmp_path / "heroes.db", wrapper=with_umask("000"))

    assert {"heroes.db": OWNER_ONLY} == modes_in(tmp_path)


def test_no_file_is_ever_created_with_another_mode(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    wrapper = (*with_umask("000"), *record(trace, "open", "openat", "creat", "chmod", "fchmodat"))
    with serve(tmp_path / "heroes.db", wrapper=wrapper) as served:
        httpx2.post(f"{served.url}/heroes/", json=HERO)

    created = {
        match["path"]: int(match["mode"], 8)
        for call in calls(trace)
        if (match := CREATING.search(call.arguments)) and str(tmp_path) in match["path"]
    }
    suffixes = {path.removeprefix(f"{tmp_path}/heroes.db") for path in created}
    assert {"", "-journal", "-wal", "-shm", ".serving.new"} <= suffixes
    assert {OWNER_ONLY} == set(created.values())
    assert not [call for call in calls(trace) if "chmod" in call.name]


@pytest.mark.parametrize("mode", [0o640, 0o602])
@SESSIONS
def test_the_mode_of_an_existing_file_is_left_alone_with_one_warning(
    tmp_path: Path, session: str, mode: int
) -> None:
    database = make_tutorial_database(tmp_path / "heroes.db")
    database.chmod(mode)

    with serve(database, session=session) as served:
        httpx2.post(f"{served.url}/heroes/", json=HERO)
        modes = dict(modes_in(tmp_path))

    assert OWNER_ONLY == modes.pop("heroes.db.serving")
    assert {mode} == set(modes.values())

    (warning,) = (line for line in served.output().splitlines() if "can access" in line)
    assert f"{database} (mode {mode:04o})" in warning


def test_an_exposed_file_beside_a_private_database_is_named(tmp_path: Path) -> None:
    database = tmp_path / "heroes.db"
    with serve(database) as served:
        httpx2.post(f"{served.url}/heroes/", json=HERO)
        (tmp_path / "heroes.db-shm").chmod(0o644)
        with serve(database) as second:
            httpx2.get(f"{second.url}/heroes/")

    (warning,) = (line for line in second.output().splitlines() if "can access" in line)
    assert f"{database}-shm (mode 0644)" in warning
    assert f"{database} (mode" not in warning


def with_umask(umask: str) -> Sequence[str]:
    """Return the command that runs a command that follows it with this umask."""
    return "/bin/sh", "-c", f'umask {umask}; exec "$@"', "sh"


def modes_in(folder: Path) -> Mapping[str, int]:
    files = folder.glob("heroes.db*")
    return {file.name: S_IMODE(file.stat().st_mode) for file in files}
