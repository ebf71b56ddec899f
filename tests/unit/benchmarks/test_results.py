"""Merging and saving the results of several runs."""

from pathlib import Path

from tests.benchmarks.results import NOTHING, load, merged, save

FIRST = {"date": "2026-11-20T10:00:00", "commit": "1111111"}
SECOND = {"date": "2026-11-21T10:00:00", "commit": "2222222"}


def test_a_part_of_a_run_replaces_only_that_part() -> None:
    before = merged(NOTHING, FIRST, {"main/sqlite/get": {"rounds": 1}, "soak/sqlite": {"rss": 2}})

    after = merged(before, SECOND, {"main/sqlite/get": {"rounds": 3}})

    assert {"rounds": 3, "run": SECOND["date"]} == after["parts"]["main/sqlite/get"]
    assert {"rss": 2, "run": FIRST["date"]} == after["parts"]["soak/sqlite"]
    assert {FIRST["date"]: FIRST, SECOND["date"]: SECOND} == after["runs"]


def test_a_run_without_parts_is_deleted() -> None:
    before = merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})

    after = merged(before, SECOND, {"soak/sqlite": {"rss": 2}})

    assert {SECOND["date"]: SECOND} == after["runs"]


def test_merging_does_not_modify_the_old_results() -> None:
    merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})

    assert {"runs": {}, "parts": {}} == NOTHING


def test_saved_results_load_unchanged(tmp_path: Path) -> None:
    results = merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})
    path = tmp_path / "docs/results.json"

    save(path, results)

    assert results == load(path)


def test_a_missing_file_loads_as_no_results(tmp_path: Path) -> None:
    assert NOTHING == load(tmp_path / "results.json")
