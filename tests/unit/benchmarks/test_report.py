"""The benchmark's report."""

from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.report import README
from tests.benchmarks.report.further import beside, by_number
from tests.benchmarks.report.page import page
from tests.benchmarks.report.readme import BEGIN, END, with_table
from tests.benchmarks.report.summaries import find_best_peer
from tests.benchmarks.report.tables import main_tables
from tests.benchmarks.report.targets import target_table
from tests.benchmarks.results import NOTHING, merged
from tests.benchmarks.rounds import as_json

RUN = {
    "date": "2026-11-20T10:00:00",
    "commit": "1111111",
    "cpu": "A processor",
    "cores": 2,
    "pinning": "nothing is pinned",
    "kernel": "6.1",
    "python": "3.11",
    "sqlite": "3.40",
    "wrk": "4.1",
    "flush": 140,
    "busy": 0.02,
    "versions": {"fastapi": "0.165.0"},
    "options": {"rows": 1000, "servers": ["heroes"]},
}
FAST = Measurement(requests=9000, seconds=3.0, bytes=1, p50=2000, p90=1, p99=9000, max=9, rss=51200)
SLOW = replace(FAST, requests=3000, p50=12_000, p99=90_000)
STALLED = replace(SLOW, stalled=True)


def results_of(part: str, **measured: Measurement) -> dict[str, Any]:
    rounds = as_json([{name.replace("_", " "): m for name, m in measured.items()}])
    return merged(NOTHING, RUN, {part: {"rounds": rounds}})


def test_a_table_is_sorted_by_rate_and_shows_the_ratio_to_heroes() -> None:
    table = main_tables(results_of("main/sqlite/get", plain=SLOW, heroes=FAST), "sqlite")

    assert [
        "| **heroes** | 3,000 | 2.00 | 9.00 | 0 | 50 |  |",
        "| plain | 1,000 | 12 | 90 | 0 | 50 | 3.00 |",
    ] == table.splitlines()[-2:]


def test_a_server_that_did_not_finish_has_a_message_instead_of_a_ratio() -> None:
    table = main_tables(results_of("main/sqlite/post", plain=STALLED, heroes=FAST), "sqlite")

    assert "| **did not finish: no answer within 10 s** |" in table


def test_a_failure_of_heroes_is_shown_for_every_other_server() -> None:
    table = main_tables(results_of("main/sqlite/post", plain=SLOW, heroes=STALLED), "sqlite")

    assert "| heroes did not finish |" in table


def test_a_target_is_shown_next_to_the_measured_value() -> None:
    table = target_table(results_of("main/sqlite/get", plain=SLOW, heroes=FAST), "sqlite")

    assert "| one hero by id | times plain | ≥ 5.5 | 3 | **no** |" in table
    assert "| one hero by id | p99 / p99 of plain | ≤ 0.125 | 0.1 | yes |" in table


def test_a_missed_target_is_marked() -> None:
    table = target_table(results_of("main/sqlite/page", plain=SLOW, heroes=FAST), "sqlite")

    assert "| page of 100 | times plain | ≥ 9.5 | 3 | **no** |" in table


def test_the_best_peer_is_the_one_with_the_smallest_ratio() -> None:
    faster = replace(SLOW, requests=4500)
    results = results_of("main/sqlite/get", litestar=SLOW, fastcrud=faster, heroes=FAST)

    assert "| times the best peer | ≥ 3.9 | 2 | **no** |" in target_table(results, "sqlite")


def test_a_peer_that_did_not_finish_leaves_the_target_without_a_figure() -> None:
    table = target_table(results_of("main/sqlite/post", plain=STALLED, heroes=FAST), "sqlite")

    assert "| POST | times plain | ≥ 12 | did not finish | no figure |" in table


def test_every_measurement_of_heroes_with_errors_is_counted() -> None:
    table = target_table(results_of("main/sqlite/get", heroes=STALLED), "sqlite")

    assert "| all of heroes | measurements with errors | ≤ 0 | 1 | **no** |" in table


def test_rates_at_different_numbers_of_connections_are_compared() -> None:
    results = results_of("connections/sqlite/get", heroes_16=FAST, heroes_64=SLOW)

    table = by_number(results, "connections", "sqlite", "64/16")

    assert "| one hero by id, heroes | 3,000 | 1,000 | 0.33 |" in table


def test_reads_during_writes_show_the_ratio_of_p99_to_median() -> None:
    results = results_of("beside/sqlite", **{"heroes": FAST, "heroes, POST": SLOW})

    assert "| heroes | 1,000 | 3,000 | 2.00 | 9.00 | 4.5 |" in beside(results, "sqlite")


def test_the_page_names_the_machine_and_omits_sections_without_results() -> None:
    content = page(results_of("main/sqlite/get", plain=SLOW, heroes=FAST))

    assert "A processor, 2 cores; nothing is pinned" in content
    assert "## SQLite: every server, every workload" in content
    assert "PostgreSQL: every server" not in content


def test_the_cost_of_headers_is_in_microseconds() -> None:
    results = merged(NOTHING, RUN, {"headers": {"microseconds": {"ETag": 0.5712}}})

    assert "| ETag | 0.6 |" in page(results)


