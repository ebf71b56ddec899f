"""The OpenAPI document, as FastAPI makes it but for its numbers."""

from typing import Any

from fastapi import FastAPI


class DocumentedApi(FastAPI):
    """An application whose document writes whole numbers as such.

    FastAPI reads bounds as floats; 2**63 would be written 9.223372036854776e+18, which read as a
    decimal is another number.
    """

    def openapi(self) -> dict[str, Any]:
        self.openapi_schema = _with_whole_numbers(super().openapi())
        return self.openapi_schema


def _with_whole_numbers(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _with_whole_numbers(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_whole_numbers(value) for value in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return node
