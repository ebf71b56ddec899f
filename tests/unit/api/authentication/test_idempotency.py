"""Idempotency keys, stored responses and scans belong to the principal."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from domain.hero import Hero
from domain.principal import Principal
from entrypoints.api.app import build_app
from service_layer.retention import Retention
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase, FakeReadOnlyUnitOfWork

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
OTHER = {"name": "Spider-Boy", "secret_name": "Pedro Parqueador"}
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"

SCOPES = frozenset({"heroes:read", "heroes:write"})


async def post(
    app: FastAPI,
    credential: str | None,
    key: str = KEY,
    hero: Any = HERO,
    address: str = "192.0.2.1",
) -> httpx2.Response:
    headers = {"Idempotency-Key": key} | (bearing(credential) if credential else {})
    transport = httpx2.ASGITransport(app, client=(address, 1234))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        return await client.post("/heroes/", json=hero, headers=headers)


async def test_a_key_of_another_principal_neither_replays_nor_conflicts() -> None:
    database = FakeDatabase()
    app = build_app(database, authenticator=FakeAuthenticator())

    first = [await post(app, "alice"), await post(app, "bob", hero=OTHER)]
    again = [await post(app, "alice"), await post(app, "bob", hero=OTHER)]
    reused = await post(app, "alice", hero=OTHER)

    assert [1, 2] == [response.json()["id"] for response in first]
    assert [response.content for response in first] == [response.content for response in again]
    assert all("idempotency-replayed" not in response.headers for response in first)
    assert ["true"] * 2 == [response.headers["idempotency-replayed"] for response in again]
    assert 422 == reused.status_code
    assert [1, 2] == list(database.committed.tables[Hero].rows)


async def test_a_key_from_before_authentication_belongs_to_nobody() -> None:
    database = FakeDatabase()
    await post(build_app(database), None)

    response = await post(build_app(database, authenticator=FakeAuthenticator()), "alice")

    assert 2 == response.json()["id"]


@pytest.mark.parametrize(
    "ids", [("a", "a\nb"), ("a", "a\n"), ("a\nk", "a"), ("", "\n"), ("key:1", "key:11")]
)
async def test_no_id_makes_the_keys_of_two_principals_equal(ids: tuple[str, str]) -> None:
    database = FakeDatabase()
    known = {str(number): Principal(id_, SCOPES) for number, id_ in enumerate(ids)}
    app = build_app(database, authenticator=FakeAuthenticator(known))

    for credential in known:
        for key in ("k", "1", "11", "1k", "b k"):
            replayed = await post(app, credential, f'"{key}"')
            assert "idempotency-replayed" not in replayed.headers

    assert 10 == len(database.committed.responses)


async def test_stored_responses_are_counted_by_principal_whatever_its_address() -> None:
    app = build_app(
        FakeDatabase(), authenticator=FakeAuthenticator(), retention=Retention(limit_per_client=1)
    )

    first = await post(app, "alice", "1", address="192.0.2.1")
    same_principal = await post(app, "alice", "2", address="192.0.2.2")
    same_address = await post(app, "bob", "3", address="192.0.2.1")

    assert [200, 429, 200] == [
        response.status_code for response in (first, same_principal, same_address)
    ]


async def test_scans_take_turns_by_principal() -> None:
    class Recording(FakeDatabase):
        clients: tuple[str, ...] = ()

        def reading(self, client: str = "") -> FakeReadOnlyUnitOfWork:
            self.clients += (client,)
            return super().reading(client)

    database = Recording()
    authenticated = build_app(database, authenticator=FakeAuthenticator())
    for app, headers in [(authenticated, bearing("alice")), (build_app(database), {})]:
        transport = httpx2.ASGITransport(app, client=("192.0.2.1", 1234))
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            await client.get("/heroes/", headers=headers)

    assert ("principal key:1", "192.0.2.1") == database.clients
