"""The output of a run."""

from collections.abc import Mapping
from statistics import median
from typing import Any

import typer

from tests.benchmarks import figures
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.measurement import Measurement

QUIET = 0.1
"""The number of cores that other processes may use without a warning."""


def heading(text: str) -> None:
    """Print a heading."""
    typer.secho(text, bold=True)


def measured(server: str, workload: str, connections: int, result: Measurement) -> None:
    """Print a measurement, in colour if it failed."""
    line = (
        f"  {workload:7} {server:21} {connections:4} connections {result.rate:9,.0f}/s  "
        f"p50 {result.p50 / 1000:7.2f} ms  p99 {result.p99 / 1000:8.2f} ms"
    )
    if result.finished:
        typer.echo(line)
        return
    failure = "stalled" if result.stalled else str(dict(result.errors))
    ours = server.startswith(OURS.name)
    typer.secho(f"{line}  {failure}", fg=typer.colors.RED if ours else typer.colors.YELLOW)


def ratios(workload: str, rounds: Rounds) -> None:
    """Print the ratio of heroes' rate to that of each other server."""
    others = [name for name in figures.servers_in(rounds) if name != OURS.name]
    found = {name: figures.rate_ratio(rounds, OURS.name, name) for name in others}
    parts = [f"{name} {'-' if ratio is None else f'{ratio:.2f}'}" for name, ratio in found.items()]
    typer.echo(f"  {workload:7} heroes / {', '.join(parts)}")


def started(server: str, seconds: list[float]) -> None:
    """Print how long a server took to start."""
    typer.echo(f"  {server:21} {median(seconds):.2f} s to the first response")


def duration(what: str, microseconds: float) -> None:
    """Print how long something took."""
    typer.echo(f"  {what:36} {microseconds:6.2f} microseconds")


def warning(text: str) -> None:
    """Print a warning."""
    typer.secho(text, fg=typer.colors.RED)


def machine(run: Mapping[str, Any]) -> None:
    """Print the machine of the run."""
    typer.echo(f"{run['cpu']}, {run['cores']} cores, {run['pinning']}")
    typer.echo(f"Linux {run['kernel']}, a flush takes {run['flush']} microseconds")
    if run["busy"] > QUIET:
        warning(f"Other processes use {run['busy']:.2f} cores: the figures are not reliable.")
