"""Values, ranges and meanings of settings as texts."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from entrypoints.quotas import UNITS, Quota
from entrypoints.setting_texts import describe_meaning, describe_range, format_value
from entrypoints.settings import Settings, load_settings

VALUES: dict[str, Any] = {
    "port": 8001,
    "auth": frozenset({"jwt", "api-key"}),
    "access_log": False,
    "lock_timeout": 0.25,
    "scan_timeout": 3600.0,
    "allowed_hosts": ("a.example", "*.b.example"),
    "trusted_proxies": (ip_network("10.0.0.0/8"), ip_network("2001:db8::1")),
    "jwt_jwks_file": Path("/run/secrets/keys.json"),
    "rate_limit": Quota(600, 60),
    "max_connections": 5,
}


@pytest.fixture(autouse=True)
def no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_written_as_an_environment_variable_has_it(name: str) -> None:
    text = format_value(VALUES[name])

    assert VALUES[name] == getattr(load_settings(options={name: text}), name)


@pytest.mark.parametrize("seconds", UNITS.values())
def test_a_quota_is_written_with_its_unit(seconds: int) -> None:
    quota = Quota(600, seconds)

    assert quota == load_settings(options={"rate_limit": format_value(quota)}).rate_limit


def test_no_authentication_differs_from_a_setting_that_is_not_set() -> None:
    assert "none" == format_value(frozenset())
    assert "" == format_value(None)
    assert "" == format_value(())


def test_a_value_cannot_control_a_terminal() -> None:
    assert "a\\n\\x1b[2Jé" == format_value("a\n\x1b[2Jé")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (Field(ge=0, le=65535), "0 to 65,535"),
        (Field(gt=0, le=60), "> 0, ≤ 60"),
        (Field(ge=1), "≥ 1"),
        (Field(le=9), "≤ 9"),
        (Field(), ""),
    ],
)
def test_a_range_names_the_bounds(field: FieldInfo, expected: str) -> None:
    assert expected == describe_range(field)


def test_the_meaning_is_the_first_paragraph_in_plain_text() -> None:
    field = FieldInfo(description="How, in\n    two lines: ``none``.\n\nMore.")

    assert "How, in two lines: none." == describe_meaning(field)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_has_a_meaning_of_one_line(name: str) -> None:
    meaning = describe_meaning(Settings.model_fields[name])

    assert meaning.endswith(".")
    assert len(meaning) < 200
