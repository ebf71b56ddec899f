"""Apply all pending revisions with Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configure() -> Config:
    """Return Alembic's configuration, with the folder of the revisions."""
    config = Config()
    config.set_main_option("script_location", "adapters:migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Apply the pending revisions in the connection's transaction."""
    config = configure()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
