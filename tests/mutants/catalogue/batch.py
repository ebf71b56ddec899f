"""Mistakes in the batch."""

from tests.mutants.mutant import Mutant

BATCH = "service_layer/batch.py"
HTTP = "entrypoints/http/batch.py"

UNIT = "tests/unit/service_layer/test_batch.py"
API = "tests/unit/http/test_batch.py"
CONTRACT = "tests/contract/test_batch.py"
REFERENCES = "tests/integration/postgres/test_references.py"

MUTANTS = [
    Mutant(
        "rows are locked in the order of the request",
        BATCH,
        "sorted(operations, key=lambda pair: pair[1].id)",
        "operations",
        [f"{CONTRACT}::test_batches_on_the_same_heroes_in_opposite_orders_all_succeed[postgres]"],
    ),
    Mutant(
        "rows to delete are locked as those to update",
        BATCH,
        "isinstance(operation, Delete)",
        "False",
        [REFERENCES],
    ),
    Mutant(
        "the error of the smallest id is reported",
        BATCH,
        "    for loc, _ in operations:\n        if loc",
        "    for loc in list(errors):\n        if loc",
        [UNIT],
    ),
    Mutant(
        "operations before the failed one are not checked for their version",
        BATCH,
        "operation.precondition.check(targets[operation.id].version)",
        "pass",
        [UNIT],
    ),
    Mutant(
        "an id may appear twice",
        BATCH,
        "    seen.add(entity_id)\n",
        "",
        [UNIT],
    ),
    Mutant(
        "a weak tag matches",
        HTTP,
        "parse_entity_tags(self.etag, include_weak=False)",
        "parse_entity_tags(self.etag, include_weak=True)",
        [API],
    ),
    Mutant(
        "a batch may have 101 operations",
        HTTP,
        "if count > MAX_OPERATIONS:",
        "if count > MAX_OPERATIONS + 1:",
        [API],
    ),
    Mutant(
        "the limit of operations holds for each list",
        HTTP,
        "count = len(self.create) + len(self.update) + len(self.delete)",
        "count = max(map(len, (self.create, self.update, self.delete)))",
        [API],
    ),
    Mutant(
        "a batch may have no operation",
        HTTP,
        "        if not count:\n",
        "        if count < 0:\n",
        [API],
    ),
    Mutant(
        "an unknown member of a batch is ignored",
        HTTP,
        'extra="forbid"',
        'extra="ignore"',
        [API],
    ),
    Mutant(
        "an entity tag without characters is no precondition",
        HTTP,
        "if self.etag is None:",
        "if not self.etag or self.etag == '\"\"':",
        [API],
    ),
    Mutant(
        "a field that an update omits becomes its default",
        HTTP,
        "item.changes.model_dump(exclude_unset=True)",
        "item.changes.model_dump()",
        [API],
    ),
]
