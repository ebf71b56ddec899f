"""The command line of the benchmark."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tests.benchmarks import console, machine, report, results, wrk
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import DATABASES, NAMES, SQLITE, left_out
from tests.benchmarks.cores import Cores
from tests.benchmarks.options import Options
from tests.benchmarks.sections import SECTIONS
from tests.benchmarks.stores import PostgresStores, SqliteStores, Stores
from tests.benchmarks.workloads import WORKLOADS
from tests.support.postgres import postgres_server

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

IN_MEMORY = "This folder is in memory: no write is flushed. Set TMPDIR to a folder on a disk."

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_connections": "200",
}
"""PostgreSQL's settings, durable as in production."""


def several(allowed: tuple[str, ...]) -> Any:
    """Return an option that parses comma-separated names."""

    def parse(text: str) -> str:
        if unknown := set(text.split(",")) - set(allowed):
            raise typer.BadParameter(
                f"{', '.join(sorted(unknown))}; there are {', '.join(allowed)}"
            )
        return text

    return typer.Option(callback=parse, help=f"Some of {','.join(allowed)}.")


@cli.command()
def bench(  # noqa: PLR0913 - one for each option
    *,
    database: Annotated[str, several(DATABASES)] = ",".join(DATABASES),
    sections: Annotated[str, several(tuple(SECTIONS))] = ",".join(SECTIONS),
    servers: Annotated[str, several(NAMES)] = ",".join(NAMES),
    workloads: Annotated[str, several(WORKLOADS)] = ",".join(WORKLOADS),
    rows: Annotated[int, typer.Option(min=100, help="Heroes in each database.")] = 1_000,
    connections: Annotated[int, typer.Option(min=1, help="Clients at once.")] = 16,
    rounds: Annotated[int, typer.Option(min=1)] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Of each load.")] = 2,
    soak: Annotated[int, typer.Option(min=1, help="Seconds of the soak.")] = 30,
    write: Annotated[bool, typer.Option(help="Save the results, and write the report.")] = True,
    render_only: Annotated[bool, typer.Option("--render-only", help="Measure nothing.")] = False,
) -> None:
    """Measure heroes and other servers, and write docs/benchmarks.md, its plots and the README's.

    The parts of a run replace the same parts of the results; other parts stay.
    """
    if render_only:
        report.write(results.load(results.PATH))
        return
    options = Options(
        databases=tuple(database.split(",")),
        sections=tuple(sections.split(",")),
        servers=tuple(servers.split(",")),
        workloads=tuple(w for w in WORKLOADS if w in workloads.split(",")),
        rows=rows,
        connections=connections,
        rounds=rounds,
        seconds=seconds,
        soak=soak,
    )
    try:
        wrk.check_installed()
    except wrk.WrkMissing as error:
        typer.echo(f"bench: {error}", err=True)
        raise typer.Exit(1) from None
    measure_all(options, write=write)
    if write:
        report.write(results.load(results.PATH))


def measure_all(options: Options, *, write: bool) -> None:
    """Run every section on every database, and save the results after each section."""
    cores = Cores.of_this_machine()
    cores.take_load_core()
    missing = left_out(options.servers)
    for name, reason in missing.items():
        console.warning(f"{name} is left out: {reason}")
    for database in options.databases:
        with temporary_directory() as folder, stores_of(database, folder) as stores:
            run = machine.describe(cores, folder)
            run |= {"options": options.to_json(), "left out": missing}
            console.machine(run)
            bench = Bench(database, options, cores, folder, stores)
            for section in options.sections:
                parts = SECTIONS[section](bench)
                if write:
                    merged = results.merged(results.load(results.PATH), run, parts)
                    results.save(results.PATH, merged)


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """Yield a temporary directory for databases and logs, in ``TMPDIR``."""
    with tempfile.TemporaryDirectory(prefix="heroes-bench-") as folder:
        if machine.is_in_memory(Path(folder)):
            console.warning(IN_MEMORY)
        yield Path(folder)


@contextmanager
def stores_of(database: str, folder: Path) -> Iterator[Stores]:
    """Yield the stores of the engine; PostgreSQL runs until the end of the block."""
    if database == SQLITE:
        yield SqliteStores(folder)
        return
    with postgres_server(**DURABLE) as server:
        yield PostgresStores(server.url())
