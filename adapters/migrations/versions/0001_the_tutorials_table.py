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
    if inspector.has_table("hero"):
        _check(inspector)
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


def _check(inspector: sa.Inspector) -> None:
    """Refuse what is not the tutorial's table, whatever columns it may have besides."""
    if "hero" in inspector.get_view_names():
        raise SchemaMismatch("its hero is a view, not a table")
    columns = {column["name"]: column["type"] for column in inspector.get_columns("hero")}
    if missing := COLUMNS - columns.keys():
        raise SchemaMismatch(f"its table hero has no column {', '.join(sorted(missing))}")
    if not isinstance(columns["age"], sa.Integer):
        raise SchemaMismatch("its table hero has an age that is no integer")
    if "version" in columns:
        raise SchemaMismatch("its table hero has a column version already")
    key = inspector.get_pk_constraint("hero")["constrained_columns"]
    if key != ["id"] or not isinstance(columns["id"], sa.Integer):
        raise SchemaMismatch("its table hero has no primary key that is its integer id alone")
