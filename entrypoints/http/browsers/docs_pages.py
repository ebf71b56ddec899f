"""The documentation pages of FastAPI: Swagger UI and ReDoc.

They load scripts and styles from other sites, so each needs its own Content-Security-Policy. The
policy is derived from the generated page, so a script that is injected later does not run.
"""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.routing import Route, request_response

from entrypoints.http.browsers.security_headers import CONTENT_SECURITY_POLICY

Endpoint = Callable[[Request], Awaitable[Response]]

FONTS = "https://fonts.gstatic.com"
"""The host from which the style sheets of ReDoc's page load fonts."""

LOGO = "https://cdn.redoc.ly"
"""The host from which ReDoc loads its logo."""

_SEPARATOR = re.compile(r"[;,\s]")


def allow_docs_pages(app: FastAPI) -> None:
    """Give each documentation page of the application its policy."""
    pages = {app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url}
    for route in app.routes:
        if isinstance(route, Route) and route.path in pages:
            route.app = request_response(_with_policy(route.endpoint))


def page_policy(html: str) -> str:
    """Return the Content-Security-Policy (CSP Level 3) of a documentation page.

    It allows the scripts in the page, inline or by URL, and requests to the server of the page.
    Inline styles are allowed if the page has one, as ReDoc's does.
    """
    page = _Page()
    page.feed(html)
    page.close()
    directives = {
        "default-src": ["'none'"],
        "script-src": page.scripts or ["'none'"],
        "style-src": page.styles or ["'none'"],
        "img-src": [*page.icons, LOGO, "'self'", "data:"],
        "font-src": [FONTS, "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class _Page(HTMLParser):
    """The sources of a page's scripts, styles and icons."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.icons: list[str] = []
        self._inline: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        url = attributes.get("src") or attributes.get("href") or ""
        if tag == "script" and url:
            self.scripts.append(_source(url))
        elif tag == "script":
            self._inline = []
        elif tag == "style":
            self.styles.append("'unsafe-inline'")
        elif tag == "link":
            sources = self.styles if attributes.get("rel") == "stylesheet" else self.icons
            sources.append(_source(url))

    def handle_data(self, data: str) -> None:
        if self._inline is not None:
            self._inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._inline is not None:
            digest = sha256("".join(self._inline).encode()).digest()
            self.scripts.append(f"'sha256-{b64encode(digest).decode()}'")
            self._inline = None


def _source(url: str) -> str:
    """Return the source expression of a URL without its query.

    It is that of the host alone if the path contains a character that would end the expression.
    """
    parts = urlsplit(url)
    if not parts.netloc:
        return "'self'"
    host = f"{parts.scheme or 'https'}://{parts.netloc}"
    return host if _SEPARATOR.search(parts.path) else host + parts.path


def _with_policy(endpoint: Endpoint) -> Endpoint:
    async def page(request: Request) -> Response:
        response = await endpoint(request)
        response.headers[CONTENT_SECURITY_POLICY] = page_policy(bytes(response.body).decode())
        return response

    return page
