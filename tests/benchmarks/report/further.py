"""The tables besides the main ones: connections, growth, reads beside writes, starts, memory."""

from statistics import median

from tests.benchmarks import figures
from tests.benchmarks.contenders import DATABASES, ONE_COMMIT_EACH, OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.markdown import NAMES, mebibytes, milliseconds, table, times
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS, WORKLOADS


def split(name: str) -> tuple[str, int]:
    """Return the server and the number of a name such as ``heroes 16``."""
    server, _, number = name.rpartition(" ")
    return server, int(number)


def said(rounds: Rounds, name: str) -> str:
    """Return the server's rate, or that it did not finish."""
    if not figures.finished(rounds, name):
        return figures.failure(rounds, name)
    return f"{figures.summary(rounds, name).rate:,.0f}"


def by_number(results: Results, section: str, database: str, compared: str) -> str:
    """Return requests per second of each server at each number, and the last over the first.

    ``compared`` is two numbers, such as ``64/16``: what share of its figure at the second number a
    server has at the first.
    """
    found = {w: rounds_of(results, f"{section}/{database}/{w}") for w in WORKLOADS}
    measured = {w: rounds for w, rounds in found.items() if rounds}
    if not measured:
        return ""
    numbers = sorted({split(n)[1] for r in measured.values() for n in figures.servers_in(r)})
    high, low = compared.split("/")
    rows = [
        [
            f"{MEANINGS[workload]}, {server}",
            *[said(rounds, f"{server} {number}") for number in numbers],
            times(figures.rate_ratio(rounds, f"{server} {high}", f"{server} {low}"), "-"),
        ]
        for workload, rounds in measured.items()
        for server in dict.fromkeys(split(name)[0] for name in figures.servers_in(rounds))
    ]
    head = ["requests/s", *[f"{number:,}" for number in numbers]]
    return table([*head, f"{int(high):,} / {int(low):,}"], rows)


def beside(results: Results, database: str) -> str:
    """Return how long reads take while heroes are made at full rate."""
    rounds = rounds_of(results, f"beside/{database}")
    rows = []
    for name in (n for n in figures.servers_in(rounds) if "," not in n):
        if not (figures.finished(rounds, name) and figures.finished(rounds, f"{name}, POST")):
            rows.append([name, *[""] * 4, figures.failure(rounds, name)])
            continue
        reads = figures.summary(rounds, name)
        posts = figures.summary(rounds, f"{name}, POST")
        spread = median(m.p99 / m.p50 for m in figures.of_server(rounds, name))
        times_of = [milliseconds(reads.p50), milliseconds(reads.p99)]
        rows.append([name, f"{posts.rate:,.0f}", f"{reads.rate:,.0f}", *times_of, f"{spread:.1f}"])
    head = ("server", "POST/s", "reads/s", "reads' p50 ms", "reads' p99 ms", "p99 / p50")
    return table(head, rows) if rows else ""


def control(results: Results, database: str) -> str:
    """Return what the negative control showed."""
    rounds = rounds_of(results, f"control/{database}")
    if not rounds:
        return ""
    ratio = figures.rate_ratio(rounds, ONE_COMMIT_EACH.name, OURS.name)
    rows = [[name, said(rounds, name)] for name in figures.servers_in(rounds)]
    share = times(ratio, "no figure")
    sentence = f"Without shared commits the rate is {share} of that of heroes."
    return table(("POST", "requests/s"), rows) + f"\n{sentence}\n"


def starts(results: Results, database: str) -> str:
    """Return how long each server takes to start, and its memory then."""
    servers = results["parts"].get(f"start-up/{database}", {}).get("servers", {})
    rows = [
        [name, f"{median(found['seconds']):.2f}", mebibytes(median(found["rss"]))]
        for name, found in servers.items()
    ]
    head = ("server", "seconds to the first response", "memory MiB")
    return table(head, rows) if rows else ""


def headers(results: Results) -> str:
    """Return what the headers cost that the tutorial's app has not."""
    found: dict[str, float] = results["parts"].get("headers", {}).get("microseconds", {})
    rows = [[name, f"{microseconds:.1f}"] for name, microseconds in found.items()]
    return table(("header", "µs per request"), rows) if rows else ""


def added_costs(results: Results, section: str) -> str:
    """Return what parts of the service add to a GET of one hero, in process and over the socket.

    The section is ``authentication`` or ``operations``.
    """
    added: dict[str, float] = results["parts"].get(section, {}).get("added", {})
    rows = [[name, f"{microseconds:.1f}"] for name, microseconds in added.items()]
    tables = [table(("added in process", "µs per request"), rows)] if rows else []
    for database in DATABASES:
        rounds = rounds_of(results, f"{section}/{database}")
        head = (f"one hero by id, {NAMES[database]}", "requests/s", "added µs per request")
        tables += [table(head, socket_rows(rounds))] if rounds else []
    return "\n".join(tables)


def socket_rows(rounds: Rounds) -> list[list[str]]:
    """Return the rates, and by how many microseconds a request takes longer than on heroes."""
    return [[name, said(rounds, name), longer(rounds, name)] for name in figures.servers_in(rounds)]


def longer(rounds: Rounds, name: str) -> str:
    """Return the difference of a request's time from that of heroes."""
    added = None if name == OURS.name else figures.microseconds_between(rounds, name, OURS.name)
    return "" if added is None else f"{added:.1f}"


def soak(results: Results, database: str) -> str:
    """Return what heroes did under a long load, and its memory at the start, middle and end."""
    part = results["parts"].get(f"soak/{database}")
    if not part:
        return ""
    rounds = rounds_of(results, f"soak/{database}")
    memory = part["rss"]
    picked = [memory[0], memory[len(memory) // 2], memory[-1]]
    kept = ", ".join(f"{mebibytes(rss)} MiB at {seconds} s" for seconds, rss in picked)
    seconds = round(rounds[0][OURS.name].seconds)
    return f"{seconds} s: {said(rounds, OURS.name)} requests/s; memory {kept}.\n"
