"""No path writes a secret into a log, an answer or the database: canaries in each of them.

The secrets are the text of keys and tokens, their digests, and the secret name of a hero. Only the
answer that returns a hero contains its secret name, and only the database stores it, and the
digests of keys as BLOBs.
"""

import asyncio
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from traceback import format_exception
from typing import NamedTuple

import httpx2
import pytest
from fastapi import Request
from starlette.types import Receive, Scope, Send

from adapters.sql.tables import metadata
from domain.api_key_format import generate_key
from entrypoints.api.app import build_app
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from tests.e2e.edge.responses import talk
from tests.e2e.raw_http import posted, request
from tests.integration.api_keys.commands import KEY, Keys, open_beside
from tests.integration.processes import run
from tests.integration.tutorial_database import locked
from tests.support.log_lines import parse_requests
from tests.support.missing import NOWHERE
from tests.support.served import Served, invoke, serve
from tests.support.sql import execute
from tests.support.tokens import AUDIENCE, ISSUER, SigningKey, encode, jwk_set, signing_key

CANARY = "canary7d0f3b9a41c85e26"
HERO = {"name": "Deadpond", "secret_name": CANARY}
BOTH = "heroes:read heroes:write"
READ = ("--scope", "heroes:read")
ISSUERS = signing_key("first", "ES256")
LONG_AGO = 1_000_000_000
RATE = 150
"""Requests in a day: more than a credential sends here before it is meant to get 429."""

REQUESTS: Sequence[tuple[str, str, dict[str, str], bytes]] = (
    ("GET", "/heroes/", {}, b""),
    ("GET", "/heroes/1", {"If-None-Match": CANARY}, b""),
    ("GET", "/heroes/0", {}, b""),
    ("GET", "/heroes/?limit=-1&secret_name=" + CANARY, {}, b""),
    ("PUT", "/heroes/", {}, b""),
    ("OPTIONS", "/heroes/", {}, b""),
    ("POST", "/heroes/", {"Idempotency-Key": "one"}, json.dumps(HERO).encode()),
    ("POST", "/heroes/", {"Idempotency-Key": "two"}, json.dumps(HERO).encode()),
    ("POST", "/heroes/", {"Idempotency-Key": "one"}, json.dumps({**HERO, "age": 1}).encode()),
    ("PATCH", "/heroes/1", {"If-Match": '"9"'}, json.dumps(HERO).encode()),
    ("POST", "/heroes/", {}, b'{"secret_name": "%b"' % CANARY.encode()),
    ("POST", "/heroes/", {}, json.dumps({**HERO, "age": CANARY}).encode()),
    ("POST", "/heroes/", {}, CANARY.encode() * 4_000),
    ("GET", "/heroes/", {"X-Filler": CANARY * 3_500}, b""),
)


class Answer(NamedTuple):
    """What a client sees. ``is_hero`` tells whether it may see a secret name."""

    status: int
    text: str
    is_hero: bool


class Credentials(NamedTuple):
    """Accepted ones, one that may only read, and refused ones."""

    accepted: Sequence[str]
    reader: str
    refused: Sequence[str]

    @property
    def all(self) -> Sequence[str]:
        return (*self.accepted, self.reader, *self.refused)


def settings(folder: Path) -> dict[str, str]:
    file = folder / "keys.json"
    file.write_bytes(jwk_set(ISSUERS))
    return {
        "auth": "api-key,jwt",
        "jwt_issuer": ISSUER,
        "jwt_audience": AUDIENCE,
        "jwt_jwks_file": str(file),
        "key_cache": "0",
        "log_level": "debug",
        "log_format": "json",
        "lock_timeout": "0.1",
    }


def make_credentials(keys: Keys) -> Credentials:
    valid, reader, revoked, expired = (keys.create(*each) for each in ((), READ, (), ()))
    ids = [each["id"] for each in keys.list()]
    keys.revoke(ids[2])
    execute(keys.url, f"UPDATE heroes_api_key SET expires = created WHERE id = {ids[3]}")  # noqa: S608
    unknown = generate_key()
    token = ISSUERS.token(scope=BOTH)
    malformed = [valid[:-1], valid + "!", valid.removeprefix("hrs_"), token[:-5] + "AAAAA", "a.b"]
    forged = SigningKey(ISSUERS.id, "ES256").token(scope=BOTH)
    old = ISSUERS.token(scope=BOTH, exp=LONG_AGO)
    return Credentials((valid, token), reader, (unknown, revoked, expired, forged, old, *malformed))


def fragments(credential: str) -> Iterator[str]:
    """Yield texts that reveal a credential: itself, its secret part, and its digest."""
    yield credential
    yield credential.removeprefix("hrs_")[:32]
    yield credential[-32:]
    digest = sha256(credential.encode()).digest()
    yield digest.hex()
    yield b64encode(digest).decode().rstrip("=")
    yield urlsafe_b64encode(digest).decode().rstrip("=")
    yield repr(digest)[2:-1]


