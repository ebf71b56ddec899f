"""One request to an ASGI application, and the messages that it sends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass
class Call:
    """A request with a JSON body; ``sent`` holds the messages sent so far."""

    app: ASGIApp
    method: str
    path: str
    body: object
    headers: Sequence[tuple[bytes, bytes]] = ()
    sent: list[Message] = field(default_factory=list)

    async def run(self) -> None:
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [
                (b"host", b"heroes"),
                (b"content-type", b"application/json"),
                *self.headers,
            ],
            "client": None,
            "server": None,
        }
        await self.app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        return {"type": "http.request", "body": json.dumps(self.body).encode(), "more_body": False}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        """The status of the response."""
        status: int = self.sent[0]["status"]
        return status
