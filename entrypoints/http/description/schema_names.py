"""The names of schemas: that of a generic model with its parameters is its title.

Pydantic names it after all of them, such as ``BatchRequest_TeamCreate_TeamUpdate_``. Its title is
what ``model_parametrized_name`` returns.
"""

import re
from collections.abc import Mapping
from typing import Any

from fastapi.openapi.constants import REF_TEMPLATE

Document = dict[str, Any]

NAME = re.compile(r"[A-Za-z0-9._-]+")
"""The name of a component (OpenAPI 3.1, section 4.8.7). A title by pydantic has brackets."""


def rename_generic_schemas(document: Document) -> Document:
    """Return the document with each schema of a generic model under its title."""
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    names = {
        name: schema["title"] for name, schema in schemas.items() if _is_generic(name, schemas)
    }
    renamed = {names.get(name, name): schema for name, schema in schemas.items()}
    references = {_refer_to(name): _refer_to(title) for name, title in names.items()}
    changed: Document = _replace_references(
        {**document, "components": {**components, "schemas": renamed}}, references
    )
    return changed


def _is_generic(name: str, schemas: Document) -> bool:
    title = schemas[name].get("title", name)
    return name.endswith("_") and title not in schemas and bool(NAME.fullmatch(title))


def _refer_to(name: str) -> str:
    return REF_TEMPLATE.format(model=name)


def _replace_references(node: Any, references: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: references.get(value, value)
            if key == "$ref" and isinstance(value, str)
            else _replace_references(value, references)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_replace_references(each, references) for each in node]
    return node
