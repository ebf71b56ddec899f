"""The composition root: the only module that knows adapters and entry points alike."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import Lifespan

from adapters.database import UnsupportedUrl, open_database
from adapters.migrations.errors import SchemaMismatch
from adapters.sqlite_database import SqliteDatabase
from entrypoints.api.app import build_app
from entrypoints.settings import PREFIX, InvalidSettings, Settings
from service_layer.errors import StoreUnavailable


class CannotStart(Exception):
    """The database can't be used as it is; the message is a sentence for the operator."""


def connect(settings: Settings) -> SqliteDatabase:
    """Return the database that the settings name, not yet touched. Raises ``InvalidSettings``."""
    try:
        return open_database(settings.database_url, patience=settings.lock_timeout)
    except UnsupportedUrl as error:
        raise InvalidSettings(f"{PREFIX}DATABASE_URL is not valid: {error}") from None


def migrate(database: SqliteDatabase) -> Sequence[str]:
    """Bring the schema up to date; return the revisions applied. Raises ``CannotStart``."""
    try:
        return database.migrate()
    except (SchemaMismatch, StoreUnavailable) as error:
        raise CannotStart(f"can't use {database.name}: {error}") from error


def compose(database: SqliteDatabase) -> FastAPI:
    """Return the API over the database, which is closed when the app stops."""
    return build_app(database, lifespan=_closing(database.dispose))


def _closing(dispose: Callable[[], None]) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        dispose()

    return lifespan
