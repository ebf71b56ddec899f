"""A SQLite file that cannot be where the URL says: each reason has its own sentence."""

from pathlib import Path

import pytest
from typer.testing import Result

from tests.integration.ordinary_user import shared_directory, subject_to_permissions
from tests.support.served import invoke, serve

COMMANDS = [("migrate",), ("migrate", "--check")]


@pytest.fixture(params=COMMANDS, ids=" ".join)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


def test_a_missing_folder_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = invoke(tmp_path / "away" / "heroes.db", *command)

    assert_refused(ended, 1, f"the folder {tmp_path}/away does not exist; create it")
    assert [] == list(tmp_path.iterdir())


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert_refused(invoke(tmp_path, *command), 1, "it is a folder; name a file in it")


def test_a_file_instead_of_a_folder_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()

    ended = invoke(tmp_path / "file" / "heroes.db", *command)

    assert_refused(ended, 1, f"{tmp_path}/file is not a folder")


@pytest.mark.parametrize("exists", [False, True])
def test_a_read_only_folder_is_named(exists: bool) -> None:  # noqa: FBT001 - a parameter
    with shared_directory() as folder:
        if exists:
            (folder / "heroes.db").touch()
        folder.chmod(0o555)
        with subject_to_permissions():
            ended = invoke(folder / "heroes.db", "migrate")

    assert_refused(ended, 1, f"the folder {folder} is read-only for this process")


def test_a_file_without_permissions_is_refused() -> None:
    with shared_directory() as folder:
        (folder / "heroes.db").touch(mode=0)
        with subject_to_permissions():
            ended = invoke(folder / "heroes.db", "migrate")

    assert_refused(ended, 1, "may not read and write the file")


@pytest.mark.parametrize("path", ["~", "~/heroes.db", "~someone/heroes.db"])
def test_a_tilde_is_not_taken_for_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = invoke(tmp_path, "migrate", database_url=f"sqlite:///{path}")

    assert_refused(ended, 2, "HEROES_DATABASE_URL", "~ does not stand for the home directory")


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_an_encoded_nul_character_is_refused(tmp_path: Path, session: str) -> None:
    url = f"sqlite:///{tmp_path}/heroes%00.db"

    ended = invoke(tmp_path, "migrate", database_url=url, session=session)

    assert_refused(ended, 2, "HEROES_DATABASE_URL", "NUL character")


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_further_slashes_before_an_absolute_path_count_as_one(tmp_path: Path, session: str) -> None:
    url = f"sqlite://///{str(tmp_path).lstrip('/')}/heroes.db"
    with serve(tmp_path / "served.db", database_url=url, session=session) as served:
        served.wait_until_printed("Database: ", 1)

    assert f"Database: sqlite:///{tmp_path}/heroes.db" in served.output().splitlines()
    assert (tmp_path / "heroes.db").exists()


def test_the_start_shows_the_absolute_path_of_the_file(tmp_path: Path) -> None:
    with serve(tmp_path / "served.db", database_url="sqlite:///heroes.db") as served:
        served.wait_until_printed("Database: ", 1)

    assert f"Database: sqlite:///{tmp_path}/heroes.db" in served.output().splitlines()


def assert_refused(ended: Result, code: int, *words: str) -> None:
    assert isinstance(ended.exception, SystemExit), repr(ended.exception)
    assert (code, "") == (ended.exit_code, ended.stdout), ended.stderr
    assert ended.stderr.startswith("heroes: ")
    assert 1 == len(ended.stderr.splitlines())
    for word in words:
        assert word in ended.stderr
