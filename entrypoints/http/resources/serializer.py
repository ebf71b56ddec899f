"""Entities as JSON, serialized by pydantic-core without a dict for each.

The time for a page of 100 in microseconds, in Python 3.11::

    to_json([{"name": entity.name, ...} for entity in page])    36
    EntitySerializer.to_json_array(page)                        24
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import SchemaSerializer, core_schema

from domain.entity import Entity
from entrypoints.http.entity_tags import entity_tag
from entrypoints.http.listing.include import ETAG

E = TypeVar("E", bound=Entity)

Members = Mapping[str, Mapping[int, Any]]
"""Further members of entities: for each name the JSON value by the id of the entity."""

NO_MEMBERS: Members = {}


class EntitySerializer(Generic[E]):
    """Serializes the fields of an entity that are members of its model, in the model's order.

    The other members of the model are ``includable``: those that a response has on request. Values
    are not validated: a stored one may break today's rules, or not have the type of its field
    (record 10). Raises ``TypeError`` if the model has a member that nothing provides.
    """

    def __init__(self, entity: type[E], model: type[BaseModel], includable: Sequence[str]) -> None:
        names = _names_of_fields(entity, model, includable)
        one = core_schema.dataclass_schema(
            entity,
            core_schema.dataclass_args_schema(
                entity.__name__,
                [core_schema.dataclass_field(name, core_schema.any_schema()) for name in names],
            ),
            names,
            slots="__slots__" in vars(entity),
        )
        self._includable = [name for name in model.model_fields if name in includable]
        self._one = SchemaSerializer(one)
        self._many = SchemaSerializer(core_schema.list_schema(one))

    def to_json_object(self, entity: E) -> bytes:
        """Return the entity, without includable members."""
        return self._one.to_json(entity)

    def to_json_array(self, entities: Sequence[E]) -> bytes:
        """Return the entities, without includable members."""
        # Of another sequence pydantic-core would serialize all fields of the entities.
        return self._many.to_json(entities if type(entities) is list else list(entities))

    def to_objects(
        self, entities: Sequence[E], included: frozenset[str], members: Members = NO_MEMBERS
    ) -> list[dict[str, Any]]:
        """Return what ``to_json`` serializes, with the included members."""
        objects: list[dict[str, Any]] = self._many.to_python(list(entities))
        for name in self._includable:
            if name in included:
                values = _entity_tags(entities) if name == ETAG else members[name]
                for entity, each in zip(entities, objects, strict=True):
                    each[name] = values[entity.id]
        return objects


def _names_of_fields(
    entity: type[Any], model: type[BaseModel], includable: Sequence[str]
) -> list[str]:
    known = {field.name for field in fields(entity)}
    names = [name for name in model.model_fields if name not in includable]
    if unknown := [name for name in names if name not in known]:
        raise TypeError(f"{entity.__name__} has no field for {model.__name__}.{unknown[0]}")
    if missing := [name for name in includable if name not in model.model_fields]:
        raise TypeError(f"{model.__name__} lacks the member {missing[0]}")
    return names


def _entity_tags(entities: Sequence[Entity]) -> Mapping[int, str]:
    return {entity.id: entity_tag(entity.version) for entity in entities}
