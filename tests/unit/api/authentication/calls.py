"""Requests to an application, at the level of ASGI."""

from typing import Any, NamedTuple

from fastapi import FastAPI
from pydantic_core import from_json
from starlette.types import Message

DEADPOND = b'{"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}'


class Answer(NamedTuple):
    """A response, and how often the application has asked for the request's body."""

    status: int
    headers: dict[str, str]
    body: bytes
    received: int

    @property
    def json(self) -> Any:
        return from_json(self.body)


async def call(
    app: Any, method: str, path: str, *authorization: str, body: bytes = DEADPOND, **changes: Any
) -> Answer:
    """Send a request with these values of ``Authorization``. ``changes`` are of the ASGI scope."""
    sent: list[Message] = []
    received = 0

    async def receive() -> Message:
        nonlocal received
        received += 1
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    fields = [(b"authorization", value.encode("latin-1")) for value in authorization]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "client": ("192.0.2.1", 1234),
        "headers": [(b"content-type", b"application/json"), *fields],
    }
    await app(scope | changes, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], headers, content, received)


async def add_hero(app: FastAPI, credential: str = "alice") -> None:
    """Create a hero, whose id is 1 if it is the first."""
    assert 200 == (await call(app, "POST", "/heroes/", f"Bearer {credential}")).status
