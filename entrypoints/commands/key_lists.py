"""Lists of API keys, as a table and in JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from domain.api_key import ApiKey

COLUMNS = ("id", "name", "scopes", "created", "expires", "revoked")

UNKNOWN = "unknown"
"""What is printed for a stored value that was changed by hand, and is no time or no text."""


def to_json(key: ApiKey) -> dict[str, object]:
    """Return the key as an object of JSON, whose members have the names of the columns."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": UNKNOWN if "scopes" in key.damaged else list(key.scopes),
        **_format_times(key),
    }


def to_cells(key: ApiKey) -> Sequence[str]:
    """Return the key as a row of the table."""
    scopes = UNKNOWN if "scopes" in key.damaged else _escape(",".join(key.scopes))
    times = [time or "-" for time in _format_times(key).values()]
    return [str(key.id), _escape(key.name), scopes, *times]


def _format_times(key: ApiKey) -> Mapping[str, str | None]:
    """Return the times by the names of their columns."""
    times = {"created": key.created_at, "expires": key.expires_at, "revoked": key.revoked_at}
    return {
        name: UNKNOWN if f"{name}_at" in key.damaged else format_time(time)
        for name, time in times.items()
    }


def _escape(text: str) -> str:
    """Return the text with its nonprintable characters escaped: they could control a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def format_time(time: int | None) -> str | None:
    """Return a Unix time in the format of RFC 3339, or ``None`` for ``None``."""
    if time is None:
        return None
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row, with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
