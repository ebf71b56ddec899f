"""The team of a hero."""

from adapters.migrations.entity_tables import add_reference

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    add_reference("hero", "team_id", "team")
