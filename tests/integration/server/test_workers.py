"""Several processes on one PostgreSQL database behave like one."""

import asyncio
import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import assert_one_sentence
from tests.support.connection import Connection
from tests.support.racing import (
    HERO,
    assert_updates_of_different_fields_are_all_stored,
    connections,
)
from tests.support.served import COMMAND, LIMIT, Served, ask, environment, fresh_postgres, serve

pytestmark = pytest.mark.canary

WRITERS = 16
HEROES_EACH = 10
ROUNDS = 30
"""Number of races for one hero."""

TWO_WORKERS = ("--workers", "2")
CONNECTIONS = """SELECT current_setting('max_connections')::int,
    current_setting('superuser_reserved_connections')::int"""


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.fixture(scope="module", params=["one server of two workers", "two servers"])
def servers(
    request: pytest.FixtureRequest, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Served]]:
    """Two processes in total on one database."""
    directory = tmp_path_factory.mktemp("served")
    starts = [TWO_WORKERS] if request.param.startswith("one") else [(), ()]
    with fresh_postgres(postgres_url) as url, ExitStack() as running:
        yield [
            running.enter_context(
                serve(directory / f"{number}.db", *options, database_url=url, access_log="false")
            )
            for number, options in enumerate(starts)
        ]


async def test_concurrent_writes_all_succeed_and_none_is_lost(
    servers: Sequence[Served],
) -> None:
    async def write(connection: Connection, number: int) -> list[Any]:
        made = []
        for index in range(HEROES_EACH):
            hero = {"name": f"Hero {number}.{index}", "secret_name": "S", "age": index}
            status, response = await connection.request("POST", "/heroes/", {**hero, "age": None})
            assert (200, {**hero, "age": None, "id": response["id"]}) == (status, response)
            made.append({**hero, "id": response["id"]})
            path = f"/heroes/{response['id']}"
            assert (200, made[-1]) == await connection.request("PATCH", path, {"age": index})
        return made

    async with connections(servers, WRITERS) as clients:
        written = await asyncio.gather(*map(write, clients, range(WRITERS)))
        heroes = [hero for each in written for hero in each]
        read = [await clients[0].request("GET", f"/heroes/{hero['id']}") for hero in heroes]

    assert WRITERS * HEROES_EACH == len({hero["id"] for hero in heroes})
    assert [(200, hero) for hero in heroes] == read


async def test_concurrent_updates_of_different_fields_are_all_stored(
    servers: Sequence[Served],
) -> None:
    await assert_updates_of_different_fields_are_all_stored(servers, ROUNDS)


async def test_one_of_several_concurrent_deletes_gets_200(servers: Sequence[Served]) -> None:
    async with connections(servers, 4) as clients:
        for _ in range(ROUNDS):
            _, hero = await clients[0].request("POST", "/heroes/", HERO)
            path = f"/heroes/{hero['id']}"
            responses = await asyncio.gather(*(each.request("DELETE", path) for each in clients))

            assert [200, 404, 404, 404] == sorted(status for status, _ in responses)


async def test_one_of_several_concurrent_posts_with_a_key_is_executed(
    servers: Sequence[Served],
) -> None:
    async with connections(servers, 4) as clients:
        for number in range(ROUNDS):
            hero = {**HERO, "name": f"Once {number}"}
            posts = [
                each.request("POST", "/heroes/", hero, idempotency_key=f"{number}")
                for each in clients
            ]
            responses = await asyncio.gather(*posts)

            made = responses[0][1]["id"]
            assert [(200, {**hero, "id": made})] * 4 == responses
        assert [f"Once {number}" for number in range(ROUNDS)] == [
            hero["name"] for hero in await all_heroes(clients[0]) if hero["name"].startswith("Once")
        ]


def test_sigterm_stops_every_worker(tmp_path: Path, url: str) -> None:
    with serve(tmp_path / "served.db", *TWO_WORKERS, database_url=url) as served:
        served.wait_until_printed("Application startup complete.", 2)
        workers = workers_of(served)
        code = served.terminate()

    assert 0 == code
    assert 2 == len(workers)
    assert [] == [worker for worker in workers if worker.exists()]
    assert "Traceback" not in served.output()


def test_workers_end_and_release_the_address_when_their_parent_is_killed(
    tmp_path: Path, url: str
) -> None:
    with serve(tmp_path / "served.db", *TWO_WORKERS, database_url=url) as served:
        served.wait_until_printed("Application startup complete.", 2)
        workers = workers_of(served)
        served.process.kill()
        served.wait_until_printed("Finished server process", 2)
        served.kill()  # waits until no process has the output

    assert 2 == len(workers)
    assert [] == [worker for worker in workers if is_running(worker)]
    assert 2 == served.output().count("the parent process has ended; stopping")
    assert "Traceback" not in served.output()
    with socket.create_server(served.address):
        pass


def test_several_workers_on_sqlite_are_refused_in_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "serve", *TWO_WORKERS],
        env=environment(tmp_path / "heroes.db", port="0"),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert_one_sentence(ended, 2, "SQLite", "PostgreSQL")
    assert [] == list(tmp_path.iterdir())


def test_a_pool_larger_than_max_connections_logs_a_warning_with_the_numbers(
    tmp_path: Path, url: str
) -> None:
    ((most, reserved),) = ask(url, CONNECTIONS)

    with serve(
        tmp_path / "served.db", *TWO_WORKERS, database_url=url, pool_size=str(most)
    ) as served:
        served.terminate()

    (warning,) = (line for line in served.output().splitlines() if line.startswith("heroes: "))
    each = most + 2
    assert ["2", str(2 * each), str(each), str(most - reserved)] == re.findall(r"\d+", warning)


def test_a_pool_within_max_connections_logs_no_warning(servers: Sequence[Served]) -> None:
    assert "heroes: " not in "".join(served.output() for served in servers)


async def all_heroes(client: Connection) -> list[Any]:
    heroes: list[Any] = []
    while page := (await client.request("GET", f"/heroes/?offset={len(heroes)}"))[1]:
        heroes += page
    return heroes


def workers_of(served: Served) -> list[Path]:
    """Return the directories in /proc of the worker processes."""
    process = served.process.pid
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    folders = [Path("/proc") / child for child in children]
    return [each for each in folders if b"spawn_main" in (each / "cmdline").read_bytes()]


def is_running(process: Path) -> bool:
    """Return whether a process runs. One that has ended has no command line until it is reaped."""
    try:
        return bool((process / "cmdline").read_bytes())
    except OSError:
        return False
