"""nginx in front of the service, and pgbouncer behind it, from Debian's packages.

Each runs as an ordinary user, in its own directory, on a free port. pgbouncer refuses to run as
root.
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

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
"""The search path for programs; the PATH of ordinary users often lacks ``/usr/sbin``."""

NGINX = shutil.which("nginx", path=SEARCH_PATH)
OPENSSL = shutil.which("openssl", path=SEARCH_PATH)
PGBOUNCER = shutil.which("pgbouncer", path=SEARCH_PATH)

NGINX_CONFIGURATION = Path(__file__).parents[2] / "docs" / "nginx.conf"
SCALING = NGINX_CONFIGURATION.with_name("scaling.md")
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
    """Run pgbouncer in front of a local PostgreSQL server, and yield its port."""
    port = free_port()
    with shared_directory() as folder:
        file = folder / "pgbouncer.ini"
        text = PGBOUNCER_CONFIGURATION.format(port=port, server_port=server_port, size=pool_size)
        file.write_text(text)
        with running([PGBOUNCER, file], until="process up"):
            yield port


@contextmanager
def nginx(servers: Sequence[str]) -> Iterator[str]:
    """Run nginx with ``docs/nginx.conf`` in front of two servers, and yield its URL.

    It serves them under a prefix, too, as ``docs/scaling.md`` shows.
    """
    port = free_port()
    first, second = (url.removeprefix("http://") for url in servers)
    with shared_directory() as folder:
        temp_paths = [f"{name}_temp_path {folder}/{name};" for name in NGINX_FOLDERS]
        replacements = {
            "http {": "\n".join(["http {", *temp_paths]),
            "        location @once {": _location_of_prefix() + "\n        location @once {",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "127.0.0.1:8001": first,
            "127.0.0.1:8002": second,
        }
        file = folder / "nginx.conf"
        file.write_text(_replace_each(NGINX_CONFIGURATION.read_text(), replacements))
        subprocess.run(
            [str(OPENSSL), *CERTIFICATE.split()], cwd=folder, check=True, capture_output=True
        )
        command = [NGINX, "-e", "stderr", "-p", folder, "-c", file, "-g", NGINX_IN_A_TEST]
        change_owner(folder)
        with running(command, until="start worker process "):
            yield f"https://127.0.0.1:{port}"


@contextmanager
def running(command: Sequence[Any], *, until: str) -> Iterator[None]:
    """Run a program until the end of the block, once its stderr contains ``until``."""
    as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    process = subprocess.Popen(
        [str(part) for part in command],
        stderr=subprocess.PIPE,
        text=True,
        **(as_nobody if os.geteuid() == 0 else {}),
    )
    assert process.stderr is not None
    try:
        lines: list[str] = []
        while until not in "".join(lines[-1:]):
            lines.append(process.stderr.readline())
            assert lines[-1], f"it did not start: {lines}"
        yield
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


def _location_of_prefix() -> str:
    """Return the location under a prefix in the guide."""
    _, _, rest = SCALING.read_text().partition("```nginx\n")
    return rest.partition("```")[0]


def _replace_each(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        assert 1 == text.count(old), old
        text = text.replace(old, new)
    return text


def change_owner(folder: Path) -> None:
    """Give the folder and its files to the user that runs the programs."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
