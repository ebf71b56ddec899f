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

heroes compared with other servers: the same requests on the same machine, one process each, every
write flushed to disk before its response. `make bench` measures and writes this page; it needs
`wrk` (on Debian or Ubuntu, `apt-get install wrk`) and takes about 45 minutes.
`make bench ARGS=--help` lists the options. The sources are in `tests/benchmarks`, the raw figures
in [results.json](benchmarks/results.json).

All servers run at the same time, and all but the one under load are idle. Each round loads every
server once and starts with a different one, so that drift of the machine affects all alike. A ratio
is computed within a round; the tables show the median over all rounds. A server with an error or a
missing response gets no ratio: the table says that it did not finish. Before the measurement, the
responses of all servers are compared byte for byte.
"""

SERVERS = """\
## The servers

| name | description |
|---|---|
| heroes | this service, by `heroes serve` |
| heroes-all-on | the same service with everything for operators, and an API key |
| heroes-operations-off | the same service without metrics, request ids and security headers |
| heroes-plain | the same service with `HEROES_SESSION=plain`, SQLModel's own session |
| plain | the style of the SQLModel tutorial: a session per request in the thread pool, defaults |
| fastcrud | FastAPI with FastCRUD, asynchronous |
| litestar | Litestar with Advanced Alchemy, asynchronous |
| django-ninja | django-ninja on Django's ORM, with threads |
| fastify | Fastify on Node.js, with `node:sqlite` |
| ...-wal | the same, on a SQLite file that was switched to `journal_mode=WAL` before |
| floor | bare ASGI, the raw driver, fixed statements: the minimum that is correct |
| ceiling | FastAPI with the same routes and models, a yielding dependency, and no database |

All serve from one process, with the same backlog and no access log. Those in Python, except for
django-ninja, run on uvicorn with uvloop and httptools. On PostgreSQL each has 10 connections. The
peers use the versions of FastAPI, Starlette, Pydantic, SQLAlchemy and uvicorn that heroes uses, and
fastcrud, litestar and django-ninja configure the garbage collector as heroes does. heroes is
measured as it is served by default, but without the request log. Tracing is off.

The routes of the ceiling are those of FastAPI itself, and belong to the application, like those of
heroes: FastAPI takes longer for routes of an included router.

django-ninja runs on gunicorn with one worker process and its threads: 10 on PostgreSQL and 4 on
SQLite, where more of them wait for each other's locks. Each thread keeps its connection. There is
no middleware, orjson serializes the responses, and a page is read without instances of the model.
The memory is that of the worker process.

Fastify has one connection in WAL mode, with `synchronous=FULL`, prepared statements, and schemas
for what it receives and sends. It runs on SQLite only, because the driver that Node.js includes is
for SQLite. `package-lock.json` pins its version and that of Node.js. Without npm it is left out.
"""

AUTHENTICATION = """\
`make bench ARGS="--sections authentication"` measures what authentication and the rate limit add to
a GET of one hero.

In process, several applications on one SQLite file are called in turn, with 50 requests each in a
slice. In each slice the processor time of a request is compared with that of an application without
authentication and rate limit. The figure is the median of all slices. A request without a
credential gets 401 before FastAPI is called, so it takes less time. The target is for a machine on
which a read takes 90 µs, so the measured time is scaled to that.

Over the socket, 16 clients send reads to a server without authentication and to one with API keys,
in turn.
"""

OPERATIONS = """\
`make bench ARGS="--sections operations"` measures in the same ways what each part that operators
need adds, and what all of them and an API key add together (`heroes-all-on`).

In process they are compared with an application that has none of them. Over the socket they are
compared with heroes as it is measured elsewhere on this page: the security headers, the health
endpoints, the metrics and `X-Request-ID` cannot be switched off; the request log is. Traces are
measured in process, with their encoding, but without a collector, and are not part of the sum.
"""


def page(results: Results) -> str:
    """Return docs/benchmarks.md."""
    measured = [d for d in DATABASES if any(f"/{d}" in part for part in results["parts"])]
    sections = [INTRODUCTION, NOTES.read_text()]
    tables_of = {NAMES[d]: targets.target_table(results, d) for d in measured}
    sections += [f"## Targets on {name}\n\n{table}" for name, table in tables_of.items() if table]
    for database in measured:
        sections += database_sections(results, database)
    if headers := further.headers(results):
        sections.append(f"## Cost of headers\n\n{headers}")
    if authentication := further.added_costs(results, "authentication"):
        sections.append(f"## Cost of authentication\n\n{AUTHENTICATION}\n{authentication}")
    if operations := further.added_costs(results, "operations"):
        sections.append(f"## Cost of operations\n\n{OPERATIONS}\n{operations}")
    sections += [SERVERS, where(results)]
    return "\n".join(section.rstrip("\n") + "\n" for section in sections)


def database_sections(results: Results, database: str) -> list[str]:
    """Return the sections of a database that have something to show."""
    name = NAMES[database]
    found = {
        f"{name}: every server, every workload": tables.main_tables(results, database),
        f"{name}: difference from the ceiling and the floor": tables.distances(results, database),
        f"{name}: more connections": further.by_number(results, "connections", database, "64/16"),
        f"{name}: more heroes": further.by_number(results, "growth", database, "1000000/1000"),
        f"{name}: reads during writes": further.beside(results, database),
        f"{name}: negative control": further.control(results, database),
        f"{name}: startup": further.starts(results, database),
        f"{name}: sustained load": further.soak(results, database),
        f"{name}: durability of a write": durability(results, database),
    }
    shown = {title: content for title, content in found.items() if content}
    return [
        f"## {title}\n\n{picture(title, database)}{content}" for title, content in shown.items()
    ]


def picture(title: str, database: str) -> str:
    """Return the plots that belong to a section."""
    belongs = {
        "every workload": ("overview", "throughput", "latency"),
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
            f"- Linux {run['kernel']}; writing and flushing a page takes {run['flush']} µs",
            f"- other processes used {run['busy']:.2f} cores before the run",
            f"- commit {run['commit']}",
            f"- Python {run['python']}, SQLite {run['sqlite']}, wrk {run['wrk']}, {versions}",
            f"- {options}",
            *[f"- left out: {name}, {reason}" for name, reason in run.get("left out", {}).items()],
            f"- measured: {', '.join(parts)}\n",
        ]
    return "\n".join(lines)


def numbers(options: Mapping[str, Any]) -> dict[str, int]:
    """Return the options that are numbers; the others show in what was measured."""
    return {name: value for name, value in options.items() if isinstance(value, int)}
