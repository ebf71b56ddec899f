"""The commands with which PostgreSQL's own tools back up and restore a database."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from service_layer.backup import BackupRefused

LIBPQ_OPTIONS = {
    "host",
    "port",
    "user",
    "dbname",
    "passfile",
    "sslmode",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "sslcrl",
    "target_session_attrs",
}
"""Options of the URL that the tools know too. Others they reject; ``password`` is secret."""

DUMP = ("pg_dump", "--format=custom", "--no-password")
RESTORE = (
    "pg_restore",
    "--clean",
    "--if-exists",
    "--no-owner",
    "--single-transaction",
    "--no-password",
)

PASSWORD_FILE = "~/.pgpass"  # noqa: S105 - a file name


def refuse_backup(dsn: str, target: Path) -> BackupRefused:
    """Return the error that names the command for a backup to ``target``."""
    command = [*DUMP, f"--file={target}", f"--dbname={_without_password(dsn)}"]
    return _refuse("pg_dump backs up a PostgreSQL database, while it is in use", command, dsn)


def refuse_restore(dsn: str, backup: Path) -> BackupRefused:
    """Return the error that names the command for a restore of ``backup``."""
    command = [*RESTORE, f"--dbname={_without_password(dsn)}", str(backup)]
    return _refuse("pg_restore restores a PostgreSQL database; stop its services", command, dsn)


def _refuse(sentence: str, command: Sequence[str], dsn: str) -> BackupRefused:
    line = shlex.join(command)
    if not _has_password(dsn):
        return BackupRefused(f"{sentence}:\n{line}")
    return BackupRefused(
        f"{sentence}:\nPGPASSFILE={PASSWORD_FILE} {line}\n"
        f"{PASSWORD_FILE} needs mode 0600 and a line host:port:database:user:password"
    )


def _without_password(dsn: str) -> str:
    """Return the URL with the options that the tools know, and without its password."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    options = [(name, text) for name, text in parse_qsl(parts.query) if name in LIBPQ_OPTIONS]
    query = f"?{urlencode(options, safe='/:,')}" if options else ""
    return f"{parts.scheme}://{user.partition(':')[0]}{at}{hosts}{parts.path}{query}"


def _has_password(dsn: str) -> bool:
    parts = urlsplit(dsn)
    return ":" in parts.netloc.rpartition("@")[0] or "password" in dict(parse_qsl(parts.query))
