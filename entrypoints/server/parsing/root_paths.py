"""The root path of each request: the prefix under which a proxy serves the service.

The proxy removes the prefix from the path of a request, and may name it in ``X-Forwarded-Prefix``.
ASGI restores it: ``path`` begins with ``root_path``. A request that still has the prefix, as that
of a client beside the proxy, becomes the same::

    client             proxy             server            path            root_path
    /api/things/1  ->  /api/things/1 ->  /things/1         /api/things/1   /api
    /api/things/1  ----------------->    /api/things/1     /api/things/1   /api
"""

from collections.abc import Iterable, Sequence

from entrypoints.root_paths import parse_root_path

FIELD = b"x-forwarded-prefix"

_BLANKS = b" \t"


class RootPaths:
    """Finds the root paths of requests. ``configured`` is that of requests that name none.

    ``own_paths`` are paths of the service without a root path.
    """

    def __init__(self, configured: str = "", own_paths: Iterable[str] = ()) -> None:
        self.configured = configured
        self._own_segments = frozenset(map(_first_segment, own_paths))

    def find(self, headers: Sequence[tuple[bytes, bytes]], *, is_proxy: bool) -> str:
        """Return the root path of a request: the one that a trusted proxy names, if it does.

        It is the last one: a proxy adds its own after those of the client.
        """
        if is_proxy:
            for name, value in reversed(headers):
                if name == FIELD:
                    return self._parse(value)
        return self.configured

    def remove(self, target: bytes, root: str) -> bytes:
        """Return the target of a request without the root path.

        It is unchanged if paths of the service begin like the root path: it may be one of these,
        from which the proxy has removed the root path.
        """
        prefix = root.encode()
        if not root or not target.startswith(prefix) or _first_segment(root) in self._own_segments:
            return target
        rest = target[len(prefix) :]
        if rest.startswith(b"/"):
            return rest
        return b"/" + rest if rest[:1] in {b"", b"?"} else target

    def _parse(self, value: bytes) -> str:
        last = value.rpartition(b",")[2].strip(_BLANKS)
        parsed = parse_root_path(last.decode("latin-1")) if last else None
        return self.configured if parsed is None else parsed


def _first_segment(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
