"""A replaced database that cannot be saved at once is tried again."""

import logging
import sqlite3
import threading

import pytest

from adapters.sqlite.served.preservation import Preservation
from tests.support.served import LIMIT

SAVED = "the old database was saved"


class FullDisk:
    """A replaced file that can only be saved at the attempt with this number."""

    def __init__(self, successful: int, saved: threading.Event | None = None) -> None:
        self.attempts = 0
        self._saved = saved or threading.Event()
        self._successful = successful

    def preserve(self) -> str:
        self.attempts += 1
        if self.attempts < self._successful:
            raise sqlite3.OperationalError("database or disk is full")
        self._saved.set()
        return SAVED


def test_the_last_attempt_is_made_when_the_service_stops(caplog: pytest.LogCaptureFixture) -> None:
    disk = FullDisk(successful=2)
    preservation = Preservation(disk.preserve)

    preservation.start()
    preservation.finish()

    assert 2 == disk.attempts
    assert SAVED == caplog.messages[-1]


def test_it_is_tried_again_and_the_error_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    saved = threading.Event()
    disk = FullDisk(successful=4, saved=saved)
    preservation = Preservation(disk.preserve, pause=0)

    preservation.start()
    assert saved.wait(LIMIT)
    preservation.finish()

    assert 4 == disk.attempts
    levels = [record.levelno for record in caplog.records]
    assert [logging.CRITICAL, logging.ERROR] == levels


def test_what_is_saved_is_not_saved_again() -> None:
    disk = FullDisk(successful=1)
    preservation = Preservation(disk.preserve)

    preservation.start()
    preservation.finish()

    assert 1 == disk.attempts
