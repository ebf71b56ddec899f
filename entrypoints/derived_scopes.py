"""Scopes that a middleware passes on in place of the one it received.

What the application adds to such a scope, such as the route, is missing in the original. So the
original refers to the one that replaces it.
"""

from typing import Any

from starlette.types import Scope

_DERIVED = "derived"


def derive_scope(scope: Scope, **changes: Any) -> Scope:
    """Return a copy of the scope with the changes."""
    derived = scope[_DERIVED] = {**scope, **changes}
    return derived


def innermost_scope(scope: Scope) -> Scope:
    """Return the scope that the application received."""
    while _DERIVED in scope:
        scope = scope[_DERIVED]
    return scope
