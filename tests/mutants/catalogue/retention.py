"""Mistakes in what is stored for retries: for how long, how much, and for whom."""

from tests.mutants.mutant import Mutant

PRUNER = "service_layer/pruning.py"
RETENTION = "service_layer/retention.py"
BODY = "service_layer/stored_body.py"
PORT = "service_layer/idempotency.py"
HTTP = "entrypoints/http/idempotency.py"
STORE = "adapters/sql/idempotency.py"
STATEMENTS = "adapters/sql/idempotency_statements.py"
BOOTSTRAP = "entrypoints/bootstrap.py"

OF_THE_PRUNER = "tests/unit/service_layer/test_pruning.py"
OF_THE_CLOCK = "tests/unit/service_layer/test_retention.py"
OF_THE_BODY = "tests/unit/service_layer/test_stored_body.py"
PRUNING = "tests/contract/test_pruning.py"
LIMITS = "tests/contract/test_key_limits.py"
LARGE = "tests/contract/test_large_responses.py"
DATABASE_CLOCK = "tests/integration/test_database_clock.py"
API = "tests/unit/http/test_idempotency.py"
SERVER = "tests/e2e/test_stored_responses.py"

MUTANTS = [
    Mutant(
        "the application does not prune",
        BOOTSTRAP,
        "tasks = [asyncio.create_task(pruner.run())]",
        "tasks = [asyncio.create_task(asyncio.sleep(0))]",
        [f"{SERVER}::test_expired_responses_are_pruned_though_no_request_is_sent[sqlite-fast]"],
    ),
    Mutant(
        "pruning deletes responses that are not expired",
        STATEMENTS,
        "    .where(_is_expired)\n    .order_by",
        "    .order_by",
        [f"{PRUNING}::test_only_expired_responses_are_deleted[sqlite]"],
    ),
    Mutant(
        "pruning deletes the newest responses first",
        STATEMENTS,
        "    .where(_is_expired)\n    .order_by(_columns.expires)",
        "    .where(_is_expired)\n    .order_by(_columns.expires.desc())",
        [f"{PRUNING}::test_the_oldest_responses_are_deleted_first[sqlite]"],
    ),
    Mutant(
        "pruning waits for other prunings",
        STATEMENTS,
        ".with_for_update(skip_locked=True)",
        ".with_for_update()",
        ["tests/integration/postgres/test_keys.py"],
    ),
    Mutant(
        "a step deletes any number of large responses",
        STATEMENTS,
        "_summed.c.size_before < bindparam",
        "_summed.c.size_before > -bindparam",
        [f"{PRUNING}::test_a_step_ends_with_the_response_that_reaches_its_size[sqlite]"],
    ),
    Mutant(
        "pruning ends after one step",
        PRUNER,
        "return pruned.number == rows or pruned.size >= PRUNE_SIZE",
        "return False",
        [OF_THE_PRUNER],
    ),
    Mutant(
        "pruning ends after a step of large responses",
        PRUNER,
        "return pruned.number == rows or pruned.size >= PRUNE_SIZE",
        "return pruned.number == rows",
        [OF_THE_PRUNER],
    ),
    Mutant(
        "steps that block the event loop for too long go on",
        PRUNER,
        "is_slow = self._database.is_embedded and seconds > EMBEDDED_STEP",
        "is_slow = False",
        [OF_THE_PRUNER],
    ),
    Mutant(
        "a failure ends the pruner",
        PRUNER,
        "        except (StoreUnavailable, StoreConflict) as error:\n",
        "        except ZeroDivisionError as error:\n",
        [OF_THE_PRUNER],
    ),
    Mutant(
        "responses that are deleted are still counted",
        PRUNER,
        "        self._retention.count.number -= pruned.number\n",
        "",
        [OF_THE_PRUNER],
    ),
    Mutant(
        "the pruner does not compare the clocks",
        PRUNER,
        "            if not clock.compare(await uow.idempotency.time(), asked_at):\n"
        "                return False\n",
        "",
        [f"{DATABASE_CLOCK}::test_after_a_jump_a_retry_is_not_executed_again"],
    ),
    Mutant(
        "a jump of the database's clock makes keys free",
        STATEMENTS,
        "_columns.expires <= database_time(_latest)",
        "_columns.expires <= database_time()",
        [f"{DATABASE_CLOCK}::test_after_a_jump_a_retry_is_not_executed_again"],
    ),
    Mutant(
        "after a jump, nothing is waited for",
        RETENTION,
        "self._trusted_from = now + self._lifetime",
        "self._trusted_from = now",
        [OF_THE_CLOCK],
    ),
    Mutant(
        "a jump back is none",
        RETENTION,
        "abs(offset - self._offset) > TOLERANCE",
        "offset - self._offset > TOLERANCE",
        [OF_THE_CLOCK],
    ),
    Mutant(
        "a small drift adds up to a jump",
        RETENTION,
        "now - self._compared_at < REFERENCE_AGE",
        "now < float('inf')",
        [OF_THE_CLOCK],
    ),
    Mutant(
        "a stopped process takes its stop for a jump",
        RETENTION,
        "if now - asked_at > MAX_DELAY:",
        "if False:",
        [OF_THE_CLOCK],
    ),
    Mutant(
        "a stored response may take 128 KiB",
        BODY,
        "MAX_STORED_SIZE = 64 * 1024",
        "MAX_STORED_SIZE = 128 * 1024",
        [API],
    ),
    Mutant(
        "a body of any size is compressed",
        BODY,
        "    if len(body) > MAX_BODY_SIZE:\n        raise ResponseTooLarge\n",
        "",
        [OF_THE_BODY],
    ),
    Mutant(
        "the whole body is compressed at once",
        BODY,
        "PART = 16 * 1024",
        "PART = 16 * 1024 * 1024",
        [OF_THE_BODY],
    ),
    Mutant(
        "a truncated body is returned",
        BODY,
        "if not (len(body) == size <= MAX_BODY_SIZE and decompressor.eof):",
        "if not len(body) == size <= MAX_BODY_SIZE:",
        [OF_THE_BODY],
    ),
    Mutant(
        "the size of a compressed body is not stored",
        STORE,
        '"new_body_size": size',
        '"new_body_size": None',
        [f"{LARGE}::test_a_large_response_is_returned_unchanged"],
    ),
    Mutant(
        "the responses of all clients count",
        STATEMENTS,
        "where(_by_owner, ~_is_expired)",
        "where(~_is_expired)",
        [f"{LIMITS}::test_other_clients_are_not_limited_by_it[sqlite]"],
    ),
    Mutant(
        "expired responses of a client count",
        STATEMENTS,
        "where(_by_owner, ~_is_expired)",
        "where(_by_owner)",
        [f"{LIMITS}::test_expired_responses_do_not_count[sqlite]"],
    ),
    Mutant(
        "a client may have one response more than the limit",
        STATEMENTS,
        "_number_of_owner.scalar_subquery() < _limit",
        "_number_of_owner.scalar_subquery() <= _limit",
        [f"{LIMITS}::test_a_client_at_its_limit_can_not_claim_a_new_key[sqlite]"],
    ),
    Mutant(
        "a client at its limit gets an expired response",
        STORE,
        "if is_expired and key.owner is not None:",
        "if False:",
        [f"{LIMITS}::test_a_client_at_its_limit_can_not_claim_an_expired_key[sqlite]"],
    ),
    Mutant(
        "each address of an IPv6 network is a client",
        "entrypoints/addresses.py",
        "return client_key(client[0]) if",
        "return str(client[0]) if",
        [API],
    ),
    Mutant(
        "the client is stored without a limit",
        HTTP,
        "owner = None if retention.limit_per_client is None else identify_client(request.scope)",
        "owner = identify_client(request.scope)",
        [API],
    ),
    Mutant(
        "the number of responses is not limited",
        PORT,
        "if stored is None and key.retention.count.is_full:",
        "if False:",
        [API],
    ),
    Mutant(
        "at the limit, no response is replayed",
        PORT,
        "if stored is None and key.retention.count.is_full:",
        "if key.retention.count.is_full:",
        [API],
    ),
    Mutant(
        "stored responses are not counted",
        PORT,
        "    key.retention.count.number += 1\n",
        "",
        [API],
    ),
]
