"""Keys of ASGI scopes that belong to no module alone, and copies that a middleware passes on.

The application adds keys such as the route to the copy, not to the original. So the original refers
to its copy.
"""

from typing import Any

from starlette.types import Scope

TRACE_ID = "trace_id"
"""Key of the id of the request's trace, in hexadecimal digits, if the trace is recorded."""

IS_FROM_PROXY = "is_from_proxy"
"""Key of a request that a trusted proxy has sent: its trace context is trusted, too."""

_DERIVED = "derived"


def derive_scope(scope: Scope, **changes: Any) -> Scope:
    """Return a copy of the scope with the changes, and let the scope refer to it."""
    derived = scope[_DERIVED] = {**scope, **changes}
    return derived


def innermost_scope(scope: Scope) -> Scope:
    """Return the scope that the application received."""
    while _DERIVED in scope:
        scope = scope[_DERIVED]
    return scope
