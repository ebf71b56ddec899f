"""Translate the errors of a start: what the server refuses then, an operator has to correct."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError

from adapters.postgres.errors import translate_errors
from adapters.sql.session import UnstorableText
from service_layer.errors import StoreConflict, UnusableDatabase

REASONS: Mapping[str, str] = {
    "0A": "the server lacks a feature that the service needs; upgrade it",
    "22": "the server refuses a value: correct the settings in the URL, or the rows of the tables",
    "23": "rows violate a constraint of the new schema; correct them",
    "3F": "no schema of search_path exists that the user may use; create one, or grant USAGE",
    "42601": "the server does not understand the options in the URL; correct them",
    "42": "its schema cannot be migrated; rename the objects that are in the way",
    "54": "a value exceeds a limit of the server; shorten the longest texts of the tables",
}
"""What to do, by the SQLSTATE or its class (PostgreSQL, appendix A)."""

OTHER_REASON = "the server refuses what the start needs; its log says why"


@contextmanager
def translate_start_errors() -> Iterator[None]:
    """Raise ``UnusableDatabase`` for an error that does not pass by itself.

    The server's text is not part of the message: it may contain a stored value.
    """
    try:
        with translate_errors:
            yield
    except (StoreConflict, UnstorableText) as error:
        raise UnusableDatabase(_reason(error.__cause__)) from error
    except (asyncpg.PostgresError, DBAPIError) as error:
        raise UnusableDatabase(_reason(error)) from error
    except asyncpg.InterfaceError as error:
        raise UnusableDatabase(f"the driver cannot connect ({type(error).__name__})") from error


def _reason(error: BaseException | None) -> str:
    sqlstate = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "no code")
    reason = REASONS.get(sqlstate) or REASONS.get(sqlstate[:2], OTHER_REASON)
    return f"{reason} ({sqlstate})"
