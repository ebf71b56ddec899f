"""Django's settings of a database."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.benchmarks.servers.connections import is_sqlite, sqlite_path


def database_settings(url: str) -> dict[str, Any]:
    """Return the settings. Connections persist."""
    return {**(_sqlite(url) if is_sqlite(url) else _postgres(url)), "CONN_MAX_AGE": None}


def _sqlite(url: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": sqlite_path(url),
        "OPTIONS": {
            "init_command": "PRAGMA synchronous=FULL",
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
