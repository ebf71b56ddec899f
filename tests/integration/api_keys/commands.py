"""``heroes keys`` in this process, and what it prints."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from adapters.database import open_database
from adapters.sqlite.database import FileOptions, SqliteDatabase
from domain.principal import Principal
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from tests.support.served import invoke

KEY = re.compile(r"hrs_[0-9A-Za-z]{49}")
READ = ("--scope", "heroes:read")
BOTH = ("--scope", "heroes:read", "--scope", "heroes:write")


class Keys:
    """The keys of a database, as an operator sees them. ``settings`` may name a server."""

    def __init__(self, path: Path, **settings: str) -> None:
        self.path = path
        self.settings = settings

    @property
    def url(self) -> str:
        return self.settings.get("database_url", f"sqlite:///{self.path}")

    def create(self, *options: str) -> str:
        """Create a key and return its text."""
        key = self.run("create", "--name", "deploy", *(options or BOTH)).splitlines()[-1]
        assert KEY.fullmatch(key)
        return key

    def revoke(self, key_id: int) -> None:
        self.run("revoke", str(key_id))

    def list(self) -> Any:
        return json.loads(self.run("list", "--json"))

    def run(self, *arguments: str) -> str:
        """Run a command that succeeds, and return what it prints."""
        ended = invoke(self.path, "keys", *arguments, **self.settings)
        assert (0, "") == (ended.exit_code, ended.stderr)
        return ended.stdout


def authenticate(keys: Keys, key: str) -> Principal | None:
    """Return the principal of the key, with nothing cached."""
    return asyncio.run(_authenticate(keys, key))


async def _authenticate(keys: Keys, key: str) -> Principal | None:
    if url := keys.settings.get("database_url"):
        database = open_database(url)
    else:
        database = open_beside(keys.path)
    try:
        return await ApiKeyAuthenticator(database, SCOPES).authenticate(key)
    finally:
        await database.aclose()


def open_beside(path: Path) -> SqliteDatabase:
    """Open a file that a service may be using, without a record of this process."""
    return SqliteDatabase(URL.create("sqlite", database=str(path)), FileOptions(is_served=False))
