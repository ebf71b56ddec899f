"""The table of heroes."""

from sqlalchemy import Index, text
from sqlmodel import Field

from adapters.sql.tables import Int64, Row, Text, metadata


class HeroRow(Row, table=True):
    """The tutorial's ``hero`` table, with a version and with ids that are never reused."""

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


hero_table = metadata.tables["hero"]
"""The table, for statements of SQLAlchemy Core."""
