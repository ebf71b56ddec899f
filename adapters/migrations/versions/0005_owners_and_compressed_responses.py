"""The owners of stored responses, and the sizes of those that are compressed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
HAS_OWNER = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    for name, type_ in (("owner", TEXT), ("body_size", INT64)):
        op.add_column("idempotent_answer", sa.Column(name, type_, nullable=True))
    op.create_index(
        "ix_idempotent_answer_owner_expires",
        "idempotent_answer",
        ["owner", "expires"],
        sqlite_where=HAS_OWNER,
        postgresql_where=HAS_OWNER,
    )
