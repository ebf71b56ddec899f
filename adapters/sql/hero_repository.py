"""Heroes in SQL: the tutorial's table, with a version and with ids that are never reused."""

from sqlalchemy import text
from sqlmodel import Field

from adapters.sql.entities.mapping import TableMapping
from adapters.sql.tables import Int64, Row, Text, entity_table
from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery


class HeroRow(Row, table=True):
    """A row of the table ``hero``. It is not an entity: ``HEROES`` maps between them."""

    __tablename__ = "hero"
    __table_args__ = entity_table("hero", "name", "age")

    id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
    name: str = Field(sa_type=Text)
    secret_name: str = Field(sa_type=Text)
    age: int | None = Field(default=None, sa_type=Int64)
    version: int = Field(default=1, sa_type=Int64, sa_column_kwargs={"server_default": text("1")})


HEROES = TableMapping[Hero, HeroDraft, HeroQuery](HeroRow, Hero, HeroQuery, HeroNotFound)
