"""Copies of an ASGI scope that a middleware passes on.

The application adds keys such as the route to the copy, not to the original. So the original refers
to its copy.
"""

from typing import Any

from starlette.types import Scope

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
