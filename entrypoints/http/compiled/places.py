"""Where an endpoint is, for the text of an error."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import EndpointContext
from fastapi.requests import Request


def find_place(request: Request, dependant: Dependant) -> EndpointContext:
    """Return the file, the line and the name of the route's endpoint, and its path."""
    place = EndpointContext()
    if dependant.call:
        place.update(_find_source(dependant.call))
    if dependant.path:
        prefix = request.scope.get("root_path", "").rstrip("/")
        place["path"] = f"{request.method} {prefix}{dependant.path}"
    return place


@lru_cache(maxsize=256)
def _find_source(call: Callable[..., Any]) -> EndpointContext:
    """Return the place in the source. Reading a file takes a millisecond."""
    try:
        file, line = inspect.getsourcefile(call), inspect.getsourcelines(call)[1]
    except (OSError, TypeError):
        return EndpointContext()
    place = EndpointContext(line=line, function=call.__name__)
    if file is not None:
        place["file"] = file
    return place
