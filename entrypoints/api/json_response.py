"""The one way a body becomes JSON: straight to bytes."""

from typing import Any

from pydantic_core import to_json
from starlette.responses import Response


class JsonResponse(Response):
    """A response whose content is made of dicts, lists, strings, numbers, booleans and None."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content)
