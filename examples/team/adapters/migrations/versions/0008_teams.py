"""The teams."""

from adapters.migrations.entity_tables import create_entity_table, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    columns = (text("name"), text("headquarters"))
    create_entity_table("team", *columns, sorted_by=["name", "headquarters"])
