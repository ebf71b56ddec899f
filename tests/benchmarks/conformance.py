"""Checks that every server sends the same responses, byte for byte, before it is measured."""

import json
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.running import Server
from tests.benchmarks.stores import heroes


class ResponsesDiffer(Exception):
    """A server sends another response than the others; the message names both."""


@dataclass(frozen=True)
class Exchange:
    """A request, and the expected response."""

    method: str
    path: str
    body: dict[str, Any] | None
    status: int
    response: Any
    """The JSON body, or ``None`` if only the status is compared."""


def exchanges(rows: int) -> list[Exchange]:
    """Return the requests to a new database with ``rows`` heroes, in order."""
    seeded = [hero(number, *given) for number, given in enumerate(heroes(20), start=1)]
    new = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    created = hero(rows + 1, "Deadpond", "Dive Wilson", None)
    older = {**seeded[1], "age": 48}
    return [
        Exchange("GET", "/heroes/1", None, 200, seeded[0]),
        Exchange("GET", "/heroes/10", None, 200, seeded[9]),
        Exchange("GET", "/heroes/?offset=5&limit=10", None, 200, seeded[5:15]),
        Exchange("POST", "/heroes/", new, 200, created),
        Exchange("GET", f"/heroes/{rows + 1}", None, 200, created),
        Exchange("PATCH", "/heroes/2", {"age": 48}, 200, older),
        Exchange("GET", "/heroes/2", None, 200, older),
    ]


NOT_FOUND = [
    Exchange("GET", "/heroes/1000000000", None, 404, None),
    Exchange("PATCH", "/heroes/1000000000", {"age": 1}, 404, None),
]


def check(server: Server, rows: int) -> None:
    """Raise ``ResponsesDiffer`` unless the server sends the expected responses.

    The ceiling has no database, so only its statuses are compared. The floor has no 404.
    """
    module = server.contender.module
    requests = exchanges(rows)
    for exchange in requests if module in {"floor", "ceiling"} else requests + NOT_FOUND:
        compare(server, exchange, compare_body=module != "ceiling")


def compare(server: Server, exchange: Exchange, *, compare_body: bool) -> None:
    """Send one request, and raise ``ResponsesDiffer`` if the response differs."""
    body = None if exchange.body is None else json.dumps(exchange.body).encode()
    status, _, content = server.request(exchange.method, exchange.path, body)
    expected = json.dumps(exchange.response, separators=(",", ":")).encode()
    same = content == expected or exchange.response is None or not compare_body
    if status != exchange.status or not same:
        raise ResponsesDiffer(
            f"{server.name} responded to {exchange.method} {exchange.path} with {status} "
            f"{content[:200]!r}, not {exchange.status} {expected[:200]!r}"
        )


def hero(number: int, name: str, secret_name: str, age: int | None) -> dict[str, Any]:
    """Return a hero's JSON."""
    return {"name": name, "secret_name": secret_name, "age": age, "id": number}
