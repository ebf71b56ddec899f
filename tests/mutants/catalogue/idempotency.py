"""Mistakes in idempotency keys and stored responses."""

from tests.mutants.mutant import Mutant

HTTP = "entrypoints/http/idempotency.py"
STORE = "adapters/sql/idempotency.py"
STATEMENTS = "adapters/sql/idempotency_statements.py"
CLAIMS = "entrypoints/http/resources/claims.py"

API = "tests/unit/http/test_idempotency.py"
KEYS = "tests/unit/http/test_idempotency_key.py"
CONTRACT = "tests/contract/test_idempotency.py"
COMMITS = "tests/integration/test_keys_and_commits.py"

COMMIT = "        await self._uow.commit()\n"
SAVE = "        await save_response(self._uow.idempotency, self._key, response)\n"

MUTANTS = [
    Mutant(
        "the hash of a request lacks the path",
        HTTP,
        ", raw_path(request.scope), members)",
        ', b"", members)',
        [API],
    ),
    Mutant(
        "the hash of a request lacks the method",
        HTTP,
        "(request.method.encode(), raw_path",
        '(b"", raw_path',
        [API],
    ),
    Mutant(
        "the hash of a request lacks the body",
        HTTP,
        "sha256(head + await request.body())",
        "sha256(head)",
        [API],
    ),
    Mutant(
        "the response is stored in a transaction of its own",
        CLAIMS,
        SAVE + COMMIT,
        COMMIT + SAVE + COMMIT,
        [COMMITS],
    ),
    Mutant(
        "a replayed response does not say so",
        HTTP,
        '    response.headers[REPLAYED] = "true"\n',
        "",
        [API],
    ),
    Mutant(
        "a replayed response lacks the headers",
        HTTP,
        "for name, value in stored.headers",
        "for name, value in stored.headers[:0]",
        [API],
    ),
    Mutant(
        "a key of 256 characters is accepted",
        HTTP,
        "if len(key) > KEY_MAX:",
        "if len(key) > KEY_MAX + 1:",
        [KEYS],
    ),
    Mutant(
        "a key of 255 characters is refused",
        HTTP,
        "if len(key) > KEY_MAX:",
        "if len(key) >= KEY_MAX:",
        [KEYS],
    ),
    Mutant(
        "the first of two keys counts",
        HTTP,
        "if len(fields) > 1:",
        "if False:",
        [KEYS],
    ),
    Mutant(
        "an empty key is accepted",
        HTTP,
        "    if not key:\n",
        "    if False:\n",
        [KEYS],
    ),
    Mutant(
        "another request with the key gets the stored response",
        STORE,
        "if fingerprint != key.fingerprint:",
        "if False:",
        [f"{CONTRACT}::test_a_key_reused_for_another_request_raises_key_reused[sqlite]"],
    ),
    Mutant(
        "a claim takes the key of a stored response",
        STATEMENTS,
        "set_=_CLAIM_VALUES, where=_is_expired",
        "set_=_CLAIM_VALUES",
        [f"{CONTRACT}::test_a_key_reused_for_another_request_raises_key_reused[sqlite]"],
    ),
    Mutant(
        "a response is stored for a second longer than its lifetime",
        STATEMENTS,
        "_columns.expires <= database_time(_latest)",
        "_columns.expires < database_time(_latest)",
        [f"{CONTRACT}::test_a_response_is_stored_until_it_expires[sqlite]"],
    ),
    Mutant(
        "the lifetime of a response begins at 1970",
        STATEMENTS,
        'database_time() + bindparam("lifetime"',
        'bindparam("lifetime"',
        [f"{CONTRACT}::test_a_response_is_stored_until_it_expires[sqlite]"],
    ),
    Mutant(
        "a committed claim without a response blocks its key",
        STATEMENTS,
        "CLAIM_EXPIRES_AT = 0",
        "CLAIM_EXPIRES_AT = 2**62",
        [f"{CONTRACT}::test_a_claim_without_a_response_is_not_stored[sqlite]"],
    ),
    Mutant(
        "the response is stored under every key",
        STATEMENTS,
        "    .where(_by_key)\n)\n\nTIME",
        ")\n\nTIME",
        [f"{CONTRACT}::test_each_key_has_its_own_response[sqlite]"],
    ),
    Mutant(
        "a key in progress for too long is an unavailable database",
        STORE,
        "            raise KeyInProgress(str(busy)) from busy",
        "            raise",
        ["tests/integration/postgres/test_keys.py"],
    ),
]
