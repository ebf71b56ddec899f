"""Teams in SQL."""

from sqlalchemy import text
from sqlmodel import Field

from adapters.sql.entities.mapping import TableMapping
from adapters.sql.tables import Int64, Row, Text, entity_table
from domain.team import Team, TeamDraft, TeamNotFound, TeamQuery


class TeamRow(Row, table=True):
    """A row of the table ``team``."""

    __tablename__ = "team"
    __table_args__ = entity_table("team", "name", "headquarters")

    id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
    name: str = Field(sa_type=Text)
    headquarters: str = Field(sa_type=Text)
    version: int = Field(default=1, sa_type=Int64, sa_column_kwargs={"server_default": text("1")})


TEAMS = TableMapping[Team, TeamDraft, TeamQuery](TeamRow, Team, TeamQuery, TeamNotFound)
