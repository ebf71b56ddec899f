"""The command line: ``heroes serve``, ``migrate``, ``check``, ``settings``, backups, ``keys``."""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any

import typer

from entrypoints import bootstrap
from entrypoints.commands import api_keys, backups
from entrypoints.commands.admin import open_admin
from entrypoints.commands.check import check
from entrypoints.commands.exit_codes import (
    FAILED,
    NEWER,
    exit_on_error,
    print_as,
    print_line,
    print_warning,
)
from entrypoints.commands.exposure import check_exposure
from entrypoints.commands.health import print_health
from entrypoints.commands.setting_options import add_setting_options
from entrypoints.commands.settings import print_settings
from entrypoints.commands.usage_errors import ServeCommand
from entrypoints.composition import authenticators, databases, maintenance
from entrypoints.composition.bounds import find_bounds
from entrypoints.composition.tracing import find_trace_options
from entrypoints.server import run as server
from entrypoints.server import sockets
from entrypoints.server.lifecycle.process_config import StopTimes
from entrypoints.settings import (
    PREFIX,
    InvalidSettings,
    Settings,
    find_log_format,
    load_settings,
)
from entrypoints.telemetry.logs.configuration import LogOptions, start_logging
from service_layer.database import Database

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

cli.command()(check)
cli.command("settings")(print_settings)
cli.command("health")(print_health)
cli.command()(backups.backup)
cli.command()(backups.restore)
cli.add_typer(api_keys.commands, name="keys")

UP_TO_DATE = "The database is up to date."

Workers = Annotated[int, typer.Option(min=1, help="Number of worker processes.")]
Migrate = Annotated[bool, typer.Option(help="Migrate the database first.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Only list pending migrations: exit with 1 if any, 3 if newer."),
]


def print_version(is_asked: bool) -> None:  # noqa: FBT001 - Typer passes the value of the option
    """Print the release, and exit."""
    if is_asked:
        with exit_on_error():
            print_line(f"heroes {version('heroes')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", help="Print the release.", callback=print_version, is_eager=True),
]


@cli.callback()
def describe_version(*, _version: Version = False) -> None:
    """Serve a REST API for heroes, and maintain its database."""


@cli.command(cls=ServeCommand)
@add_setting_options
def serve(*, workers: Workers = 1, migrate: Migrate = True, options: Mapping[str, Any]) -> None:
    """Migrate the database, and serve the API until SIGTERM or SIGINT.

    Options replace the settings of the environment and of the file .env.
    """
    server.exit_on_signals_before_serving()
    with print_as(find_log_format(options.get("log_format"))), exit_on_error():
        settings = load_settings(print_warning, options)
        log = LogOptions(
            settings.log_level,
            settings.log_format,
            has_requests=settings.access_log,
            has_timing=settings.server_timing,
        )
        start_logging(log)
        database = databases.open_database(settings)
        authenticators.open_authenticators(settings, database)
        find_trace_options()
        if database.is_embedded and workers > 1:
            raise InvalidSettings("--workers requires PostgreSQL: SQLite supports one process")
        listener = sockets.listen(settings.host, settings.port)
        address = sockets.get_address(listener)
        if warning := check_exposure(settings.auth, address):
            print_warning(warning)
        bounds = find_bounds(database, settings, address)
        admin = open_admin(settings, bounds)
        is_unreachable = _prepare(database, settings, workers, migrate=migrate)
        migrating = bootstrap.when_to_migrate(
            database, migrate=migrate, is_unreachable=is_unreachable
        )
        if settings.read_only:
            print_warning(f"{PREFIX}READ_ONLY is set: requests that write get 503")
        url = sockets.format_url(listener)
        if sockets.is_ipv6_only(listener):
            print_warning("this system listens on :: for IPv6 only; IPv4 clients cannot connect")
        print_line(f"Heroes:   {url}/heroes/")
        if settings.docs:
            print_line(f"Docs:     {url}/docs")
        print_line(f"Database: {database.name}")
        if admin is not None:
            print_line(f"Admin:    {sockets.format_url(admin.listener)}/readyz")
    server.run(
        partial(bootstrap.make_apps, migrating=migrating, settings=settings),
        listener,
        workers=workers,
        log=log,
        bounds=bounds,
        times=StopTimes(settings.drain, settings.grace),
        admin=admin,
    )


@cli.command()
def migrate(*, check: Check = False) -> None:
    """Apply pending migrations, or list them with --check."""
    with exit_on_error():
        database = databases.open_database(load_settings(print_warning))
        maintenance.recover(database)
        if check:
            _check_schema(database)
        else:
            applied = maintenance.migrate(database)
            _print_applied(applied)
            if not applied:
                print_line(UP_TO_DATE)


def _check_schema(database: Database) -> None:
    try:
        pending = maintenance.pending(database)
    except databases.SchemaIsNewer as error:
        print_warning(str(error))
        raise typer.Exit(NEWER) from None
    _print_pending(pending)


def _prepare(database: Database, settings: Settings, workers: int, *, migrate: bool) -> bool:
    """Migrate, and warn about too many connections. Return whether the server is unreachable."""
    try:
        maintenance.recover(database)
        if migrate:
            _print_applied(maintenance.migrate(database))
        if warning := maintenance.connection_warning(database, settings, workers):
            print_warning(warning)
    except databases.DatabaseUnreachable as error:
        print_warning(f"{error}; starting anyway; requests get 503 until the database is reachable")
        return True
    return False


def _print_pending(pending: Sequence[str]) -> None:
    for revision in pending:
        print_line(f"Migration {revision} is pending.")
    if pending:
        raise typer.Exit(FAILED)
    print_line(UP_TO_DATE)


def _print_applied(revisions: Sequence[str]) -> None:
    for revision in revisions:
        print_line(f"Applied migration {revision}.")
