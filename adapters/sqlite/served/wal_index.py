"""The header of the WAL index, the shared memory in which SQLite publishes each commit.

SQLite maps the ``-shm`` file of a database in WAL mode into every process that uses it. The file
begins with a header that each commit replaces before its COMMIT returns, whichever process commits
(https://sqlite.org/walformat.html, section 2.1). In bytes::

    0  version of the format     8  count of commits      16  frames in the log, ...   48  a copy
    4  unused                   12  1, initialized        32  salts, checksum

Reading it takes no lock and no system call. It is read where SQLite has mapped it, because the file
cannot be opened: closing a descriptor of it releases the locks that SQLite holds (fcntl(2)).
"""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

HEADER_SIZE = 48
"""Size of one copy of the header, in bytes."""

FORMAT = 3_007_000
"""The only version of the format so far."""

INITIALIZED = 12
"""Offset of the byte that is 1 once the header is valid."""

MAPPINGS = Path("/proc/self/maps")
"""The mappings of this process (proc(5)). Linux has it, other systems do not."""

Header = ctypes.Array[ctypes.c_char]


def find_wal_index(database: Path) -> Header | None:
    """Return the header of the index of the database, whose ``raw`` is its present value.

    A connection of this process to the database must have read it in WAL mode, and must stay open
    as long as the header is read: without the mapping, access to it would end the process.

    Returns ``None`` where the index cannot be found, or has another format.
    """
    with suppress(OSError):
        found = os.stat(f"{database}-shm")  # noqa: PTH116 - any name, without another Path
        address = _find_mapping(found)
        if address is not None:
            header = (ctypes.c_char * HEADER_SIZE).from_address(address)
            return header if _is_known(header.raw) else None
    return None


def _find_mapping(file: os.stat_result) -> int | None:
    """Return the address at which the beginning of the file is mapped."""
    device = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}"
    wanted = ["00000000", device, str(file.st_ino)]
    with MAPPINGS.open("rb") as mappings:
        for line in mappings:
            addresses, modes, *rest = line.decode("ascii", "replace").split(maxsplit=5)[:5]
            if rest == wanted and modes.startswith("r") and modes.endswith("s"):
                return int(addresses.partition("-")[0], 16)
    return None


def _is_known(header: bytes) -> bool:
    version = int.from_bytes(header[:4], sys.byteorder)
    return version == FORMAT and header[INITIALIZED] == 1
