"""The mutants by subject. Each is a mistake that a change of this code could make."""

from collections.abc import Mapping, Sequence

from tests.mutants.catalogue import (
    adoption,
    backups,
    batch,
    commit_groups,
    conditional,
    cursors,
    deadlines,
    header_fields,
    idempotency,
    index_ranges,
    limits,
    locks,
    parsing,
    pool,
    protocol,
    responses,
    retention,
    scans,
    sessions,
    storage,
    writer,
)
from tests.mutants.mutant import Mutant

CATALOGUE: Mapping[str, Sequence[Mutant]] = {
    "writer": writer.MUTANTS,
    "storage": storage.MUTANTS,
    "locks": locks.MUTANTS,
    "commit groups": commit_groups.MUTANTS,
    "sessions": sessions.MUTANTS,
    "pool": pool.MUTANTS,
    "scans": scans.MUTANTS,
    "idempotency": idempotency.MUTANTS,
    "retention": retention.MUTANTS,
    "conditional": conditional.MUTANTS,
    "batch": batch.MUTANTS,
    "cursors": cursors.MUTANTS,
    "index ranges": index_ranges.MUTANTS,
    "header fields": header_fields.MUTANTS,
    "protocol": protocol.MUTANTS,
    "parsing": parsing.MUTANTS,
    "limits": limits.MUTANTS,
    "deadlines": deadlines.MUTANTS,
    "responses": responses.MUTANTS,
    "backups": backups.MUTANTS,
    "adoption": adoption.MUTANTS,
}
