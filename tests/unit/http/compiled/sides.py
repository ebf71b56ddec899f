"""The same routes twice: compiled, and as FastAPI handles them."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.routing import APIRoute

from entrypoints.http.compiled import CompiledRoute, handler
from tests.unit.http.compiled.exchanges import Answer, Request, exchange


def is_compiled(route: APIRoute) -> bool:
    """Return whether FastAPI would be given a compiled handler for the route."""
    return route.get_route_handler().__module__ == handler.__name__


def make_app(declare: Callable[[FastAPI], None], *, compiled: bool) -> FastAPI:
    """Return an application with the routes that ``declare`` adds."""
    app = FastAPI()
    app.state.compiled_routes = compiled
    app.router.route_class = CompiledRoute
    declare(app)
    return app


async def send_to_both(declare: Callable[[FastAPI], None], request: Request) -> Answer:
    """Send the request to both applications. Return the answer, which must be the same."""
    answers = [
        await exchange(make_app(declare, compiled=compiled), request) for compiled in (True, False)
    ]
    assert answers[1] == answers[0]
    return answers[0]
