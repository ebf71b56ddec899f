"""Entity tags (RFC 9110, section 8.8.3), each made of an entity's version.

A tag tells the representations of one resource apart. It need not tell resources apart, for no
address is ever used for another entity.
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

_TAGS = re.compile(TAG)
_LIST = compile_list(TAG)
_VERSION = re.compile("[1-9][0-9]{0,18}")

HEADER: dict[str, Any] = {
    "description": "The entity tag of the version that there is.",
    "required": True,
    "schema": {"type": "string"},
    "example": '"1"',
}
"""How the OpenAPI document tells of the header ETag of an answer."""


def entity_tag(version: int) -> str:
    """Return the strong tag of a version."""
    return f'"{version}"'


def parse_entity_tags(tags: str, *, weak_too: bool) -> Container[int]:
    """Return the versions that a list of tags, or ``*``, names; tags of another form name none.

    Weak comparison takes weak tags too, strong comparison does not (section 8.8.3.2). Raises
    ``ValueError`` for anything else.
    """
    if strip_blanks(tags) == "*":
        return EVERY_VERSION
    if not _LIST.fullmatch(tags):
        raise ValueError("not a list of entity tags")
    return {
        int(opaque)
        for weak, opaque in _TAGS.findall(tags)
        if (weak_too or not weak) and _VERSION.fullmatch(opaque)
    }
