"""The whole page, from its sections."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.contenders import DATABASES
from tests.benchmarks.report import further, tables, targets
from tests.benchmarks.report.markdown import NAMES, words
from tests.benchmarks.results import Results

NOTES = Path(__file__).parents[1] / "notes.md"

INTRODUCTION = """\
# Benchmarks

heroes beside other servers: the same requests, the same machine, one process each, every write
flushed to disk before it is answered. `make bench` measures and writes this page; it needs `wrk`
(on Debian or Ubuntu, `apt-get install wrk`) and takes about three quarters of an hour.
`make bench ARGS=--help` lists the options. The sources are in `tests/benchmarks`, the raw figures
in [results.json](benchmarks/results.json).

All servers run side by side and stay idle but for the one that is loaded. Each round loads each
server once, beginning with another one every time, so that what drifts on the machine meets all
alike. A ratio is taken within a round; what is shown is the median over rounds. A server that gave
an error or no answer gets no ratio: the table says that it did not finish. Before it is measured,
every server has to give the same answers, byte for byte.
"""

SERVERS = """\
## The servers

| name | what it is |
|---|---|
| heroes | this service, by `heroes serve` |
| plain | the style of the SQLModel tutorial: a session a request in the thread pool, defaults |
| fastcrud | FastAPI with FastCRUD, asynchronous |
| litestar | Litestar with Advanced Alchemy, asynchronous |
| ...-wal | the same on a SQLite file switched to `journal_mode=WAL` beforehand |
| floor | bare ASGI, the raw driver, fixed statements: the least that is right |
| ceiling | FastAPI with the same routes and models, a yielding dependency, and no database |

All run under uvicorn with uvloop and httptools, one process, no access log, the same backlog. On
PostgreSQL each has a pool of 10 connections. The peers are pinned to the versions of FastAPI,
Starlette, Pydantic, SQLAlchemy and uvicorn that heroes has, and fastcrud and litestar set their
garbage collector as heroes does.
"""

PLOTS = ("throughput", "latency", "connections", "growth")


def page(results: Results) -> str:
    """Return docs/benchmarks.md."""
    measured = [d for d in DATABASES if any(f"/{d}" in part for part in results["parts"])]
    sections = [INTRODUCTION, NOTES.read_text()]
    tables_of = {NAMES[d]: targets.target_table(results, d) for d in measured}
    sections += [f"## Targets on {name}\n\n{table}" for name, table in tables_of.items() if table]
    for database in measured:
        sections += database_sections(results, database)
    if headers := further.headers(results):
        sections.append(f"## What headers cost\n\n{headers}")
    sections += [SERVERS, where(results)]
    return "\n".join(section.rstrip("\n") + "\n" for section in sections)


def database_sections(results: Results, database: str) -> list[str]:
    """Return the sections of a database that have something to show."""
    name = NAMES[database]
    found = {
        f"{name}: every server, every workload": tables.main_tables(results, database),
        f"{name}: up to the ceiling, down to the floor": tables.distances(results, database),
        f"{name}: more connections": further.by_number(results, "connections", database, "64/16"),
        f"{name}: more heroes": further.by_number(results, "growth", database, "1000000/1000"),
        f"{name}: reads beside writes": further.beside(results, database),
        f"{name}: the negative control": further.control(results, database),
        f"{name}: starting": further.starts(results, database),
        f"{name}: a longer load": further.soak(results, database),
        f"{name}: what a write is worth": durability(results, database),
    }
    shown = {title: content for title, content in found.items() if content}
    return [
        f"## {title}\n\n{picture(title, database)}{content}" for title, content in shown.items()
    ]


def picture(title: str, database: str) -> str:
    """Return the plots that belong to a section."""
    belongs = {
        "every workload": ("throughput", "latency"),
        "more connections": ("connections",),
        "more heroes": ("growth",),
    }
    kinds = next((kinds for end, kinds in belongs.items() if title.endswith(end)), ())
    return "".join(f"![{kind}](benchmarks/{kind}-{database}.svg)\n\n" for kind in kinds)


def durability(results: Results, database: str) -> str:
    """Return the settings of each server's database, and how often the disk was flushed."""
    servers: dict[str, Any] = results["parts"].get(f"durability/{database}", {}).get("servers", {})
    known = list(dict.fromkeys(key for settings in servers.values() for key in settings))
    rows = [
        [name, *[settings.get(key, "") for key in known]]
        for name, settings in servers.items()
        if settings
    ]
    return words(["server", *known], rows) if rows else ""


def where(results: Results) -> str:
    """Return the machine, the versions and the options of each run that a part is from."""
    lines = ["## Machine, versions, options\n"]
    for number, run in sorted(results["runs"].items()):
        parts = sorted(name for name, part in results["parts"].items() if part["run"] == number)
        versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        options = ", ".join(f"{name} {value}" for name, value in numbers(run["options"]).items())
        lines += [
            f"### Run of {number}\n",
            f"- {run['cpu']}, {run['cores']} cores; {run['pinning']}",
            f"- Linux {run['kernel']}; a write of a page and its flush take {run['flush']} µs",
            f"- others kept {run['busy']:.2f} cores busy just before",
            f"- commit {run['commit']}",
            f"- Python {run['python']}, SQLite {run['sqlite']}, wrk {run['wrk']}, {versions}",
            f"- {options}",
            f"- measured: {', '.join(parts)}\n",
        ]
    return "\n".join(lines)


def numbers(options: Mapping[str, Any]) -> dict[str, int]:
    """Return the options that are numbers; the others show in what was measured."""
    return {name: value for name, value in options.items() if isinstance(value, int)}
