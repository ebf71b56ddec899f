"""Backups: what the port ``Database`` reports while it copies a database, and its errors."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Progress(Protocol):
    """Observes a long operation, and may stop it."""

    def report(self, activity: str, done: int = 0, total: int = 0) -> None:
        """Report an activity, and how many bytes are done. ``total`` is 0 if it is not known."""

    def is_stopped(self) -> bool:
        """Return whether the operation should stop.

        Called between steps, and while data is copied or checked; not during a wait for a lock.
        """


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is complete and durable."""

    size: int
    """Size in bytes."""

    pinned: float
    """Seconds for which the log of the database could not start anew."""

    warning: str = ""
    """What is wrong with rows of the user's own tables, or an empty text."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that was restored and is durable."""

    size: int
    """Size in bytes."""

    kept: Path | None
    """The file of the previous database, or ``None`` if there was no file."""

    warning: str = ""
    """As in ``Backup``."""


class BackupFailed(Exception):
    """There is no backup, or nothing was restored. The message is for the operator."""


class BackupStopped(BackupFailed):
    """The operator has stopped the operation."""

    def __init__(self) -> None:
        super().__init__("stopped by a signal; nothing was changed")


class BackupRefused(BackupFailed):
    """The arguments or the settings name a file or a database that this does not support."""
