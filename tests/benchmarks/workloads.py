"""What clients ask for. Each is a script in ``load``."""

import re
from collections import deque
from functools import lru_cache

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


@lru_cache
def cursor_paths(server: Server) -> list[str]:
    """Return paths of the last pages by cursor; none when the server has no cursors.

    A full page names the one after it in a ``Link`` (RFC 8288).
    """
    paths: deque[str] = deque(maxlen=PLACES)
    following = "/heroes/?limit=100"
    while True:
        _, headers, _ = server.get(following)
        found = NEXT.search(headers.get("link", ""))
        if not found:
            return list(paths)
        following = path_of(found[1])
        paths.append(following)


def path_of(link: str) -> str:
    """Return the path and query of a link, which may be relative or carry a host."""
    return re.sub(r"^\w+://[^/]+", "", link)
