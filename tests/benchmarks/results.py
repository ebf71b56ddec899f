"""The results file: a part for each measurement, with the id of its run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.contenders import ROOT
from tests.benchmarks.figures import Round
from tests.benchmarks.rounds import from_json

PATH = ROOT / "docs/benchmarks/results.json"

Results = dict[str, Any]
"""``runs`` by id: machine, versions, options. ``parts`` by name: figures, and the id of the run."""

NOTHING: Results = {"runs": {}, "parts": {}}


def load(path: Path) -> Results:
    """Load the file, or return empty results if it does not exist."""
    return json.loads(path.read_text()) if path.exists() else NOTHING


def save(path: Path, results: Results) -> None:
    """Write the file with sorted keys, so that diffs are small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def merged(results: Results, run: Mapping[str, Any], parts: Mapping[str, Any]) -> Results:
    """Return the results with these parts of this run, which replace older parts.

    Runs without parts are dropped.
    """
    number = str(run["date"])
    merged_parts = results["parts"] | {
        name: {**part, "run": number} for name, part in parts.items()
    }
    runs = results["runs"] | {number: dict(run)}
    used = {part["run"] for part in merged_parts.values()}
    return {"runs": {n: r for n, r in runs.items() if n in used}, "parts": merged_parts}


def rounds_of(results: Results, part: str) -> list[Round]:
    """Return the rounds of a part, or an empty list if it was not measured."""
    return from_json(results["parts"].get(part, {}).get("rounds", []))
