"""Clients that write without pause, and a ledger of the acknowledged writes."""

import asyncio
import itertools
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.integration.tutorial_database import connection_to

Row = tuple[str, str, int, int]
"""name, secret_name, age, version. Each of the first three identifies the request."""

Rows = Mapping[int, Row]


def row(mark: str, version: int) -> Row:
    """Return the row that a request with this mark writes."""
    return (f"Hero {mark}", f"{mark} in secret", zlib.crc32(mark.encode()), version)


def rows_in(database: Path) -> dict[int, Row]:
    """Return the rows in the file, by id, as a fresh connection sees them."""
    with connection_to(database) as connection:
        found = connection.execute("SELECT id, name, secret_name, age, version FROM hero")
        return {hero_id: tuple(values) for hero_id, *values in found}


@dataclass(frozen=True)
class Attempt:
    """A write that was sent: it creates (``before`` is None), updates or deletes one row."""

    hero_id: int | None
    before: Row | None
    after: Row | None

    def executed(self, stored: Rows) -> "Attempt | None":
        """Return the attempt with its hero's id if it was executed, else None."""
        if self.hero_id is None:
            ids = [hero_id for hero_id, found in stored.items() if found == self.after]
            return Attempt(ids[0], None, self.after) if ids else None
        return self if stored.get(self.hero_id) == self.after else None


@dataclass
class Ledger:
    """The rows that must be stored, all ids ever used, and the writes without a response."""

    rows: dict[int, Row] = field(default_factory=dict)
    used_ids: set[int] = field(default_factory=set)
    unacknowledged: set[Attempt] = field(default_factory=set)
    responses: int = 0
    dropped: int = 0
    """Number of requests whose connection was accepted, and that got no response."""

    marks: "itertools.count[int]" = field(default_factory=itertools.count)
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def acknowledged(self, attempt: Attempt, hero_id: int) -> None:
        """Record a write that succeeded."""
        self.unacknowledged.remove(attempt)
        self._record(Attempt(hero_id, attempt.before, attempt.after))
        async with self.progress:
            self.responses += 1
            self.progress.notify_all()

    async def until(self, responses: int) -> None:
        """Wait for this many responses in total."""
        async with self.progress:
            await self.progress.wait_for(lambda: self.responses >= responses)

    def resolve(self, stored: Rows) -> None:
        """Record the writes without a response that were executed, and drop the others."""
        for attempt in self.unacknowledged:
            if known := attempt.executed(stored):
                self._record(known)
        self.unacknowledged.clear()

    def _record(self, attempt: Attempt) -> None:
        assert attempt.hero_id is not None
        if attempt.before is None:
            assert attempt.hero_id not in self.used_ids, f"id {attempt.hero_id} was used twice"
            self.used_ids.add(attempt.hero_id)
        if attempt.after is None:
            del self.rows[attempt.hero_id]
        else:
            self.rows[attempt.hero_id] = attempt.after


async def write_without_pause(client: httpx2.AsyncClient, ledger: Ledger) -> None:
    """Create heroes, update each twice and delete every third, until the server is gone."""
    try:
        for made in itertools.count():
            hero_id = await _write(client, ledger, "POST")
            await _write(client, ledger, "PATCH", hero_id)
            await _write(client, ledger, "PATCH", hero_id)
            if made % 3 == 0:
                await _write(client, ledger, "DELETE", hero_id)
    except httpx2.ConnectError:
        return
    except httpx2.TransportError:
        ledger.dropped += 1


async def _write(
    client: httpx2.AsyncClient, ledger: Ledger, method: str, hero_id: int | None = None
) -> int:
    before = None if hero_id is None else ledger.rows[hero_id]
    version = 1 if before is None else before[3] + 1
    after = None if method == "DELETE" else row(f"{method} {next(ledger.marks)}", version)
    attempt = Attempt(hero_id, before, after)
    ledger.unacknowledged.add(attempt)
    path = "/heroes/" if hero_id is None else f"/heroes/{hero_id}"
    response = await client.request(method, path, json=_body(after))
    assert 200 == response.status_code, response.text
    written: int = hero_id or response.json()["id"]
    expected = {"ok": True} if after is None else {**_body(after), "id": written}
    assert expected == response.json()
    await ledger.acknowledged(attempt, written)
    return written


def _body(sent: Row | None) -> dict[str, Any]:
    return {} if sent is None else dict(zip(("name", "secret_name", "age"), sent, strict=False))