def test_what_authentication_adds_is_shown_in_process_and_over_the_socket() -> None:
    added = {"known API key": 6.53, "no credential, 401": -40.0}
    rounds = as_json([{"heroes": FAST, "heroes, API key": replace(FAST, requests=8700)}])
    parts = {
        "authentication": {"added": added, "total": {"no authentication": 180.0}},
        "authentication/sqlite": {"rounds": rounds},
    }

    content = page(merged(NOTHING, RUN, parts))

    assert "| known API key | 6.5 |" in content
    assert "| no credential, 401 | -40.0 |" in content
    assert "| heroes | 3,000 |  |" in content
    assert "| heroes, API key | 2,900 | 11.5 |" in content
    assert "| known API key | µs added to a read of 90 | ≤ 10 | 3.27 | yes |" in content


def test_what_all_parts_for_operators_add_has_a_target() -> None:
    rounds = as_json([{"heroes": FAST, "heroes-all-on": SLOW}])
    added = {"metrics": 2.0, "heroes-all-on": 20.4}
    parts = {
        "operations": {"added": added, "total": {"all off": 45.0}},
        "operations/sqlite": {"rounds": rounds},
    }

    content = page(merged(NOTHING, RUN, parts))

    assert "| metrics | 2.0 |" in content
    assert "| heroes-all-on | 1,000 | 666.7 |" in content
    assert (
        "| everything for operators | µs added to a read of 90 | ≤ 20 | 40.8 | **no** |" in content
    )


def test_the_targets_of_the_service_with_everything_on_are_those_of_an_earlier_release() -> None:
    results = results_of(
        "main/sqlite/get", **{"plain": SLOW, "heroes": FAST, "heroes-all-on": SLOW}
    )

    table = target_table(results, "sqlite")

    assert "| one hero by id | times plain | ≥ 5.5 | 3 | **no** |" in table
    assert "| one hero by id, all on | times plain | ≥ 3 | 1 | **no** |" in table


def test_writes_are_compared_with_peers_on_a_wal_file_and_with_fastify() -> None:
    faster = replace(SLOW, requests=4500)
    servers = {"django-ninja": SLOW, "django-ninja-wal": faster, "fastify": SLOW, "heroes": FAST}

    table = target_table(results_of("main/sqlite/post", **servers), "sqlite")

    assert "| POST | times the best on a WAL file | ≥ 4 | 2 | **no** |" in table
    assert "| POST | times Fastify | ≥ 1.8 | 3 | yes |" in table
    assert "the best peer" not in table


def test_a_read_without_operations_is_compared_with_the_ceiling() -> None:
    servers = {"heroes": SLOW, "heroes-operations-off": FAST, "ceiling": SLOW}

    table = target_table(results_of("main/sqlite/get", **servers), "sqlite")

    assert "| one hero by id, operations off | share of the ceiling | ≥ 1.25 | 3 | yes |" in table
    assert "| one hero by id | share of the ceiling | ≥ 1.1 | 1 | **no** |" in table


def test_the_rates_at_64_and_256_connections_are_compared_with_that_at_16() -> None:
    results = results_of("connections/sqlite/get", heroes_16=FAST, heroes_64=FAST, heroes_256=SLOW)

    table = target_table(results, "sqlite")

    assert "| 64 connections / 16 connections | ≥ 0.9 | 1 | yes |" in table
    assert "| 256 connections / 16 connections | ≥ 0.85 | 0.333 | **no** |" in table


def test_the_memory_is_the_most_after_any_workload() -> None:
    results = results_of("main/sqlite/get", heroes=replace(FAST, rss=120 * 1024))

    assert "| memory | MiB after any workload | ≤ 110 | 120 | **no** |" in target_table(
        results, "sqlite"
    )


def test_the_best_peer_is_the_fastest_that_finished() -> None:
    stalled = replace(FAST, stalled=True)
    rounds = [{"fastcrud": SLOW, "litestar": stalled, "django-ninja-wal": FAST, "floor": FAST}]

    assert "django-ninja-wal" == find_best_peer(rounds)
    assert find_best_peer([{"floor": FAST}]) is None


def test_the_table_in_the_readme_is_replaced() -> None:
    servers = {"heroes": FAST, "plain": STALLED, "litestar": SLOW, "ceiling": FAST}
    text = f"before\n{BEGIN}an older table\n{END}after\n"

    replaced = with_table(text, results_of("main/sqlite/get", **servers))

    assert "| one hero by id | 3,000 | - | - | 1,000 | - | 3.00 | 1.00 |" in replaced
    assert "older" not in replaced
    assert replaced.startswith("before\n")
    assert replaced.endswith("after\n")


def test_the_readme_has_a_place_for_the_table() -> None:
    assert README.read_text() == with_table(README.read_text(), NOTHING)
    with pytest.raises(ValueError, match="no place"):
        with_table("no comments", results_of("main/sqlite/get", heroes=FAST))


def test_the_page_says_why_a_server_was_left_out() -> None:
    run = {**RUN, "left out": {"fastify": "npm is not installed"}}
    rounds = as_json([{"heroes": FAST}])

    content = page(merged(NOTHING, run, {"main/sqlite/get": {"rounds": rounds}}))

    assert "- left out: fastify, npm is not installed\n" in content
