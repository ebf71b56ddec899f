"""A version for each hero, and ids that are never handed out twice."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSION = sa.Column("version", sa.BigInteger(), nullable=False, server_default="1")
ATTACHED = sa.text(
    "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'hero' AND type <> 'table' AND sql <> ''"
)


def upgrade() -> None:
    """Add the column; on SQLite rebuild the table, for AUTOINCREMENT can't be added to one.

    A rebuild copies every column and row as it is. Indexes and triggers that it does not carry
    over are put back from their own text.
    """
    attached = op.get_bind().execute(ATTACHED).all()
    with op.batch_alter_table(
        "hero", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as hero:
        hero.add_column(VERSION)
    kept = {name for name, _ in op.get_bind().execute(ATTACHED)}
    for name, sql in attached:
        if name not in kept:
            op.execute(sql)
