"""GET of one hero with and without authentication."""

import time
from collections.abc import Mapping
from pathlib import Path

from adapters.sqlite.database import SqliteDatabase
from adapters.tokens.authenticator import open_file
from adapters.tokens.verification import TokenVerifier
from entrypoints.api.app import Limits, build_app
from entrypoints.api.scopes import SCOPES
from entrypoints.quotas import MAX_REQUESTS, Quota
from service_layer.api_key_authentication import ApiKeyAuthenticator
from tests.benchmarks.contenders import INTERPRETED, KNOWN_KEY, NO_AUTHENTICATION
from tests.benchmarks.in_process.slices import Slices, Subject, make_key, measure, one_hero
from tests.support.tokens import AUDIENCE, ISSUER, jwk_set, signing_key

DAY = 24 * 60 * 60


async def measure_authentication(folder: Path, rounds: int) -> Slices:
    """Measure all subjects on a new file in the folder."""
    async with one_hero(folder / "in_process.db") as database:
        return await measure(await make_subjects(database, folder), rounds)


async def make_subjects(database: SqliteDatabase, folder: Path) -> Mapping[str, Subject]:
    """Return the subjects by name, on the database with one hero."""
    key = await make_key(database, SCOPES)
    issuer = signing_key("benchmark", "ES256")
    published = folder / "keys.json"
    published.write_bytes(jwk_set(issuer))
    with_keys = build_app(database, authenticator=ApiKeyAuthenticator(database, SCOPES))
    verifier = TokenVerifier(ISSUER, AUDIENCE, SCOPES)
    with_tokens = build_app(database, authenticator=open_file(verifier, published))
    scope = f"{SCOPES.read} {SCOPES.write}"
    return {
        NO_AUTHENTICATION: Subject(build_app(database)),
        INTERPRETED: Subject(build_app(database, compiled_routes=False)),
        KNOWN_KEY: Subject(with_keys, key),
        "cached token": Subject(with_tokens, issuer.token(scope=scope, exp=int(time.time()) + DAY)),
        "no credential, 401": Subject(with_keys, status=401),
        "rate limit": Subject(build_app(database, limits=Limits(rate=Quota(MAX_REQUESTS, 1)))),
    }
