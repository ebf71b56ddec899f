"""``heroes check``."""

import typer

from entrypoints.commands.exit_codes import FAILED, exit_on_error, print_line, print_warning
from entrypoints.commands.settings import format_settings
from entrypoints.composition import authenticators, databases, inspection
from entrypoints.composition.effective_settings import find_effective_settings
from entrypoints.composition.tracing import find_trace_options
from entrypoints.settings import load_settings
from service_layer.database import Database


def check() -> None:
    """Print the settings, and test the database. Exit with 1 if a test fails.

    Tests the connection, the schema, the flush time of the disk, the replicas, and whether the
    values of all rows have the type of their column. Prints no stored values, and changes no
    table.
    """
    with exit_on_error():
        settings = load_settings(print_warning)
        for line in format_settings(find_effective_settings(settings)):
            print_line(line)
        database = databases.open_database(settings)
        authenticators.open_authenticators(settings, database)
        find_trace_options()
        print_line(f"Database: {database.name}")
        schema = inspection.inspect_schema(database)
        print_line(f"Schema: {schema.text}.")
        print_line(f"Flush time: {inspection.describe_flushes(database)}.")
        replicas = list(inspection.inspect_replicas(database))
        for replica in replicas:
            print_line(f"Replica {replica.text}.")
        irregular = _print_irregular_rows(database)
    if irregular or not all(finding.is_good for finding in (schema, *replicas)):
        raise typer.Exit(FAILED)


def _print_irregular_rows(database: Database) -> int:
    """Return the number of rows with values outside the type of their column."""
    found = 0
    for table, row_id, columns in inspection.irregular_rows(database):
        found += 1
        print_line(f"{table} {row_id}: {', '.join(columns)}")
    if found:
        print_line(
            f"Rows with values outside the type of their columns: {found}. They have text "
            "that is not UTF-8, or values of another type; correct them with PATCH."
        )
    else:
        print_line("All values have the type of their column.")
    return found
