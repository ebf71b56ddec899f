"""Ten thousand forged keys: none is accepted, and none causes a server error."""

import random
from collections.abc import Iterator
from pathlib import Path

from domain.api_key_format import ALPHABET, KEY_LENGTH, format_key, generate_key
from entrypoints.api.app import build_app
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import create_key, revoke_key
from tests.support.databases import migrated_sqlite
from tests.unit.api.authentication.calls import call

NUMBER = 10_000
SEED = 17


def forge(valid: str, random: random.Random) -> Iterator[str]:
    """Yield texts that resemble a valid key, in every way that a client may come up with."""
    while True:
        at = random.randrange(KEY_LENGTH)
        yield valid[:at] + random.choice(ALPHABET + "!-_ é\t\0") + valid[at + 1 :]
        yield valid[:at]
        yield valid[:at] + valid[at + 1 :]
        yield valid[:at] + valid[at:].swapcase()
        yield valid + valid[:at]
        yield valid * at
        yield format_key(random.getrandbits(256))
        yield format_key(random.getrandbits(8))
        yield generate_key()[:4] + valid[4:47] + generate_key()[47:]
        yield "".join(random.choices(ALPHABET, k=at))
        yield f"hrs_{random.randbytes(at).decode('latin-1')}"


async def test_no_forged_key_is_accepted(tmp_path: Path) -> None:
    database = migrated_sqlite(tmp_path / "heroes.db")
    keys = []
    for _ in range(2):
        async with database.writing() as uow:
            keys.append(await create_key(uow, name="deploy", scopes=["heroes:read"]))
    async with database.writing() as uow:
        await revoke_key(uow, keys[1].stored.id)
    valid, revoked = (key.text for key in keys)
    app = build_app(database, authenticator=ApiKeyAuthenticator(database, SCOPES))
    assert 200 == (await call(app, "GET", "/heroes/", f"Bearer {valid}")).status

    forged = forge(valid, random.Random(SEED))  # noqa: S311 - they need not be secret
    statuses = set()
    for _ in range(NUMBER):
        while (key := next(forged)) == valid:
            pass
        statuses.add((await call(app, "GET", "/heroes/", f"Bearer {key}")).status)
    statuses.add((await call(app, "GET", "/heroes/", f"Bearer {revoked}")).status)

    assert {401} == statuses
    assert 200 == (await call(app, "GET", "/heroes/", f"Bearer {valid}")).status
    database.dispose()
