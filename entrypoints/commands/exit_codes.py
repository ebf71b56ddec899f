"""Exit codes of the commands, and the one line for the operator when a command fails."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import NoReturn, TextIO

import typer

from domain.api_key import ApiKeyNotFound, InvalidApiKey
from entrypoints.composition import databases
from entrypoints.server import sockets
from entrypoints.setting_types import LogFormat
from entrypoints.settings import InvalidSettings
from entrypoints.telemetry.logs.formats import is_json
from entrypoints.telemetry.logs.records import format_line
from service_layer.backup import BackupFailed, BackupRefused
from service_layer.errors import StoreConflict

FAILED = 1
"""Exit code for a failure, and for pending migrations."""

INVALID = 2
"""Exit code for invalid settings or arguments."""

NEWER = 3
"""Exit code of ``migrate --check`` if a newer release has migrated the database."""


_log_format: ContextVar[LogFormat | None] = ContextVar("log_format", default=None)


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print an expected error, and exit with its code."""
    try:
        yield
    except (InvalidSettings, InvalidApiKey, BackupRefused) as error:
        _exit(error, INVALID)
    except (databases.CannotStart, sockets.CannotListen, ApiKeyNotFound, BackupFailed) as error:
        _exit(error, FAILED)
    except StoreConflict as error:
        _exit(f"the database does not allow the change: {error}; nothing was changed", FAILED)
    except OutputFailed as error:
        discard_output()
        _exit(error, FAILED)
    except OSError as error:
        file = f" ({error.filename})" if error.filename else ""
        reason = error.strerror or type(error).__name__
        _exit(f"the system refuses an operation: {reason}{file}; correct it, and repeat", FAILED)


class OutputFailed(Exception):
    """Standard output cannot be written to."""


def print_line(line: str) -> None:
    """Print a line on standard output, in the format of ``print_as``. Raises ``OutputFailed``."""
    if sys.stdout is None:  # as after >&- in a shell
        raise OutputFailed(
            "standard output is closed; redirect it, to /dev/null if nobody reads it"
        )
    try:
        typer.echo(format_line("info", line) if _is_json(sys.stdout) else _escape_unencodable(line))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputFailed(
            f"cannot write to standard output: {reason}; redirect it to another file"
        ) from error


def _escape_unencodable(line: str) -> str:
    """Return the line with escapes for what standard output cannot encode, such as in Latin-1."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)


def discard_output() -> None:
    """Let the interpreter flush its buffer at the exit without another error."""
    if sys.stdout is None:
        return
    with suppress(OSError, ValueError):
        discarded = os.open(os.devnull, os.O_WRONLY)
        os.dup2(discarded, sys.stdout.fileno())
        os.close(discarded)


def print_warning(sentence: str, level: str = "warning") -> None:
    """Print a sentence for the operator on standard error, if it can be written to.

    A start continues without it. The failure of a command is also in its exit code.
    """
    with suppress(OSError):
        if _is_json(sys.stderr):
            typer.echo(format_line(level, sentence), err=True)
        else:
            typer.echo(f"heroes: {sentence}", err=True)


@contextmanager
def print_as(log_format: LogFormat) -> Iterator[None]:
    """Print in the format of the log. Without it, lines are plain text."""
    token = _log_format.set(log_format)
    try:
        yield
    finally:
        _log_format.reset(token)


def _is_json(stream: TextIO | None) -> bool:
    log_format = _log_format.get()
    return log_format is not None and is_json(log_format, stream)


def _exit(error: Exception | str, code: int) -> NoReturn:
    print_warning(str(error), "error")
    raise typer.Exit(code) from None
