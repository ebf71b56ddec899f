"""``heroes keys`` with an output that fails, or cannot encode a name, and with odd arguments."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
import typer

from entrypoints.commands import api_keys
from entrypoints.commands.api_keys import Scope
from tests.integration.api_keys.commands import READ, Keys
from tests.support.served import invoke

FULL = "cannot write to standard output: No space left on device; redirect it to another file"
CLOSED = "standard output is closed; redirect it, to /dev/null if nobody reads it"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """The keys of an empty database, which is that of the settings."""
    keys = Keys(tmp_path / "heroes.db")
    invoke(keys.path, "migrate")
    monkeypatch.setenv("HEROES_DATABASE_URL", keys.url)
    return keys


@pytest.fixture
def full() -> Iterator[TextIO]:
    with Path("/dev/full").open("w") as file:
        yield file


@pytest.fixture(params=["full", "closed"])
def fail(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, full: TextIO
) -> Callable[[], str]:
    """Return a function that lets standard output fail from now on, and returns the reason."""

    def fail() -> str:
        is_full = request.param == "full"
        monkeypatch.setattr(sys, "stdout", full if is_full else None)
        return FULL if is_full else CLOSED

    return fail


def test_a_key_that_cannot_be_printed_is_revoked(
    keys: Keys, fail: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    reason = fail()

    with pytest.raises(typer.Exit) as ended:
        api_keys.create(name="deploy", scope=[Scope.READ])

    assert 1 == ended.value.exit_code
    assert capsys.readouterr().err == (
        f"heroes: API key 1 is revoked again, because it was not printed: {reason}\n"
    )
    assert [True] == [key["revoked"] is not None for key in keys.list()]


def test_if_such_a_key_cannot_be_revoked_its_id_is_printed(
    keys: Keys, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", RemovingFile(keys.path))

    with pytest.raises(typer.Exit) as ended:
        api_keys.create(name="deploy", scope=[Scope.READ])

    assert 1 == ended.value.exit_code
    first, second = capsys.readouterr().err.splitlines()
    assert "heroes: API key 1 is valid, but was not printed; revoke it" == first
    assert "its schema is not up to date" in second


class RemovingFile(io.StringIO):
    """A file that cannot be written to, and removes the database."""

    def __init__(self, database: Path) -> None:
        super().__init__()
        self._database = database

    def write(self, _: str) -> int:
        self._database.unlink(missing_ok=True)
        raise OSError(28, "No space left on device")


def test_a_revocation_that_cannot_be_printed_succeeds(
    keys: Keys, fail: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    keys.create()
    reason = fail()

    api_keys.revoke(1)

    assert capsys.readouterr().err == (
        f"heroes: API key 1 is revoked. Printing this failed: {reason}\n"
    )
    assert [True] == [key["revoked"] is not None for key in keys.list()]


def test_a_name_that_standard_output_cannot_encode_is_escaped(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.run("create", "--name", "Ü漢", *READ)
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="latin-1"))

    api_keys.list_()

    assert "Ü\\u6f22" in output.getvalue().decode("latin-1")


@pytest.mark.parametrize("key_id", ["1_0", "+1", " 1 ", "\u0661", "1.0", "0x1", "", "9" * 101])
def test_an_id_is_ascii_digits(tmp_path: Path, key_id: str) -> None:
    ended = invoke(tmp_path / "heroes.db", "keys", "revoke", key_id)

    assert (2, "") == (ended.exit_code, ended.stdout)
    assert "an id consists of digits" in ended.stderr
