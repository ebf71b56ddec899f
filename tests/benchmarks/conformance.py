"""Every server answers the same, byte for byte, before it is measured."""

import json
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.running import Server
from tests.benchmarks.stores import heroes


class ResponsesDiffer(Exception):
    """A server does not do what the others do; the message says which, and where."""


@dataclass(frozen=True)
class Exchange:
    """A request, and what has to be answered."""

    method: str
    path: str
    body: dict[str, Any] | None
    status: int
    response: Any
    """The JSON, or ``None`` where only the status matters."""


def exchanges(rows: int) -> list[Exchange]:
    """Return what is asked of a new database with so many heroes, in this order."""
    seeded = [hero(number, *given) for number, given in enumerate(heroes(20), start=1)]
    new = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    made = hero(rows + 1, "Deadpond", "Dive Wilson", None)
    older = {**seeded[1], "age": 48}
    return [
        Exchange("GET", "/heroes/1", None, 200, seeded[0]),
        Exchange("GET", "/heroes/10", None, 200, seeded[9]),
        Exchange("GET", "/heroes/?offset=5&limit=10", None, 200, seeded[5:15]),
        Exchange("POST", "/heroes/", new, 200, made),
        Exchange("GET", f"/heroes/{rows + 1}", None, 200, made),
        Exchange("PATCH", "/heroes/2", {"age": 48}, 200, older),
        Exchange("GET", "/heroes/2", None, 200, older),
    ]


NOT_FOUND = [
    Exchange("GET", "/heroes/1000000000", None, 404, None),
    Exchange("PATCH", "/heroes/1000000000", {"age": 1}, 404, None),
]


def check(server: Server, rows: int) -> None:
    """Raise ``AnswersDiffer`` unless the server answers as it should.

    The ceiling has no database, so only its statuses count. The floor knows no 404.
    """
    module = server.contender.module
    asked = exchanges(rows)
    for exchange in asked if module in {"floor", "ceiling"} else asked + NOT_FOUND:
        compare(server, exchange, whole=module != "ceiling")


def compare(server: Server, exchange: Exchange, *, whole: bool) -> None:
    """Make one request, and raise ``AnswersDiffer`` when the answer is another."""
    body = None if exchange.body is None else json.dumps(exchange.body).encode()
    status, _, content = server.request(exchange.method, exchange.path, body)
    expected = json.dumps(exchange.response, separators=(",", ":")).encode()
    same = content == expected or exchange.response is None or not whole
    if status != exchange.status or not same:
        raise ResponsesDiffer(
            f"{server.name} answered {exchange.method} {exchange.path} with {status} "
            f"{content[:200]!r}, not {exchange.status} {expected[:200]!r}"
        )


def hero(number: int, name: str, secret_name: str, age: int | None) -> dict[str, Any]:
    """Return a hero's JSON."""
    return {"name": name, "secret_name": secret_name, "age": age, "id": number}
