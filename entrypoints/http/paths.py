"""Paths as the client sees them."""

from starlette.types import Scope


def external_path(scope: Scope) -> str:
    """Return the request's path, with the root path before it.

    A proxy may have taken the root path off, or left it: ASGI servers know both.
    """
    root, path = scope.get("root_path", ""), str(scope["path"])
    return path if path.startswith(f"{root}/") else f"{root}{path}"
