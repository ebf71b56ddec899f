"""The settings for PostgreSQL: validation, and routing of reads to replicas."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.served import ask, fresh_postgres, invoke, serve

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test

WRONG_SETTINGS = [
    ("POOL_SIZE", "many"),
    ("POOL_SIZE", "0"),
    ("POOL_SIZE", "-1"),
    ("POOL_SIZE", "1.5"),
    ("POOL_SIZE", "1001"),
    *(
        (name, value)
        for name in ("POOL_TIMEOUT", "CONNECT_TIMEOUT", "STATEMENT_TIMEOUT", "IDLE_TIMEOUT")
        for value in ("soon", "0", "-1", "3601", "nan", "inf")
    ),
    ("PGBOUNCER", "maybe"),
]

WRONG_URLS = [
    "postgresql://",
    f"postgresql://me:{PASSWORD}@127.0.0.1:1",
    f"postgresql://me:{PASSWORD}@127.0.0.1:1/",
    f"postgresql://me:{PASSWORD}@127.0.0.1:port/heroes",
    f"postgresql://me:{PASSWORD}@127.0.0.1:99999999/heroes",
    f"postgresql://me:{PASSWORD}@127.0.0.1,localhost:port/heroes",
    f"postgresql://me:{PASSWORD}@[127.0.0.1:1/heroes",
    f"postgresql://me:{PASSWORD}@127.0.0.1:1/heroes?sslmode=perhaps",
    f"postgresql://me:{PASSWORD}@127.0.0.1:1/heroes?target_session_attrs=any-that-works",
    f"postgresql://me:{PASSWORD}@/heroes?host=127.0.0.1&port=http",
    f"postgresql://me:{PASSWORD}@127.0.0.1:1,localhost:2/heroes?port=1,2,3",
    f"postgresql+asyncpg://me:{PASSWORD}@127.0.0.1:1/heroes",
    f"postgresqlx://me:{PASSWORD}@127.0.0.1:1/heroes",
    f"POSTGRES//me:{PASSWORD}@127.0.0.1:1/heroes",
]


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.fixture
def other_url(postgres_url: str) -> Iterator[str]:
    """The URL of another empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS)
def test_an_invalid_setting_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    assert_refused(tmp_path, f"HEROES_{name} ", **{name.lower(): value})


@pytest.mark.parametrize("wrong", WRONG_URLS)
def test_an_invalid_database_url_is_refused_in_one_sentence(tmp_path: Path, wrong: str) -> None:
    assert_refused(tmp_path, "HEROES_DATABASE_URL ", database_url=wrong)


@pytest.mark.parametrize("wrong", [WRONG_URLS[1], WRONG_URLS[7], "sqlite:///heroes.db"])
def test_an_invalid_replica_url_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, wrong: str
) -> None:
    main = "postgresql://me@127.0.0.1:1/heroes"
    assert_refused(
        tmp_path, "HEROES_DATABASE_READ_URL ", database_url=main, database_read_url=wrong
    )


def test_replicas_of_a_sqlite_file_are_refused(tmp_path: Path) -> None:
    replica = f"postgresql://me:{PASSWORD}@127.0.0.1:1/heroes"

    assert_refused(tmp_path, "HEROES_DATABASE_READ_URL ", database_read_url=replica)


def test_reads_go_to_the_replica_and_writes_to_the_primary(
    tmp_path: Path, url: str, other_url: str
) -> None:
    add = "INSERT INTO hero (name, secret_name) VALUES ('Here', 'x')"
    invoke(tmp_path, "migrate", database_url=other_url)
    ask(other_url, add.replace("Here", "There"))

    with (
        serve(tmp_path / "served.db", database_url=url, database_read_url=other_url) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        made = client.post("/heroes/", json={"name": "Here", "secret_name": "x"}).json()
        changed = client.patch("/heroes/1", json={"age": 7}).json()
        read = client.get("/heroes/1").json()
        page = client.get("/heroes/").json()
        stored = ask(url, "SELECT name, age FROM hero")
        deleted = client.delete("/heroes/1")
        still = client.get("/heroes/1").json()

    there = {"name": "There", "secret_name": "x", "age": None, "id": 1}
    assert {"name": "Here", "secret_name": "x", "age": None, "id": 1} == made
    assert {**made, "age": 7} == changed
    assert [there, [there], there] == [read, page, still]
    assert [("Here", 7)] == stored
    assert 200 == deleted.status_code
    assert [] == ask(url, "SELECT * FROM hero")


def assert_refused(folder: Path, *words: str, **settings: str) -> None:
    ended = invoke(folder / "heroes.db", "migrate", **settings)

    assert isinstance(ended.exception, SystemExit), repr(ended.exception)
    assert (2, "") == (ended.exit_code, ended.stdout), ended.stderr
    assert ended.stderr.startswith("heroes: ")
    assert 1 == len(ended.stderr.splitlines())
    for word in words:
        assert word in ended.stderr
    assert PASSWORD not in ended.stderr
    assert [] == list(folder.iterdir())
