"""The documentation page: Swagger UI, which loads nothing from other sites.

The Content-Security-Policy is derived from the page that FastAPI generates, so that a script that
is injected into it does not run.
"""

from base64 import b64encode
from collections.abc import Awaitable, Collection
from hashlib import sha256
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.accept import VARY, prefers
from entrypoints.http.browsers.security_headers import CONTENT_SECURITY_POLICY
from entrypoints.http.browsers.swagger_ui import FILES, ICON, SCRIPT, STYLE
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.paths import external_root, local_path

PATH = "/docs"

HOME_PATHS = frozenset({"", "/"})
"""Paths from which browsers are redirected to the page. Under a prefix the first may be empty."""

HTML = "text/html"

PARAMETERS = {"validatorUrl": None}
"""Parameters of Swagger UI. By default it sends the URL of the document to a public validator."""


def add_docs_page(app: FastAPI) -> Collection[str]:
    """Add the page and the files that it loads, and return the paths of all that it needs."""

    async def show(request: Request) -> Response:
        return _make_page(app, external_root(request.scope))

    app.router.routes += [Route(PATH, show), *(file.make_route() for file in FILES)]
    return {PATH, str(app.openapi_url), *(file.path for file in FILES)}


class HomeRedirect:
    """ASGI middleware that redirects a browser from ``/`` to the page, which needs no credential.

    A browser prefers HTML to JSON. It costs 0.3 µs a request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or local_path(scope) not in HOME_PATHS or not _is_browser(scope):
            return self._app(scope, receive, send)
        headers = {"Location": external_root(scope) + PATH, **VARY}
        redirect = Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=headers)
        return redirect(scope, receive, send)


def page_policy(html: str) -> str:
    """Return the Content-Security-Policy (CSP Level 3) of the page.

    It allows the inline script of the page, and what is loaded from the server of the page. Swagger
    UI has images in its style sheet.
    """
    _, _, rest = html.rpartition("<script>")
    script, _, _ = rest.partition("</script>")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _make_page(app: FastAPI, root: str) -> Response:
    page = get_swagger_ui_html(
        openapi_url=f"{root}{app.openapi_url}",
        title=f"{app.title} - Swagger UI",
        swagger_js_url=root + SCRIPT.path,
        swagger_css_url=root + STYLE.path,
        swagger_favicon_url=root + ICON.path,
        swagger_ui_parameters=PARAMETERS,
    )
    page.headers[CONTENT_SECURITY_POLICY] = page_policy(bytes(page.body).decode())
    page.headers["Cache-Control"] = "no-cache"  # the paths of the files change
    return page


def _is_browser(scope: Scope) -> bool:
    return scope["method"] in {"GET", "HEAD"} and prefers(scope, HTML, to=JsonResponse.media_type)
