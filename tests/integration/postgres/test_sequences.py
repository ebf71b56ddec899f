"""The sequence of the ids is past the ids of all rows after each start, and never goes back."""

from collections.abc import Iterator
from pathlib import Path

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
