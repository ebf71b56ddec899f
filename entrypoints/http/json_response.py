"""JSON responses, serialized by pydantic-core directly to bytes, and who may cache them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic_core import to_json
from starlette.responses import Response

PRIVATE: Mapping[str, str] = MappingProxyType({"Cache-Control": "private, no-cache"})
"""The header of a response with entities (RFC 9111, section 5.2.2).

Only the client itself may store it, and must ask the service before each use whether it is current.
"""

NO_STORE: Mapping[str, str] = MappingProxyType({"Cache-Control": "no-store"})
"""The header of an error. Caches may store a 404, 405 or 501 that does not forbid it."""


class JsonResponse(Response):
    """A response with JSON content: as bytes, or as dicts, lists and values to serialize."""

    media_type = "application/json"
    fixed_headers: ClassVar[Sequence[tuple[bytes, bytes]]] = ()
    """Headers of every response of the class, in lower case."""

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else to_json(content)

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Set the headers without Starlette's checks for an empty body, in half the time."""
        given = (headers or {}).items()
        self.raw_headers = [
            *[(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given],
            (b"content-length", str(len(self.body)).encode()),
            (b"content-type", self.media_type.encode()),
            *self.fixed_headers,
        ]


class EntityResponse(JsonResponse):
    """A response that contains entities."""

    fixed_headers = tuple(
        [(name.lower().encode(), value.encode()) for name, value in PRIVATE.items()]
    )
