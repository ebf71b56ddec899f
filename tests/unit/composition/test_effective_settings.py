"""The effective settings: where each value comes from, and that no secret is shown."""

from pathlib import Path

import pytest

from entrypoints.composition.effective_settings import EffectiveSetting, find_effective_settings
from entrypoints.settings import load_settings
from tests.support.no_settings import enter_without_settings

SECRET = "hunter2"  # noqa: S105 - that it is not shown is the test

URLS = {
    "sqlite:////srv/a@b.db": "sqlite:////srv/a@b.db",
    "sqlite://": "sqlite://",
    "postgresql://me@db/heroes": "postgresql://me@db/heroes",
    f"postgresql://me:{SECRET}@db1,db2:5433/heroes": "postgresql://me:***@db1,db2:5433/heroes",
    f"postgresql://me@db/heroes?password={SECRET}": "postgresql://me@db/heroes?***",
    f"sqlite:///heroes.db?key={SECRET}": "sqlite:///heroes.db?***",
}
INVALID_URLS = [
    f"me:{SECRET}@db",
    f"postgresql://me:{SECRET}",
    f"postgresql://me:/{SECRET}@db/heroes",
    f"postgresql://me:#{SECRET}@db/heroes",
    f"postgresql://me:{SECRET}@[db/heroes",
    f"postgresql://me:{SECRET}@db/heroes?connect_timeout={SECRET}#x",
    f"oracle://me:{SECRET}@db/heroes",
    SECRET,
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_without_settings(tmp_path, monkeypatch)


def effective(name: str) -> EffectiveSetting:
    (found,) = [
        each
        for each in find_effective_settings(load_settings())
        if each.variable == f"HEROES_{name}"
    ]
    return found


def test_a_value_comes_from_the_environment_the_file_or_the_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("HEROES_PORT=8001\nheroes_host=::1\nHEROES_POOL_SIZE=\n")
    monkeypatch.setenv("HEROES_PORT", "8002")
    monkeypatch.setenv("HEROES_HOST", "")

    assert ("HEROES_PORT", "8002", "environment") == effective("PORT")
    assert ("HEROES_HOST", "::1", ".env") == effective("HOST")
    assert ("HEROES_POOL_SIZE", "10", "default") == effective("POOL_SIZE")
    assert ("HEROES_MAX_CONNECTIONS", "", "default") == effective("MAX_CONNECTIONS")


def test_a_variable_of_kubernetes_is_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEROES_PORT", "tcp://10.96.0.12:8000")

    assert ("HEROES_PORT", "8000", "default") == effective("PORT")


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_READ_URL"])
@pytest.mark.parametrize("url", URLS)
def test_a_url_is_shown_without_its_password_and_options(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(f"HEROES_{name}", url)

    assert URLS[url] == effective(name).value


@pytest.mark.parametrize("url", INVALID_URLS)
def test_nothing_of_an_invalid_url_is_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HEROES_DATABASE_URL", url)

    assert "***" == effective("DATABASE_URL").value


def test_the_url_of_keys_is_shown_without_its_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEROES_JWT_JWKS_URL", f"https://issuer.example/keys?token={SECRET}")

    assert "https://issuer.example/keys?***" == effective("JWT_JWKS_URL").value
