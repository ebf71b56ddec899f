"""A service that accepts API keys and tokens."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from domain.api_key_format import digest_key, generate_key
from tests.integration.api_keys.commands import Keys
from tests.integration.processes import assert_one_sentence, run
from tests.support.missing import NOWHERE
from tests.support.served import Served, serve
from tests.support.tokens import AUDIENCE, ISSUER, jwk_set, signing_key

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
BOTH = "heroes:read heroes:write"
ISSUERS = signing_key("first", "ES256")
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what a test is about


def settings(folder: Path) -> dict[str, str]:
    file = folder / "keys.json"
    file.write_bytes(jwk_set(ISSUERS))
    return {
        "auth": "api-key,jwt",
        "jwt_issuer": ISSUER,
        "jwt_audience": AUDIENCE,
        "jwt_jwks_file": str(file),
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("both")
    with serve(folder / "heroes.db", **settings(folder)) as served:
        yield served


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    return Keys(served.database).create()


@pytest.fixture
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url, timeout=10) as client:
        yield client


def bearing(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def test_a_key_and_a_token_are_accepted_and_nothing_between_them(
    client: httpx2.Client, key: str
) -> None:
    token = ISSUERS.token(scope=BOTH)
    invalid = [
        generate_key(),
        f"hrs_{token}",
        token[:-1],
        key.removeprefix("hrs_"),
        "hrs_",
        "x.y.z",
    ]

    accepted = [client.get("/heroes/", headers=bearing(each)) for each in (key, token)]
    refused = [client.get("/heroes/", headers=bearing(each)) for each in invalid]

    assert [200, 200] == [response.status_code for response in accepted]
    assert {401} == {response.status_code for response in refused}
    assert 1 == len({response.text for response in refused})


def test_an_idempotency_key_belongs_to_the_key_or_to_the_subject(
    client: httpx2.Client, key: str
) -> None:
    def post(credential: str) -> tuple[int, bool]:
        headers = {"Idempotency-Key": "same", **bearing(credential)}
        response = client.post("/heroes/", json=HERO, headers=headers)
        return response.json()["id"], "idempotency-replayed" in response.headers

    alice, bob = (ISSUERS.token(scope=BOTH, sub=subject) for subject in ("alice", "bob"))
    made = [post(credential) for credential in (key, alice, bob)]
    again = [post(credential) for credential in (key, ISSUERS.token(scope=BOTH, sub="alice"), bob)]

    assert [False] * 3 == [is_replayed for _, is_replayed in made]
    assert [(id_, True) for id_, _ in made] == again
    assert 3 == len(set(made))


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_document_needs_no_credential_and_describes_the_scopes(
    client: httpx2.Client, path: str
) -> None:
    assert 200 == client.get(path).status_code
    document = client.get("/openapi.json").json()
    operations = document["paths"]["/heroes/"]
    assert [{"bearer": ["heroes:read"]}] == operations["get"]["security"]
    assert [{"bearer": ["heroes:write"]}] == operations["post"]["security"]


def test_options_needs_no_credential(client: httpx2.Client) -> None:
    assert 204 == client.options("/heroes/").status_code


def test_no_credential_is_in_a_log_or_in_the_database(
    served: Served, client: httpx2.Client, key: str
) -> None:
    token = ISSUERS.token(scope=BOTH)
    forged = token[:-5] + "AAAAA"
    for credential in (key, token, forged, generate_key()):
        for method, path in [("GET", "/heroes/"), ("POST", "/heroes/"), ("PUT", NOWHERE)]:
            client.request(method, path, headers=bearing(credential), content=b"{")

    stored = b"".join(file.read_bytes() for file in served.database.parent.glob("heroes.db*"))
    logged = served.output().encode()
    for credential in (key, token, forged):
        assert credential.encode() not in stored + logged
    assert digest_key(key) in stored
    assert digest_key(key).hex().encode() not in logged


def test_the_service_may_listen_on_every_address(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db", host=EVERY_ADDRESS, **settings(tmp_path)) as served:
        url = f"http://127.0.0.1:{served.address[1]}/heroes/"
        assert 401 == httpx2.get(url).status_code
    assert "HEROES_AUTH" not in served.output()


def test_tokens_without_their_settings_are_refused_at_the_start(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", auth="api-key,jwt", port="0")

    assert_one_sentence(ended, 2, "HEROES_JWT_ISSUER")
    assert [] == list(tmp_path.iterdir())
