"""``heroes settings``, and the file ``.env.example`` that it prints."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from entrypoints.cli import cli
from entrypoints.commands.settings import format_example
from entrypoints.settings import Settings, load_settings
from tests.support.no_settings import enter_without_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_without_settings(tmp_path, monkeypatch)


def test_the_example_in_the_repository_is_what_the_command_prints() -> None:
    """After a change of the settings: ``heroes settings --example > .env.example``."""
    printed = CliRunner().invoke(cli, ["settings", "--example"])

    assert (ROOT / ".env.example").read_text() == printed.stdout


def test_a_copy_of_the_example_changes_nothing(folder: Path) -> None:
    defaults = load_settings()
    (folder / ".env").write_text("\n".join(format_example()))

    assert defaults == load_settings()


def test_the_example_without_its_comment_signs_has_the_default_of_every_setting(
    folder: Path,
) -> None:
    defaults = load_settings()
    lines = [re.sub(r"^#(?=HEROES_)", "", line) for line in format_example()]
    (folder / ".env").write_text("\n".join(lines))

    assert len(Settings.model_fields) == len([line for line in lines if line.startswith("HEROES_")])
    assert defaults == load_settings()


def test_the_lines_of_the_example_are_at_most_100_characters_long() -> None:
    assert max(map(len, format_example())) <= 100


def test_each_setting_is_printed_with_its_value_and_its_source() -> None:
    printed = CliRunner().invoke(cli, ["settings"], env={"HEROES_LOG_LEVEL": "debug"})

    lines = printed.stdout.splitlines()
    assert len(Settings.model_fields) == len(lines)
    assert any(re.fullmatch("HEROES_LOG_LEVEL=debug +# environment", line) for line in lines)
    assert any(re.fullmatch("HEROES_PORT=8000 +# default", line) for line in lines)
    assert 1 == len({line.index("#") for line in lines})


def test_an_invalid_setting_exits_with_2() -> None:
    ended = CliRunner().invoke(cli, ["settings"], env={"HEROES_PORT": "http"})

    assert (2, "") == (ended.exit_code, ended.stdout)
    assert "HEROES_PORT is not valid" in ended.stderr
