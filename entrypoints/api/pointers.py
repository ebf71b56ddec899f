"""Where in a request something is wrong, as a problem's ``errors`` say it (RFC 9457, section 3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WHOLE_BODY = ""
"""The pointer to all of the body (RFC 6901, section 5)."""


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer to what the names and positions lead to (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def located(type_: str, loc: Sequence[Any], message: str) -> Mapping[str, str]:
    """Return a validation error as pydantic and the domain word it, as a problem does.

    ``loc`` begins with the part of the request it is about. A body that is no JSON has no inside to
    point into: its ``loc`` is where in the text the parser stopped.
    """
    part, *path = loc
    if part != "body":
        return {"detail": message, "parameter": ".".join(map(str, path))}
    if type_ == "json_invalid":
        position = ", ".join(map(str, path))
        return {"detail": f"{message} at position {position}", "pointer": WHOLE_BODY}
    return {"detail": message, "pointer": pointer(path)}
