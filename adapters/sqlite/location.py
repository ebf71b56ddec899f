"""The place of a SQLite file: its absolute path, and why it cannot be opened there."""

import os
from pathlib import Path

from service_layer.errors import UnsupportedUrl, UnusableDatabase


def absolute_path(text: str) -> Path:
    """Return the absolute path of the file. Raises ``UnsupportedUrl``."""
    if text == "~" or (text.startswith("~") and "/" in text):
        raise UnsupportedUrl("~ does not stand for the home directory; write its path")
    if text.startswith("//"):  # POSIX leaves the meaning of two slashes open
        text = "/" + text.lstrip("/")
    try:
        return Path(text).absolute()
    except OSError as error:
        raise UnsupportedUrl(
            f"the working directory cannot be used ({error.strerror}); "
            "write an absolute path, or start in another directory"
        ) from None


def check_location(path: Path) -> None:
    """Raise ``UnusableDatabase`` if SQLite cannot create or change a file there.

    SQLite creates a log beside the file, so it has to write in the folder.
    """
    if path.is_dir():
        raise UnusableDatabase("it is a folder; name a file in it")
    folder = path.parent
    if not folder.exists():
        raise UnusableDatabase(f"the folder {folder} does not exist; create it, or correct the URL")
    if not folder.is_dir():
        raise UnusableDatabase(f"{folder} is not a folder; correct the URL")
    if not _may(folder, os.W_OK | os.X_OK):
        raise UnusableDatabase(
            f"the folder {folder} is read-only for this process, and SQLite creates files beside "
            "the database; allow it to write there, or move the database"
        )
    if path.exists() and not _may(path, os.R_OK | os.W_OK):
        raise UnusableDatabase("this process may not read and write the file; change its mode")


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
