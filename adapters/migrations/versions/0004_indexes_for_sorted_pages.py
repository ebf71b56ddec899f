"""Indexes that end with the id: they have the order of pages that are sorted by a field."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.inspection import get_indexes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    indexes = get_indexes(sa.inspect(op.get_bind()), "hero")
    for column in ("name", "age"):
        _create(f"ix_hero_{column}_id", [column, "id"], indexes)
        if indexes.get(f"ix_hero_{column}") == [column]:
            op.drop_index(f"ix_hero_{column}", "hero")


def _create(name: str, columns: list[str], indexes: Mapping[str, Sequence[str]]) -> None:
    """Create the index unless it exists. Raises ``SchemaMismatch`` if another one has its name."""
    if name not in indexes:
        op.create_index(name, "hero", columns)
    elif indexes[name] != columns:
        raise SchemaMismatch(f"its index {name} is not on {', '.join(columns)} alone; rename it")
