"""How results of several runs become one report."""

from pathlib import Path

from tests.benchmarks.results import NOTHING, load, merged, save

FIRST = {"date": "2026-11-20T10:00:00", "commit": "1111111"}
SECOND = {"date": "2026-11-21T10:00:00", "commit": "2222222"}


def test_a_part_of_a_run_takes_the_place_of_that_part_only() -> None:
    before = merged(NOTHING, FIRST, {"main/sqlite/get": {"rounds": 1}, "soak/sqlite": {"rss": 2}})

    after = merged(before, SECOND, {"main/sqlite/get": {"rounds": 3}})

    assert {"rounds": 3, "run": SECOND["date"]} == after["parts"]["main/sqlite/get"]
    assert {"rss": 2, "run": FIRST["date"]} == after["parts"]["soak/sqlite"]
    assert {FIRST["date"]: FIRST, SECOND["date"]: SECOND} == after["runs"]


def test_a_run_of_which_nothing_is_left_is_forgotten() -> None:
    before = merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})

    after = merged(before, SECOND, {"soak/sqlite": {"rss": 2}})

    assert {SECOND["date"]: SECOND} == after["runs"]


def test_what_was_there_is_left_as_it_was() -> None:
    merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})

    assert {"runs": {}, "parts": {}} == NOTHING


def test_results_are_the_same_after_they_were_saved(tmp_path: Path) -> None:
    results = merged(NOTHING, FIRST, {"soak/sqlite": {"rss": 1}})
    path = tmp_path / "docs/results.json"

    save(path, results)

    assert results == load(path)


def test_there_are_no_results_before_the_first_run(tmp_path: Path) -> None:
    assert NOTHING == load(tmp_path / "results.json")
