"""The sequence of the ids is past the ids of all rows after each start, and never goes back."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.integration.postgres.test_adoption import TABLE
from tests.support.served import ask, fresh_postgres, invoke

INSERT = "INSERT INTO hero (id, name, secret_name) VALUES ({}, 'N', 'S')"
NEXT = "INSERT INTO hero (name, secret_name) VALUES ('N', 'S') RETURNING id"


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of a database with the tutorial's table."""
    with fresh_postgres(postgres_url) as url:
        ask(url, TABLE)
        yield url


def test_rows_that_were_inserted_with_ids_are_passed_at_the_adoption(
    tmp_path: Path, url: str
) -> None:
    ask(url, INSERT.format(1), "ALTER TABLE hero ALTER id TYPE bigint", INSERT.format(2**40))

    migrated = invoke(tmp_path, "migrate", database_url=url)

    assert (0, "") == (migrated.exit_code, migrated.stderr)
    assert [(2**40 + 1,)] == ask(url, NEXT)


def test_rows_that_were_inserted_later_are_passed_at_the_next_start(
    tmp_path: Path, url: str
) -> None:
    invoke(tmp_path, "migrate", database_url=url)
    ask(url, INSERT.format(30))

    invoke(tmp_path, "migrate", database_url=url)
    ask(url, "DELETE FROM hero")
    invoke(tmp_path, "migrate", database_url=url)

    assert [(31,)] == ask(url, NEXT)


@pytest.mark.parametrize("highest", [-5, 3])
def test_a_sequence_that_is_past_all_ids_stays(tmp_path: Path, url: str, highest: int) -> None:
    ask(url, "SELECT setval('hero_id_seq', 40)", INSERT.format(highest))

    invoke(tmp_path, "migrate", database_url=url)

    assert [(41,)] == ask(url, NEXT)


def test_the_sequence_that_the_default_uses_is_advanced(tmp_path: Path, url: str) -> None:
    ask(url, "CREATE SEQUENCE other", "ALTER TABLE hero ALTER id SET DEFAULT nextval('other')")
    ask(url, INSERT.format(30))

    invoke(tmp_path, "migrate", database_url=url)

    assert [(31,)] == ask(url, NEXT)


def test_a_role_that_may_not_advance_it_starts_with_a_warning(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    invoke(tmp_path, "migrate", database_url=url)
    role = f"clerk{uuid.uuid4().hex}"
    ask(
        url,
        f"CREATE ROLE {role} LOGIN",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON SEQUENCE hero_id_seq TO {role}",
    )
    as_clerk = url.replace("//heroes@", f"//{role}@")

    up_to_date = invoke(tmp_path, "migrate", database_url=as_clerk)
    silent = caplog.text
    ask(url, INSERT.format(30))
    behind = invoke(tmp_path, "migrate", database_url=as_clerk)

    assert [0, 0] == [up_to_date.exit_code, behind.exit_code]
    assert "is behind the ids" not in silent
    assert "hero_id_seq is behind the ids of hero" in caplog.text
    ask(url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


async def test_a_lock_does_not_stop_the_start(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.to_thread(invoke, tmp_path, "migrate", database_url=url)
    ask(url, INSERT.format(30))
    other = await asyncpg.connect(url)
    try:
        async with other.transaction():
            await other.execute("UPDATE hero SET age = 1")
            migrated = await asyncio.to_thread(invoke, tmp_path, "migrate", database_url=url)
    finally:
        await other.close()

    assert 0 == migrated.exit_code
    assert "hero_id_seq is behind the ids of hero" in caplog.text
