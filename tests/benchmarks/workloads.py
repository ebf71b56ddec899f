"""The workloads. Each is a wrk script in ``load``."""

import re
from collections import deque
from functools import lru_cache
from urllib.parse import urljoin

from tests.benchmarks.running import Server

READS = ("get", "page", "deep", "cursor")
WRITES = ("post", "patch", "mixed")
WORKLOADS = READS + WRITES
"""In this order in each round, so that reads see the rows before any write."""

MEANINGS = {
    "get": "one hero by id",
    "page": "page of 100",
    "deep": "deep page, by offset",
    "cursor": "deep page, by cursor",
    "post": "POST",
    "patch": "PATCH",
    "mixed": "mixed",
}

CURSORS = 16
"""Number of cursors to collect."""

NEXT = re.compile(r'<([^>]*)>;\s*rel="?next"?')


@lru_cache
def cursor_paths(server: Server) -> list[str]:
    """Return the paths of the last pages by cursor, or an empty list if the server has no cursors.

    A full page links to the next one in ``Link`` (RFC 8288).
    """
    paths: deque[str] = deque(maxlen=CURSORS)
    following = "/heroes/?limit=100"
    while True:
        _, headers, _ = server.get(following)
        found = NEXT.search(headers.get("link", ""))
        if not found:
            return list(paths)
        following = path_of(found[1], following)
        paths.append(following)


def path_of(link: str, page: str) -> str:
    """Return the path and query of a link, which may be relative to its page or carry a host."""
    return re.sub(r"^\w+://[^/]+", "", urljoin(page, link))
