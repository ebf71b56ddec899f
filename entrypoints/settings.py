"""Settings, read from environment variables ``HEROES_*`` or from a ``.env`` file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from entrypoints.setting_files import find_malformed_lines
from entrypoints.setting_names import MAX_LISTED, classify, format_names, without_injected
from entrypoints.setting_types import (
    Authentication,
    Hosts,
    LogFormat,
    Networks,
    Origins,
    RateLimit,
    RootPath,
)
from entrypoints.setting_urls import KeyUrl
from service_layer.retention import LIFETIME, LIMIT

PREFIX = "HEROES_"
SETTINGS_FILE = ".env"
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class InvalidSettings(Exception):
    """One or more settings are invalid. The message names each one and the reason."""


class Settings(BaseSettings):
    """The settings of the service. An empty value counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=SETTINGS_FILE,
        env_ignore_empty=True,
        extra="ignore",
        use_attribute_docstrings=True,  # the commands show the first paragraph of each
    )

    database_url: str = "sqlite:///heroes.db"
    """The database: ``sqlite:///FILE``, or ``postgresql://user@host:port/name``."""

    session: Literal["fast", "plain"] = "fast"
    """How statements are executed: by the project's engines, or by SQLModel's session."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen on; 0 selects a free one."""

    auth: Authentication = None
    """How clients are authenticated: ``none``, ``api-key``, ``jwt`` or ``api-key,jwt``.

    If it is not set, no client is authenticated, and the service listens on loopback only.
    """

    access_log: bool = True
    """Whether each request is logged, without its query string."""

    log_format: LogFormat = "auto"
    """Format of log lines. ``auto`` is ``console`` (text) on a terminal, and ``json`` elsewhere."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level of log lines. Requests are at info."""

    lock_timeout: float = Field(default=5.0, gt=0, le=60)
    """Seconds that a request waits for the write lock or a row lock."""

    scan_timeout: float = Field(default=5.0, ge=0.001, le=3600)
    """Seconds after which a count, a large offset or an unindexed query is cancelled."""

    commit_batch: int = Field(default=64, ge=1, le=1000)
    """SQLite: maximum number of units of work that share one COMMIT."""

    database_read_url: str | None = None
    """PostgreSQL: URL of replicas to read from. Reads may then be stale."""

    database_password_file: Path | None = None
    """PostgreSQL: file with the password, for URLs without one. Read for each connection."""

    pool_size: int = Field(default=10, ge=1, le=1000)
    """PostgreSQL, and SQLite with plain sessions: size of the process's connection pool."""

    pool_timeout: float = Field(default=2.0, ge=0.001, le=60)
    """Seconds to wait for a connection from the pool."""

    connect_timeout: float = Field(default=3.0, ge=0.001, le=60)
    """PostgreSQL: seconds to establish a connection."""

    statement_timeout: float = Field(default=10.0, ge=0.001, le=3600)
    """PostgreSQL: seconds after which a statement is cancelled."""

    idle_timeout: float = Field(default=10.0, ge=0.001, le=3600)
    """PostgreSQL: seconds after which the server ends an idle transaction."""

    pgbouncer: bool = False
    """PostgreSQL: whether the server is behind pgbouncer in transaction mode."""

    key_lifetime: int = Field(default=LIFETIME, ge=1, le=366 * 24 * 60 * 60)
    """Seconds for which the response to a request with an ``Idempotency-Key`` is stored."""

    key_limit: int = Field(default=LIMIT, ge=1)
    """Maximum number of stored responses; then requests with a new key get 503."""

    key_limit_per_client: int | None = Field(default=None, ge=1)
    """Maximum number of stored responses to one client; then its new keys get 429."""

    key_cache: float = Field(default=10.0, ge=0, le=3600)
    """PostgreSQL: seconds for which a process may still accept a revoked API key."""

    receive_timeout: float = Field(default=30.0, gt=0, le=600)
    """Seconds within which a client has to send a request."""

    send_timeout: float = Field(default=30.0, gt=0, le=600)
    """Seconds within which a client has to read what the server has buffered for it."""

    max_connections: int | None = Field(default=None, ge=1)
    """Maximum number of connections of a process. By default as many as it can open."""

    max_connections_per_address: int | None = Field(default=None, ge=1)
    """Maximum number of connections of one client address to a process."""

    max_pending: int = Field(default=1000, ge=0)
    """Maximum number of requests that wait in a process; others get 503."""

    allowed_hosts: Hosts = ()
    """Hosts that the server serves. By default loopback names if it listens on loopback."""

    trusted_proxies: Networks = ()
    """Addresses or networks of proxies whose forwarding headers are trusted."""

    root_path: RootPath = ""
    """The prefix under which a proxy serves the service, such as ``/api``."""

    cors_origins: Origins = ()
    """Origins whose pages may call the service in a browser. ``*`` is all, without credentials."""

    admin_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of a listener for health checks and metrics. By default there is none."""

    admin_host: str = "127.0.0.1"
    """Address of the listener for health checks and metrics."""

    drain: float = Field(default=0.0, ge=0, le=3600)
    """Seconds after a stop signal in which connections are accepted as before."""

    grace: float = Field(default=8.0, gt=0, le=3600)
    """Seconds after the drain within which requests in progress have to finish."""

    request_timeout: float = Field(default=60.0, gt=0, le=3600)
    """Seconds after which a request is cancelled if its response has not started."""

    jwt_issuer: str | None = None
    """The ``iss`` of the tokens that are accepted."""

    jwt_audience: str | None = None
    """The ``aud`` of the tokens that are accepted, alone or among others."""

    jwt_jwks_url: KeyUrl | None = None
    """The URL at which the issuer publishes its keys."""

    jwt_jwks_file: Path | None = None
    """A file with the keys of the issuer, instead of a URL. It may be replaced at any time."""

    server_timing: bool = False
    """Whether responses have the header ``Server-Timing``, with durations in milliseconds."""

    rate_limit: RateLimit = None
    """Maximum number of requests of a client in a time window, such as ``600/minute``."""

    read_only: bool = False
    """Whether requests that write get 503, for maintenance."""

    docs: bool = True
    """Whether there is a documentation page, which needs no credential."""

    compiled_routes: bool = True
    """Whether the handlers of routes are put together at the start, instead of by FastAPI."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave out the variables of Kubernetes, so that a ``.env`` file's value applies."""
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                source.env_vars = without_injected(source.env_vars)
        return init_settings, env_settings, dotenv_settings, file_secret_settings


