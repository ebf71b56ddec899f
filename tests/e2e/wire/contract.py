"""Requests, and whole answers as the wire contract spells them."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx2

JSON = "application/json"
PROBLEM = "application/problem+json"

Entry = tuple[str, Sequence[str | int], str]
"""The type, the place and the message of one thing that does not validate."""


class RawResponse(NamedTuple):
    """What a client sees first: everything else is in the headers."""

    status: int
    content_type: str | None
    body: bytes


TITLES = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Content"}

NO_SUCH_HERO = RawResponse(404, JSON, b'{"detail":"Hero not found"}')


def post(client: httpx2.Client, body: bytes) -> httpx2.Response:
    """Post these very bytes as JSON."""
    return client.post("/heroes/", content=body, headers={"content-type": JSON})


def patch(client: httpx2.Client, hero_id: int, body: bytes) -> httpx2.Response:
    """Patch a hero with these very bytes as JSON."""
    return client.patch(f"/heroes/{hero_id}", content=body, headers={"content-type": JSON})


def new_hero(client: httpx2.Client) -> int:
    """Make the hero Deadpond, Dive Wilson, 28 years old, and return the id."""
    made = post(client, b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}')
    hero_id: int = made.json()["id"]
    return hero_id


def ok(body: bytes) -> RawResponse:
    return RawResponse(200, JSON, body)


def invalid(*entries: Entry) -> RawResponse:
    detail = [{"type": type_, "loc": loc, "msg": msg} for type_, loc, msg in entries]
    body = json.dumps({"detail": detail}, separators=(",", ":"), ensure_ascii=False)
    return RawResponse(422, JSON, body.encode())


def problem(status: int, detail: str, instance: str, *errors: dict[str, str]) -> RawResponse:
    """Return the answer that is this problem, byte for byte."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES[status], "status": status}
    body |= {"detail": detail, "instance": instance}
    if errors:
        body["errors"] = errors
    return RawResponse(status, PROBLEM, json.dumps(body, separators=(",", ":")).encode())


def raw(response: httpx2.Response) -> RawResponse:
    """Return what the server answered, byte for byte."""
    return RawResponse(response.status_code, response.headers.get("content-type"), response.content)


def refused_fields(response: httpx2.Response) -> tuple[int, list[list[str | int]]]:
    """Return the status, and the place of each thing that does not validate."""
    return response.status_code, [entry["loc"] for entry in response.json()["detail"]]


def ids(response: httpx2.Response) -> list[int]:
    """Return the ids of the heroes listed."""
    assert 200 == response.status_code, response.text
    return [hero["id"] for hero in response.json()]
