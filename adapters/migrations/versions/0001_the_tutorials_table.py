"""The tutorial's table: created, or adopted if it exists."""

import sqlalchemy as sa
from alembic import op

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.inspection import find_table, get_columns, is_view

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COLUMNS = {"id", "name", "secret_name", "age"}


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    if is_view(inspector, "hero"):
        raise SchemaMismatch("its hero is a view; a table is required")
    if name := find_table(inspector, "hero"):
        _check(inspector, name)
    else:
        op.create_table(
            "hero",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("secret_name", sa.String(), nullable=False),
            sa.Column("age", sa.Integer(), nullable=True),
        )
    for column in ("name", "age"):
        op.create_index(f"ix_hero_{column}", "hero", [column], if_not_exists=True)


def _check(inspector: sa.Inspector, name: str) -> None:
    """Raise ``SchemaMismatch`` unless it is the tutorial's table. It may have more columns."""
    columns = get_columns(inspector, "hero")
    if missing := COLUMNS - columns.keys():
        raise SchemaMismatch(f"its table hero has no column {', '.join(sorted(missing))}")
    if not isinstance(columns["age"]["type"], sa.Integer):
        raise SchemaMismatch("its column hero.age is not an integer")
    if "version" in columns:
        raise SchemaMismatch("its table hero already has a column version; rename that column")
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    if key != [columns["id"]["name"]] or not isinstance(columns["id"]["type"], sa.Integer):
        raise SchemaMismatch("its table hero needs an integer column id as its only primary key")
