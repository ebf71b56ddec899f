"""The columns by which a schema is recognized and checked."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

Columns = Mapping[str, AbstractSet[str]]

REQUIRED_COLUMNS: Columns = {
    "hero": {"id", "name", "secret_name", "age", "version"},
    "idempotent_answer": {
        *("key", "fingerprint", "status", "headers", "body", "expires"),
        *("owner", "body_size"),
    },
    "heroes_api_key": {"id", "name", "digest", "scopes", "created", "expires", "revoked"},
    "heroes_api_key_changes": {"id", "number"},
}
"""What the statements of this release use, by table."""

ADOPTED_COLUMNS: Columns = {"hero": {"id", "name", "secret_name", "age"}}
"""What an adopted table must have. Migrations add the rest."""

GENERATED_IDS = {"hero": "id", "heroes_api_key": "id"}
"""The column of each table whose values are generated and never reused."""

COLUMNS_OF_REVISIONS: Sequence[tuple[str, Columns]] = (
    ("0005", {"hero": {"version"}, "idempotent_answer": {"fingerprint", "owner", "body_size"}}),
    ("0003", {"hero": {"version"}, "idempotent_answer": {"fingerprint", "headers", "expires"}}),
)
"""Columns that only the revisions of this service add, newest revision first.

Revision 0004 changes only indexes. It can be repeated, so it is not distinguished from 0003.
"""
