"""``heroes keys``: output, errors and exit codes, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.api_key_format import digest_key, generate_key
from domain.principal import Principal
from tests.integration.api_keys.commands import BOTH, KEY, READ, Keys, authenticate
from tests.support.served import fresh_postgres, invoke
from tests.support.sql import execute

UNICODE = "Ünï 🦸"


@pytest.fixture(params=["sqlite", "postgres"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keys]:
    """The keys of an empty database."""
    path = tmp_path / "heroes.db"
    if request.param == "sqlite":
        invoke(path, "migrate")
        yield Keys(path)
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        invoke(path, "migrate", database_url=url)
        yield Keys(path, database_url=url)


def test_a_key_is_alone_on_the_last_line_and_works(keys: Keys) -> None:
    lines = keys.run("create", "--name", "deploy", *BOTH).splitlines()

    assert KEY.fullmatch(lines[-1])
    assert not KEY.search("".join(lines[:-1]))
    assert Principal("key:1", frozenset({"heroes:read", "heroes:write"})) == (
        authenticate(keys, lines[-1])
    )


def test_a_key_has_only_the_scopes_that_it_was_created_with(keys: Keys) -> None:
    key = keys.create(*READ, *READ)

    assert Principal("key:1", frozenset({"heroes:read"})) == authenticate(keys, key)


def test_another_key_does_not_work(keys: Keys) -> None:
    keys.create()

    assert authenticate(keys, generate_key()) is None


def test_keys_are_listed_with_what_is_known_of_them(keys: Keys) -> None:
    texts = [keys.create(*READ), keys.create(*BOTH, "--expires-in", "30")]
    keys.revoke(1)

    first, second = keys.list()
    created = datetime.strptime(second["created"], "%Y-%m-%dT%H:%M:%S%z")
    assert abs(datetime.now(UTC) - created) < timedelta(seconds=60)
    expires = (created + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {
        "id": 2,
        "name": "deploy",
        "scopes": ["heroes:read", "heroes:write"],
        "created": second["created"],
        "expires": expires,
        "revoked": None,
    } == second
    assert (1, ["heroes:read"], None) == (first["id"], first["scopes"], first["expires"])
    assert first["created"] <= first["revoked"]

    table = keys.run("list").splitlines()
    assert ["id", "name", "scopes", "created", "expires", "revoked"] == table[0].split()
    assert ["1", "deploy", "heroes:read", first["created"], "-", first["revoked"]] == (
        table[1].split()
    )
    assert ["2", "deploy", "heroes:read,heroes:write", second["created"], expires, "-"] == (
        table[2].split()
    )
    for text in texts:
        for printed in ("\n".join(table), str((first, second))):
            assert text not in printed
            assert digest_key(text).hex() not in printed


def test_without_keys_the_list_is_empty(keys: Keys) -> None:
    assert [] == keys.list()
    assert 1 == len(keys.run("list").splitlines())


def test_a_name_can_not_control_the_terminal(keys: Keys) -> None:
    keys.run("create", "--name", f"{UNICODE}\n\x1b[31m\u202e", *READ)

    assert f"{UNICODE}\\n\\x1b[31m\\u202e" in keys.run("list")
    assert f"{UNICODE}\n\x1b[31m\u202e" == keys.list()[0]["name"]


def test_a_revoked_key_does_not_work(keys: Keys) -> None:
    revoked, other = keys.create(), keys.create()

    assert "API key 1 is revoked.\n" == keys.run("revoke", "1")
    assert authenticate(keys, revoked) is None
    assert authenticate(keys, other) is not None


def test_a_key_that_is_revoked_again_keeps_its_time(keys: Keys) -> None:
    keys.create()
    keys.revoke(1)
    execute(keys.url, "UPDATE heroes_api_key SET revoked = 1000")

    keys.revoke(1)

    assert "1970-01-01T00:16:40Z" == keys.list()[0]["revoked"]


REFUSING = {
    "sqlite": """
        CREATE TRIGGER refuse BEFORE {event} ON heroes_api_key
        BEGIN SELECT raise(ABORT, 'secret'); END
    """,
    "postgresql": "ALTER TABLE heroes_api_key ADD CONSTRAINT refuse CHECK ({condition}) NOT VALID",
}


@pytest.mark.parametrize(
    ("event", "condition", "arguments"),
    [
        ("INSERT", "false", ("create", "--name", "deploy", *READ)),
        ("UPDATE", "revoked IS NULL", ("revoke", "1")),
    ],
)
def test_a_change_that_the_database_refuses_exits_with_1_and_shows_no_value(
    keys: Keys, event: str, condition: str, arguments: tuple[str, ...]
) -> None:
    keys.create()
    statement = REFUSING[keys.url.partition(":")[0]]
    execute(keys.url, statement.format(event=event, condition=condition))

    ended = invoke(keys.path, "keys", *arguments, **keys.settings)

    assert (1, "", 1) == (ended.exit_code, ended.stdout, ended.stderr.count("\n"))
    assert ended.stderr.startswith("heroes: the database does not allow the change: ")
    assert ended.stderr.endswith("; nothing was changed\n")
    assert "secret" not in ended.stderr
    assert [None] == [key["revoked"] for key in keys.list()]


def test_when_all_ids_are_given_no_key_is_created(keys: Keys) -> None:
    keys.create()
    if "database_url" in keys.settings:
        execute(keys.url, "SELECT setval('heroes_api_key_id_seq', 9223372036854775807)")
    else:
        execute(keys.url, "UPDATE sqlite_sequence SET seq = 9223372036854775807")

    ended = invoke(keys.path, "keys", "create", "--name", "deploy", *READ, **keys.settings)

    assert (1, "", 1) == (ended.exit_code, ended.stdout, ended.stderr.count("\n"))
    assert 1 == len(keys.list())


@pytest.mark.parametrize("key_id", ["2", "0", "9223372036854775808"])
def test_an_unknown_id_exits_with_1(keys: Keys, key_id: str) -> None:
    keys.create()

    ended = invoke(keys.path, "keys", "revoke", key_id, **keys.settings)

    assert (1, f"heroes: no API key has the id {key_id}\n") == (ended.exit_code, ended.stderr)
    assert keys.list()[0]["revoked"] is None


def test_the_text_of_a_key_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    invoke(path, "migrate")
    key = Keys(path).create()

    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert digest_key(key) in stored
    assert key.encode() not in stored
    assert key.removeprefix("hrs_")[:43].encode() not in stored


@pytest.mark.parametrize(
    "options",
    [
        ("--name", " ", *READ),
        ("--name", "n" * 256, *READ),
        ("--name", "deploy"),
        (*READ,),
        ("--name", "deploy", "--scope", "heroes:admin"),
        ("--name", "deploy", "--scope", ""),
        ("--name", "deploy", *READ, "--expires-in", "0"),
        ("--name", "deploy", *READ, "--expires-in", "-1"),
        ("--name", "deploy", *READ, "--expires-in", "soon"),
        ("--name", "deploy", *READ, "--expires-in", "36501"),
        ("--name", "deploy", *READ, "--expires-in", "1_0"),
        ("--name", "deploy", *READ, "--expires-in", "+1"),
        ("--name", "deploy", *READ, "--expires-in", "\u0663"),
        ("--name", "deploy", *READ, "--expires-in", " 5 "),
        ("--name", "deploy", *READ, "--expires-in", "9" * 5000),
    ],
)
def test_wrong_arguments_exit_with_2_and_create_no_key(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    path = tmp_path / "heroes.db"
    invoke(path, "migrate")

    ended = invoke(path, "keys", "create", *options)

    assert (2, "") == (ended.exit_code, ended.stdout)
    assert "Traceback" not in ended.stderr
    assert [] == Keys(path).list()


@pytest.mark.parametrize(
    "arguments", [("create", "--name", "deploy", *READ), ("list",), ("revoke", "1")]
)
def test_a_database_that_is_not_migrated_is_left_alone(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ended = invoke(tmp_path / "heroes.db", "keys", *arguments)

    assert 1 == ended.exit_code
    assert ended.stderr.endswith("its schema is not up to date; run the migrations\n")
    assert [] == list(tmp_path.iterdir())


def test_a_database_in_memory_has_no_keys(tmp_path: Path) -> None:
    settings = {"database_url": "sqlite://", "session": "plain"}

    ended = invoke(tmp_path / "heroes.db", "keys", "list", **settings)

    assert (2, 1) == (ended.exit_code, ended.stderr.count("\n"))
    assert "HEROES_DATABASE_URL is a database in memory" in ended.stderr


def test_an_unreachable_server_exits_with_1(tmp_path: Path) -> None:
    url = "postgresql://heroes@127.0.0.1:1/heroes"

    ended = invoke(tmp_path / "heroes.db", "keys", "list", database_url=url)

    assert (1, 1) == (ended.exit_code, ended.stderr.count("\n"))
    assert "the database is not reachable" in ended.stderr
