"""Map rows to API keys.

A column of SQLite holds values of any type, and somebody may have changed a row by hand. Such a key
is not valid, but it is listed, so that it can be revoked.
"""

from collections.abc import Sequence
from typing import Any

from domain.api_key import ApiKey

TIMES = range(253_402_300_800)
"""The Unix times of the years 1970 to 9999. Others are damaged, and have no date in Python."""


def to_key(row: Sequence[Any]) -> ApiKey:
    """Return the key of any row. A damaged time is replaced by 0, damaged scopes by none."""
    key_id, name, scopes, created_at, expires_at, revoked_at = row
    times = {"created_at": created_at, "expires_at": expires_at, "revoked_at": revoked_at}
    damaged = {field for field, time in times.items() if not _is_time(time)}
    if not isinstance(scopes, str):
        damaged.add("scopes")
    return ApiKey(
        key_id,
        name if isinstance(name, str) else ascii(name),
        () if "scopes" in damaged else tuple(scopes.split()),
        **{field: 0 if field in damaged else time for field, time in times.items()},
        damaged=frozenset(damaged),
    )


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, int) and value in TIMES)