def load_settings(
    warn: Callable[[str], None] | None = None, options: Mapping[str, Any] = NO_OPTIONS
) -> Settings:
    """Read the settings. ``warn`` gets a sentence about variables that are ignored.

    ``options`` of the command line, by the name of the setting, replace what is read. Raises
    ``InvalidSettings``.
    """
    try:
        _check_names(warn or (lambda _: None))
        return Settings(**options)
    except ValidationError as error:
        messages = (_error_message(each, options) for each in error.errors())
        raise InvalidSettings("; ".join(messages)) from None
    except UnicodeDecodeError:
        raise InvalidSettings(f"the settings file {SETTINGS_FILE} is not UTF-8 text") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidSettings(
            f"the settings file {SETTINGS_FILE} cannot be read: {reason}"
        ) from None


def find_log_format(option: str | None = None) -> LogFormat:
    """Return the format of log lines, also if other settings are invalid; ``auto`` if it is.

    ``option`` is that of the command line.
    """
    return _to_log_format(option) or _to_log_format(_find_variable("log_format")) or "auto"


def _to_log_format(text: str | None) -> LogFormat | None:
    return next((name for name in get_args(LogFormat) if name == text), None)


def _find_variable(setting: str) -> str | None:
    """Return the text of a setting, or ``None`` if there is none or if none can be read."""
    try:
        return _read_variables().get(f"{PREFIX}{setting}".lower())
    except (OSError, UnicodeDecodeError):
        return None


def _read_variables() -> dict[str, str | None]:
    """Return the variables of the environment and of the settings file, in lower case."""
    return {**DotEnvSettingsSource(Settings).env_vars, **EnvSettingsSource(Settings).env_vars}


def _check_names(warn: Callable[[str], None]) -> None:
    if lines := find_malformed_lines(Path(SETTINGS_FILE)):
        listed = ", ".join(map(str, lines[:MAX_LISTED]))
        warn(f"lines of {SETTINGS_FILE} are ignored, because they cannot be parsed: {listed}")
    names = classify(_read_variables(), Settings.model_fields, PREFIX)
    if names.misspelt:
        raise InvalidSettings(
            "; ".join(
                f"{format_names([name])} is not a setting; {meant} is"
                for name, meant in names.misspelt.items()
            )
        )
    if names.unknown:
        warn(f"unknown settings are ignored: {format_names(names.unknown)}")
    if names.injected:
        warn(f"variables of Kubernetes Services are ignored: {format_names(names.injected)}")


def _error_message(error: ErrorDetails, options: Mapping[str, object]) -> str:
    setting = str(error["loc"][0])
    name = option_name(setting) if setting in options else PREFIX + setting.upper()
    return f"{name} is not valid: {error['msg']}"


def option_name(setting: str) -> str:
    """Return the name of the option for a setting, such as ``--log-level``."""
    return "--" + setting.replace("_", "-")
