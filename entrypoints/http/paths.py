"""Paths as the client sees them."""

from starlette.types import Scope


def external_path(scope: Scope) -> str:
    """Return the path of the request including the root path.

    ``scope["path"]`` may lack the root path: proxies and ASGI servers differ in this.
    """
    root, path = scope.get("root_path", ""), str(scope["path"])
    return path if path.startswith(f"{root}/") else f"{root}{path}"
