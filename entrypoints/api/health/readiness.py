"""Whether the process can serve requests. Probes share a check, and its result for a second.

::

    /readyz  /readyz  /readyz           /readyz
    check....ok       ok, not checked   check....
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from service_layer.errors import (
    NewerSchema,
    OutdatedSchema,
    StoreHalted,
    StoreUnavailable,
    UnsupportedSchema,
    UnusableDatabase,
)

OK = "ok"
NOT_CHECKED = "not checked"
STOPPING = "the process is stopping"
UNAVAILABLE = "the database is unavailable; the log says why"
LATE = "the database does not respond"
REPLACED = "the database file is no longer the one that was opened"
OUTDATED = "the schema is not what this release needs; the log says why"

MAX_AGE = 1.0
"""Seconds for which the result of a check is used."""

TIMEOUT = 3.0
"""Seconds within which the database has to respond."""

INSPECTION_TIMEOUT = 30.0
"""Seconds within which the inspection of the schema has to end.

The schema is inspected once for each revision, which takes long on a busy machine. A probe that
times out earlier does not cancel the inspection: the next one gets its result.
"""

Checks = Mapping[str, str]
"""The result of each check by its name: ``OK``, or a reason without details, for any client."""

log = logging.getLogger(__name__)


class CheckedDatabase(Protocol):
    """The part of the port ``Database`` that a check uses."""

    is_in_memory: bool

    def pending(self) -> Sequence[str]: ...

    async def schema_revision(self) -> str: ...


class Readiness:
    """Checks a database, unless the process is stopping.

    Each check reads the revision of the schema from the version table. If it has changed, the
    schema is inspected, on a new connection.
    """

    def __init__(
        self,
        database: CheckedDatabase,
        is_stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._is_stopping = is_stopping
        self._clock = clock
        self._inspected: str | None = None
        """The last revision whose schema was inspected, and is what this release needs."""

        self._check: asyncio.Task[Checks] | None = None
        self._expires = 0.0
        self._reported = ""

    async def check(self) -> Checks:
        """Return the results for the process, the database and its schema."""
        if self._is_stopping():
            return _checks(STOPPING, NOT_CHECKED, NOT_CHECKED)
        if self._check is None or (self._check.done() and self._clock() >= self._expires):
            self._check = asyncio.create_task(self._check_database())
        return await asyncio.shield(self._check)

    async def _check_database(self) -> Checks:
        checks, error = await self._find_failure()
        self._report((str(error) or LATE) if error else "")  # a TimeoutError has no text
        self._expires = self._clock() + MAX_AGE
        return checks

    async def _find_failure(self) -> tuple[Checks, Exception | None]:
        try:
            async with asyncio.timeout(TIMEOUT):
                revision = await self._database.schema_revision()
            async with asyncio.timeout(INSPECTION_TIMEOUT):
                await self._check_schema(revision)
        except (OutdatedSchema, UnusableDatabase) as error:
            return _checks(OK, OK, OUTDATED), error
        except StoreHalted as error:
            return _checks(OK, REPLACED, NOT_CHECKED), error
        except StoreUnavailable as error:
            return _checks(OK, UNAVAILABLE, NOT_CHECKED), error
        except TimeoutError:
            return _checks(OK, LATE, NOT_CHECKED), StoreUnavailable(LATE)
        return _checks(OK, OK, OK), None

    async def _check_schema(self, revision: str) -> None:
        """Inspect the schema of a new revision. A database in memory has always this release's."""
        if revision == self._inspected or self._database.is_in_memory:
            return
        try:
            pending = await asyncio.to_thread(self._database.pending)
        except UnsupportedSchema:
            raise
        except NewerSchema:  # this release works with it
            pending = ()
        if pending:
            raise OutdatedSchema(f"migrations are pending: {', '.join(pending)}")
        self._inspected = revision

    def _report(self, failure: str) -> None:
        """Log a failure once, and its end."""
        if failure and failure != self._reported:
            log.warning("not ready: %s", failure)
        elif self._reported and not failure:
            log.info("ready again")
        self._reported = failure


def _checks(process: str, database: str, schema: str) -> Checks:
    return {"process": process, "database": database, "schema": schema}
