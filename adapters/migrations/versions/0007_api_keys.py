"""The API keys, and the mark of their last change.

The names of the tables begin with the name of the service, because the database may contain tables
of other programs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "heroes_api_key",
        sa.Column("id", INT64, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", TEXT, nullable=False),
        sa.Column("created", INT64, nullable=False),
        sa.Column("expires", INT64, nullable=True),
        sa.Column("revoked", INT64, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_heroes_api_key_digest", "heroes_api_key", ["digest"], unique=True)
    op.create_table(
        "heroes_api_key_changes",
        sa.Column("id", INT64, primary_key=True, autoincrement=False),
        sa.Column("number", INT64, nullable=False),
    )
