"""Requests to an ASGI application in process, and all that it answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

VARYING = {b"x-request-id", b"date"}
"""Headers that differ between two requests."""


@dataclass(frozen=True)
class Request:
    """A request, and the parts in which its body arrives."""

    method: str
    target: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: Sequence[bytes] = (b"",)
    leaves: bool = False
    """Whether the client leaves instead of sending the last part."""

    @property
    def scope(self) -> dict[str, Any]:
        raw_path, _, query = self.target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "root_path": "",
            "query_string": query,
            "headers": list(self.headers),
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }

    def messages(self) -> Iterator[Message]:
        *first, last = self.body
        for part in first:
            yield {"type": "http.request", "body": part, "more_body": True}
        if not self.leaves:
            yield {"type": "http.request", "body": last, "more_body": False}
        while True:
            yield {"type": "http.disconnect"}


@dataclass
class Answer:
    """What an application has sent, the error that it has raised, and what happened in between."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    error: str = ""
    events: list[str] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.events.append(message["type"])
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [each for each in message["headers"] if each[0] not in VARYING]
        else:
            self.body += message.get("body", b"")


async def exchange(app: ASGIApp, request: Request, events: list[str] | None = None) -> Answer:
    """Send the request. ``events`` of the application are in the answer, in order."""
    answer = Answer(events=[] if events is None else events)
    messages = request.messages()

    async def receive() -> Message:
        return next(messages)

    try:
        await app(request.scope, receive, answer.send)
    except Exception as error:  # noqa: BLE001 - the server's part
        answer.error = f"{error!r}: {error}"
    return answer


def parse(raw: bytes) -> Request:
    """Return the request that a client sends as these bytes, if they are valid HTTP."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    method, target, _ = line.split(b" ")
    fields = [each.partition(b":") for each in lines]
    headers = [(name.lower(), value.strip(b" \t")) for name, _, value in fields]
    is_chunked = (b"transfer-encoding", b"chunked") in headers
    parts = list(_chunks(body)) if is_chunked else [body[: len(body) // 2], body[len(body) // 2 :]]
    return Request(method.decode(), target, headers, parts)


def _chunks(body: bytes) -> Iterator[bytes]:
    size = 1
    while size:
        head, _, body = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        yield body[:size]
        body = body[size + 2 :]
