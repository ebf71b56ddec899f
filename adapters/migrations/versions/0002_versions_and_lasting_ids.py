"""A version for each hero, and ids that are never handed out twice."""

import sqlalchemy as sa
from alembic import op

from adapters.migrations.sqlite_rebuild import make_ids_last

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    make_ids_last(op.get_bind(), "hero")
    version = sa.Column("version", INT64, nullable=False, server_default=sa.text("1"))
    op.add_column("hero", version)
