"""The route class, FastAPI's extension point for how requests are handled."""

import logging
from typing import Any, cast

from fastapi import routing
from fastapi.routing import APIRoute

from entrypoints.http.compiled.checks import is_known, is_own
from entrypoints.http.compiled.handler import Declared, Handler, compile_handler
from entrypoints.http.compiled.json_body import read_json_alike
from entrypoints.http.compiled.left import LeftToFastAPI

log = logging.getLogger(__name__)


class CompiledRoute(APIRoute):
    """A route whose handler is put together once, for each application that it is added to.

    It handles requests exactly as FastAPI does, which handles those of routes that use what is not
    compiled (see the package).
    """

    def get_route_handler(self) -> Handler:
        """Return the handler. FastAPI calls this for the route, and for each inclusion of it."""
        own = super().get_route_handler()
        declared = _find_declared(self)
        fallback = own if declared.body_field is None else read_json_alike(own)
        app = declared.dependency_overrides_provider
        if app is None or not is_switched_on(app):  # without one, another inclusion follows
            return fallback
        if not (is_known() and is_own(own)):
            return fallback
        try:
            return compile_handler(declared, fallback)
        except LeftToFastAPI as reason:
            log.info("%s is not compiled: it uses %s", self.path_format, reason)
            return fallback


def is_switched_on(app: object) -> bool:
    """Return whether routes of the application are compiled: ``app.state.compiled_routes``."""
    return bool(getattr(getattr(app, "state", None), "compiled_routes", True))


def _find_declared(route: APIRoute) -> Declared:
    """Return what FastAPI has made of the inclusion of the route that is under way, or the route.

    The dependencies of an application that includes a route are only in the former.
    """
    variable = getattr(routing, "_effective_route_context_var", None)
    context: Any = variable.get() if variable else None
    is_included = context is not None and context.original_route is route
    return cast("Declared", context if is_included else route)
