"""What the service knows of its tables is what their classes declare."""

from sqlmodel import SQLModel

from adapters.database import open_database
from adapters.migrations.expected_columns import generated_ids, required_columns
from adapters.sql.repositories import MAPPINGS
from adapters.sql.tables import metadata


def test_every_repository_declares_its_table_when_a_database_can_be_opened() -> None:
    open_database("sqlite:///heroes.db")

    assert {"hero", "idempotent_answer", "heroes_api_key"} <= required_columns().keys()


def test_the_tables_of_a_users_own_app_are_none_of_the_service() -> None:
    assert metadata is not SQLModel.metadata
    assert not SQLModel.metadata.tables.keys() & {"idempotent_answer", "heroes_api_key"}


def test_ids_that_are_generated_are_never_reused() -> None:
    assert {"hero": "id", "heroes_api_key": "id"}.items() <= generated_ids().items()
    assert "heroes_api_key_changes" not in generated_ids()


def test_the_rows_of_every_aggregate_are_inspected() -> None:
    assert "hero" in {mapping.table.name for mapping in MAPPINGS}
