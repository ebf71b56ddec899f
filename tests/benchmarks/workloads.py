"""What clients ask for. Each is a script in ``load``."""

import re

from tests.benchmarks.running import Server

READS = ("get", "page", "deep", "cursor")
WRITES = ("post", "patch", "mixed")
WORKLOADS = READS + WRITES
"""In this order in each round, so that reads meet the rows as they were put there."""

MEANINGS = {
    "get": "one hero by id",
    "page": "page of 100",
    "deep": "deep page, by offset",
    "cursor": "deep page, by cursor",
    "post": "POST",
    "patch": "PATCH",
    "mixed": "mixed",
}

PLACES = 16
"""How many cursors are collected."""

NEXT = re.compile(r'<([^>]*)>;\s*rel="?next"?')


def cursor_paths(server: Server, rows: int) -> list[str]:
    """Return paths of pages close to the end, by cursor; none when the server has no cursors.

    A page by offset, deep in the list, names the page after it in a ``Link`` (RFC 8288).
    """
    paths = []
    for place in range(PLACES):
        offset = max(rows - 300 + 10 * place, 0)
        _, headers, _ = server.get(f"/heroes/?offset={offset}&limit=100")
        if found := NEXT.search(headers.get("link", "")):
            paths.append(path_of(found[1]))
    return paths


def path_of(link: str) -> str:
    """Return the path and query of a link, which may be relative or carry a host."""
    return re.sub(r"^\w+://[^/]+", "", link)
