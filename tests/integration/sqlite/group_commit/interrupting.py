"""Interrupts SQLite in the middle of a statement."""

import sqlite3
from dataclasses import dataclass


@dataclass
class Interrupting:
    """What another thread's ``interrupt()`` could do at any moment, to every statement while on."""

    is_on: bool = False

    def reach(self, connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(lambda: self.is_on, 1)

    def __enter__(self) -> None:
        self.is_on = True

    def __exit__(self, *_: object) -> None:
        self.is_on = False
