"""The stored responses of requests with an idempotency key."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "idempotent_answer",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", INT64, nullable=True),
        sa.Column("headers", TEXT, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("expires", INT64, nullable=False),
    )
    op.create_index("ix_idempotent_answer_expires", "idempotent_answer", ["expires"])
