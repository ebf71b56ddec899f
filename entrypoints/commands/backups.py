"""``heroes backup`` and ``heroes restore``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from entrypoints.commands.exit_codes import exit_on_error, print_line, print_warning
from entrypoints.commands.progress import show_progress
from entrypoints.commands.stop_signals import stop_on_signals
from entrypoints.composition import maintenance
from entrypoints.settings import load_settings

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="A backup of this service.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace an existing file.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only warnings and errors.")]


def backup(file: Target, *, replace: Replace = False, quiet: Quiet = False) -> None:
    """Write a consistent copy of a SQLite database to FILE, while it may be in use."""
    with (
        exit_on_error(),
        stop_on_signals() as is_stopped,
        show_progress(is_stopped, quiet=quiet) as progress,
    ):
        written = maintenance.back_up(load_settings(print_warning), file, progress, replace=replace)
    if written.warning:
        print_warning(written.warning)
    if not quiet:
        with exit_on_error():
            print_line(
                f"Backed up {decimal(written.size)} to {file}. "
                f"The log could not start anew for {written.pinned:.2f} s."
            )


def restore(file: Source, *, quiet: Quiet = False) -> None:
    """Replace a SQLite database with a copy of FILE, while nothing has it open."""
    with (
        exit_on_error(),
        stop_on_signals() as is_stopped,
        show_progress(is_stopped, quiet=quiet) as progress,
    ):
        restored = maintenance.restore(load_settings(print_warning), file, progress)
    if restored.warning:
        print_warning(restored.warning)
    if not quiet:
        with exit_on_error():
            print_line(f"Restored {decimal(restored.size)} from {file}.")
            if restored.kept:
                print_line(f"The previous database is now {restored.kept}.")
