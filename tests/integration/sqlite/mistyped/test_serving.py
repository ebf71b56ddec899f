"""Values outside the type of their column are served: shown, found, changed and deleted."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.hero import HeroChanges
from tests.integration.sqlite.mistyped.rows import (
    MISTYPED,
    SECRET,
    Mistyped,
    json_of,
    make_mistyped_database,
    statements,
)
from tests.integration.tutorial_database import connection_to, make_tutorial_database
from tests.support.databases import migrated_sqlite
from tests.support.served import Served, serve

SORTS = ("id", "-id", "name", "-name", "age", "-age", "-age,name", "name,-age")
WARNING = "of another type than their column"
STORED = (
    "SELECT typeof(name), hex(name), typeof(secret_name), hex(secret_name), typeof(age), hex(age) "
    "FROM hero WHERE id = ?"
)


@pytest.fixture(params=["fast", "plain"], scope="module")
def session(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, session: str) -> Iterator[httpx2.Client]:
    """A client of a server that the tests share, and only read from."""
    database = make_mistyped_database(tmp_path_factory.mktemp("shared") / "database.db")
    with (
        serve(database, session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        yield client


@pytest.fixture
def served(tmp_path: Path, session: str) -> Iterator[Served]:
    with serve(make_mistyped_database(tmp_path / "database.db"), session=session) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url) as client:
        yield client


def test_a_mistyped_row_is_read_by_the_documented_rule(reader: httpx2.Client) -> None:
    heroes = [reader.get(f"/heroes/{hero_id}") for hero_id in MISTYPED]

    assert [json_of(hero_id) for hero_id in MISTYPED] == [each.json() for each in heroes]


def test_a_list_shows_what_each_hero_shows(reader: httpx2.Client) -> None:
    page = reader.get("/heroes/").json()

    assert [json_of(hero_id) for hero_id in MISTYPED] == page[-len(MISTYPED) :]


@pytest.mark.parametrize("sort", SORTS)
def test_links_lead_over_mistyped_rows_in_the_order_of_the_list(
    reader: httpx2.Client, sort: str
) -> None:
    whole = reader.get("/heroes/", params={"sort": sort}).json()

    for limit in (1, 3):
        assert whole == walk(reader, sort, limit)


def test_ages_sort_as_they_are_shown(reader: httpx2.Client) -> None:
    ages = [hero["age"] for hero in reader.get("/heroes/", params={"sort": "-age"}).json()]

    assert ages == sorted(ages, key=lambda age: (age is None, -(age or 0)))


@pytest.mark.parametrize(
    ("filters", "is_match"),
    [
        ({"age__isnull": "true"}, lambda hero: hero["age"] is None),
        ({"age__isnull": "false"}, lambda hero: hero["age"] is not None),
        ({"age__gte": "0"}, lambda hero: hero["age"] is not None and hero["age"] >= 0),
        ({"age__lte": "40"}, lambda hero: hero["age"] is not None and hero["age"] <= 40),
        ({"age": "7"}, lambda hero: hero["age"] == 7),
        ({"name": "AB"}, lambda hero: hero["name"] == "AB"),
        ({"name": ""}, lambda hero: hero["name"] == ""),
        ({"name": "12"}, lambda hero: hero["name"] == "12"),
        ({"name__startswith": "A"}, lambda hero: hero["name"].startswith("A")),
        ({"name__startswith": ""}, lambda _: True),
        ({"name__contains": "B"}, lambda hero: "B" in hero["name"]),
        ({"name__contains": "e"}, lambda hero: "e" in hero["name"]),
    ],
)
@pytest.mark.parametrize("sort", ["id", "-age", "name"])
def test_filters_and_counts_agree_with_what_is_shown(
    reader: httpx2.Client, filters: dict[str, str], is_match: Any, sort: str
) -> None:
    whole = reader.get("/heroes/", params={"sort": sort}).json()

    found = reader.get(
        "/heroes/", params={**filters, "sort": sort}, headers={"Prefer": "count=exact"}
    )

    assert [hero for hero in whole if is_match(hero)] == found.json()
    assert str(len(found.json())) == found.headers["X-Total-Count"]
    assert found.json() == walk(reader, sort, 1, **filters)


def test_a_filter_compares_the_stored_name_not_the_replacement(reader: httpx2.Client) -> None:
    assert [] == reader.get("/heroes/", params={"name": "Ren\ufffde"}).json()
    assert [21, 22] == [
        hero["id"] for hero in reader.get("/heroes/", params={"name__startswith": "Ren"}).json()
    ]


@pytest.mark.parametrize(
    ("field", "value"), [("name", "New"), ("secret_name", "Newer"), ("age", 41)]
)
def test_an_update_changes_one_field_and_leaves_the_stored_values_of_the_others(
    served: Served, client: httpx2.Client, field: str, value: object
) -> None:
    before = {hero_id: stored(served.database, hero_id) for hero_id in MISTYPED}

    for hero_id in MISTYPED:
        changed = client.patch(f"/heroes/{hero_id}", json={field: value})
        assert {**json_of(hero_id), field: value} == changed.json()

    at = ("name", "secret_name", "age").index(field) * 2
    for hero_id, row in before.items():
        after = stored(served.database, hero_id)
        assert (*row[:at], *row[at + 2 :]) == (*after[:at], *after[at + 2 :])
        assert 200 == client.get(f"/heroes/{hero_id}").status_code


def test_all_fields_of_a_mistyped_row_can_be_corrected_one_after_the_other(
    client: httpx2.Client,
) -> None:
    for hero_id in MISTYPED:
        for changes in ({"name": "A"}, {"secret_name": "B"}, {"age": 1}, {"age": None}):
            client.patch(f"/heroes/{hero_id}", json=changes).raise_for_status()
        hero = client.get(f"/heroes/{hero_id}")

        assert {"name": "A", "secret_name": "B", "age": None, "id": hero_id} == hero.json()


async def test_a_unit_of_work_that_updates_a_mistyped_row_twice_stores_the_last_value(
    tmp_path: Path,
) -> None:
    path = make_mistyped_database(tmp_path / "database.db")
    database = migrated_sqlite(path)

    async with database.writing() as uow:
        for name in ("Fine", "Ren\ufffde"):
            hero = await uow.heroes.get(21)
            await uow.heroes.update(hero.apply(HeroChanges({"name": name})))
        await uow.commit()

    assert "Ren\ufffde".encode().hex().upper() == stored(path, 21)[1]
    database.dispose()


def test_mistyped_rows_can_be_deleted(client: httpx2.Client) -> None:
    for hero_id in MISTYPED:
        assert 200 == client.delete(f"/heroes/{hero_id}").status_code
        assert 404 == client.get(f"/heroes/{hero_id}").status_code


def test_the_log_warns_once_and_contains_no_stored_text(
    served: Served, client: httpx2.Client
) -> None:
    for sort in SORTS:
        client.get("/heroes/", params={"sort": sort})
    served.terminate()

    assert 1 == served.output().count(WARNING)
    assert SECRET not in served.output()
    assert "Traceback" not in served.output()


@pytest.mark.parametrize(
    ("hero_id", "sort"), [(21, "name"), (22, "-age"), (23, "name"), (24, "age"), (27, "-name")]
)
def test_a_row_that_is_inserted_while_the_service_runs_is_met_by_the_next_walk(
    tmp_path: Path, session: str, hero_id: int, sort: str
) -> None:
    database = make_tutorial_database(tmp_path / "database.db")

    with (
        serve(database, session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        client.get("/heroes/", params={"sort": sort})
        insert(database, {hero_id: MISTYPED[hero_id]})
        client.get("/heroes/", params={"sort": sort})
        pages = walk(client, sort, 1)
        whole = client.get("/heroes/", params={"sort": sort}).json()

    assert whole == pages
    assert json_of(hero_id) in whole


def test_a_clean_file_gets_no_warning(tmp_path: Path, session: str) -> None:
    database = make_tutorial_database(tmp_path / "database.db")

    with (
        serve(database, session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        for sort in SORTS:
            client.get("/heroes/", params={"sort": sort})

    assert WARNING not in served.output()


def test_a_version_that_is_no_integer_is_1_and_the_greatest_is_followed_by_1(
    client: httpx2.Client, served: Served
) -> None:
    with connection_to(served.database) as connection:
        connection.execute("UPDATE hero SET version = 'x' WHERE id = 1")
        connection.execute("UPDATE hero SET version = ? WHERE id = 2", [2**63 - 1])

    tags = [client.get(f"/heroes/{hero_id}").headers["ETag"] for hero_id in (1, 2)]
    changed = [client.patch(f"/heroes/{hero_id}", json={"age": 50}) for hero_id in (1, 2)]

    assert ['"1"', f'"{2**63 - 1}"'] == tags
    assert ['"2"', '"1"'] == [each.headers["ETag"] for each in changed]


def walk(client: httpx2.Client, sort: str, limit: int, **filters: str) -> list[dict[str, Any]]:
    """Return the heroes of all pages, found by ``Link``."""
    heroes: list[dict[str, Any]] = []
    page = client.get("/heroes/", params={**filters, "sort": sort, "limit": limit})
    for _ in itertools.count():
        assert 200 == page.status_code, page.text
        heroes += page.json()
        if "next" not in page.links:
            return heroes
        page = client.get(page.url.join(page.links["next"]["url"]))
    raise AssertionError


def stored(path: Path, hero_id: int) -> tuple[Any, ...]:
    """Return the storage class and the bytes of each value."""
    with connection_to(path) as connection:
        row: tuple[Any, ...] = connection.execute(STORED, [hero_id]).fetchone()
        return row


def insert(path: Path, rows: dict[int, Mistyped]) -> None:
    with connection_to(path) as connection:
        for statement in statements(rows):
            connection.execute(statement)
