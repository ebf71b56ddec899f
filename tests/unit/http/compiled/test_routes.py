"""Routes of all kinds respond alike, compiled and as FastAPI handles them: to the byte."""

import json

import pytest
from fastapi.routing import APIRoute
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.http.compiled.declared import COMPILED, GETS, POSTS, declare
from tests.unit.http.compiled.exchanges import Answer, Request, exchange
from tests.unit.http.compiled.sides import is_compiled, make_app

pytestmark = pytest.mark.canary

APPS = [make_app(declare, compiled=compiled) for compiled in (True, False)]

VALUES = [
    "1",
    "7",
    "0",
    "99",
    "100",
    "-1",
    " 1",
    "",
    "abc",
    "abcd",
    "true",
    "red",
    "2020-02-30",
    "[1]",
]
NAMES = ["number", "required", "real", "text", "flag", "maybe", "colour", "day", "uuid", "s-even"]
OTHERS = ["seven", "name", "limit", "kind", "value", "other", "x"]
FIELDS = ["x-token", "x-count", "x-user", "x-key", "authorization", "cookie", "host"]
FIELD_VALUES = [*VALUES, "session=a; session=b", "Bearer me", "stranger", "\xff"]
MEDIA_TYPES = [
    "application/json",
    "application/ld+json; a=b",
    "text/plain",
    "a/b/json",
    ";",
    "json",
]
BODIES = [b"", b"null", b"{", b"\xff", b'"text"', b"x=1", b'{"parts":[{"name":"a","size":-1},{}]}']


def test_the_routes_are_compiled_that_can_be() -> None:
    paths = [
        [each.path for each in app.routes if isinstance(each, APIRoute) and is_compiled(each)]
        for app in APPS
    ]

    assert [COMPILED, set()] == [set(each) for each in paths]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Return a request to one of the routes."""
    gets, posts = [*GETS, "/against-its-word"], [*POSTS, "/lenient"]
    path = draw(st.sampled_from([*gets, *posts]))
    values = st.one_of(st.sampled_from(VALUES), st.text("1a é", max_size=3))
    pairs = draw(st.lists(st.tuples(st.sampled_from([*NAMES, *OTHERS]), values), max_size=4))
    target = path.replace("{number}", draw(st.sampled_from(["1", "7", "100", "x", "%20"])))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    names = st.sampled_from(FIELDS)
    headers = draw(st.lists(st.tuples(names, st.sampled_from(FIELD_VALUES)), max_size=3))
    headers += [("content-type", each) for each in draw(st.lists(st.sampled_from(MEDIA_TYPES)))[:2]]
    parts = st.dictionaries(st.sampled_from(["name", "size", "parts", "part"]), st.integers())
    body = st.one_of(st.sampled_from(BODIES), parts.map(lambda value: json.dumps(value).encode()))
    return Request(
        "POST" if path in posts else "GET",
        f"{target}?{query}".encode(),
        [(name.encode(), value.encode("latin-1")) for name, value in headers],
        draw(st.lists(body, min_size=1, max_size=2)),
        leaves=draw(st.integers(0, 9)) == 0,
    )


@settings(max_examples=300, deadline=None)
@given(requests())
@example(Request("GET", b"/scalars/1?required=1"))
@example(Request("GET", b"/scalars/100?required=x&real=y&text=abcd", [(b"x-count", b"6")]))
@example(Request("GET", b"/dependent?number=1", [(b"x-key", b"k"), (b"x-user", b"me")]))
@example(Request("GET", b"/lasts"))
@example(Request("GET", b"/lists?number=1&number=2"))
@example(Request("GET", b"/nested?number=4&other=1"))
@example(Request("POST", b"/one-body?number=1", [(b"content-type", b"a/b+json")], [b"{}"]))
@example(Request("POST", b"/any-body", [(b"content-type", b"application/a+json")], [b"[1]"]))
@example(Request("GET", b"/failing?number=0"))
@example(Request("GET", b"/failing?number=1"))
@example(Request("GET", b"/against-its-word?name=ab"))
@example(Request("GET", b"/against-its-word?name=a"))
@example(Request("POST", b"/one-body?number=x", [(b"content-type", b"application/json")], [b"{}"]))
@example(Request("POST", b"/one-body", [(b"content-type", b"application/json")], [b'{"a', b"b"]))
@example(Request("POST", b"/lenient", (), [b"[1]"]))
@example(Request("POST", b"/any-body", (), [b"[1]"], leaves=True))
async def test_a_generated_request_gets_the_same_response(request: Request) -> None:
    compiled, others = await send_to_both(request)

    assert others == compiled


async def test_errors_are_in_the_order_of_path_query_header_cookie_and_body() -> None:
    headers = [(b"x-count", b"9"), (b"content-type", b"application/json")]
    answers = [
        *(await send_to_both(Request("GET", b"/scalars/100?required=x&s-even=7", headers))),
        *(await send_to_both(Request("POST", b"/one-body", headers, [b'{"parts":0}']))),
    ]

    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    places = [json.loads(each.body)[0] for each in answers[::2]]
    assert [
        [text.partition(")")[0] for text in errors.split("'loc': (")[1:]] for errors in places
    ] == [
        ["'path', 'number'", "'query', 'required'", "'query', 's-even'", "'header', 'x-count'"],
        ["'query', 'number'", "'body', 'parts'"],
    ]


async def send_to_both(request: Request) -> list[Answer]:
    answers = []
    for app in APPS:
        events = app.state.events = []
        answers.append(await exchange(app, request, events))
    return answers
