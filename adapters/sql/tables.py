"""The tables, as SQLModel classes. Rows are not entities: repositories map between the two."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, text
from sqlmodel import Field, SQLModel

Int64 = BigInteger().with_variant(Integer(), "sqlite")
"""A signed 64-bit integer. SQLite's INTEGER is one, and only INTEGER may be a row id there."""

IDS = range(-(2**63), 2**63)
"""What it holds; a database refuses to be asked for other ids."""

Text = String().with_variant(String(collation="C"), "postgresql")
"""A text that compares and sorts by its bytes, as SQLite's do unasked."""


class HeroRow(SQLModel, table=True):
    """The tutorial's ``hero`` table, with a version, and with ids that are never reused."""

    __tablename__ = "hero"
    __table_args__ = (
        Index("ix_hero_name_id", "name", "id"),
        Index("ix_hero_age_id", "age", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
    name: str = Field(sa_type=Text)
    secret_name: str = Field(sa_type=Text)
    age: int | None = Field(default=None, sa_type=Int64)
    version: int = Field(default=1, sa_type=Int64, sa_column_kwargs={"server_default": text("1")})


class IdempotencyRow(SQLModel, table=True):
    """The response to a request that came with an idempotency key.

    ``status``, ``headers`` and ``body`` are null while the key is only claimed.
    """

    __tablename__ = "idempotent_answer"

    key: str = Field(primary_key=True, sa_type=Text)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int | None = Field(default=None, sa_type=Int64)
    headers: str | None = Field(default=None, sa_type=Text)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    expires: int = Field(index=True, sa_type=Int64)


hero_table = HeroRow.metadata.tables["hero"]
idempotency_table = IdempotencyRow.metadata.tables["idempotent_answer"]
"""The same tables for statements that load no rows as objects."""
