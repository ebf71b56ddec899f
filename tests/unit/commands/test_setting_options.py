"""Options of a command for the settings that change between starts."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner, Result

from entrypoints.cli import cli
from entrypoints.commands.setting_options import WITHOUT_OPTION, add_setting_options
from entrypoints.settings import InvalidSettings, Settings, load_settings, option_name
from tests.support.no_settings import enter_without_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_without_settings(tmp_path, monkeypatch)


def parse(*arguments: str) -> Mapping[str, Any]:
    """Return the options that a command with these arguments gets."""
    received: dict[str, Any] = {}

    def command(*, workers: int = 1, options: Mapping[str, Any]) -> None:
        received.update(options, workers=workers)

    app = typer.Typer()
    app.command()(add_setting_options(command))
    ended = CliRunner().invoke(app, arguments)
    assert 0 == ended.exit_code, ended.output
    assert 1 == received.pop("workers")
    return received


def run_complete(*arguments: str) -> Result:
    """Complete the last argument as bash does."""
    words = " ".join(["heroes", *arguments])
    environment = {
        "_HEROES_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(arguments)),
    }
    return CliRunner().invoke(cli, [], env=environment, prog_name="heroes")


def test_only_options_that_are_given_are_passed() -> None:
    assert {} == parse()
    assert {"port": "8001", "host": "::1"} == parse("--port", "8001", "--host", "::1")


def test_a_boolean_is_a_flag_with_its_opposite() -> None:
    assert {"read_only": True, "access_log": False} == parse("--read-only", "--no-access-log")


def test_an_empty_value_counts_as_not_given() -> None:
    assert {} == parse("--auth", "", "--database-url", "")


def test_an_option_replaces_the_environment_and_the_settings_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("HEROES_HOST=192.0.2.1\n")
    monkeypatch.setenv("HEROES_PORT", "http")
    options = parse("--port", "8001", "--host", "::1", "--auth", "jwt,api-key", "--read-only")

    settings = load_settings(options=options)

    assert (8001, "::1", True) == (settings.port, settings.host, settings.read_only)
    assert frozenset({"jwt", "api-key"}) == settings.auth


def test_an_invalid_option_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEROES_LOCK_TIMEOUT", "soon")

    with pytest.raises(InvalidSettings) as refused:
        load_settings(options=parse("--allowed-hosts", "a b"))

    assert "HEROES_LOCK_TIMEOUT is not valid: " in str(refused.value)
    assert "--allowed-hosts is not valid: 'a b' is not a host" in str(refused.value)


def test_each_setting_has_an_option_of_serve_or_a_reason_for_none() -> None:
    commands = cast("TyperGroup", get_command(cli)).commands
    options = {flag for parameter in commands["serve"].params for flag in parameter.opts}
    left_out = list(chain(*WITHOUT_OPTION.values()))

    assert all(WITHOUT_OPTION)
    assert sorted(Settings.model_fields) == sorted(
        [*left_out, *(name for name in Settings.model_fields if option_name(name) in options)]
    )


def test_the_help_of_serve_names_each_option_with_its_default_and_choices() -> None:
    printed = CliRunner().invoke(cli, ["serve", "--help"], env={"COLUMNS": "200"}).stdout

    for name in set(Settings.model_fields).difference(*WITHOUT_OPTION.values()):
        assert f"{option_name(name)} " in printed
    assert "[default: (8000)]" in printed
    assert "<fast|plain>" in printed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["serve", "--log-level", "w"], "warning"),
        (["serve", "--re"], "--read-only"),
        (["mig"], "migrate"),
    ],
)
def test_a_shell_completes_commands_options_and_choices(
    arguments: list[str], expected: str
) -> None:
    assert expected in run_complete(*arguments).stdout.split()


def test_the_version_is_that_of_the_distribution() -> None:
    printed = CliRunner().invoke(cli, ["--version"])

    assert 0 == printed.exit_code
    assert printed.stdout.startswith("heroes 0.")
    assert 1 == len(printed.stdout.splitlines())
