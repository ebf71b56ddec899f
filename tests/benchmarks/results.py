"""The results of runs in a file: a part for each thing measured, each with the run it is from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.contenders import ROOT
from tests.benchmarks.figures import Round
from tests.benchmarks.rounds import from_json

PATH = ROOT / "docs/benchmarks/results.json"

Results = dict[str, Any]
"""``runs`` by their ids: machine, versions, options. ``parts`` by their names: figures, a run."""

NOTHING: Results = {"runs": {}, "parts": {}}


def load(path: Path) -> Results:
    """Return what is in the file, or nothing where there is none."""
    return json.loads(path.read_text()) if path.exists() else NOTHING


def save(path: Path, results: Results) -> None:
    """Write the file, in an order that makes a small difference of a small change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def merged(results: Results, run: Mapping[str, Any], parts: Mapping[str, Any]) -> Results:
    """Return the results with these parts, of this run, in the place of older ones.

    Runs of which no part is left are forgotten.
    """
    number = str(run["date"])
    kept = results["parts"] | {name: {**part, "run": number} for name, part in parts.items()}
    runs = results["runs"] | {number: dict(run)}
    used = {part["run"] for part in kept.values()}
    return {"runs": {n: r for n, r in runs.items() if n in used}, "parts": kept}


def rounds_of(results: Results, part: str) -> list[Round]:
    """Return the rounds of a part; none when it was not measured."""
    return from_json(results["parts"].get(part, {}).get("rounds", []))
