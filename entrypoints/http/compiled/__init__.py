"""Routes whose handler is put together once, when they are added to an application.

FastAPI works out for each request what its route needs. A ``CompiledRoute`` works it out at
start-up, and makes one function of it. Routes are declared as always; it knows nothing else::

    router = APIRouter(route_class=CompiledRoute)  # FastAPI's own extension point

What is compiled: an ``async def`` endpoint that is declared to return a ``Response``, with

- path, query, header and cookie parameters of scalar types, with any constraints
- one JSON body
- ``Request`` and ``HTTPConnection``
- dependencies that are ``async def``, security schemes included, and generators with
  ``scope="function"``, all without parameters of their own other than these two and dependencies

What is left to FastAPI: every other route; each request while ``dependency_overrides`` is not
empty, while FastAPI's telemetry records it, or under a body limit of Starlette; a body that is not
valid JSON; and all routes if FastAPI is not as it was when this was written (``checks``).

``app.state.compiled_routes = False`` leaves all routes to FastAPI that are added to an application,
or included in it, from then on.

The modules: ``route`` decides, ``handler`` is the function, and ``parameters``, ``body`` and
``dependencies`` are its parts. docs/adr/0054 says what it relies on, and what it gains.
"""

from entrypoints.http.compiled.route import CompiledRoute

__all__ = ["CompiledRoute"]
