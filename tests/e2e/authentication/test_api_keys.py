"""A service that needs API keys: which are accepted, and when one no longer is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from domain.api_key_format import digest_key, generate_key
from tests.integration.api_keys.commands import Keys
from tests.support.missing import NOWHERE
from tests.support.served import Served, fresh_postgres, serve
from tests.support.sql import execute

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
READ = ("--scope", "heroes:read")
WRITE = ("--scope", "heroes:write")


class Service:
    """A server and its keys. On PostgreSQL it asks about changes with each request."""

    def __init__(self, served: Served, keys: Keys) -> None:
        self.keys = keys
        self.served = served
        self._client = httpx2.Client(base_url=served.url, timeout=10)

    def send(self, method: str, path: str, key: str | None, **options: object) -> httpx2.Response:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return self._client.request(method, path, headers=headers, **options)  # type: ignore[arg-type]

    def read(self, key: str | None) -> httpx2.Response:
        return self.send("GET", "/heroes/", key)

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def service(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    url = new_database()
    settings = {"database_url": url, "auth": "api-key", "key_cache": "0"}
    with serve(path, session=session, **settings) as served:
        service = Service(served, Keys(path, database_url=url))
        yield service
        service.close()


def refusal(response: httpx2.Response) -> object:
    """Return what a client sees of a refusal, except what differs between any two responses."""
    varying = {"date", "x-request-id"}
    headers = {name: value for name, value in response.headers.items() if name not in varying}
    return response.status_code, headers, response.json()


def test_a_new_key_may_do_what_its_scopes_allow(service: Service) -> None:
    both, read, write = (service.keys.create(*scopes) for scopes in ((), READ, WRITE))

    assert 200 == service.send("POST", "/heroes/", both, json=HERO).status_code
    for key, statuses in ((both, (200, 200)), (read, (200, 403)), (write, (403, 200))):
        got = service.read(key)
        posted = service.send("POST", "/heroes/", key, json=HERO)
        assert statuses == (got.status_code, posted.status_code)


def test_all_other_keys_get_the_same_refusal(service: Service) -> None:
    revoked, expired, valid = (service.keys.create() for _ in range(3))
    ids = [key["id"] for key in service.keys.list()][-3:]
    service.keys.revoke(ids[0])
    execute(service.keys.url, f"UPDATE heroes_api_key SET expires = created WHERE id = {ids[1]}")  # noqa: S608
    wrong = [
        *(generate_key(), revoked, expired),
        *(valid[:-1], valid + "0", valid.lower(), valid.removeprefix("hrs_"), "hrs_", "x"),
    ]

    first = refusal(service.read(generate_key()))

    for key in wrong:
        assert first == refusal(service.read(key))
    refused = service.read(None)
    assert (401, "Bearer") == (refused.status_code, refused.headers["WWW-Authenticate"])
    assert 200 == service.read(valid).status_code


def test_a_revoked_key_is_refused_from_the_next_request_on(service: Service) -> None:
    revoked, other = service.keys.create(), service.keys.create()
    key_id = [key["id"] for key in service.keys.list()][-2]
    for key in (revoked, other):
        assert 200 == service.read(key).status_code

    service.keys.revoke(key_id)

    assert 401 == service.read(revoked).status_code
    assert 200 == service.read(other).status_code


def test_a_key_is_in_no_answer_and_in_no_log(service: Service) -> None:
    valid, read, unknown = service.keys.create(), service.keys.create(*READ), generate_key()
    answers = [
        service.send(method, path, key, content=content)
        for key in (valid, read, unknown, valid + "!", unknown[:-1])
        for method, path, content in (
            ("GET", "/heroes/", b""),
            ("GET", "/heroes/0", b""),
            ("GET", "/heroes/?limit=-1", b""),
            ("GET", f"{NOWHERE}?key={key}", b""),
            ("POST", "/heroes/", b"{"),
            ("POST", "/heroes/", b"x" * 70_000),
            ("PUT", "/heroes/", b""),
            ("OPTIONS", "/heroes/", b""),
        )
    ]
    assert {200, 204, 401, 403, 404, 405, 413, 422} == {each.status_code for each in answers}

    seen = "".join(f"{each.headers}{each.text}" for each in answers) + service.served.output()
    for key in (valid, read, unknown):
        for secret in (key, key[4:20], digest_key(key).hex()):
            assert secret not in seen


def test_two_workers_accept_and_refuse_keys(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url:
        settings = {"database_url": url, "auth": "api-key", "key_cache": "0.2"}
        with (
            serve(tmp_path / "heroes.db", "--workers", "2", **settings) as served,
            connecting_anew(served) as client,
        ):
            keys = Keys(tmp_path / "heroes.db", database_url=url)
            key, other, unknown = keys.create(), keys.create(), generate_key()
            assert {200} == {status(client, key) for _ in range(20)}
            assert {401} == {status(client, unknown) for _ in range(20)}
            assert [1, 2] == [each["id"] for each in keys.list()]

            keys.revoke(1)

            assert {200, 401} >= statuses_until_refused(client, key)
            assert {200} == {status(client, other) for _ in range(20)}


def connecting_anew(served: Served) -> httpx2.Client:
    """Return a client with a connection for each request, which either worker accepts."""
    no_tls = False  # loading unused certificates is slow
    headers = {"Connection": "close"}
    return httpx2.Client(base_url=served.url, headers=headers, timeout=10, verify=no_tls)


def status(client: httpx2.Client, key: str) -> int:
    return client.get("/heroes/", headers={"Authorization": f"Bearer {key}"}).status_code


def statuses_until_refused(client: httpx2.Client, key: str) -> set[int]:
    """Read until 20 requests in a row are refused, and return all statuses."""
    statuses = [status(client, key)]
    while statuses[-20:] != [401] * 20:
        assert len(statuses) < 5_000
        statuses.append(status(client, key))
    return set(statuses)
