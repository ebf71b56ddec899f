"""With replicas, keys are read from the primary: a replica may lag behind a revocation."""

import asyncio
from pathlib import Path

import pytest

from adapters.database import open_database, open_plain_database
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from tests.integration.api_keys.commands import Keys
from tests.support.served import fresh_postgres, invoke


@pytest.mark.parametrize("opening", [open_database, open_plain_database])
async def test_keys_are_read_from_the_primary(
    tmp_path: Path, postgres_url: str, opening: object
) -> None:
    assert callable(opening)
    with fresh_postgres(postgres_url) as url, fresh_postgres(postgres_url) as replica:
        for each in (url, replica):
            await asyncio.to_thread(invoke, tmp_path, "migrate", database_url=each)
        keys = Keys(tmp_path / "heroes.db", database_url=url)
        key = await asyncio.to_thread(keys.create)
        database = opening(url, read_url=replica)

        assert await ApiKeyAuthenticator(database, SCOPES).authenticate(key) is not None
        async with database.reading() as uow:
            assert [] == await uow.api_keys.all()

        await database.aclose()


def test_the_list_is_that_of_the_primary(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url, fresh_postgres(postgres_url) as replica:
        for each in (url, replica):
            invoke(tmp_path, "migrate", database_url=each)
        keys = Keys(tmp_path / "heroes.db", database_url=url, database_read_url=replica)
        keys.create()

        assert [1] == [key["id"] for key in keys.list()]
