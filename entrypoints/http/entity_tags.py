"""Entity tags (RFC 9110, section 8.8.3). The tag of an entity is its version in quotes.

A tag distinguishes the versions of one resource. Two resources may have the same tag: ids are never
reused, so a path never leads to another entity.
"""

import re
from collections.abc import Container
from typing import Annotated, Any

from pydantic import StringConstraints

from domain.preconditions import EVERY_VERSION
from entrypoints.http.header_fields import compile_list, strip_blanks

TAG = r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"'

EntityTag = Annotated[str, StringConstraints(strict=True, pattern=f"^{TAG}$")]
"""One tag, as a member of a JSON body."""

WEAK = (
    'A weak entity tag, W/"...", never matches. A proxy that compresses responses makes their tags'
    " weak."
)

_TAGS = re.compile(TAG)
_LIST = compile_list(TAG)
_VERSION = re.compile("[1-9][0-9]{0,18}")

HEADER: dict[str, Any] = {
    "description": "The entity tag of the current version.",
    "required": True,
    "schema": {"type": "string"},
    "example": '"1"',
}
"""The response header ETag in the OpenAPI document."""


def entity_tag(version: int) -> str:
    """Return the strong tag of a version."""
    return f'"{version}"'


def parse_entity_tags(tags: str, *, include_weak: bool) -> Container[int]:
    """Return the versions in a list of tags, or every version for ``*``.

    Tags of another form match no version. Weak comparison includes weak tags (section 8.8.3.2).
    Raises ``ValueError`` for any other text.
    """
    if strip_blanks(tags) == "*":
        return EVERY_VERSION
    if not _LIST.fullmatch(tags):
        raise ValueError("not a list of entity tags")
    return {
        int(opaque)
        for weak, opaque in _TAGS.findall(tags)
        if (include_weak or not weak) and _VERSION.fullmatch(opaque)
    }


def explain_weak_tags(tags: str) -> str:
    """Return why a list with a weak tag may not match by strong comparison, otherwise ``""``.

    The client should give up: every tag that it fetches is weak.
    """
    return WEAK if any(weak for weak, _ in _TAGS.findall(tags)) else ""
