"""What a run prints while it goes on."""

from collections.abc import Mapping
from statistics import median
from typing import Any

import typer

from tests.benchmarks import figures
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.measurement import Measurement

QUIET = 0.1
"""Cores that others may keep busy before it is worth a warning."""


def heading(text: str) -> None:
    """Print what comes next."""
    typer.secho(text, bold=True)


def measured(server: str, workload: str, connections: int, result: Measurement) -> None:
    """Print what a server did, in colour when something went wrong."""
    line = (
        f"  {workload:7} {server:14} {connections:4} connections {result.rate:9,.0f}/s  "
        f"p50 {result.p50 / 1000:7.2f} ms  p99 {result.p99 / 1000:8.2f} ms"
    )
    if result.finished:
        typer.echo(line)
        return
    trouble = "stalled" if result.stalled else str(dict(result.errors))
    ours = server.startswith(OURS.name)
    typer.secho(f"{line}  {trouble}", fg=typer.colors.RED if ours else typer.colors.YELLOW)


def ratios(workload: str, rounds: Rounds) -> None:
    """Print how many times each other server's rate heroes' is."""
    others = [name for name in figures.servers_in(rounds) if name != OURS.name]
    found = {name: figures.rate_ratio(rounds, OURS.name, name) for name in others}
    said = [f"{name} {'-' if ratio is None else f'{ratio:.2f}'}" for name, ratio in found.items()]
    typer.echo(f"  {workload:7} heroes / {', '.join(said)}")


def started(server: str, seconds: list[float]) -> None:
    """Print how long a server took to start."""
    typer.echo(f"  {server:14} {median(seconds):.2f} s to the first answer")


def took(what: str, microseconds: float) -> None:
    """Print how long something took."""
    typer.echo(f"  {what:36} {microseconds:6.2f} microseconds")


def warning(text: str) -> None:
    """Print what makes a run worth less."""
    typer.secho(text, fg=typer.colors.RED)


def machine(run: Mapping[str, Any]) -> None:
    """Print where the run takes place."""
    typer.echo(f"{run['cpu']}, {run['cores']} cores, {run['pinning']}")
    typer.echo(f"Linux {run['kernel']}, a flush takes {run['flush']} microseconds")
    if run["busy"] > QUIET:
        warning(f"Others keep {run['busy']:.2f} cores busy: no figure is worth much.")
