"""Interrupts SQLite in the middle of a statement."""

import sqlite3
from dataclasses import dataclass


@dataclass
class Interrupting:
    """Interrupts every statement while it is on, as ``interrupt()`` in another thread could."""

    is_on: bool = False

    def install(self, connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(lambda: self.is_on, 1)

    def __enter__(self) -> None:
        self.is_on = True

    def __exit__(self, *_: object) -> None:
        self.is_on = False
