"""The service responds alike with compiled routes and with FastAPI's: to the byte."""

import json
from collections.abc import Mapping

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import given, settings
from hypothesis import strategies as st

from entrypoints.api.app import build_app
from tests.e2e.hostile.bodies import BODIES
from tests.e2e.hostile.requests import HEADERS, METHODS, TARGETS
from tests.fakes.database import FakeDatabase
from tests.unit.http.compiled.exchanges import Answer, Request, exchange, parse
from tests.unit.http.compiled.sides import is_compiled

pytestmark = pytest.mark.canary

HOSTILE: Mapping[str, bytes] = {**BODIES, **TARGETS, **METHODS, **HEADERS}

COMPILED = build_app(FakeDatabase())
FASTAPI = build_app(FakeDatabase(), compiled_routes=False)

FIRST = Request(
    "POST",
    b"/heroes/",
    [(b"content-type", b"application/json")],
    [b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}'],
)
NUMBERS = [
    "0",
    "1",
    "2",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1.0",
    "1e1",
    "9" * 19,
    "9" * 5000,
    "x",
    "batch",
    "",
]
MEDIA_TYPES = [
    "application/json",
    "application/merge-patch+json",
    "text/json",
    "application/xml",
    "",
]


def test_all_routes_of_the_service_are_compiled_unless_that_is_switched_off() -> None:
    def compiled(app: FastAPI) -> set[bool]:
        return {is_compiled(each) for each in app.routes if isinstance(each, APIRoute)}

    assert {True} == compiled(COMPILED)
    assert {False} == compiled(FASTAPI)


@pytest.mark.parametrize("sent", [pytest.param(raw, id=name) for name, raw in HOSTILE.items()])
async def test_a_hostile_request_gets_the_same_response(sent: bytes) -> None:
    compiled, others = await send_to_both(parse(sent))

    assert others == compiled


def bodies() -> st.SearchStrategy[bytes]:
    """Return a strategy of bodies: heroes, changes, batches, other JSON, and anything."""
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("1")
    )
    heroes = st.dictionaries(st.sampled_from(["name", "secret_name", "age", "id", "x"]), scalars)
    items = st.dictionaries(
        st.sampled_from(["id", "etag", "changes"]), st.one_of(scalars, heroes), max_size=3
    )
    batches = st.fixed_dictionaries(
        {}, optional={"create": st.lists(heroes, max_size=2), "update": st.lists(items, max_size=2)}
    )
    return st.one_of(
        st.one_of(heroes, batches, scalars).map(lambda value: json.dumps(value).encode()),
        st.binary(max_size=10),
    )


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Return a request that a route of the service may match."""
    number = draw(st.sampled_from(NUMBERS))
    names = ["limit", "offset", "sort", "age", "age__gte", "fields", "include", "cursor", "x"]
    values = st.one_of(st.sampled_from([*NUMBERS, "age", "-id", "null"]), st.text(max_size=4))
    query = draw(st.lists(st.tuples(st.sampled_from(names), values), max_size=3))
    text = "&".join(f"{name}={value}" for name, value in query).encode("utf-8", "replace")
    headers = draw(
        st.lists(
            st.sampled_from(
                [
                    *((b"content-type", each.encode()) for each in MEDIA_TYPES),
                    (b"if-match", b'"1"'),
                    (b"if-none-match", b'"1"'),
                    (b"if-match", b"nonsense"),
                    (b"idempotency-key", b'"k"'),
                    (b"prefer", b"count=exact"),
                ]
            ),
            max_size=3,
        )
    )
    method = draw(st.sampled_from(["GET", "POST", "PATCH", "DELETE", "HEAD", "PUT"]))
    path = draw(st.sampled_from([f"/heroes/{number}", "/heroes/", "/heroes/batch", "/heroes"]))
    target = path.replace(" ", "%20").encode() + (b"?" + text if text else b"")
    parts = [draw(bodies())] if method not in {"GET", "HEAD"} else [b""]
    return Request(method, target, headers, parts)


@settings(max_examples=150, deadline=None)
@given(sent=st.lists(requests(), min_size=1, max_size=3))
async def test_generated_requests_get_the_same_responses(sent: list[Request]) -> None:
    for app in (COMPILED, FASTAPI):
        app.state.units_of_work = FakeDatabase()
    for request in (FIRST, *sent):
        compiled, others = await send_to_both(request)
        assert others == compiled


async def send_to_both(request: Request) -> tuple[Answer, Answer]:
    return await exchange(COMPILED, request), await exchange(FASTAPI, request)
