"""``heroes check``."""

import typer

from entrypoints.commands.exit_codes import FAILED, exit_on_error, print_line, print_warning
from entrypoints.composition import maintenance
from entrypoints.settings import load_settings


def check() -> None:
    """List the heroes with values outside the type of their column; exit with 1 if any.

    It prints ids and columns, and no value.
    """
    found = 0
    with exit_on_error():
        for hero_id, columns in maintenance.check(load_settings(print_warning)):
            found += 1
            print_line(f"hero {hero_id}: {', '.join(columns)}")
        if found:
            print_line(
                f"Heroes with values outside the type of their columns: {found}. They have text "
                "that is not UTF-8, or values of another type; correct them with PATCH."
            )
        else:
            print_line("All values have the type of their column.")
    if found:
        raise typer.Exit(FAILED)
