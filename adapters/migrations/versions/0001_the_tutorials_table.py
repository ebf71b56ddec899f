"""The tutorial's table: made where it is missing, adopted where it is there."""

import sqlalchemy as sa
from alembic import op

from adapters.migrations.errors import SchemaMismatch

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COLUMNS = {"id", "name", "secret_name", "age"}


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table("hero"):
        op.create_table(
            "hero",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("secret_name", sa.String(), nullable=False),
            sa.Column("age", sa.Integer(), nullable=True),
        )
    missing = COLUMNS - {column["name"] for column in inspector.get_columns("hero")}
    if missing:
        raise SchemaMismatch(f"its table hero has no column {', '.join(sorted(missing))}")
    for column in ("name", "age"):
        op.create_index(f"ix_hero_{column}", "hero", [column], if_not_exists=True)
