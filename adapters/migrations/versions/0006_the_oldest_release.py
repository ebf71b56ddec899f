"""The oldest release that works with the schema, in the version table."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLDEST_RELEASE = "0.1"


def upgrade() -> None:
    version_table = op.get_context().version_table
    op.add_column(version_table, sa.Column("oldest_release", sa.String(32), nullable=True))
    table = sa.table(version_table, sa.column("oldest_release"))
    op.execute(table.update().values(oldest_release=OLDEST_RELEASE))
