"""What stands before the service, nginx, or behind it, pgbouncer: Debian's packages.

Each runs as an ordinary user, from a folder of its own, on a free port. pgbouncer refuses root.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.integration.ordinary_user import shared_directory
from tests.support.postgres import NOBODY
from tests.support.served import LIMIT

PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
"""Where programs are looked for; an ordinary user's path often leaves the last one out."""

NGINX = shutil.which("nginx", path=PLACES)
OPENSSL = shutil.which("openssl", path=PLACES)
PGBOUNCER = shutil.which("pgbouncer", path=PLACES)

NGINX_CONFIGURATION = Path(__file__).parents[2] / "docs" / "nginx.conf"
NGINX_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
NGINX_IN_A_TEST = "daemon off; pid nginx.pid; error_log stderr notice;"
CERTIFICATE = (
    "req -x509 -newkey rsa:2048 -nodes -subj /CN=heroes -keyout heroes.key -out heroes.crt"
)

PGBOUNCER_CONFIGURATION = """\
[databases]
* = host=127.0.0.1 port={server_port} user=heroes
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
log_connections = 0
log_disconnections = 0
log_stats = 0
"""


@contextmanager
def pgbouncer(server_port: int, *, pool_size: int) -> Iterator[int]:
    """Run pgbouncer before a PostgreSQL server on this machine, and give its port."""
    port = _free_port()
    with shared_directory() as folder:
        file = folder / "pgbouncer.ini"
        text = PGBOUNCER_CONFIGURATION.format(port=port, server_port=server_port, size=pool_size)
        file.write_text(text)
        with _running([PGBOUNCER, file], until="process up"):
            yield port


@contextmanager
def nginx(servers: Sequence[str]) -> Iterator[str]:
    """Run nginx as the documents set it up before two servers of ours, and give its address."""
    port = _free_port()
    first, second = (url.removeprefix("http://") for url in servers)
    with shared_directory() as folder:
        places = [f"{name}_temp_path {folder}/{name};" for name in NGINX_FOLDERS]
        replaced = {
            "http {": "\n".join(["http {", *places]),
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "127.0.0.1:8001": first,
            "127.0.0.1:8002": second,
        }
        file = folder / "nginx.conf"
        file.write_text(_replaced(NGINX_CONFIGURATION.read_text(), replaced))
        subprocess.run(
            [str(OPENSSL), *CERTIFICATE.split()], cwd=folder, check=True, capture_output=True
        )
        command = [NGINX, "-e", "stderr", "-p", folder, "-c", file, "-g", NGINX_IN_A_TEST]
        _hand_over(folder)
        with _running(command, until="start worker process "):
            yield f"https://127.0.0.1:{port}"


@contextmanager
def _running(command: Sequence[Any], *, until: str) -> Iterator[None]:
    """Run a program that says on standard error when it is ready, until it is not needed."""
    as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    process = subprocess.Popen(
        [str(part) for part in command],
        stderr=subprocess.PIPE,
        text=True,
        **(as_nobody if os.geteuid() == 0 else {}),
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        while until not in "".join(said[-1:]):
            said.append(process.stderr.readline())
            assert said[-1], f"it did not start: {said}"
        yield
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


def _replaced(text: str, replaced: dict[str, str]) -> str:
    for old, new in replaced.items():
        assert 1 == text.count(old), old
        text = text.replace(old, new)
    return text


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
