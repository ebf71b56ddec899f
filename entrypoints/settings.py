"""The settings: environment variables ``HEROES_*``, or lines of a ``.env`` file."""

from typing import Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HEROES_"
SETTINGS_FILE = ".env"


class InvalidSettings(Exception):
    """Some settings have values that can't be used; the message names each, and why."""


class Settings(BaseSettings):
    """What an operator may set. An empty value counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=SETTINGS_FILE, env_ignore_empty=True, extra="ignore"
    )

    database_url: str = "sqlite:///heroes.db"
    session: Literal["fast", "plain"] = "fast"
    """How statements reach the database: by the project's engines, or by SQLModel's session."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    access_log: bool = True
    lock_timeout: float = Field(default=5.0, gt=0, le=60)
    """Seconds a request waits for its turn to write, and for a lock on the database."""

    scan_timeout: float = Field(default=5.0, ge=0.001, le=3600)
    """Seconds after which a query that no index serves is stopped."""

    commit_batch: int = Field(default=64, ge=1, le=1000)
    """SQLite: most units of work that share a COMMIT. The benchmark's control takes 1."""

    database_read_url: str | None = None
    """Replicas to read from. Reads may then miss what was written a moment ago."""

    pool_size: int = Field(default=10, ge=1, le=1000)
    """A database server: connections of this process at most, those for scans not counted."""

    pool_timeout: float = Field(default=2.0, ge=0.001, le=60)
    """A database server: seconds to wait for a connection."""

    connect_timeout: float = Field(default=3.0, ge=0.001, le=60)
    """A database server: seconds to connect."""

    statement_timeout: float = Field(default=10.0, ge=0.001, le=3600)
    """A database server: seconds a statement may take."""

    idle_timeout: float = Field(default=10.0, ge=0.001, le=3600)
    """A database server: seconds after which a transaction ends in which nothing happens."""

    pgbouncer: bool = False
    """A database server: whether a pgbouncer in transaction mode stands in between."""

    key_lifetime: int = Field(default=24 * 60 * 60, ge=1, le=366 * 24 * 60 * 60)
    """Seconds for which the answer to a request with an Idempotency-Key is kept."""

    receive_timeout: float = Field(default=30.0, gt=0, le=600)
    """Seconds a client may take to send a request."""


def load_settings() -> Settings:
    """Return the settings. Raises ``InvalidSettings``."""
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSettings("; ".join(_sentence(e) for e in error.errors())) from None
    except UnicodeDecodeError:
        raise InvalidSettings(f"the settings file {SETTINGS_FILE} is not UTF-8 text") from None


def _sentence(error: ErrorDetails) -> str:
    name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
    return f"{name} is not valid: {error['msg']}"
