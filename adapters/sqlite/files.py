"""The files of a database: their names, modes and inodes.

SQLite gives the log, its index and the journal the mode of the database when it creates them. So
the mode of the database decides who may read them.
"""

import fcntl
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

PRIVATE = 0o600
OF_OTHERS = 0o066
"""The permissions of the group and of others to read and to write."""

LOG, LOG_INDEX = "-wal", "-shm"
"""Suffixes of the write-ahead log, and of the shared memory that indexes it."""

OWN_DESCRIPTORS = Path("/proc/self/fd")

Identity = tuple[int, int]
"""The device and inode of a file."""

GET_GENERATION = 0x8000_7601 | struct.calcsize("l") << 16
"""Linux's ``FS_IOC_GETVERSION``, an ioctl."""


def resolve(path: Path) -> Path:
    """Return the path without symbolic links. SQLite creates the other files beside that one."""
    return Path(os.path.realpath(path))  # Path.resolve raises RuntimeError if links form a loop


def with_suffix(database: Path, suffix: str) -> Path:
    """Return the path of another file of the database, such as its log."""
    return database.with_name(database.name + suffix)


def identity(name: str) -> Identity | None:
    """Return the identity of a file, or ``None`` if it is missing or empty.

    Raises ``OSError`` if that is unknown, for instance without the permission to search a folder.
    """
    try:
        status = os.stat(name)  # noqa: PTH116 - runs for reads and writes; a Path doubles the cost
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (status.st_dev, status.st_ino) if status.st_size else None


def size(file: Path) -> int:
    """Return the size in bytes, 0 if the file is missing."""
    return file.stat().st_size if file.exists() else 0


def is_open_here(file: Path) -> bool:
    """Return whether this process has the file open, under whatever name."""
    try:
        status = file.stat()
    except OSError:
        return False
    return any(_open_as((status.st_dev, status.st_ino)))


def generation(file: Identity) -> int | None:
    """Return a number that tells the file from later files with its inode, for ever.

    File systems use the inode of a removed file again, ext4 at once. Returns ``None`` if this
    process does not have the file open, or the file system has no such numbers.
    """
    answer = bytearray(struct.calcsize("l"))
    for descriptor in _open_as(file):
        with suppress(OSError):
            fcntl.ioctl(int(descriptor.name), GET_GENERATION, answer)
            return int(struct.unpack("l", answer)[0])
    return None


def location(file: Identity) -> Path | None:
    """Return the present path of a file that this process has open, or ``None`` without one."""
    for descriptor in _open_as(file):
        path = descriptor.readlink()
        with suppress(OSError):
            status = path.stat()
            if (status.st_dev, status.st_ino) == file:
                return path
    return None


def _open_as(file: Identity) -> Iterator[Path]:
    """Yield the links to a file in the table of open descriptors."""
    for descriptor in OWN_DESCRIPTORS.iterdir():
        with suppress(OSError):  # it was closed meanwhile
            status = descriptor.stat()
            if (status.st_dev, status.st_ino) == file:
                yield descriptor


def create_private(path: Path, content: bytes = b"") -> None:
    """Create a file that only its owner can access. Raises ``OSError`` if it exists.

    It has its mode from the first moment, whatever the umask is.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, PRIVATE)
    try:
        os.fchmod(descriptor, PRIVATE)  # a umask may also have removed permissions of the owner
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def flush(path: Path) -> None:
    """Flush a file, or the entries of a directory, to disk.

    Not for a database that is open: closing a descriptor would release SQLite's locks on it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exposed_modes(path: Path) -> Mapping[Path, int]:
    """Return the database's files that its group or others can access, and their modes."""
    database = resolve(path)
    modes = {}
    for file in (database, with_suffix(database, LOG), with_suffix(database, LOG_INDEX)):
        with suppress(OSError):
            modes[file] = S_IMODE(file.stat().st_mode)
    return {file: mode for file, mode in modes.items() if mode & OF_OTHERS}
