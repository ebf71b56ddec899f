"""The servers that are measured: their names, and how each is started."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from domain.api_key_format import format_key
from tests.benchmarks import node

ROOT = Path(__file__).parents[2]
HEROES = ROOT / ".venv/bin/heroes"
PYTHON = ROOT / ".venv/bin/python"
PEERS_PYTHON = ROOT / ".venv-peers/bin/python"

SQLITE, POSTGRES = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRES)

HEROES_COMMAND: Sequence[str] = (str(HEROES),)
WITHOUT_OPERATIONS: Sequence[str] = (str(PYTHON), "-m", "tests.benchmarks.operations_off")
"""The same commands, in a process that has replaced what operators need."""

FASTIFY = "fastify"

ROUTE_CLASS = "BENCHMARK_ROUTE_CLASS"
"""The environment variable that tells the ceiling its route class."""

RATE_LIMIT = "1000000000/second"
"""A limit that no benchmark reaches."""


@dataclass(frozen=True)
class Contender:
    """A server, by its module in ``tests.benchmarks.servers``, or heroes itself.

    ``wal`` means that its SQLite file is switched to that journal mode before it starts.
    ``api_key`` is stored in its database, and sent with each request. ``route_class`` is that of
    the ceiling, as ``module:name``; by default it is FastAPI's.
    """

    name: str
    module: str | None = None
    wal: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    api_key: str | None = None
    has_operations: bool = True
    route_class: str | None = None

    def supports(self, database: str) -> bool:
        """Return whether it has what the database needs."""
        return database == SQLITE or not (self.wal or self.module == FASTIFY)

    def serving(self, url: str) -> list[str]:
        """Return the command that serves the database."""
        if self.module is not None:
            return self._run("serve", url)
        return [*(HEROES_COMMAND if self.has_operations else WITHOUT_OPERATIONS), "serve"]

    def preparing(self, url: str) -> list[str]:
        """Return the command that creates its tables in an empty database."""
        return self._run("prepare", url) if self.module else [*HEROES_COMMAND, "migrate"]

    def environment(self, url: str) -> dict[str, str]:
        """Return the command's environment: the current one with only these settings."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("HEROES_")}
        inherited["PYTHONPATH"] = str(ROOT)
        if self.module == FASTIFY:
            return inherited | node.ENVIRONMENT
        if self.module is not None:
            return inherited | ({ROUTE_CLASS: self.route_class} if self.route_class else {})
        chosen = {"DATABASE_URL": url, "PORT": "0", "ACCESS_LOG": "false", **self.settings}
        return inherited | {f"HEROES_{name}": value for name, value in chosen.items()}

    def _run(self, what: str, url: str) -> list[str]:
        if self.module == FASTIFY:
            return [*node.command(), what, url]
        return [str(PEERS_PYTHON), "-m", "tests.benchmarks.servers", what, str(self.module), url]


OURS = Contender("heroes")
OURS_PLAIN = Contender("heroes-plain", settings={"SESSION": "plain"})
"""The same service with SQLModel's session."""

OPERATIONS_OFF = Contender("heroes-operations-off", has_operations=False)
"""The same service without what operators need: metrics, request ids, health checks, and so on."""

OURS_WITH_KEYS = Contender("heroes, API key", settings={"AUTH": "api-key"}, api_key=format_key(1))
"""The same service, which needs an API key."""

NO_AUTHENTICATION, ALL_OFF = ("no authentication", "all off")
"""What is measured in process: a request of a service without these parts."""

INTERPRETED = "without compiled routes"
"""The subject whose reads are those of the machine for which targets were set."""

KNOWN_KEY = "known API key"
"""What is measured in process: a request with a key that is cached."""

WITH_RATE_LIMIT = Contender("heroes, rate limit", settings={"RATE_LIMIT": RATE_LIMIT})
WITH_LOG = Contender("heroes, request log", settings={"ACCESS_LOG": "true", "LOG_FORMAT": "json"})
WITH_TIMING = Contender("heroes, Server-Timing", settings={"SERVER_TIMING": "true"})

ALL_ON = "heroes-all-on"
EVERYTHING = Contender(
    ALL_ON,
    settings={
        name: value
        for part in (OURS_WITH_KEYS, WITH_RATE_LIMIT, WITH_LOG, WITH_TIMING)
        for name, value in part.settings.items()
    },
    api_key=OURS_WITH_KEYS.api_key,
)
"""The same service with everything for its operators, and an API key."""

ONE_COMMIT_EACH = Contender("heroes, no shared commits", settings={"COMMIT_BATCH": "1"})
"""The negative control: a COMMIT for every unit of work."""

CONTENDERS = (
    OURS,
    OPERATIONS_OFF,
    EVERYTHING,
    OURS_PLAIN,
    Contender("plain", "plain"),
    Contender("plain-wal", "plain", wal=True),
    Contender("fastcrud", "fastcrud"),
    Contender("fastcrud-wal", "fastcrud", wal=True),
    Contender("litestar", "litestar"),
    Contender("litestar-wal", "litestar", wal=True),
    Contender("django-ninja", "django_ninja"),
    Contender("django-ninja-wal", "django_ninja", wal=True),
    Contender(FASTIFY, FASTIFY),
    Contender("floor", "floor"),
    Contender("ceiling", "ceiling"),
)
NAMES = tuple(contender.name for contender in CONTENDERS)
PEERS = ("fastcrud", "litestar", "django-ninja")


def chosen(names: tuple[str, ...], database: str) -> list[Contender]:
    """Return the contenders with these names that support the database and are installed."""
    missing = left_out(names)
    return [
        contender
        for contender in CONTENDERS
        if contender.name in names
        and contender.name not in missing
        and contender.supports(database)
    ]


def left_out(names: tuple[str, ...]) -> dict[str, str]:
    """Return why those of the contenders that cannot be started are left out, by name."""
    reason = node.reason_missing()
    return {FASTIFY: reason} if reason and FASTIFY in names else {}
