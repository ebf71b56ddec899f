"""A real issuer of tokens beside the service: it rotates its keys, and is unreachable at times."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests.deployment.issuer import Issuer, running_issuer
from tests.faults.polling import seconds_until
from tests.support.forged_tokens import forged_tokens
from tests.support.served import LIMIT, Served, serve
from tests.support.tokens import AUDIENCE, ISSUER

MIN_INTERVAL = 5
READ = "heroes:read"
WRITE = "heroes:write"
FORGED = 300
SEED = 1

Running = tuple[Issuer, Served, httpx2.Client]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture(scope="module")
def issuer(directory: Path) -> Iterator[Issuer]:
    """An issuer whose certificate the service trusts."""
    with running_issuer(directory) as (issuer, certificate), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        yield issuer


def settings(issuer: Issuer) -> dict[str, str]:
    return {
        "auth": "jwt",
        "jwt_issuer": ISSUER,
        "jwt_audience": AUDIENCE,
        "jwt_jwks_url": issuer.url,
    }


@pytest.fixture(scope="module")
def running(issuer: Issuer, directory: Path) -> Iterator[Running]:
    """The service, which knows the keys before it is asked the first time."""
    with (
        serve(directory / "heroes.db", **settings(issuer)) as served,
        httpx2.Client(base_url=served.url, timeout=LIMIT) as client,
    ):
        assert 200 == get(client, issuer.token(scope=READ)).status_code
        yield issuer, served, client


def get(client: httpx2.Client, token: str) -> httpx2.Response:
    return client.get("/heroes/", headers={"Authorization": f"Bearer {token}"})


async def until_accepted(client: httpx2.Client, token: str) -> float:
    async def is_accepted() -> bool:
        response = await asyncio.to_thread(get, client, token)
        assert response.status_code in {200, 401}
        return response.status_code == 200

    return await seconds_until(is_accepted)


def test_scopes_decide_what_a_token_may_do(running: Running) -> None:
    issuer, _, client = running
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}

    def post(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/heroes/", json=hero, headers=headers).status_code

    assert 403 == post(issuer.token(scope=READ))
    assert 200 == post(issuer.token(scope=None, scp=[WRITE]))
    assert 403 == get(client, issuer.token(scope=WRITE)).status_code


async def test_rotated_keys_are_found_and_those_of_an_unreachable_issuer_are_kept(
    running: Running,
) -> None:
    issuer, _, client = running
    of_first = issuer.token(scope=READ)
    assert 200 == get(client, of_first).status_code

    issuer.rotate("second", "ES256")
    of_second = issuer.token(scope=READ)
    assert await until_accepted(client, of_second) < 2 * MIN_INTERVAL
    assert 200 == get(client, of_first).status_code

    issuer.withdraw()
    issuer.leave()
    new_ones = [issuer.token(scope=READ, sub=f"user{each}") for each in range(20)]
    assert {200} == {get(client, token).status_code for token in [of_first, of_second, *new_ones]}
    issuer.rotate("third", "PS256")
    of_third = issuer.token(scope=READ)
    assert 401 == get(client, of_third).status_code

    issuer.return_()
    assert await until_accepted(client, of_third) < 3 * MIN_INTERVAL
    assert 401 == get(client, of_first).status_code
    assert 200 == get(client, of_second).status_code


async def test_if_the_issuer_is_unreachable_at_the_start_tokens_get_503_until_it_is_back(
    issuer: Issuer, tmp_path: Path
) -> None:
    token = issuer.token(scope=READ)
    issuer.leave()
    with (
        serve(tmp_path / "heroes.db", **settings(issuer)) as served,
        httpx2.Client(base_url=served.url, timeout=LIMIT) as client,
    ):
        refused = get(client, token)
        assert (503, "application/problem+json") == (
            refused.status_code,
            refused.headers["content-type"],
        )
        assert "1" == refused.headers["retry-after"]
        assert 401 == get(client, "no token").status_code
        assert 401 == client.get("/heroes/").status_code
        issuer.return_()

        async def is_served() -> bool:
            return (await asyncio.to_thread(get, client, token)).status_code == 200

        assert await seconds_until(is_served) < 3 * MIN_INTERVAL
        assert issuer.url in served.output()
        assert token not in served.output()


def test_forged_tokens_are_refused_and_the_issuer_is_hardly_asked(running: Running) -> None:
    issuer, served, client = running
    before, started = issuer.requests, time.monotonic()
    sent = 0

    for attack, token in forged_tokens(FORGED, SEED, issuer.keys):
        headers = {b"Authorization": f"Bearer {token}".encode("latin-1")}
        with suppress(httpx2.LocalProtocolError):  # no client can send each of them
            status = client.get("/heroes/", headers=headers).status_code
            assert status in {400, 401, 431}, (attack, token)
            sent += 1

    assert sent > FORGED * 0.9
    assert issuer.requests - before <= 1 + (time.monotonic() - started) / MIN_INTERVAL
    assert 200 == get(client, issuer.token(scope=READ)).status_code
    assert "Bearer" not in served.output()
