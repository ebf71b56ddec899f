"""The command line: ``heroes serve`` and ``heroes migrate``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from entrypoints import bootstrap, server
from entrypoints.settings import InvalidSettings, load_settings

cli = typer.Typer(
    help="A REST API for heroes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

WRONG_SETTING = 2
"""Exit code when a setting has a value that can't be used."""

FAILED = 1
"""Exit code when the settings are good and the start fails all the same."""


@cli.command()
def serve() -> None:
    """Bring the database up to date and serve the API until stopped."""
    server.exit_cleanly_on_signals()
    with _told_in_a_sentence():
        settings = load_settings()
        database = bootstrap.connect(settings)
        listener = server.listen(settings.host, settings.port)
        _say_applied(bootstrap.migrate(database))
    url = server.address(listener)
    typer.echo(f"Heroes:   {url}/heroes/")
    typer.echo(f"Docs:     {url}/docs")
    typer.echo(f"Database: {database.name}")
    server.run(
        bootstrap.compose(database),
        listener,
        access_log=settings.access_log,
        receive_timeout=settings.receive_timeout,
    )


@cli.command()
def migrate() -> None:
    """Bring the database up to date, and do nothing else."""
    with _told_in_a_sentence():
        database = bootstrap.connect(load_settings())
        applied = bootstrap.migrate(database)
    if not _say_applied(applied):
        typer.echo("The database is up to date.")


@contextmanager
def _told_in_a_sentence() -> Iterator[None]:
    try:
        yield
    except InvalidSettings as error:
        _stop(error, WRONG_SETTING)
    except (bootstrap.CannotStart, server.CannotListen) as error:
        _stop(error, FAILED)


def _stop(error: Exception, code: int) -> None:
    typer.echo(f"heroes: {error}", err=True)
    raise typer.Exit(code) from None


def _say_applied(revisions: Sequence[str]) -> bool:
    for revision in revisions:
        typer.echo(f"Applied migration {revision}.")
    return bool(revisions)
