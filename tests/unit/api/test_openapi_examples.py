"""The examples in the OpenAPI document are what tools may send, and what the service returns."""

from typing import Any

import httpx2
import jsonschema_rs
import pytest

from entrypoints.api.app import MAX_BODY, build_app
from tests import openapi_document
from tests.fakes.database import FakeDatabase
from tests.support.described import objects

JSON = "application/json"
PROBLEM = "application/problem+json"
DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson"}
STALE = {"If-Match": '"1"'}
STALE_BATCH = {"update": [{"id": 1, "etag": '"1"', "changes": {"age": 29}}]}
GZIP = {"Content-Encoding": "gzip"}

ON_A_CHANGED_HERO: list[tuple[str, int, dict[str, Any]]] = [
    ("get", 412, {"headers": STALE}),
    ("patch", 412, {"headers": STALE, "json": {"age": 29}}),
    ("delete", 412, {"headers": STALE}),
]
WITHOUT_HEROES: list[tuple[str, str, int, dict[str, Any]]] = [
    ("/heroes/", "get", 422, {"params": {"offset": "x"}}),
    ("/heroes/", "post", 400, {"content": b"\xff"}),
    ("/heroes/", "post", 413, {"content": b"x" * (MAX_BODY + 1)}),
    ("/heroes/", "post", 415, {"content": b"x", "headers": GZIP}),
    ("/heroes/", "post", 422, {}),
    ("/heroes/batch", "post", 404, {"json": {"update": [{"id": 1, "changes": {}}]}}),
    ("/heroes/batch", "post", 422, {}),
    ("/heroes/{hero_id}", "get", 404, {}),
    ("/heroes/{hero_id}", "patch", 404, {"json": {"age": 29}}),
    ("/heroes/{hero_id}", "patch", 422, {}),
    ("/heroes/{hero_id}", "delete", 404, {}),
]
DOCUMENT = openapi_document.document()


def client_of_new_app() -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(FakeDatabase()))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


async def assert_documented(
    client: httpx2.AsyncClient, path: str, method: str, status: int, request: dict[str, Any]
) -> None:
    """Compare the response in each media type with its example."""
    documented = DOCUMENT["paths"][path][method]["responses"][str(status)]
    for media_type, media in documented["content"].items():
        headers = {"Accept": media_type, "Content-Type": JSON, **request.get("headers", {})}
        response = await client.request(
            method, path.replace("{hero_id}", "1"), **{**request, "headers": headers}
        )

        assert status == response.status_code
        assert media_type == response.headers["content-type"]
        assert media["example"] == response.json()
        for name, header in documented.get("headers", {}).items():
            assert header["example"] == response.headers[name]


@pytest.mark.parametrize(("path", "method", "status", "request_"), WITHOUT_HEROES)
async def test_the_example_of_an_error_is_what_the_service_returns(
    path: str, method: str, status: int, request_: dict[str, Any]
) -> None:
    async with client_of_new_app() as client:
        await assert_documented(client, path, method, status, request_)


async def test_the_example_of_a_412_is_what_the_service_returns_for_a_changed_hero() -> None:
    async with client_of_new_app() as client:
        await client.post("/heroes/", json=DEADPOND)
        await client.patch("/heroes/1", json={"age": 28})

        for method, status, request in ON_A_CHANGED_HERO:
            await assert_documented(client, "/heroes/{hero_id}", method, status, request)
        await assert_documented(client, "/heroes/batch", "post", 412, {"json": STALE_BATCH})


async def test_the_example_of_a_link_leads_to_a_page() -> None:
    headers = DOCUMENT["paths"]["/heroes/"]["get"]["responses"]["200"]["headers"]
    target = headers["Link"]["example"].partition(">")[0].removeprefix("<")

    async with client_of_new_app() as client:
        assert 200 == (await client.get("/heroes/" + target)).status_code


def test_tools_send_no_optional_header_no_filter_and_no_cursor() -> None:
    parameters = [
        parameter
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", [])
    ]

    with_examples = [
        parameter
        for parameter in parameters
        if {"example", "examples"} & {*parameter, *parameter["schema"]}
    ]
    assert {"path", "query"} == {parameter["in"] for parameter in with_examples}
    assert {"sort"} == {each["name"] for each in with_examples if each["in"] == "query"}


def test_the_examples_of_parameters_and_headers_are_valid() -> None:
    described = [
        node for node in objects(DOCUMENT) if "schema" in node and {"example", "examples"} & {*node}
    ]

    assert described
    for node in described:
        schema = node["schema"] | {"components": DOCUMENT["components"]}
        named = [example["value"] for example in node.get("examples", {}).values()]
        for example in named or [node["example"]]:
            jsonschema_rs.validate(schema, example)


def test_no_placeholder_is_left() -> None:
    text = openapi_document.COMMITTED.read_text()

    assert "{operation." not in text
    assert "{parameter." not in text


def test_errors_name_the_scope_that_the_operation_needs() -> None:
    details = {
        method: operation["responses"]["403"]["content"][PROBLEM]["example"]["detail"]
        for method, operation in DOCUMENT["paths"]["/heroes/{hero_id}"].items()
        if method in {"get", "delete"}
    }

    assert details["get"].endswith("scope heroes:read.")
    assert details["delete"].endswith("scope heroes:write.")
