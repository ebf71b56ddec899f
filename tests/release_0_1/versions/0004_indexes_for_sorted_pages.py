"""Indexes that end with the id: they have the order of pages that are sorted by a field."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("name", "age"):
        op.create_index(f"ix_hero_{column}_id", "hero", [column, "id"], if_not_exists=True)
        op.drop_index(f"ix_hero_{column}", "hero", if_exists=True)
