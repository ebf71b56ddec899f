"""Requests, and complete responses according to the wire contract."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx2

JSON = "application/json"
PROBLEM = "application/problem+json"

Entry = tuple[str, Sequence[str | int], str]
"""The type, the loc and the msg of a validation error."""


class RawResponse(NamedTuple):
    """The status, the content type and the body of a response."""

    status: int
    content_type: str | None
    body: bytes


TITLES = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Content"}

METHOD_NOT_ALLOWED = RawResponse(405, JSON, b'{"detail":"Method Not Allowed"}')
NO_SUCH_HERO = RawResponse(404, JSON, b'{"detail":"Hero not found"}')


def post(client: httpx2.Client, body: bytes) -> httpx2.Response:
    """POST these bytes as JSON."""
    return client.post("/heroes/", content=body, headers={"content-type": JSON})


def patch(client: httpx2.Client, hero_id: int, body: bytes) -> httpx2.Response:
    """PATCH a hero with these bytes as JSON."""
    return client.patch(f"/heroes/{hero_id}", content=body, headers={"content-type": JSON})


def new_hero(client: httpx2.Client) -> int:
    """Create the hero Deadpond, Dive Wilson, age 28, and return the id."""
    created = post(client, b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}')
    hero_id: int = created.json()["id"]
    return hero_id


def ok(body: bytes) -> RawResponse:
    return RawResponse(200, JSON, body)


def invalid(*entries: Entry) -> RawResponse:
    detail = [{"type": type_, "loc": loc, "msg": msg} for type_, loc, msg in entries]
    body = json.dumps({"detail": detail}, separators=(",", ":"), ensure_ascii=False)
    return RawResponse(422, JSON, body.encode())


def problem(status: int, detail: str, instance: str, *errors: dict[str, str]) -> RawResponse:
    """Return the response with this problem, byte for byte."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES[status], "status": status}
    body |= {"detail": detail, "instance": instance}
    if errors:
        body["errors"] = errors
    return RawResponse(status, PROBLEM, json.dumps(body, separators=(",", ":")).encode())


def raw(response: httpx2.Response) -> RawResponse:
    """Return what the server sent, byte for byte."""
    return RawResponse(response.status_code, response.headers.get("content-type"), response.content)


def refused_fields(response: httpx2.Response) -> tuple[int, list[list[str | int]]]:
    """Return the status, and the ``loc`` of each validation error."""
    return response.status_code, [entry["loc"] for entry in response.json()["detail"]]


def ids(response: httpx2.Response) -> list[int]:
    """Return the ids of the listed heroes."""
    assert 200 == response.status_code, response.text
    return [hero["id"] for hero in response.json()]
