"""The floor: bare ASGI, the raw driver and fixed statements. The minimum that is correct.

It reads JSON, runs a statement, commits and writes JSON. It validates nothing, has no 404 and
handles no errors: do not use it for anything else.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qs

import orjson

from tests.benchmarks.servers import floor_postgres, floor_sqlite
from tests.benchmarks.servers.connections import is_sqlite

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Row = Mapping[str, Any]

HERO = re.compile(r"/heroes/(\d+)$")
COLUMNS = ("name", "secret_name", "age", "id")


class Heroes(Protocol):
    """The four fixed statements, on one of the databases."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def get(self, hero_id: int) -> Any: ...
    async def page(self, offset: int, limit: int) -> Any: ...
    async def add(self, name: str, secret_name: str, age: int | None) -> Any: ...
    async def change(self, hero_id: int, changes: Message) -> Any: ...


def prepare(url: str) -> None:
    """Create the table, with the same indexes as the others."""
    (floor_sqlite if is_sqlite(url) else floor_postgres).prepare(url)


def build_app(url: str) -> Any:
    """Return the application."""
    heroes: Heroes = (
        floor_sqlite.SqliteHeroes(url) if is_sqlite(url) else floor_postgres.PostgresHeroes(url)
    )

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(heroes, receive, send)
        else:
            await send_json(send, await respond(heroes, scope, receive))

    return app


async def respond(heroes: Heroes, scope: Message, receive: Receive) -> Any:
    """Execute the request, and return the content of the response."""
    found = HERO.match(scope["path"])
    method = scope["method"]
    if method == "GET":
        if found:
            return hero(await heroes.get(int(found[1])))
        query = parse_qs(scope["query_string"].decode())
        rows = await heroes.page(int(query["offset"][0]), int(query["limit"][0]))
        return [hero(row) for row in rows]
    body = orjson.loads((await receive())["body"])
    if found:
        return hero(await heroes.change(int(found[1]), body))
    return hero(await heroes.add(body["name"], body["secret_name"], body.get("age")))


def hero(row: Any) -> Message:
    """Convert a row to a JSON object."""
    return dict(zip(COLUMNS, row, strict=True))


async def send_json(send: Send, content: Any) -> None:
    """Send the content as JSON."""
    body = orjson.dumps(content)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def run_lifespan(heroes: Heroes, receive: Receive, send: Send) -> None:
    """Open the database when the server starts, close it when it stops."""
    await receive()
    await heroes.open()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await heroes.close()
    await send({"type": "lifespan.shutdown.complete"})
