"""What is known of mistyped values is known of each table."""

import logging

import pytest
from sqlalchemy import MetaData, Table

from adapters.sql.mistyped import MistypedTables

CITIES, TOWERS = Table("city", MetaData()), Table("tower", MetaData())


def test_what_one_table_has_is_not_assumed_of_another(caplog: pytest.LogCaptureFixture) -> None:
    mistyped = MistypedTables()

    with caplog.at_level(logging.WARNING):
        mistyped[CITIES].record(found=True)

    assert (True, False) == (mistyped[CITIES].has_mistyped, mistyped[CITIES].is_unchecked)
    assert (False, True) == (mistyped[TOWERS].has_mistyped, mistyped[TOWERS].is_unchecked)
    (message,) = caplog.messages
    assert message.startswith("the table city has ")
