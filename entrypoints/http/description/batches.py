"""The schemas of batches: descriptions, and examples made of those of the models in them.

Pydantic calls these functions with the schema of a generic model with its parameters.
"""

from typing import Any

from pydantic import BaseModel

from entrypoints.http.field_types import remove_defaults

Schema = dict[str, Any]


def describe_request(schema: Schema, model: type[BaseModel]) -> None:
    """Complete the schema of a ``BatchRequest`` of drafts and changes.

    Each of its lists may be omitted. Some generators of clients require one that has a default.
    """
    remove_defaults(schema)
    _add_description(schema, model)
    schema["minProperties"] = 1
    drafts, changes = map(_find_examples, _parameters(model))
    updates = [{"id": 1, "changes": each} for each in changes[:1]]
    # Tools send the first example, whatever is stored: so it contains nothing but new entities.
    schema["examples"] = [
        *([{"create": drafts}] if drafts else []),
        {**({"update": updates} if updates else {}), "delete": [{"id": 2}]},
    ]


def describe_update(schema: Schema, model: type[BaseModel]) -> None:
    """Complete the schema of a ``BatchUpdate``."""
    remove_defaults(schema)
    _add_description(schema, model)


def describe_done(schema: Schema, model: type[BaseModel]) -> None:
    """Complete the schema of a ``BatchDone`` of stored entities and changes."""
    _add_description(schema, model)
    stored, changes = map(_find_examples, _parameters(model))
    updated = [{**entity, **change} for entity, change in zip(stored, changes, strict=False)][:1]
    schema["examples"] = [
        *([{"created": stored, "updated": [], "deleted": []}] if stored else []),
        {"created": [], "updated": updated, "deleted": [2]},
    ]


def _parameters(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    parameters: tuple[type[BaseModel], ...] = model.__pydantic_generic_metadata__["args"]
    return parameters


def _add_description(schema: Schema, model: type[BaseModel]) -> None:
    """Add the first paragraph of the generic model's docstring, which pydantic leaves out."""
    origin = model.__pydantic_generic_metadata__["origin"] or model
    schema["description"] = (origin.__doc__ or "").partition("\n\n")[0]


def _find_examples(model: type[BaseModel]) -> list[Any]:
    """Return the examples of a model, or one made of those of its fields."""
    schema = model.model_json_schema()
    members = {
        name: field["examples"][0]
        for name, field in schema["properties"].items()
        if "examples" in field
    }
    examples: list[Any] = schema.get("examples", [members] if members else [])
    return examples
