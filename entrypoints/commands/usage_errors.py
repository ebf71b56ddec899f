"""Errors in the arguments of ``serve``, in the format of its log."""

import sys
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import typer
from typer.core import TyperCommand

from entrypoints.commands.exit_codes import INVALID, print_as, print_warning
from entrypoints.settings import find_log_format, option_name
from entrypoints.telemetry.logs.formats import is_json


class ServeCommand(TyperCommand):
    """A command that prints a wrong argument in the format of the log."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments. Exit with ``INVALID`` if they are wrong."""
        log_format = find_log_format(_find_value(option_name("log_format"), args))
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            describe = getattr(error, "format_message", None)  # the errors of click have it
            if describe is None or not is_json(log_format, sys.stderr):
                raise
            with print_as(log_format):
                print_warning(describe(), "error")
            raise typer.Exit(INVALID) from None


def _find_value(option: str, arguments: Sequence[str]) -> str | None:
    """Return the value of an option, the last one if it is repeated, or ``None``."""
    value = None
    for argument, following in zip_longest(arguments, arguments[1:]):
        if argument == option:
            value = following
        elif argument.startswith(f"{option}="):
            value = argument.partition("=")[2]
    return value
