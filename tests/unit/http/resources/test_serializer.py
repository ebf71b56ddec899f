"""Entities as JSON."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import to_json

from domain.damaged_text import DamagedText
from domain.entity import Entity
from entrypoints.http.resources.serializer import EntitySerializer


@dataclass(slots=True)
class Stone(Entity):
    id: int
    name: str
    weight: Any
    version: int = 1


@dataclass
class WithoutSlots(Entity):
    id: int
    name: str
    version: int = 1


class Heavier(Stone):
    pass


class StoneRead(BaseModel):
    name: str
    weight: int | None
    id: int
    etag: str = ""


class QuarriedRead(StoneRead):
    quarry: str | None = None


SERIALIZER = EntitySerializer(Stone, StoneRead)


@pytest.mark.parametrize(
    "value",
    ["ruby", "", "\x00", 'a"b\\c', "\u2028Zoë 🪨", 2**70, None, True, DamagedText(b"r\xffby")],
)
def test_a_stored_value_is_serialized_as_it_is_whatever_its_type(value: Any) -> None:
    stone = Stone(1, "ruby", value)

    assert {"name": "ruby", "weight": value, "id": 1} == json.loads(
        SERIALIZER.to_json_object(stone)
    )


@pytest.mark.parametrize("number", [0, 1, 100])
@pytest.mark.parametrize("kind", [list, tuple])
def test_an_array_has_the_object_of_each_entity(number: int, kind: Any) -> None:
    stones = [Stone(each, "ruby", each) for each in range(number)]

    objects = b",".join(map(SERIALIZER.to_json_object, stones))
    assert b"[" + objects + b"]" == SERIALIZER.to_json_array(kind(stones))


@pytest.mark.parametrize("included", [frozenset(), {"etag"}, {"quarry"}, {"etag", "quarry"}])
@pytest.mark.parametrize("kind", [list, tuple])
def test_objects_are_those_of_the_array(included: Any, kind: Any) -> None:
    stones = kind([Stone(1, "ruby", 5, version=7), Stone(2, "opal", None)])
    members = {"quarry": {1: "Agra", 2: None}}
    serializer = EntitySerializer(Stone, QuarriedRead, ["etag", "quarry"])

    objects = serializer.to_objects(stones, frozenset(included), members)
    shown = {"name": "ruby", "weight": 5, "id": 1, "etag": '"7"', "quarry": "Agra"}
    names = {"name", "weight", "id", *included}
    assert {name: value for name, value in shown.items() if name in names} == objects[0]
    assert to_json(objects) == serializer.to_json_array(stones, frozenset(included), members)


def test_an_entity_may_be_of_a_subclass_or_have_no_slots() -> None:
    without_slots = EntitySerializer(WithoutSlots, create_model())

    assert b'{"name":"ruby","weight":1,"id":2}' == SERIALIZER.to_json_object(Heavier(2, "ruby", 1))
    assert b'{"name":"ruby"}' == without_slots.to_json_object(WithoutSlots(2, "ruby"))


def create_model() -> type[BaseModel]:
    class NameRead(BaseModel):
        name: str
        etag: str = ""

    return NameRead


def test_a_model_with_a_member_that_nothing_provides_is_refused() -> None:
    with pytest.raises(TypeError, match=r"WithoutSlots has no field for StoneRead\.weight"):
        EntitySerializer(WithoutSlots, StoneRead)


def test_a_model_without_an_includable_member_is_refused() -> None:
    with pytest.raises(TypeError, match="StoneRead lacks the member quarry"):
        EntitySerializer(Stone, StoneRead, ["etag", "quarry"])
