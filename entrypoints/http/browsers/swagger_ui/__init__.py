"""The files of Swagger UI that the documentation page loads.

They are those of swagger-ui-dist on npm, under the Apache License 2.0; README.md says how they were
packaged. Texts are stored compressed.
"""

from collections.abc import Mapping
from functools import cached_property
from gzip import decompress
from pathlib import Path
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from entrypoints.http.header_fields import limit_size, split_list

VERSION = "5.35.0"

FOLDER = Path(__file__).parent

CACHED: Mapping[str, str] = MappingProxyType(
    {"Cache-Control": "public, max-age=31536000, immutable"}
)
"""A cache never has to ask again: the path of a file changes with its content."""

COMPRESSED: Mapping[str, str] = MappingProxyType({**CACHED, "Vary": "Accept-Encoding"})

DIGITS = 16
"""Number of digits of the SHA-256 digest in the path."""


class PackagedFile:
    """A file of the package, and its endpoint. It is read at the first request.

    ``sha256`` is the digest of its content, in hexadecimal digits.
    """

    def __init__(self, name: str, media_type: str, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self.path = f"/docs/{sha256[:DIGITS]}/{name}"
        self._media_type = media_type
        self._is_text = media_type.startswith("text/")

    @cached_property
    def content(self) -> bytes:
        """The content."""
        return decompress(self._stored) if self._is_text else self._stored

    def make_route(self) -> Route:
        """Return the route that serves the file."""
        return Route(self.path, self._respond)

    async def _respond(self, request: Request) -> Response:
        if not self._is_text:
            return Response(self.content, headers=CACHED, media_type=self._media_type)
        if not _accepts_gzip(request.headers):
            return Response(self.content, headers=COMPRESSED, media_type=self._media_type)
        headers = {**COMPRESSED, "Content-Encoding": "gzip"}
        return Response(self._stored, headers=headers, media_type=self._media_type)

    @cached_property
    def _stored(self) -> bytes:
        return (FOLDER / (f"{self.name}.gz" if self._is_text else self.name)).read_bytes()


SCRIPT = PackagedFile(
    "swagger-ui-bundle.js",
    "text/javascript",
    "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
)
STYLE = PackagedFile(
    "swagger-ui.css",
    "text/css",
    "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
)
ICON = PackagedFile(
    "favicon-32x32.png",
    "image/png",
    "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
)

FILES = (SCRIPT, STYLE, ICON)

LICENSES: Mapping[str, str] = MappingProxyType(
    {
        "LICENSE": "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
        "NOTICE": "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
        "swagger-ui-bundle.js.LICENSE.txt": (
            "37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb"
        ),
    }
)
"""The licence of Swagger UI, and those of the libraries in it, with their SHA-256 digests."""


def _accepts_gzip(headers: Headers) -> bool:
    """Return whether the client accepts gzip. A weight is not parsed: the file is sent as it is."""
    accepted = ",".join(limit_size(headers.getlist("accept-encoding")))
    return "gzip" in split_list(accepted.lower())
