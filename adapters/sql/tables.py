"""The tables of the service itself, as SQLModel classes, and what all tables share.

A row is not an entity: repositories map between them.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, String, text
from sqlmodel import Field, SQLModel

Int64 = BigInteger().with_variant(Integer(), "sqlite")
"""A signed 64-bit integer. On SQLite that is ``INTEGER``, the only type of a rowid alias."""

IDS = range(-(2**63), 2**63)
"""The values of ``Int64``. Drivers reject other integers as parameters."""

Text = String().with_variant(String(collation="C"), "postgresql")
"""A text that compares byte by byte. That is SQLite's default, and the collation C."""


class Row(SQLModel):
    """The base class of the tables. The classes of a user's own app may have the same names."""

    metadata: ClassVar[MetaData] = MetaData()


metadata = Row.metadata
"""All tables, once the repositories are imported: each aggregate declares its own."""


def entity_table(name: str, *sorted_by: str) -> tuple[Any, ...]:
    """Return the ``__table_args__`` of an aggregate: ids are never reused (SQLite needs an option).

    Each column in ``sorted_by`` gets the index on it and the id that sorted pages need.
    """
    indexes = [Index(f"ix_{name}_{column}_id", column, "id") for column in sorted_by]
    return (*indexes, {"sqlite_autoincrement": True})


class IdempotencyRow(Row, table=True):
    """A stored response, by idempotency key.

    ``status``, ``headers`` and ``body`` are null until the response is saved. ``expires`` is a Unix
    time in seconds. ``owner`` is the client that sent the request, or null if clients have no
    limit. ``body_size`` is the size of the body if ``body`` is compressed with zlib, or null.
    """

    __tablename__ = "idempotent_answer"
    __table_args__ = (
        Index(
            "ix_idempotent_answer_owner_expires",
            "owner",
            "expires",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
    )

    key: str = Field(primary_key=True, sa_type=Text)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int | None = Field(default=None, sa_type=Int64)
    headers: str | None = Field(default=None, sa_type=Text)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    expires: int = Field(index=True, sa_type=Int64)
    owner: str | None = Field(default=None, sa_type=Text)
    body_size: int | None = Field(default=None, sa_type=Int64)


class ApiKeyRow(Row, table=True):
    """An API key, without its text. Times are Unix times in seconds.

    ``digest`` is the SHA-256 of the text. ``scopes`` are separated by spaces. ``expires`` and
    ``revoked`` are null if the key does not expire or is not revoked.
    """

    __tablename__ = "heroes_api_key"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
    name: str = Field(sa_type=Text)
    digest: bytes = Field(index=True, unique=True, sa_type=LargeBinary)
    scopes: str = Field(sa_type=Text)
    created: int = Field(sa_type=Int64)
    expires: int | None = Field(default=None, sa_type=Int64)
    revoked: int | None = Field(default=None, sa_type=Int64)


class ApiKeyChangesRow(Row, table=True):
    """The mark of the last change to API keys, in one row whose id is 1.

    ``number`` is random, and another one after each change. No change has been made without a row.
    """

    __tablename__ = "heroes_api_key_changes"

    id: int = Field(primary_key=True, sa_type=Int64, sa_column_kwargs={"autoincrement": False})
    number: int = Field(sa_type=Int64)


idempotency_table = metadata.tables["idempotent_answer"]
api_key_table = metadata.tables["heroes_api_key"]
api_key_changes_table = metadata.tables["heroes_api_key_changes"]
"""The tables, for statements of SQLAlchemy Core."""
