"""A version for each hero, ids that are never reused, and 64-bit columns."""

import sqlalchemy as sa
from alembic import op

from tests.release_0_1.errors import SchemaMismatch
from tests.release_0_1.sqlite_rebuild import add_autoincrement

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        add_autoincrement(op.get_bind(), "hero")
    else:
        _widen_columns()
    version = sa.Column("version", INT64, nullable=False, server_default=sa.text("1"))
    op.add_column("hero", version)


def _widen_columns() -> None:
    """Give PostgreSQL the value ranges and the text order of SQLite. Sequences never reuse ids."""
    for column in ("id", "age"):
        op.alter_column("hero", column, type_=sa.BigInteger())
    for column in ("name", "secret_name"):
        op.alter_column("hero", column, type_=sa.String(collation="C"))
    sequence = op.get_bind().scalar(sa.text("SELECT pg_get_serial_sequence('hero', 'id')"))
    if sequence is None:
        raise SchemaMismatch("its column hero.id has no sequence")
    op.execute(f"ALTER SEQUENCE {sequence} AS bigint")
