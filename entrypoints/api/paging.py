"""Which stretch of a list a client asks for."""

from typing import Annotated

from fastapi import Query

from domain.rules import COUNT_MAX

PAGE_MAX = 100
"""Most entities in one answer."""

Offset = Annotated[int, Query(ge=0, lt=COUNT_MAX + 1, description="How many to skip.")]
Limit = Annotated[int, Query(ge=0, le=PAGE_MAX, description="How many to return at most.")]
