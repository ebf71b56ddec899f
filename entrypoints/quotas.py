"""Quotas: how many requests a client may send in a time window, such as ``600/minute``."""

import re
from dataclasses import dataclass

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
"""The time windows, in seconds."""

MAX_REQUESTS = 1_000_000_000
"""Maximum number of requests in a window: one per nanosecond in the shortest window."""

_QUOTA = re.compile(rf"([0-9]{{1,10}})[ \t]*+/[ \t]*+({'|'.join(UNITS)})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quota:
    """A maximum number of requests in a time window of ``seconds``."""

    requests: int
    seconds: int

    def __str__(self) -> str:
        unit = next(name for name, seconds in UNITS.items() if seconds == self.seconds)
        return f"{self.requests}/{unit}"


def parse_quota(text: str) -> Quota:
    """Return the quota. Raises ``ValueError`` unless the text is like ``600/minute``."""
    found = _QUOTA.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a number, a slash and one of {', '.join(UNITS)} are expected")
    requests = int(found[1])
    if not 1 <= requests <= MAX_REQUESTS:
        raise ValueError(f"the number must be from 1 to {MAX_REQUESTS:,}")
    return Quota(requests, UNITS[found[2].lower()])
