"""Headers: the time for the headers that the tutorial's app does not have.

The effect on requests per second is too small to measure, so this section times the code that
parses and creates the headers, in this process.
"""

from collections.abc import Callable
from contextlib import suppress
from statistics import median
from timeit import repeat
from typing import Any

from fastapi import Request

from domain.hero import Hero, HeroQuery
from entrypoints.http.conditional import (
    not_modified_response,
    read_precondition,
    response_with_etag,
)
from entrypoints.http.idempotency import read_idempotency_key
from entrypoints.http.json_response import EntityResponse, JsonResponse
from entrypoints.http.listing.include import ETAG, read_include
from entrypoints.http.listing.links import next_page
from entrypoints.http.listing.prefer import wants_exact_count
from tests.benchmarks import console
from tests.benchmarks.bench import Bench

CALLS = 10_000
"""Calls per round."""

HERO = Hero(1, "Deadpond", "Dive Wilson", 28, version=1)
HERO_JSON = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":1}'
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
    """Return one part: microseconds per request, by header."""
    console.heading("headers")
    rounds = bench.options.rounds
    plain = microseconds(lambda: JsonResponse(HERO_JSON), rounds)
    private = microseconds(lambda: EntityResponse(HERO_JSON), rounds)
    tagged = microseconds(lambda: response_with_etag(HERO_JSON, HERO.version), rounds)
    located = microseconds(lambda: response_with_etag(HERO_JSON, HERO.version, LOCATION), rounds)
    found = {
        "Cache-Control": private - plain,
        "ETag": tagged - private,
        "Location": located - tagged,
        "Link": microseconds(lambda: next_page(REQUEST, QUERY, PAGE), rounds),
        "If-Match, If-None-Match, not given": microseconds(look_for_conditions, rounds),
        "Idempotency-Key, not given": microseconds(look_for_key, rounds),
        "include, not given": microseconds(
            lambda: read_include(REQUEST.query_params, (ETAG,)), rounds
        ),
        "Prefer, not given": microseconds(lambda: wants_exact_count(REQUEST.scope), rounds),
    }
    for headers, time in found.items():
        console.duration(headers, time)
    return {"headers": {"microseconds": found}}


def microseconds(call: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call over rounds."""
    return median(repeat(call, number=CALLS, repeat=rounds)) / CALLS * 1e6


def look_for_conditions() -> None:
    """Evaluate the preconditions of a GET that has none."""
    not_modified_response(read_precondition(REQUEST), HERO.version)


def look_for_key() -> None:
    """Read the key of a POST that has none."""
    with suppress(StopIteration):
        read_idempotency_key(REQUEST).send(None)
