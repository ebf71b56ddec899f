"""Nulls in the examples of schemas, which FastAPI removes from its document."""

from typing import Any

Document = dict[str, Any]


def restore_nulls(document: Document) -> Document:
    """Return the document in which the examples of schemas have all required members.

    One that an example lacks is null: FastAPI leaves nulls out wherever they are.
    """
    components = document.get("components", {})
    schemas = {
        name: _restore_in_schema(schema, document)
        for name, schema in components.get("schemas", {}).items()
    }
    return {**document, "components": {**components, "schemas": schemas}}


def _restore_in_schema(schema: Document, document: Document) -> Document:
    if "examples" not in schema:
        return schema
    return {**schema, "examples": [_restore(each, schema, document) for each in schema["examples"]]}


def _restore(example: Any, schema: Document, document: Document) -> Any:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(example, list):
        return [_restore(each, schema.get("items", {}), document) for each in example]
    if not isinstance(example, dict):
        return example
    properties = schema.get("properties", {})
    members = {
        name: _restore(value, properties.get(name, {}), document) for name, value in example.items()
    }
    required = [name for name in schema.get("required", []) if _is_nullable(properties[name])]
    return {**members, **{name: None for name in required if name not in members}}


def _is_nullable(schema: Document) -> bool:
    return any(part.get("type") == "null" for part in schema.get("anyOf", []))
