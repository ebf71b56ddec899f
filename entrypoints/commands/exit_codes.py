"""Exit codes of the commands, and the one line for the operator when a command fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from entrypoints import bootstrap
from entrypoints.server import sockets
from entrypoints.settings import InvalidSettings
from service_layer.backup import BackupFailed, BackupRefused

FAILED = 1
"""Exit code for a failure, and for pending migrations."""

INVALID = 2
"""Exit code for invalid settings or arguments."""


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print an expected error, and exit with its code."""
    try:
        yield
    except (InvalidSettings, BackupRefused) as error:
        _exit(error, INVALID)
    except (bootstrap.CannotStart, sockets.CannotListen, BackupFailed) as error:
        _exit(error, FAILED)


def print_warning(sentence: str) -> None:
    """Print a sentence for the operator on standard error."""
    typer.echo(f"heroes: {sentence}", err=True)


def _exit(error: Exception, code: int) -> NoReturn:
    typer.echo(f"heroes: {error}", err=True)
    raise typer.Exit(code) from None
