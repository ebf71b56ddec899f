"""Paths: as the client sees them, and the ids in them."""

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.types import Scope


class MemberConvertor(StringConvertor):
    """The id of a collection's member: one segment of a path, but not ``batch``.

    ``batch`` is a resource of its own. A route for ``{id}`` would match its path too, and add its
    methods to those of the batch.
    """

    regex = r"(?!batch(?:/|\Z))[^/]+"


register_url_convertor("member", MemberConvertor())


def external_path(scope: Scope) -> str:
    """Return the path of the request including the root path.

    ``scope["path"]`` may lack the root path: proxies and ASGI servers differ in this.
    """
    root, path = scope.get("root_path", ""), str(scope["path"])
    return path if path.startswith(f"{root}/") else f"{root}{path}"
