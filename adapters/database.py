"""From a database's address to the database."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.sqlite_database import SqliteDatabase


class UnsupportedUrl(ValueError):
    """The address names no database this service can use; the message says why, without it."""


def open_database(url: str, *, patience: float) -> SqliteDatabase:
    """Return the database at ``url``, not yet touched. Raises ``UnsupportedUrl``.

    ``patience`` is the most seconds a request waits for a lock.
    """
    return SqliteDatabase(_sqlite_url(url), patience=patience)


def _sqlite_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UnsupportedUrl("not a URL such as sqlite:///heroes.db") from None
    if url.drivername != "sqlite":
        raise UnsupportedUrl(f"{url.drivername} is not supported; use sqlite:///FILE")
    if url.host or url.username or url.port:
        raise UnsupportedUrl("a file's URL has three slashes, or four before an absolute path")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UnsupportedUrl("heroes are kept in a file: use sqlite:///FILE")
    if url.query:
        raise UnsupportedUrl("a SQLite URL takes no options after a question mark")
    return url
