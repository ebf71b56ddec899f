"""The application without the security headers, which no argument switches off."""

from fastapi import FastAPI
from starlette.middleware import Middleware

from entrypoints.http.browsers.security_headers import SecurityHeaders


def bare(app: FastAPI) -> FastAPI:
    """Return the application without the security headers."""
    app.user_middleware = [each for each in app.user_middleware if not adds_security_headers(each)]
    return app


def adds_security_headers(middleware: Middleware) -> bool:
    added: object = middleware.cls
    return added is SecurityHeaders
