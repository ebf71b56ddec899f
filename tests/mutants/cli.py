"""The command line of the mutation tests."""

import time
from typing import Annotated

import typer

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.results import Result, is_acceptable, summary
from tests.mutants.runner import BaselineFailed, Named, check_mutants

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def mutants(
    *,
    only: Annotated[str, typer.Option(help="A subject, or a text in the mistakes.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Mutants to test at a time.")] = 2,
) -> None:
    """Test whether the tests detect each mutant of the catalogue.

    Exits with 1 if a mutant survives without a reason.
    """
    chosen = choose(only)
    if not chosen:
        raise typer.BadParameter(f"no mutant; the subjects are {', '.join(CATALOGUE)}")
    started = time.monotonic()
    try:
        results = check_mutants(chosen, min(workers, len(chosen)), print_result)
    except BaselineFailed as failed:
        typer.echo(f"{failed}\nmutants: these tests fail without a mutant", err=True)
        raise typer.Exit(1) from None
    typer.echo(summary(results, time.monotonic() - started))
    if not is_acceptable(results):
        raise typer.Exit(1)


def choose(only: str) -> list[Named]:
    """Return the mutants of the subject, or if there is no such subject, those with this text."""
    return [
        (subject, mutant)
        for subject, mutants in CATALOGUE.items()
        for mutant in mutants
        if only == subject or (only not in CATALOGUE and only in mutant.mistake)
    ]


def print_result(result: Result) -> None:
    """Print the line of a result."""
    typer.echo(result.line())
