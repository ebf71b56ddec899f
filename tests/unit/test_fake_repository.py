"""The repository in memory refuses what the foreign keys of a database refuse."""

from dataclasses import dataclass, field

import pytest

from domain.entity import Entity, entity
from domain.errors import NotFound
from domain.query import Query
from service_layer.errors import StoreConflict
from tests.fakes.repository import FakeRepository, FakeTables, ForeignKey


@dataclass
class State:
    tables: FakeTables = field(default_factory=FakeTables)


@dataclass
class HarbourDraft:
    name: str


@entity
class Harbour(Entity):
    id: int
    name: str
    version: int


@dataclass
class ShipDraft:
    harbour_id: int | None


@entity
class Ship(Entity):
    id: int
    harbour_id: int | None
    version: int


Harbours = FakeRepository[Harbour, HarbourDraft, Query]
Ships = FakeRepository[Ship, ShipDraft, Query]


@pytest.fixture
def repositories() -> tuple[Harbours, Ships]:
    state, keys = State(), [ForeignKey(Ship, "harbour_id", Harbour)]

    async def find_state() -> State:
        return state

    return Harbours(find_state, Harbour, NotFound, keys), Ships(find_state, Ship, NotFound, keys)


async def test_a_reference_to_an_entity_that_does_not_exist_is_a_conflict(
    repositories: tuple[Harbours, Ships],
) -> None:
    harbours, ships = repositories
    harbour = await harbours.add(HarbourDraft("Pharos"))
    ship = await ships.add(ShipDraft(harbour.id))

    with pytest.raises(StoreConflict):
        await ships.add(ShipDraft(harbour.id + 1))
    with pytest.raises(StoreConflict):
        await ships.update(Ship(ship.id, harbour.id + 1, version=2))
    assert ship == await ships.get(ship.id)


async def test_an_entity_to_which_another_refers_is_not_removed(
    repositories: tuple[Harbours, Ships],
) -> None:
    harbours, ships = repositories
    harbour = await harbours.add(HarbourDraft("Pharos"))
    ship = await ships.add(ShipDraft(harbour.id))

    with pytest.raises(StoreConflict):
        await harbours.remove(harbour.id)
    await ships.update(Ship(ship.id, None, version=2))
    await harbours.remove(harbour.id)
    assert {} == await harbours.find([harbour.id])
