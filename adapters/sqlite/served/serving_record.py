"""The record of the file that is served, in a file beside it.

A process that is killed leaves it behind, together with the log. If the database is then replaced,
the log belongs to another file, which only the record shows::

    device 65024
    inode 1780178
    generation 1140639171
    process 4374
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from adapters.sqlite.connections import open_file
from adapters.sqlite.files import (
    LOG,
    LOG_INDEX,
    Identity,
    create_private,
    flush,
    generation,
    identity,
    resolve,
    size,
    with_suffix,
)
from service_layer.errors import UnusableDatabase

SUFFIX = ".serving"


class ServingRecord:
    """The record beside a database. ``path`` may be a symbolic link to the database."""

    def __init__(self, path: Path) -> None:
        self.database = resolve(path)
        """The path of the database, without symbolic links."""

        self._file = with_suffix(self.database, SUFFIX)

    def write(self, file: Identity, saved: Path | None = None) -> None:
        """Record that this process serves the file, and flush that. Raises ``OSError``.

        ``saved`` is where its latest content was saved when it was moved away.
        """
        new = with_suffix(self._file, ".new")
        new.unlink(missing_ok=True)
        create_private(new, _serialize(file, saved).encode())
        flush(new)
        new.replace(self._file)
        flush(self._file.parent)

    def remove(self) -> None:
        """Remove the record, unless another process has written it since."""
        with suppress(OSError):
            if self._read().get("process") == str(os.getpid()):
                self._file.unlink()

    def remove_without_log(self) -> None:
        """Remove the record, unless a log is left: another process has the database open."""
        if not size(self._log):
            self.remove()

    def require_own_log(self) -> None:
        """Raise ``UnusableDatabase`` if opening the database would lose acknowledged writes.

        Devices are not compared: they may have other numbers after a restart of the machine.
        """
        recorded = self._read()
        if not recorded:
            return
        is_same = self._is_recorded(recorded)
        if is_same and "saved" in recorded:
            raise UnusableDatabase(
                f"it was moved away while it was served and lacks the latest writes, which are in "
                f"{recorded['saved']}: move that file here, or remove {self._file} to serve without"
            )
        if not is_same and "saved" not in recorded and size(self._log):
            index = with_suffix(self.database, LOG_INDEX)
            raise UnusableDatabase(
                f"its log {self._log} belongs to another file, which was served here (inode "
                f"{recorded.get('inode')}): put that file back, or remove {self._log} and {index} "
                f"to serve this one without the log"
            )

    def _is_recorded(self, recorded: Mapping[str, str]) -> bool:
        """Return whether the database is the file in the record."""
        present = identity(str(self.database))
        if present is None or str(present[1]) != recorded.get("inode"):
            return False
        with suppress(sqlite3.Error), closing(open_file(self.database)):
            return recorded.get("generation") in {None, str(generation(present))}
        return True  # it cannot be opened, which is reported later

    @property
    def _log(self) -> Path:
        return with_suffix(self.database, LOG)

    def _read(self) -> dict[str, str]:
        """Return the lines of the record, nothing if it is missing or unreadable."""
        try:
            lines = self._file.read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return {}
        return {name: value for name, _, value in (line.partition(" ") for line in lines)}


def _serialize(file: Identity, saved: Path | None) -> str:
    device, inode = file
    number = generation(file)
    text = f"device {device}\ninode {inode}\nprocess {os.getpid()}\n"
    text += "" if number is None else f"generation {number}\n"
    return text if saved is None else f"{text}saved {saved}\n"
