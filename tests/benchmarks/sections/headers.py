"""Headers: the time that those take which the tutorial's app has not.

That is too little to be seen in requests per second, so the code that reads and makes them is
timed by itself, in this process.
"""

from collections.abc import Callable
from contextlib import suppress
from statistics import median
from timeit import repeat
from typing import Any

from fastapi import Request

from domain.hero import Hero, HeroQuery
from entrypoints.api.heroes.schemas import serialize_hero
from entrypoints.http.conditional import (
    not_modified_response,
    read_precondition,
    response_with_etag,
)
from entrypoints.http.idempotency import read_idempotency_key
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.listing.links import next_page
from entrypoints.http.listing.prefer import wants_exact_count
from tests.benchmarks import console
from tests.benchmarks.bench import Bench

CALLS = 10_000
"""How often each is done in a round."""

HERO = Hero(1, "Deadpond", "Dive Wilson", 28, version=1)
SHOWN = serialize_hero(HERO)
PAGE = [HERO] * 100
QUERY = HeroQuery(limit=len(PAGE))
LOCATION = {"Location": "/heroes/1"}
REQUEST = Request(
    {
        "type": "http",
        "path": "/heroes/",
        "query_string": b"limit=100",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
    }
)


def run(bench: Bench) -> dict[str, Any]:
    """Return one part: microseconds a request, by the headers that they go to."""
    console.heading("headers")
    rounds = bench.options.rounds
    plain = microseconds(lambda: JsonResponse(SHOWN), rounds)
    tagged = microseconds(lambda: response_with_etag(SHOWN, HERO.version), rounds)
    placed = microseconds(lambda: response_with_etag(SHOWN, HERO.version, LOCATION), rounds)
    found = {
        "ETag": tagged - plain,
        "Location": placed - tagged,
        "Link": microseconds(lambda: next_page(REQUEST, QUERY, PAGE), rounds),
        "If-Match, If-None-Match, not given": microseconds(look_for_conditions, rounds),
        "Idempotency-Key, not given": microseconds(look_for_key, rounds),
        "Prefer, not given": microseconds(lambda: wants_exact_count(REQUEST.scope), rounds),
    }
    for headers, time in found.items():
        console.took(headers, time)
    return {"headers": {"microseconds": found}}


def microseconds(call: Callable[[], object], rounds: int) -> float:
    """Return the time of a call, the median over rounds."""
    return median(repeat(call, number=CALLS, repeat=rounds)) / CALLS * 1e6


def look_for_conditions() -> None:
    """Do what a GET without conditions does about them."""
    not_modified_response(read_precondition(REQUEST), HERO.version)


def look_for_key() -> None:
    """Do what a POST without a key does about it."""
    with suppress(StopIteration):
        read_idempotency_key(REQUEST).send(None)