def assert_silent(seen: str, credentials: Iterable[str], *others: str) -> None:
    secrets = {part for each in credentials if len(each) > 3 for part in fragments(each)}
    for secret in (*secrets, *others):
        assert secret not in seen


def send(client: httpx2.Client, credential: str) -> list[Answer]:
    """Send every request with the credential, also where none belongs."""
    answers = []
    for method, path, headers, content in REQUESTS:
        more = {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"}
        got = client.request(method, path, headers=more | headers, content=content)
        answers.append(to_answer(got))
    for scheme in ("bearer", "Basic", "Key", f"Bearer {credential}"):
        headers = {"Authorization": f"{scheme} {credential}", "Cookie": f"key={credential}"}
        answers.append(to_answer(client.get(f"{NOWHERE}?key={credential}", headers=headers)))
    return answers


def to_answer(response: httpx2.Response) -> Answer:
    is_hero = response.status_code == 200
    return Answer(response.status_code, f"{response.headers}{response.text}", is_hero)


def violate_protocol(served: Served, credential: str) -> list[Answer]:
    """Send what is no HTTP, with the credential in each place."""
    secret = credential.encode()
    bearer = b"Authorization: Bearer " + secret
    sent = [
        secret + b"\r\n\r\n",
        request(b"/heroes/", bearer).replace(b"HTTP/1.1", b"HTTP/9.9"),
        request(b"/heroes/", bearer, host=b"Host: [" + secret),
        request(b"/heroes/", bearer, method=b"BREW"),
        request(b"/heroes/", b"Authorization Bearer " + secret),
        request(b"/heroes/", b"Authorization: Bearer \0" + secret),
        request(b"/heroes/", bearer, bearer, b"Connection: close"),
        request(b"/heroes/", bearer, b"Connection: close", host=b"Host: " + secret + b".example"),
        posted(b"x", bearer, b"Transfer-Encoding: " + secret),
        request(b"/heroes/", bearer, b"Transfer-Encoding: chunked", method=b"POST", body=secret),
    ]
    answers = [each for data in sent for each in talk(served.address, data, ended=True)]
    return [
        Answer(each.status, f"{each.headers}{each.body!r}", each.status == 200) for each in answers
    ]


def stored(url: str) -> bytes:
    """Return the bytes of the files of a database, or all rows of one on a server as text."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    tables = execute(
        url, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
    )
    no_hex = "SET bytea_output = 'escape'"  # digests are stored, but not as text
    rows = [execute(url, no_hex, f"SELECT t::text FROM {name} AS t") for (name,) in tables]  # noqa: S608
    return repr(rows).encode()


class Service(NamedTuple):
    """A server, the URL of its database, and credentials."""

    served: Served
    url: str
    credentials: Credentials


@pytest.fixture(scope="module")
def service(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    path = tmp_path_factory.mktemp("canaries") / "heroes.db"
    url = new_database()
    chosen = settings(path.parent) | {"rate_limit": f"{RATE}/day"}
    with serve(path, database_url=url, session=session, **chosen) as served:
        yield Service(served, url, make_credentials(Keys(path, database_url=url)))


def test_no_answer_no_log_and_no_table_contains_a_secret(service: Service) -> None:
    served, url, credentials = service
    execute(url, "CREATE UNIQUE INDEX one_of_a_name ON hero (name)")
    with httpx2.Client(base_url=served.url, timeout=20) as client:
        answers = [each for one in credentials.all for each in send(client, one)]
        answers += [each for one in credentials.all[:4] for each in violate_protocol(served, one)]
        for credential in (credentials.accepted[0], credentials.refused[0]):
            headers = {"Authorization": f"Bearer {credential}"}
            answers += [to_answer(client.get("/heroes/1", headers=headers)) for _ in range(RATE)]
    served.terminate()

    expected = {200, 204, 400, 401, 403, 404, 405, 409, 412, 413, 422, 429, 431, 501, 505}
    assert set() == expected - {each.status for each in answers}
    for each in answers:
        assert_silent(each.text, credentials.all, *(() if each.is_hero else (CANARY,)))
    logged = {(line["path"], line["status"]) for line in parse_requests(served.output())}
    assert {("/heroes/1", 429), ("/heroes/", 505), (NOWHERE, 401)} <= logged
    assert_silent(served.output(), credentials.all, CANARY)
    content = stored(url)
    assert CANARY.encode() in content
    assert_silent(content.decode("latin-1"), credentials.all)


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_a_locked_a_broken_and_a_read_only_database_reveal_no_secret(
    tmp_path: Path, session: str
) -> None:
    path = tmp_path / "heroes.db"
    url = f"sqlite:///{path}"
    chosen = settings(tmp_path) | {"session": session}
    with serve(path, **chosen) as served:
        credentials = make_credentials(Keys(path))
        with httpx2.Client(base_url=served.url, timeout=20) as client, locked(path):
            answers = [post(client, each) for each in credentials.all]
    with (
        serve(path, read_only="true", **chosen) as served,
        httpx2.Client(base_url=served.url, timeout=20) as client,
    ):
        answers += [post(client, each) for each in credentials.all]
    assert {401, 403, 503} == {each.status for each in answers}
    with serve(path, **chosen) as served, httpx2.Client(base_url=served.url, timeout=20) as client:
        for table in ("hero", *sorted(metadata.tables.keys() - {"hero"})):
            execute(url, f"DROP TABLE {table}")
            answers += [answer for each in credentials.all for answer in send(client, each)]

    for each in answers:
        assert_silent(each.text, credentials.all, CANARY)
    assert 3 == served.output().count("Application startup complete")
    logged = {(line["path"], line["status"]) for line in parse_requests(served.output())}
    assert {("/heroes/", 503), ("/heroes/1", 503)} <= logged
    assert_silent(served.output(), credentials.all, CANARY)


def test_the_traceback_of_a_broken_route_reveals_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "heroes.db"
    invoke(path, "migrate")
    key = Keys(path).create()

    with caplog.at_level("DEBUG"):
        answer, error = asyncio.run(call_broken_route(path, key))

    assert 500 == answer.status
    traceback = "".join(format_exception(error))
    assert "in fail" in traceback
    assert_silent(answer.text + caplog.text + traceback, [key], CANARY)


async def call_broken_route(path: Path, key: str) -> tuple[Answer, Exception]:
    """Return the answer of a route with a bug, and the exception that a server would log."""
    database = open_beside(path)
    app = build_app(database, authenticator=ApiKeyAuthenticator(database, SCOPES))
    raised = []

    @app.post("/broken")
    async def fail(request: Request) -> None:
        raise KeyError(len(await request.body()))

    async def catch(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except KeyError as error:
            raised.append(error)

    transport = httpx2.ASGITransport(catch)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        answer = to_answer(await client.post("/broken", json=HERO, headers=headers))
    await database.aclose()
    return answer, raised[0]


def post(client: httpx2.Client, credential: str) -> Answer:
    headers = {"Authorization": f"Bearer {credential}"}
    return to_answer(client.post("/heroes/", json=HERO, headers=headers))


def test_the_commands_print_a_key_only_when_it_is_created(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    invoke(path, "migrate")
    created = [invoke(path, "keys", "create", "--name", "deploy", *READ) for _ in range(2)]
    keys = [each.stdout.splitlines()[-1] for each in created]
    printed = "".join(
        line for each in created for line in each.output.splitlines(keepends=True)[:-1]
    )
    commands = [
        *(("list",), ("list", "--json"), ("create", "--name", " ", *READ)),
        *(("revoke", each) for each in (*keys, "1", "1", "9")),
    ]
    with locked(path):
        printed += printed_by(path, "create", "--name", "other", *READ)
        printed += printed_by(path, "revoke", "1")
    printed += "".join(printed_by(path, *command) for command in commands)
    execute(f"sqlite:///{path}", "DROP TABLE heroes_api_key_changes")
    printed += printed_by(path, "create", "--name", "other", *READ)
    printed += printed_by(path, "revoke", "2")

    assert printed.count("heroes: ") >= 5
    assert all(KEY.fullmatch(key) for key in keys)
    assert not KEY.search(printed)
    assert_silent(printed, keys)


def printed_by(path: Path, *arguments: str) -> str:
    settings = {"lock_timeout": "0.1", "log_level": "debug"}
    return invoke(path, "keys", *arguments, **settings).output


def test_a_failing_start_reveals_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    invoke(path, "migrate")
    keys = Keys(path)
    key, token = keys.create(), ISSUERS.token(scope=BOTH)
    private = json.dumps({"keys": [{**ISSUERS.private_jwk(), "kty": "oct", "k": CANARY}]})
    bad_files = {"private.json": private, "broken.json": f'{{"keys": "{CANARY}', "key.txt": key}
    chosen = settings(tmp_path)
    printed = ""
    for name, content in bad_files.items():
        (tmp_path / name).write_text(content)
        failed = run("serve", path, **chosen | {"jwt_jwks_file": str(tmp_path / name)})
        assert failed.returncode != 0
        printed += failed.stdout + failed.stderr
    for name in ("auth", "jwt_jwks_url"):
        for credential in (key, token):
            failed = run("serve", path, **chosen | {"port": "0", name: credential})
            assert failed.returncode != 0
            printed += failed.stdout + failed.stderr
    with serve(path, **chosen) as served:
        failed = run("serve", path, **chosen, port=str(served.address[1]))
        assert failed.returncode != 0
        printed += failed.stdout + failed.stderr + served.output()
    path.write_bytes(b"SQLite format 3\0" + key.encode() * 400)
    failed = run("serve", path, **chosen, port="0")
    assert failed.returncode != 0
    printed += failed.stdout + failed.stderr

    assert_silent(printed, (key, token), CANARY, encode(json.dumps({"d": CANARY}).encode()))
